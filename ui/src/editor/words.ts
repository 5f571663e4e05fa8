/** The words of the reader's language that the text itself shows or says. The chrome hands them in, and others when the language changes. */
import type { EditorView } from "prosemirror-view";
import { retellEmbeds } from "./embeds/view.ts";

/** What the text itself shows or says. */
export interface EditorWords {
  /** The card of something that a newer version made. */
  readonly newer: string;
  /** The card of Markdown that cannot be shown yet. */
  readonly source: string;
  /** A document or a person without a name, and a document that this reader does not have. */
  readonly untitled: string;
  readonly somebody: string;
  readonly notHere: string;
  readonly label: string;
  readonly placeholder: string;
  /** The button of a table. */
  readonly table: string;
  /** The handle beside a block. */
  readonly handle: string;
  /** What the blocks of the insert menu are called, and what else they are found by. */
  readonly blocks: BlockWords;
}

/** By the id of a block; one that is not named keeps its English name. */
export type BlockWords = Readonly<Record<string, { readonly title?: string | undefined; readonly also?: readonly string[] | undefined }>>;

export const WORDS: EditorWords = {
  label: "Document text",
  placeholder: "Write, or press / for blocks",
  table: "Rows and columns",
  handle: "Drag to move, press for more",
  newer: "Made with a newer version",
  source: "Markdown",
  untitled: "Untitled",
  somebody: "Somebody",
  notHere: "This document is not in your library",
  blocks: {},
};

/** Says them on a text that is on the screen. What is drawn later reads them by itself. */
export function showWords(view: EditorView, words: EditorWords): void {
  view.dom.setAttribute("data-placeholder", words.placeholder);
  view.dom.setAttribute("data-table-menu", words.table);
  // The name for screen readers is asked for whenever the view is given anything new.
  view.setProps({});
  retellEmbeds(view.dom);
}

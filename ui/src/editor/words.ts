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
  readonly attachmentImage: string;
  readonly attachmentNameless: string;
  readonly attachmentAlt: string;
  readonly attachmentWidth: string;
  readonly attachmentGet: string;
  readonly attachmentSave: string;
  readonly attachmentOpen: string;
  readonly attachmentCopy: string;
  readonly attachmentCopied: string;
  readonly attachmentCaption: string;
  /** Stands where a caption is still to be written. */
  readonly attachmentCaptionHere: string;
  readonly attachmentBroken: string;
  /** Sizes are told in bytes. */
  readonly attachmentSize: (size: number) => string;
  readonly attachmentAwaited: (size: number) => string;
  readonly attachmentLarge: (size: number) => string;
  readonly attachmentComing: (got: number, size: number) => string;
  readonly attachmentProblem: (size: number, why: string) => string;
  /** With an empty place: where the browser saves things. */
  readonly attachmentSaved: (where: string) => string;
  readonly label: string;
  readonly placeholder: string;
  /** The field in which a formula is edited, and a formula that is empty. */
  readonly formulaField: string;
  readonly formulaEmpty: string;
  /** Code that is to be a formula, or a diagram, and cannot be drawn as it is. */
  readonly formulaProblem: string;
  readonly diagramProblem: string;
  /** A reference to the footnote with this number, and one whose note has no words. */
  readonly footnote: (number: number) => string;
  readonly footnoteMissing: string;
  /** The table of contents; what it says without headings, and of a heading without words. */
  readonly contents: string;
  readonly contentsEmpty: string;
  readonly contentsUnnamed: string;
  /** The picture of a diagram. */
  readonly diagram: string;
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
  formulaField: "Formula in TeX",
  formulaEmpty: "Formula",
  formulaProblem: "Cannot be drawn as a formula yet",
  diagramProblem: "Cannot be drawn as a diagram yet",
  diagram: "Diagram",
  footnote: (number) => `Footnote ${number}`,
  footnoteMissing: "This footnote has no words",
  contents: "Contents",
  contentsEmpty: "Add headings, and they are listed here.",
  contentsUnnamed: "Empty heading",
  table: "Rows and columns",
  handle: "Drag to move, press for more",
  newer: "Made with a newer version",
  source: "Markdown",
  untitled: "Untitled",
  somebody: "Somebody",
  notHere: "This document is not in your library",
  attachmentImage: "Image",
  attachmentNameless: "File without a name",
  attachmentAlt: "What is to be seen, for those who do not see it",
  attachmentWidth: "Width of the image",
  attachmentGet: "Get it",
  attachmentSave: "Save…",
  attachmentOpen: "Open…",
  attachmentCopy: "Copy image",
  attachmentCopied: "Copied",
  attachmentCaption: "Caption",
  attachmentCaptionHere: "What is this?",
  attachmentBroken: "This image cannot be drawn. It can be saved.",
  attachmentSize: (size) => `${size} bytes`,
  attachmentAwaited: (size) => `${size} bytes, waiting for somebody who has it`,
  attachmentLarge: (size) => `${size} bytes, not fetched yet`,
  attachmentComing: (got, size) => `${got} of ${size} bytes`,
  attachmentProblem: (size, why) => `${size} bytes: ${why}`,
  attachmentSaved: (where) => (where === "" ? "Saved" : `Saved as ${where}`),
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

/** What an editor is opened with. */
import type { Outside } from "./attachments/outside.ts";
import type { Delta } from "./delta.ts";
import type { Wire } from "./lane/wire.ts";
import type { Mentioning } from "./mentioning.ts";
import type { Extent } from "./page/page.ts";
import type { History } from "./view.ts";
import type { EditorWords } from "./words.ts";

/** What an editor needs. */
export interface EditorOptions {
  readonly wire: Wire;
  readonly document: string;
  /** Opens a link outside, after the person saw where it goes. */
  readonly openOutside: (url: string) => void;
  /** The core's Markdown reader; without it pasted Markdown is plain text and nothing is offered. */
  readonly readMarkdown?: (text: string) => Promise<Delta>;
  /** Puts whole lines on the clipboard as the core writes them; without it there is no copying as Markdown. */
  readonly copyAsMarkdown?: (lines: Delta) => void;
  /** Words that the text itself shows or says. */
  readonly words?: Partial<EditorWords>;
  /** What can be named; without it only what was named before is shown. */
  readonly mentioning?: Mentioning;
  /** What is done with files and pictures outside of the page; without it the browser saves them, and that is all. */
  readonly outside?: Outside;
  /** What can be undone: what an editor of this document answered when it ended. */
  readonly history?: History | undefined;
  readonly now?: () => number;
  /** How much of the text is held on the page. */
  readonly extent?: Partial<Extent>;
}

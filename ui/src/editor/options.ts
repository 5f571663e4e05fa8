/** What an editor is opened with. */
import type { Delta } from "./delta.ts";
import type { Wire } from "./lane/wire.ts";
import type { Mentioning } from "./mentioning.ts";
import type { Extent } from "./page/page.ts";
import type { EditorWords } from "./words.ts";

/** What an editor needs. */
export interface EditorOptions {
  readonly wire: Wire;
  readonly document: string;
  /** Opens a link outside, after the person saw where it goes. */
  readonly openOutside: (url: string) => void;
  /** The core's Markdown reader; without it pasted Markdown is plain text and nothing is offered. */
  readonly readMarkdown?: (text: string) => Promise<Delta>;
  /** Words that the text itself shows or says. */
  readonly words?: Partial<EditorWords>;
  /** What can be named; without it only what was named before is shown. */
  readonly mentioning?: Mentioning;
  /** Who saves files: the core in Sheaf's own window, else the browser. */
  readonly saves?: "core" | "browser";
  /** The picture that a paste did not bring, where the view keeps it from the page. */
  readonly pictureOnClipboard?: (() => Promise<File | undefined>) | undefined;
  readonly now?: () => number;
  /** How much of the text is held on the page. */
  readonly extent?: Partial<Extent>;
}

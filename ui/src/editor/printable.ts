/** A text as it goes on paper: plain, whole HTML, whatever of it is mounted on the screen. */
import type { Delta } from "./delta.ts";
import { copiedFrom } from "./clipboard/lines.ts";
import { toPlainHtml } from "./clipboard/write.ts";
import type { EditorWords } from "./words.ts";
import { Lines } from "./lines/lines.ts";

/** The text as HTML in which everything that people wrote is escaped. */
export function printable(delta: Delta, words: EditorWords): string {
  const lines = Lines.from(delta);
  return toPlainHtml(copiedFrom(lines, 0, lines.length), words);
}

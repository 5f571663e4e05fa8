/** Counts words as the text changes: what came minus what went, by lines, never the whole document again. */
import { countWords } from "./lines/line.ts";
import type { Lines } from "./lines/lines.ts";
import type { Change } from "./lines/rewriting.ts";

/** The words of one text. */
export class Counting {
  private total = 0;
  private text: Lines;

  constructor(text: Lines) {
    this.text = text;
    for (const line of text.between()) this.total += line.words;
  }

  /** How many words there are. */
  get words(): number {
    return this.total;
  }

  /** The text changed. */
  textChanged(after: Lines, changes: readonly Change[]): void {
    for (const change of changes) {
      for (const line of this.text.between(change.index, change.index + change.removed)) this.total -= line.words;
      for (const line of change.added) this.total += line.words;
    }
    this.text = after;
  }

  /** How many words stand between two offsets. Whole lines are known already. */
  between(from: number, to: number): number {
    const first = this.text.at(from);
    const last = this.text.at(to);
    if (first.index === last.index) return countWords(first.line.text.slice(from - first.start, to - first.start));
    let count = countWords(first.line.text.slice(from - first.start)) + countWords(last.line.text.slice(0, to - last.start));
    for (const line of this.text.between(first.index + 1, last.index)) count += line.words;
    return count;
  }
}

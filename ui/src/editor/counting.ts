/** Counts words and characters as the text changes: what came minus what went, by lines, never the whole document again. */
import { countCharacters, countWords } from "./lines/line.ts";
import type { Lines } from "./lines/lines.ts";
import type { Change } from "./lines/rewriting.ts";

/** How much text there is. */
export interface Counts {
  readonly words: number;
  readonly characters: number;
  readonly withoutSpaces: number;
}

/** Words that people read in a minute, in silence, in a language they know. */
const READ_A_MINUTE = 230;

/** How many minutes reading takes. 0 is less than half a minute. */
export function minutesToRead(words: number): number {
  return Math.round(words / READ_A_MINUTE);
}

/** The counts of one text. */
export class Counting {
  private total: Sum;
  private text: Lines;

  constructor(text: Lines) {
    this.text = text;
    this.total = new Sum();
    for (const line of text.between()) this.total.add(line, 1);
  }

  /** How much there is. */
  get counts(): Counts {
    return this.total.counts;
  }

  /** The text changed. */
  textChanged(after: Lines, changes: readonly Change[]): void {
    for (const change of changes) {
      for (const line of this.text.between(change.index, change.index + change.removed)) this.total.add(line, -1);
      for (const line of change.added) this.total.add(line, 1);
    }
    this.text = after;
  }

  /** How much stands between two offsets. Whole lines are known already. */
  between(from: number, to: number): Counts {
    const first = this.text.at(from);
    const last = this.text.at(to);
    const sum = new Sum();
    if (first.index === last.index) sum.text(first.line.text.slice(from - first.start, to - first.start));
    else {
      sum.text(first.line.text.slice(from - first.start));
      for (const line of this.text.between(first.index + 1, last.index)) sum.add(line, 1);
      sum.text(last.line.text.slice(0, to - last.start));
    }
    return sum.counts;
  }
}

/** Counts that are added up. */
class Sum {
  private words = 0;
  private characters = 0;
  private withoutSpaces = 0;

  get counts(): Counts {
    const { words, characters, withoutSpaces } = this;
    return { words, characters, withoutSpaces };
  }

  /** Adds a whole line, or takes it away. */
  add(line: { readonly words: number; readonly characters: { readonly all: number; readonly withoutSpaces: number } }, by: 1 | -1): void {
    this.words += by * line.words;
    this.characters += by * line.characters.all;
    this.withoutSpaces += by * line.characters.withoutSpaces;
  }

  /** Adds a part of a line. */
  text(text: string): void {
    this.add({ words: countWords(text), characters: countCharacters(text) }, 1);
  }
}

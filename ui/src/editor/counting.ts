/**
 * Counts words and characters as the text changes: what came minus what went, by lines, never the whole document again. Characters are counted from the
 * first time that somebody asks: a long text opens without it.
 */
import { type Line, countCharacters, countWords } from "./lines/line.ts";
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
  private total = 0;
  private characters: { all: number; withoutSpaces: number } | undefined;
  private text: Lines;

  constructor(text: Lines) {
    this.text = text;
    for (const line of text.between()) this.total += line.words;
  }

  /** How many words there are. */
  get words(): number {
    return this.total;
  }

  /** How much there is. */
  get counts(): Counts {
    if (this.characters === undefined) {
      this.characters = { all: 0, withoutSpaces: 0 };
      for (const line of this.text.between()) this.add(line, 1);
    }
    return { words: this.total, characters: this.characters.all, withoutSpaces: this.characters.withoutSpaces };
  }

  /** The text changed. */
  textChanged(after: Lines, changes: readonly Change[]): void {
    for (const change of changes) {
      for (const line of this.text.between(change.index, change.index + change.removed)) {
        this.total -= line.words;
        this.add(line, -1);
      }
      for (const line of change.added) {
        this.total += line.words;
        this.add(line, 1);
      }
    }
    this.text = after;
  }

  /** How many words stand between two offsets. Whole lines are known already. */
  between(from: number, to: number): number {
    let count = 0;
    this.eachPart(
      from,
      to,
      (text) => (count += countWords(text)),
      (line) => (count += line.words),
    );
    return count;
  }

  /** How much stands between two offsets. */
  countsBetween(from: number, to: number): Counts {
    let [all, withoutSpaces] = [0, 0];
    const add = (characters: { all: number; withoutSpaces: number }): void => {
      all += characters.all;
      withoutSpaces += characters.withoutSpaces;
    };
    this.eachPart(
      from,
      to,
      (text) => add(countCharacters(text)),
      (line) => add(line.characters),
    );
    return { words: this.between(from, to), characters: all, withoutSpaces };
  }

  private add(line: Line, by: 1 | -1): void {
    if (this.characters === undefined) return;
    this.characters.all += by * line.characters.all;
    this.characters.withoutSpaces += by * line.characters.withoutSpaces;
  }

  private eachPart(from: number, to: number, onText: (text: string) => void, onLine: (line: Line) => void): void {
    const first = this.text.at(from);
    const last = this.text.at(to);
    if (first.index === last.index) return onText(first.line.text.slice(from - first.start, to - first.start));
    onText(first.line.text.slice(from - first.start));
    for (const line of this.text.between(first.index + 1, last.index)) onLine(line);
    onText(last.line.text.slice(0, to - last.start));
  }
}

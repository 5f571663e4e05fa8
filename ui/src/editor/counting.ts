/**
 * Counts words as the text changes: by its pieces, of which an edit makes one or two anew, never the whole document again. A long text that was just opened
 * is counted a slice at a time, after the first picture. Characters are counted when somebody asks, and every piece once.
 */
import { ends, isCaret, touchedLines } from "./editing/range.ts";
import type { Selection } from "./lane/undo.ts";
import { type Line, countCharacters, countWords } from "./lines/line.ts";
import type { Chunk, Lines } from "./lines/lines.ts";

/** A slice may take so long: half a frame. */
const SLICE_MS = 8;
/** Between slices the screen has its turn. */
const SLICE_EVERY_MS = 24;

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

interface Characters {
  readonly all: number;
  readonly withoutSpaces: number;
}

/** The counts of one text. */
export class Counting {
  private readonly knownWords = new WeakMap<Chunk, number>();
  private readonly knownCharacters = new WeakMap<Chunk, Characters>();
  private total = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private text: Lines,
    /** There are more words than was said before. */
    private readonly counted: () => void = () => undefined,
  ) {
    this.work();
  }

  /** How many words there are, as far as they are counted. */
  get words(): number {
    return this.total;
  }

  /** How much there is. */
  get counts(): Counts {
    return this.countsBetween(0, this.text.length);
  }

  /** The text changed. */
  textChanged(after: Lines): void {
    this.text = after;
    if (this.timer === undefined) this.work();
  }

  /** How many words stand between two offsets. Pieces that are whole are known already. */
  between(from: number, to: number): number {
    let words = 0;
    this.eachPart(from, to, {
      text: (text) => (words += countWords(text)),
      line: (line) => (words += line.words),
      chunk: (chunk) => (words += this.wordsOf(chunk)),
    });
    return words;
  }

  /** How many words are selected. */
  selectedWords(selection: Selection): number {
    if (selection.cells === undefined) return isCaret(selection) ? 0 : this.between(ends(selection).from, ends(selection).to);
    return touchedLines(this.text, selection).reduce((words, { line }) => words + line.words, 0);
  }

  /** How much is selected; undefined when there is only a caret. */
  selectedCounts(selection: Selection): Counts | undefined {
    if (isCaret(selection)) return undefined;
    if (selection.cells === undefined) return this.countsBetween(ends(selection).from, ends(selection).to);
    const counts = { words: 0, characters: 0, withoutSpaces: 0 };
    for (const { line } of touchedLines(this.text, selection)) {
      counts.words += line.words;
      counts.characters += line.characters.all;
      counts.withoutSpaces += line.characters.withoutSpaces;
    }
    return counts;
  }

  /** How much stands between two offsets. */
  countsBetween(from: number, to: number): Counts {
    let [characters, withoutSpaces] = [0, 0];
    const add = (of: Characters): void => {
      characters += of.all;
      withoutSpaces += of.withoutSpaces;
    };
    this.eachPart(from, to, {
      text: (text) => add(countCharacters(text)),
      line: (line) => add(line.characters),
      chunk: (chunk) => add(this.charactersOf(chunk)),
    });
    return { words: this.between(from, to), characters, withoutSpaces };
  }

  /** Counts no more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Goes over what stands between two offsets in the largest parts there are. */
  private eachPart(from: number, to: number, on: { text(text: string): void; line(line: Line): void; chunk(chunk: Chunk): void }): void {
    const first = this.text.at(from);
    const last = this.text.at(to);
    if (first.index === last.index) return on.text(first.line.text.slice(from - first.start, to - first.start));
    on.text(first.line.text.slice(from - first.start));
    let index = 0;
    for (const chunk of this.text.chunks) {
      const end = index + chunk.lines.length;
      if (index >= last.index) break;
      if (first.index < index && end <= last.index) on.chunk(chunk);
      else for (const line of chunk.lines.slice(Math.max(0, first.index + 1 - index), Math.max(0, last.index - index))) on.line(line);
      index = end;
    }
    on.text(last.line.text.slice(0, to - last.start));
  }

  /** One slice. */
  private work(): void {
    const began = performance.now();
    let total = 0;
    for (const chunk of this.text.chunks) {
      const isKnown = this.knownWords.has(chunk);
      if (!isKnown && performance.now() - began >= SLICE_MS) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.work();
          this.counted();
        }, SLICE_EVERY_MS);
      } else total += this.wordsOf(chunk);
    }
    this.total = total;
  }

  private wordsOf(chunk: Chunk): number {
    const known = this.knownWords.get(chunk);
    if (known !== undefined) return known;
    let words = 0;
    for (const line of chunk.lines) words += line.words;
    this.knownWords.set(chunk, words);
    return words;
  }

  private charactersOf(chunk: Chunk): Characters {
    const known = this.knownCharacters.get(chunk);
    if (known !== undefined) return known;
    let [all, withoutSpaces] = [0, 0];
    for (const { characters } of chunk.lines) {
      all += characters.all;
      withoutSpaces += characters.withoutSpaces;
    }
    this.knownCharacters.set(chunk, { all, withoutSpaces });
    return { all, withoutSpaces };
  }
}

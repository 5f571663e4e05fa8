/**
 * Counts words and characters as the text changes: by its pieces, of which an edit makes one or two anew, never the whole document again. A long text that
 * was just opened is counted a slice at a time, after the first picture.
 */
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

/** The counts of one text. */
export class Counting {
  private readonly known = new WeakMap<Chunk, Counts>();
  private total: Counts = new Sum().counts;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private text: Lines,
    /** There is more than was said before. */
    private readonly counted: () => void = () => undefined,
  ) {
    this.work();
  }

  /** How much there is, as far as it is counted. */
  get counts(): Counts {
    return this.total;
  }

  /** The text changed. */
  textChanged(after: Lines): void {
    this.text = after;
    if (this.timer === undefined) this.work();
  }

  /** How much stands between two offsets. Pieces that are whole are known already. */
  between(from: number, to: number): Counts {
    const first = this.text.at(from);
    const last = this.text.at(to);
    const sum = new Sum();
    if (first.index === last.index) sum.text(first.line.text.slice(from - first.start, to - first.start));
    else {
      sum.text(first.line.text.slice(from - first.start));
      this.ofLines(first.index + 1, last.index, sum);
      sum.text(last.line.text.slice(0, to - last.start));
    }
    return sum.counts;
  }

  /** Counts no more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Adds the lines [from, to). */
  private ofLines(from: number, to: number, sum: Sum): void {
    let index = 0;
    for (const chunk of this.text.chunks) {
      const end = index + chunk.lines.length;
      if (index >= to) break;
      if (from <= index && end <= to) sum.add(this.of(chunk));
      else for (const line of chunk.lines.slice(Math.max(0, from - index), Math.max(0, to - index))) sum.line(line);
      index = end;
    }
  }

  /** One slice. */
  private work(): void {
    const began = performance.now();
    const total = new Sum();
    for (const chunk of this.text.chunks) {
      const isKnown = this.known.has(chunk);
      if (!isKnown && performance.now() - began >= SLICE_MS) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.work();
          this.counted();
        }, SLICE_EVERY_MS);
      } else total.add(this.of(chunk));
    }
    this.total = total.counts;
  }

  private of(chunk: Chunk): Counts {
    const known = this.known.get(chunk);
    if (known !== undefined) return known;
    const sum = new Sum();
    for (const line of chunk.lines) sum.line(line);
    const { counts } = sum;
    this.known.set(chunk, counts);
    return counts;
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

  add({ words, characters, withoutSpaces }: Counts): void {
    this.words += words;
    this.characters += characters;
    this.withoutSpaces += withoutSpaces;
  }

  /** Adds a whole line. */
  line({ words, characters }: Line): void {
    this.add({ words, characters: characters.all, withoutSpaces: characters.withoutSpaces });
  }

  /** Adds a part of a line. */
  text(text: string): void {
    const { all, withoutSpaces } = countCharacters(text);
    this.add({ words: countWords(text), characters: all, withoutSpaces });
  }
}

/**
 * Counts words as the text changes: by its pieces, of which an edit makes one or two anew, never the whole document again. A long text that was just opened is
 * counted a slice at a time, after the first picture.
 */
import { countWords } from "./lines/line.ts";
import type { Chunk, Lines } from "./lines/lines.ts";

/** A slice may take so long: half a frame. */
const SLICE_MS = 8;
/** Between slices the screen has its turn. */
const SLICE_EVERY_MS = 24;

/** The words of one text. */
export class Counting {
  private readonly known = new WeakMap<Chunk, number>();
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

  /** The text changed. */
  textChanged(after: Lines): void {
    this.text = after;
    if (this.timer === undefined) this.work();
  }

  /** How many words stand between two offsets. Whole lines are known already. */
  between(from: number, to: number): number {
    const first = this.text.at(from);
    const last = this.text.at(to);
    if (first.index === last.index) return countWords(first.line.text.slice(from - first.start, to - first.start));
    const ends = countWords(first.line.text.slice(from - first.start)) + countWords(last.line.text.slice(0, to - last.start));
    return ends + this.ofLines(first.index + 1, last.index);
  }

  /** Counts no more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** The words of the lines [from, to). */
  private ofLines(from: number, to: number): number {
    let words = 0;
    let index = 0;
    for (const chunk of this.text.chunks) {
      const end = index + chunk.lines.length;
      if (index >= to) break;
      if (from <= index && end <= to) words += this.of(chunk);
      else for (const line of chunk.lines.slice(Math.max(0, from - index), Math.max(0, to - index))) words += line.words;
      index = end;
    }
    return words;
  }

  /** One slice. */
  private work(): void {
    const began = performance.now();
    let total = 0;
    for (const chunk of this.text.chunks) {
      const isKnown = this.known.has(chunk);
      if (!isKnown && performance.now() - began >= SLICE_MS) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.work();
          this.counted();
        }, SLICE_EVERY_MS);
      } else total += this.of(chunk);
    }
    this.total = total;
  }

  private of(chunk: Chunk): number {
    const known = this.known.get(chunk);
    if (known !== undefined) return known;
    let words = 0;
    for (const line of chunk.lines) words += line.words;
    this.known.set(chunk, words);
    return words;
  }
}

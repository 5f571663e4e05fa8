/**
 * How far the numbers of lists have come at a line. Remembered by the chunks of the text, so that a list of thousands of lines is counted again only where it
 * changed.
 */
import { type Block, isList, readBlock } from "./block.ts";
import type { Chunk, Lines } from "./lines.ts";

/** The number reached at each depth; empty outside of lists. */
export type Counters = number[];

/** Counts one line in, and answers its number: 0 where none stands before it. */
export function count(block: Block, counters: Counters): number {
  if (!isList(block.kind)) {
    counters.length = 0;
    return 0;
  }
  counters.length = Math.min(counters.length, block.indent + 1);
  if (block.kind !== "ol") {
    counters[block.indent] = 0;
    return 0;
  }
  const begins = block.start || (counters[block.indent] ?? 0) === 0;
  const number = begins ? (block.number ?? 1) : (counters[block.indent] ?? 0) + 1;
  counters[block.indent] = number;
  return number;
}

/** The numbers of all texts: a chunk means the same in each of them. */
export class Numbering {
  /** How many lines were looked at so far: what asking costs. */
  visited = 0;
  /** Where the last line of a chunk is that stands in no list; -1 when all do. */
  private readonly ends = new WeakMap<Chunk, number>();
  /** What a chunk that is nothing but list makes of the counters it was given last. */
  private readonly passed = new WeakMap<Chunk, { readonly given: string; readonly made: Counters }>();

  /** The counters before a line. */
  before(lines: Lines, index: number): Counters {
    const { nth, first } = this.chunkOf(lines, index);
    const { chunks } = lines;
    let begin = nth;
    if (this.endIn(chunks[nth] as Chunk, index - first) < 0) {
      begin--;
      while (begin >= 0 && this.endIn(chunks[begin] as Chunk) < 0) begin--;
    }
    let counters: Counters = [];
    for (let at = Math.max(0, begin); at < nth; at++) counters = this.through(chunks[at] as Chunk, counters);
    for (const line of (chunks[nth] as Chunk).lines.slice(0, index - first)) {
      this.visited++;
      count(readBlock(line.block), counters);
    }
    return counters;
  }

  /** Whether the lines [from, to) all stand in lists. */
  isOneList(lines: Lines, from: number, to: number): boolean {
    let first = 0;
    for (const chunk of lines.chunks) {
      const end = first + chunk.lines.length;
      if (first >= to) break;
      if (end > from && first + this.endIn(chunk, to - first) >= from && this.endIn(chunk, to - first) >= 0) return false;
      first = end;
    }
    return true;
  }

  private chunkOf(lines: Lines, index: number): { nth: number; first: number } {
    let first = 0;
    for (const [nth, chunk] of lines.chunks.entries()) {
      if (index < first + chunk.lines.length || nth === lines.chunks.length - 1) return { nth, first };
      first += chunk.lines.length;
    }
    return { nth: 0, first: 0 };
  }

  /** The last line before `until` that stands in no list. */
  private endIn(chunk: Chunk, until = chunk.lines.length): number {
    const isWhole = until >= chunk.lines.length;
    const known = isWhole ? this.ends.get(chunk) : undefined;
    if (known !== undefined) return known;
    let at = Math.min(until, chunk.lines.length) - 1;
    for (; at >= 0; at--) {
      this.visited++;
      if (!isList(readBlock(chunk.lines[at]?.block ?? "").kind)) break;
    }
    if (isWhole) this.ends.set(chunk, at);
    return at;
  }

  private through(chunk: Chunk, counters: Counters): Counters {
    const given = counters.join();
    const known = this.passed.get(chunk);
    if (known?.given === given) return [...known.made];
    const made = [...counters];
    for (const line of chunk.lines) count(readBlock(line.block), made);
    this.visited += chunk.lines.length;
    this.passed.set(chunk, { given, made: [...made] });
    return made;
  }
}

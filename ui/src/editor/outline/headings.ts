/**
 * The headings of a text, read off its chunks: a chunk that did not change was read before, so that a key costs one chunk, however long the document
 * is. Where a heading stands is added up when it is asked for, never kept.
 */
import { headingLevel, readBlock } from "../lines/block.ts";
import { type Line, OBJECT, SOFT_BREAK } from "../lines/line.ts";
import type { Chunk, Lines } from "../lines/lines.ts";

/** A heading as an outline shows it. */
export interface Heading {
  readonly id: string;
  readonly level: number;
  /** Its words. Empty when there are none. */
  readonly text: string;
}

/** A heading in its chunk. */
interface Found {
  readonly heading: Heading;
  /** Lines and units before it in the chunk. */
  readonly index: number;
  readonly start: number;
}

/** Where a heading stands in the text. */
export interface HeadingPlace {
  /** The index of its line. */
  readonly index: number;
  /** The offset of its first character. */
  readonly start: number;
}

/** The headings of one text as it changes. */
export class Headings {
  /** In the order of the text. The same list until something in it changed. */
  list: readonly Heading[] = [];
  /** How many lines were looked at so far: what following costs. */
  visited = 0;
  private readonly known = new WeakMap<Chunk, readonly Found[]>();

  constructor(private text: Lines) {
    this.follow(text);
  }

  /** The text is this now. Answers whether the list became another. */
  follow(text: Lines): boolean {
    this.text = text;
    const list = text.chunks.flatMap((chunk) => this.read(chunk).map(({ heading }) => heading));
    if (list.length === this.list.length && list.every((heading, nth) => sameHeading(heading, this.list[nth]))) return false;
    this.list = list;
    return true;
  }

  /** Where the nth heading stands. */
  placeOf(nth: number): HeadingPlace | undefined {
    let left = nth;
    let index = 0;
    let start = 0;
    for (const chunk of this.text.chunks) {
      const found = this.read(chunk);
      const here = found[left];
      if (here !== undefined) return { index: index + here.index, start: start + here.start };
      left -= found.length;
      index += chunk.lines.length;
      start += chunk.length;
    }
    return undefined;
  }

  /** Which heading an offset stands below, or in; -1 before the first. */
  sectionAt(offset: number): number {
    let nth = -1;
    let start = 0;
    for (const chunk of this.text.chunks) {
      if (start > offset) break;
      for (const found of this.read(chunk)) {
        if (start + found.start > offset) return nth;
        nth++;
      }
      start += chunk.length;
    }
    return nth;
  }

  private read(chunk: Chunk): readonly Found[] {
    const known = this.known.get(chunk);
    if (known !== undefined) return known;
    const found: Found[] = [];
    let start = 0;
    for (const [index, line] of chunk.lines.entries()) {
      const heading = headingOf(line);
      if (heading !== undefined) found.push({ heading, index, start });
      start += line.length;
    }
    this.visited += chunk.lines.length;
    this.known.set(chunk, found);
    return found;
  }
}

/** A line as a heading, if it is one. */
export function headingOf(line: Line): Heading | undefined {
  const level = headingLevel(readBlock(line.block).kind);
  return level > 0 ? { id: line.id, level, text: wordsOf(line.text) } : undefined;
}

/** A line's characters without what only a page can show. */
function wordsOf(text: string): string {
  return text.replaceAll(OBJECT, "").replaceAll(SOFT_BREAK, " ").trim();
}

function sameHeading(a: Heading, b: Heading | undefined): boolean {
  return a === b || (b !== undefined && a.id === b.id && a.level === b.level && a.text === b.text);
}

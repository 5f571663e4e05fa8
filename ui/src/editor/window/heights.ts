/**
 * How high lines are: measured where they were on the screen once, guessed by their length where not. Sums are kept by the chunks of the text, so that
 * a key costs the chunk it changed, and a place far away is found without a look at the lines between.
 */
import type { Line } from "../lines/line.ts";
import type { Chunk, Lines } from "../lines/lines.ts";

/** Lines [from, to) that are hidden and have no height. */
export interface Hidden {
  readonly from: number;
  readonly to: number;
}

/** What the lines of a chunk make together. Those not measured are summed by what a guess needs. */
interface Sum {
  readonly pixels: number;
  readonly guessed: number;
  readonly units: number;
}

/** A paragraph of one row, and how much a character adds; until something was measured. */
const FIRST_GUESS = { base: 38, unit: 0.35 };
const LEAST_PX = 12;

/** The heights of one text's lines, as wide as the screen is now. */
export class Heights {
  /** How many lines were looked at so far: what asking costs. */
  visited = 0;
  private known = new WeakMap<Line, number>();
  private sums = new WeakMap<Chunk, Sum>();
  private guess = FIRST_GUESS;
  /** For the guess: how many were measured, and the sums of units, heights, units squared and their product. */
  private seen = { count: 0, x: 0, y: 0, xx: 0, xy: 0 };

  /** Everything is of another height now. What was learnt of heights as such stays as a guess. */
  forget(): void {
    this.known = new WeakMap();
    this.sums = new WeakMap();
    this.seen = { count: 0, x: 0, y: 0, xx: 0, xy: 0 };
  }

  /** The lines from an index on were measured. */
  learn(lines: Lines, from: number, heights: readonly number[]): void {
    let index = 0;
    for (const chunk of lines.chunks) {
      const end = index + chunk.lines.length;
      if (index >= from + heights.length) break;
      for (let at = Math.max(index, from); at < Math.min(end, from + heights.length); at++) {
        const line = chunk.lines[at - index];
        const height = heights[at - from];
        if (line === undefined || height === undefined || this.known.get(line) === height) continue;
        this.known.set(line, height);
        this.sums.delete(chunk);
        this.fit(line.width, height);
      }
      index = end;
    }
  }

  /** How high everything before a line is. */
  before(lines: Lines, index: number, hidden: readonly Hidden[] = []): number {
    let top = 0;
    let first = 0;
    for (const chunk of lines.chunks) {
      const end = first + chunk.lines.length;
      if (index >= end && !overlaps(hidden, first, end)) top += this.ofSum(this.sumOf(chunk));
      else
        for (let at = first; at < Math.min(end, index); at++)
          if (!overlaps(hidden, at, at + 1)) top += this.of(chunk.lines[at - first] as Line);
      if (index < end) return top;
      first = end;
    }
    return top;
  }

  /** The line at a height, and where it begins. */
  at(lines: Lines, height: number, hidden: readonly Hidden[] = []): { index: number; top: number } {
    let top = 0;
    let first = 0;
    for (const chunk of lines.chunks) {
      const end = first + chunk.lines.length;
      if (!overlaps(hidden, first, end)) {
        const all = this.ofSum(this.sumOf(chunk));
        if (top + all <= height) {
          top += all;
          first = end;
          continue;
        }
      }
      for (const [nth, line] of chunk.lines.entries()) {
        const own = overlaps(hidden, first + nth, first + nth + 1) ? 0 : this.of(line);
        if (top + own > height) return { index: first + nth, top };
        top += own;
      }
      first = end;
    }
    return { index: lines.count - 1, top };
  }

  /** How high a line is thought to be on average. */
  get usual(): number {
    return this.seen.count === 0 ? FIRST_GUESS.base : Math.max(LEAST_PX, this.seen.y / this.seen.count);
  }

  private of(line: Line): number {
    this.visited++;
    return this.known.get(line) ?? this.guess.base + this.guess.unit * line.width;
  }

  private ofSum({ pixels, guessed, units }: Sum): number {
    return pixels + guessed * this.guess.base + units * this.guess.unit;
  }

  private sumOf(chunk: Chunk): Sum {
    const old = this.sums.get(chunk);
    if (old !== undefined) return old;
    let [pixels, guessed, units] = [0, 0, 0];
    for (const line of chunk.lines) {
      const height = this.known.get(line);
      if (height !== undefined) pixels += height;
      else {
        guessed++;
        units += line.width;
      }
    }
    this.visited += chunk.lines.length;
    const sum = { pixels, guessed, units };
    this.sums.set(chunk, sum);
    return sum;
  }

  /** The straight line through what was measured. */
  private fit(units: number, height: number): void {
    const { seen } = this;
    seen.count++;
    seen.x += units;
    seen.y += height;
    seen.xx += units * units;
    seen.xy += units * height;
    const spread = seen.count * seen.xx - seen.x * seen.x;
    const unit = spread <= 0 ? 0 : Math.max(0, (seen.count * seen.xy - seen.x * seen.y) / spread);
    this.guess = { base: Math.max(LEAST_PX, (seen.y - unit * seen.x) / seen.count), unit };
  }
}

function overlaps(hidden: readonly Hidden[], from: number, to: number): boolean {
  return hidden.some((range) => range.from < to && from < range.to);
}

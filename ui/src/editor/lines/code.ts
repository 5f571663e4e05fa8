/** Where a block of code begins and ends among the lines. Of a long one only the lines around are looked at: what a chunk is, is read off it once. */
import { type Block, readBlock } from "./block.ts";
import type { Chunk, Lines } from "./lines.ts";
import type { Line } from "./line.ts";

/** Whether a line goes on with the code of the one above it: in its language, unless it begins another block. */
export function isSameCode(above: Block, below: Block): boolean {
  return above.kind === "code" && below.kind === "code" && !below.start && above.language === below.language;
}

/** Chunks of which it is known whether all their lines are of one block of code. */
const known = new WeakMap<Chunk, boolean>();

function isOneCode(chunk: Chunk): boolean {
  const before = known.get(chunk);
  if (before !== undefined) return before;
  const { lines } = chunk;
  const isOne = lines.every((line, nth) => nth === 0 || joins(lines[nth - 1], line));
  known.set(chunk, isOne);
  return isOne;
}

function joins(above: Line | undefined, below: Line | undefined): boolean {
  return above !== undefined && below !== undefined && isSameCode(readBlock(above.block), readBlock(below.block));
}

/** The lines [from, to) of the code that a line stands in, looked for at most so far away; undefined where it is no code. */
export function codeAt(lines: Lines, index: number, most = Number.POSITIVE_INFINITY): { from: number; to: number } | undefined {
  const { chunks } = lines;
  let nth = 0;
  let base = 0;
  for (; nth < chunks.length - 1 && index >= base + (chunks[nth]?.lines.length ?? 0); nth++) base += chunks[nth]?.lines.length ?? 0;
  const here = chunks[nth]?.lines ?? [];
  const line = here[index - base];
  if (line === undefined || readBlock(line.block).kind !== "code") return undefined;
  const from = base + firstOf(chunks, nth, index - base, most);
  const to = base + endOf(chunks, nth, index - base, most);
  return { from, to };
}

/** Where the code begins that goes on at a line of a chunk, counted from the chunk's first line. */
function firstOf(chunks: readonly Chunk[], nth: number, index: number, most: number): number {
  let at = index;
  let base = 0;
  for (let chunk = chunks[nth]; chunk !== undefined; chunk = chunks[--nth]) {
    const { lines } = chunk;
    if (at < index && isOneCode(chunk)) at = base;
    while (at > base && index - at < most && joins(lines[at - base - 1], lines[at - base])) at--;
    const above = chunks[nth - 1]?.lines ?? [];
    if (at > base || index - at >= most || !joins(above.at(-1), lines[0])) break;
    at--;
    base -= above.length;
  }
  return Math.max(at, index - most);
}

/** Where the code ends that a line of a chunk stands in, counted from the chunk's first line. */
function endOf(chunks: readonly Chunk[], nth: number, index: number, most: number): number {
  let to = index + 1;
  let base = 0;
  for (let chunk = chunks[nth]; chunk !== undefined; chunk = chunks[++nth]) {
    const { lines } = chunk;
    const end = base + lines.length;
    if (to > index + 1 && isOneCode(chunk)) to = end;
    while (to < end && to - index < most && joins(lines[to - base - 1], lines[to - base])) to++;
    if (to < end || to - index >= most || !joins(lines.at(-1), chunks[nth + 1]?.lines[0])) break;
    to++;
    base = end;
  }
  return Math.min(to, index + most);
}

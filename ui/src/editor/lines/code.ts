/** Where a block of code begins and ends among the lines. */
import { readBlock } from "./block.ts";
import type { Lines } from "./lines.ts";

/** The lines [from, to) of the code that a line stands in, looked for at most so far away; undefined where it is no code. */
export function codeAt(lines: Lines, index: number, most = Number.POSITIVE_INFINITY): { from: number; to: number } | undefined {
  const isCode = (at: number): boolean => at >= 0 && at < lines.count && readBlock(lines.line(at).block).kind === "code";
  const joins = (at: number): boolean => isCode(at) && isCode(at - 1) && !readBlock(lines.line(at).block).start;
  if (!isCode(index)) return undefined;
  let from = index;
  while (joins(from) && index - from < most) from--;
  let to = index + 1;
  while (joins(to) && to - index < most) to++;
  return { from, to };
}

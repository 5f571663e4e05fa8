/** Where a block of code begins and ends among the lines. */
import { type Block, readBlock } from "./block.ts";
import type { Lines } from "./lines.ts";

/** Whether a line goes on with the code of the one above it: in its language, unless it begins another block. */
export function isSameCode(above: Block, below: Block): boolean {
  return above.kind === "code" && below.kind === "code" && !below.start && above.language === below.language;
}

/** The lines [from, to) of the code that a line stands in, looked for at most so far away; undefined where it is no code. */
export function codeAt(lines: Lines, index: number, most = Number.POSITIVE_INFINITY): { from: number; to: number } | undefined {
  const blockAt = (at: number): Block | undefined => (at >= 0 && at < lines.count ? readBlock(lines.line(at).block) : undefined);
  const joins = (at: number): boolean => {
    const [above, below] = [blockAt(at - 1), blockAt(at)];
    return above !== undefined && below !== undefined && isSameCode(above, below);
  };
  if (blockAt(index)?.kind !== "code") return undefined;
  let from = index;
  while (joins(from) && index - from < most) from--;
  let to = index + 1;
  while (joins(to) && to - index < most) to++;
  return { from, to };
}

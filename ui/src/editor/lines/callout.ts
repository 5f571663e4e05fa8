/** Where a callout begins and ends among the lines: neighbours that lie in a quote of one sort are one, unless a line begins another. */
import type { Callout } from "../../generated/schema.ts";
import { type Block, isList, readBlock } from "./block.ts";
import type { Lines } from "./lines.ts";

/** What the callout is about that a line lies inside of; null where that is none. */
export function calloutOf(block: Block): Callout | null {
  return block.quote > 0 && block.cell === null ? block.callout : null;
}

/** Whether two neighbours lie in one quote, which may be a callout. */
export function isSameQuote(above: Block, below: Block): boolean {
  // On an item or on code, `start` speaks of the list or the code.
  const begins = below.start && !isList(below.kind) && below.kind !== "code";
  return !begins && above.quote > 0 && below.quote > 0 && calloutOf(above) === calloutOf(below);
}

/** The lines [from, to) of the callout that a line lies inside of; undefined where it is in none. */
export function calloutAt(lines: Lines, index: number): { from: number; to: number; sort: Callout } | undefined {
  const blockAt = (at: number): Block | undefined => (at >= 0 && at < lines.count ? readBlock(lines.line(at).block) : undefined);
  const here = blockAt(index);
  const sort = here === undefined ? null : calloutOf(here);
  if (here === undefined || sort === null) return undefined;
  const joins = (at: number): boolean => {
    const [above, below] = [blockAt(at - 1), blockAt(at)];
    return above !== undefined && below !== undefined && isSameQuote(above, below);
  };
  let from = index;
  while (joins(from)) from--;
  let to = index + 1;
  while (joins(to)) to++;
  return { from, to, sort };
}

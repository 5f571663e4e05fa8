/** Callouts: making one, changing what it is about, leaving it. It is a quote with a sort; only block strings change. */
import type { Callout } from "../../generated/schema.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { calloutAt } from "../lines/callout.ts";
import type { How, Page } from "../page/page.ts";
import { type Touched, touchedLines, withBlocks } from "./range.ts";

/** Puts the selected lines into a callout; those that are in one change what that is about. */
export function setCallout(page: Page, sort: Callout, how: How = {}): boolean {
  const { lines } = page;
  const touched = touchedLines(lines, page.selection);
  const whole = calloutAt(lines, touched[0]?.index ?? 0);
  const within = whole !== undefined && (touched.at(-1)?.index ?? 0) < whole.to;
  return turn(
    page,
    within ? linesOf(page, whole) : touched,
    (block) => ({ callout: sort, quote: Math.max(1, readBlock(block).quote) }),
    how,
  );
}

/** Makes the callout of the caret a plain quote. Answers false when there is none. */
export function quoteCallout(page: Page): boolean {
  const whole = calloutAt(page.lines, page.lines.at(page.selection.head).index);
  return whole !== undefined && turn(page, linesOf(page, whole), () => ({ callout: null }));
}

/** Takes the callout around the caret away and leaves its lines. Answers false when there is none. */
export function dropCallout(page: Page): boolean {
  const whole = calloutAt(page.lines, page.lines.at(page.selection.head).index);
  return whole !== undefined && turn(page, linesOf(page, whole), (block) => ({ quote: readBlock(block).quote - 1, callout: null }));
}

function turn(
  page: Page,
  touched: readonly Touched[],
  change: (block: string) => Parameters<typeof changeBlock>[1],
  how: How = {},
): boolean {
  const changes = touched.map((at) => ({ at, block: changeBlock(at.line.block, change(at.line.block)) }));
  return page.edit(withBlocks(page, changes), { scroll: false, ...how });
}

function linesOf(page: Page, { from, to }: { readonly from: number; readonly to: number }): Touched[] {
  let start = page.lines.startOf(from);
  return [...page.lines.between(from, to)].map((line, nth) => {
    const touched = { index: from + nth, start, line };
    start += line.length;
    return touched;
  });
}

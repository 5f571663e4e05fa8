/** Moves whole lines: what goes is what comes, ids and all, in one Delta. */
import { Delta } from "../delta.ts";
import type { Lines } from "./lines.ts";

/** Moves the lines with these ids, where they stand together, behind the line `after` (empty: to the start). Nothing when one of them is gone. */
export function moveLines(lines: Lines, ids: readonly string[], after: string): Delta {
  const first = lines.find(ids[0] ?? "");
  if (first < 0) return new Delta();
  let count = 1;
  while (count < ids.length && first + count < lines.count && lines.line(first + count).id === ids[count]) count++;
  const target = after === "" ? 0 : lines.find(after) + 1;
  if (after !== "" && target === 0) return new Delta();
  return moveRange(lines, first, first + count, target);
}

/** Moves the lines [from, to) before the line at `target`. Nothing when they stand there or the last of them has no newline. */
export function moveRange(lines: Lines, from: number, to: number, target: number): Delta {
  if (target >= from && target <= to) return new Delta();
  if (!lines.line(to - 1).ends) return new Delta();
  const start = lines.startOf(from);
  const end = lines.startOf(to);
  const place = lines.startOf(target);
  const moved = lines.slice(start, end);
  if (target < from)
    return new Delta()
      .retain(place)
      .concat(moved)
      .retain(start - place)
      .delete(end - start);
  return new Delta()
    .retain(start)
    .delete(end - start)
    .retain(place - end)
    .concat(moved);
}

/** How one text becomes another: lines are matched by their ids, and only inside lines that differ are characters compared. For Reset. */
import { Delta, lengthOf } from "../delta.ts";
import { type Line, OBJECT } from "./line.ts";
import type { Lines } from "./lines.ts";

/** The change that makes `after` of `before`. */
export function difference(before: Lines, after: Lines): Delta {
  const old = [...before.between()];
  const now = [...after.between()];
  const delta = new Delta();
  let a = 0;
  let b = 0;
  for (const [i, j] of [...matched(old, now), [old.length - 1, now.length - 1] as const]) {
    compare(delta, old.slice(a, i), now.slice(b, j));
    compare(delta, old.slice(i, i + 1), now.slice(j, j + 1));
    a = i + 1;
    b = j + 1;
  }
  return delta.chop();
}

/** How many units a change takes away and brings. */
export function sizeOf(delta: Delta): number {
  return delta.ops.reduce((sum, op) => sum + (op.retain !== undefined && op.attributes === undefined ? 0 : lengthOf(op)), 0);
}

/** How many units stand in one text and not in the other, line by line: where a line stands makes no difference. */
export function apart(before: Lines, after: Lines): number {
  const left = new Map<string, Line[]>();
  // Of lines without an id those that say the same are the same.
  const nameOf = (line: Line): string => (line.id === "" ? `\n${line.text}` : line.id);
  for (const line of before.between()) left.set(nameOf(line), [...(left.get(nameOf(line)) ?? []), line]);
  let units = 0;
  for (const line of after.between()) {
    const old = left.get(nameOf(line))?.pop();
    if (old === undefined) units += line.length;
    else if (!old.equals(line)) {
      const change = new Delta();
      compare(change, [old], [line]);
      units += sizeOf(change);
    }
  }
  for (const lines of left.values()) for (const line of lines) units += line.length;
  return units;
}

function compare(delta: Delta, old: readonly Line[], now: readonly Line[]): void {
  const same = old.length === now.length && old.every((line, index) => now[index] !== undefined && line.equals(now[index]));
  const length = old.reduce((sum, line) => sum + line.length, 0);
  const change = same ? new Delta().retain(length) : changed(contents(old), contents(now));
  let reached = 0;
  for (const op of change.ops) {
    const isNewline = typeof op.insert === "object" && NEWLINE in op.insert;
    delta.push(isNewline ? { ...op, insert: "\n" } : op);
    if (op.insert === undefined) reached += lengthOf(op);
  }
  delta.retain(length - reached);
}

/**
 * What makes `now` of `old`, whole characters at a time. The comparison looks at units, and of two pairs with the same first half it takes one half
 * for kept: what came between the halves would be moved past as two ends that have nothing to do with each other.
 */
function changed(old: Delta, now: Delta): Delta {
  const change = old.diff(now);
  const [was, is] = [unitsOf(old), unitsOf(now)];
  if (!PAIR.test(was) || !PAIR.test(is)) return change;
  const whole = new Delta();
  let [a, b] = [0, 0];
  let [deleted, inserted] = [0, 0];
  const put = (upto: number, into: number): void => {
    for (const op of now.slice(inserted, into).ops) whole.push(op);
    whole.delete(upto - deleted);
    [deleted, inserted] = [upto, into];
  };
  for (const op of [...change.ops, { retain: was.length }]) {
    const length = Math.min(lengthOf(op), op.insert === undefined ? was.length - a : Number.POSITIVE_INFINITY);
    if (op.retain !== undefined) {
      const first = isInside(was, a) || isInside(is, b) ? 1 : 0;
      const kept = length - (isInside(was, a + length) || isInside(is, b + length) ? 1 : 0) - first;
      if (kept > 0) {
        put(a + first, b + first);
        whole.retain(kept, op.attributes);
        [deleted, inserted] = [deleted + kept, inserted + kept];
      }
    }
    if (op.insert === undefined) a += length;
    if (op.delete === undefined) b += length;
  }
  put(was.length, is.length);
  return whole;
}

/** A character of two units. */
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** Whether a place is between the halves of a character. */
function isInside(text: string, at: number): boolean {
  return at > 0 && PAIR.test(text.slice(at - 1, at + 1));
}

/** The units that a body has, one for each embed. */
function unitsOf(body: Delta): string {
  return body.ops.map((op) => (typeof op.insert === "string" ? op.insert : OBJECT)).join("");
}

/** A newline is compared as an embed that holds its id: one newline never becomes another. */
const NEWLINE = "sheaf.newline";

function contents(lines: readonly Line[]): Delta {
  const delta = new Delta();
  for (const line of lines) {
    for (const run of line.runs) {
      const attributes = run.attributes === undefined ? undefined : { ...run.attributes };
      if (run.embed === undefined) delta.insert(run.text, attributes);
      else delta.insert({ ...run.embed }, attributes);
    }
    if (line.ends) delta.insert({ [NEWLINE]: line.id }, { ...line.attributes });
  }
  return delta;
}

/** Pairs of indices of lines with the same id, growing on both sides, as many as possible. */
function matched(old: readonly Line[], now: readonly Line[]): Array<readonly [number, number]> {
  const places = new Map<string, number>();
  for (const [index, line] of now.entries()) if (line.id !== "" && !places.has(line.id)) places.set(line.id, index);
  const pairs: Array<readonly [number, number]> = [];
  for (const [index, line] of old.entries()) {
    const place = line.id === "" ? undefined : places.get(line.id);
    if (place === undefined) continue;
    places.delete(line.id);
    pairs.push([index, place]);
  }
  return longestGrowing(pairs);
}

function longestGrowing(pairs: ReadonlyArray<readonly [number, number]>): Array<readonly [number, number]> {
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [nth, [, place]] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    previous[nth] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = nth;
  }
  const result: Array<readonly [number, number]> = [];
  for (let nth = ends.at(-1) ?? -1; nth >= 0; nth = previous[nth] ?? -1) {
    const pair = pairs[nth];
    if (pair !== undefined) result.push(pair);
  }
  return result.reverse();
}

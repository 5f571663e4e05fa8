/**
 * The Delta: a change or a whole body as retain, insert, delete with attributes (Quill's format, quill-delta's arithmetic). What views and the
 * core say to each other. Lengths are UTF-16 units. This module never knows what an attribute means.
 *
 * The rule of the house is said here once: *mine goes left and mine wins*. See `pastMine` and `pastShow`.
 */
import Delta from "quill-delta";

export { Delta };

/** What an attribute may hold. Objects would break undo (quill-delta compares with `!==`). */
export type Scalar = string | number | boolean | null;

/** Attributes of a run of characters, or of a newline. */
export type Attributes = Readonly<Record<string, Scalar>>;

/** An embed: one key, its kind, and whatever that kind keeps. Counts as one unit. */
export type Embed = Readonly<Record<string, unknown>>;

/** One operation, as quill-delta has it. */
export type Op = Delta["ops"][number];

/** A Delta as it travels: plain JSON. */
export interface DeltaJson {
  readonly ops: readonly unknown[];
}

/** A show as it enters a text in which `mine` was already done: what I did stays left of it, and my attributes win over it. */
export function pastMine(mine: Delta, show: Delta): Delta {
  return mine.transform(show, true);
}

/** What I did, as it must be said to somebody who has already seen `show`. */
export function pastShow(show: Delta, mine: Delta): Delta {
  return show.transform(mine, false);
}

/** True when the Delta changes nothing whatever it is applied to. */
export function isNothing(delta: Delta): boolean {
  return delta.ops.every((op) => op.delete === undefined && op.insert === undefined && op.attributes === undefined);
}

/** Whether two Deltas do the same, op by op. */
export function sameDelta(a: Delta, b: Delta): boolean {
  if (a === b) return true;
  return a.ops.length === b.ops.length && a.ops.every((op, index) => sameOp(op, b.ops[index]));
}

function sameOp(a: Op, b: Op | undefined): boolean {
  if (b === undefined || a.delete !== b.delete || a.retain !== b.retain) return false;
  const sameInsert = a.insert === b.insert || JSON.stringify(a.insert) === JSON.stringify(b.insert);
  return sameInsert && sameAttributes(a.attributes as Attributes | undefined, b.attributes as Attributes | undefined);
}

/** How many units an op covers. */
export function lengthOf(op: Op): number {
  if (typeof op.delete === "number") return op.delete;
  if (typeof op.retain === "number") return op.retain;
  if (typeof op.insert === "string") return op.insert.length;
  return 1;
}

/** Reads a Delta that came over a lane. Throws on anything that is not one, so that nothing malformed reaches the books. */
export function readDelta(json: unknown): Delta {
  const ops = Array.isArray(json) ? json : (json as DeltaJson | null)?.ops;
  if (!Array.isArray(ops)) throw new Error("Delta has no list of ops");
  for (const op of ops as Op[]) {
    const kinds = Number(op.insert !== undefined) + Number(op.retain !== undefined) + Number(op.delete !== undefined);
    if (kinds !== 1) throw new Error(`Delta op is not one of insert, retain, delete: ${JSON.stringify(op).slice(0, 80)}`);
  }
  return new Delta(ops as Op[]);
}

/** The attributes without nulls, or undefined when none is left. */
export function withoutNulls(attributes: Attributes | undefined): Attributes | undefined {
  if (attributes === undefined) return undefined;
  // Nearly always there are none to take out: a long text is opened by asking this of every line.
  const values = Object.values(attributes);
  if (values.length === 0) return undefined;
  if (!values.includes(null) && !values.includes(undefined as never)) return attributes;
  const kept = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whether two sets of attributes say the same. */
export function sameAttributes(a: Attributes | undefined, b: Attributes | undefined): boolean {
  if (a === b) return true;
  const left = Object.keys(a ?? {});
  if (left.length !== Object.keys(b ?? {}).length) return false;
  return left.every((key) => b !== undefined && key in b && a?.[key] === b[key]);
}

/** Attributes `base` after `change` was written over them: null takes away. */
export function changedAttributes(base: Attributes | undefined, change: Attributes | undefined): Attributes | undefined {
  if (change === undefined) return base;
  return withoutNulls({ ...base, ...change });
}

/** What undoes `change` on text that carried `base`; undefined when it changed nothing. */
export function invertedAttributes(base: Attributes | undefined, change: Attributes): Attributes | undefined {
  const back: Record<string, Scalar> = {};
  for (const [key, value] of Object.entries(change)) {
    const before = base?.[key] ?? null;
    if (before !== value) back[key] = before;
  }
  return Object.keys(back).length === 0 ? undefined : back;
}

/** The part of `change` that text with `base` does not say already. */
export function newAttributes(base: Attributes | undefined, change: Attributes): Attributes | undefined {
  const fresh = Object.entries(change).filter(([key, value]) => (base?.[key] ?? null) !== value);
  return fresh.length === 0 ? undefined : Object.fromEntries(fresh);
}

/** Where a place after `delta` was before it; a place inside what was inserted is where that was put. */
export function positionBefore(delta: Delta, position: number): number {
  let after = 0;
  let before = 0;
  for (const op of delta.ops) {
    const length = lengthOf(op);
    if (op.delete !== undefined) before += length;
    else if (op.insert !== undefined) {
      if (position < after + length) return before;
      after += length;
    } else {
      if (position < after + length) return before + position - after;
      after += length;
      before += length;
    }
  }
  return before + position - after;
}

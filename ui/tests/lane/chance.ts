/** Seeded chance for the fuzz: the same seed makes the same run. */
import { Delta } from "../../src/editor/delta.ts";

const WORDS = ["ada", "bee", "cedar", "dune", "ember", "fjord", "glyph", "haiku", "über", "日本", "😀", "👩🏽‍🚀", "naïve", "x"];
const BLOCKS = [
  "",
  "h1",
  "h2",
  "ul",
  "ul in=1",
  "ol",
  "task",
  "task done",
  "code lang=rust",
  "code lang=math",
  "p note=k3f9a",
  "p q=1",
  "p call=tip q=1",
  "callout tone=warm",
];
const MARKS: ReadonlyArray<Record<string, string | boolean>> = [
  { bold: true },
  { italic: true },
  { underline: true },
  { strike: true },
  { code: true },
  { link: "https://example.org/" },
  { background: "yellow" },
  { glow: "far" },
];

/** A generator of chance (mulberry32). */
export class Chance {
  private state: number;

  constructor(readonly seed: number) {
    this.state = (seed * 0x9e3779b9) >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** True once in so often. */
  once(inTimes: number): boolean {
    return this.below(inTimes) === 0;
  }

  /** One of the list. */
  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A line id. */
  id(): string {
    let id = "";
    for (let i = 0; i < 10; i++) id += "0123456789abcdefghijklmnopqrstuvwxyz"[this.below(36)];
    return id;
  }

  /** A word, now and then astral. */
  word(): string {
    return this.one(WORDS);
  }

  /** A block string. */
  block(): string {
    return this.one(BLOCKS);
  }

  /** Attributes of one mark. */
  mark(): Record<string, string | boolean> {
    return this.one(MARKS);
  }
}

/** A newline's attributes with a fresh id. */
export function newline(chance: Chance, block = chance.block()): Record<string, string> {
  return block === "" ? { line: chance.id() } : { line: chance.id(), block };
}

/** A random body of so many lines. */
export function randomBody(chance: Chance, lines: number): Delta {
  const body = new Delta();
  for (let i = 0; i < lines; i++) {
    for (let n = chance.below(6); n > 0; n--) {
      if (chance.once(12)) body.insert({ [chance.one(["source", "image", "future"])]: chance.word() });
      else body.insert(`${chance.word()} `, chance.once(3) ? chance.mark() : undefined);
    }
    body.insert("\n", newline(chance));
  }
  if (chance.once(4)) body.insert("tail");
  return body;
}

/** A random change to a body. Cuts are never inside a surrogate pair. */
export function randomChange(chance: Chance, body: Delta): Delta {
  const text = body.ops.map((op) => (typeof op.insert === "string" ? op.insert : "\uFFFC")).join("");
  const change = new Delta();
  let at = 0;
  const go = (to: number): number => (to < text.length && isLow(text.charCodeAt(to)) ? to + 1 : to);
  for (let n = 1 + chance.below(4); n > 0; n--) {
    const to = go(Math.min(text.length, at + chance.below(Math.max(2, text.length >> 1))));
    change.retain(to - at);
    at = to;
    const end = go(Math.min(text.length, at + 1 + chance.below(12)));
    const kind = chance.below(6);
    if (kind === 0) change.insert(chance.word(), chance.once(2) ? chance.mark() : undefined);
    else if (kind === 1) change.insert("\n", newline(chance));
    else if (kind === 2) change.insert(chance.word()).insert("\n", newline(chance)).insert(chance.word());
    else if (kind === 3) change.insert({ source: chance.word() });
    else if (kind === 4) {
      change.delete(end - at);
      at = end;
    } else {
      for (; at < end; at++) {
        if (text[at] === "\n") change.retain(1, { block: chance.block() || null });
        else change.retain(1, chance.once(4) ? { bold: null } : chance.mark());
      }
    }
  }
  return change.chop();
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

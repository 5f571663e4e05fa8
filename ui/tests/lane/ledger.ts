/**
 * What was done on purpose, letter by letter. No letter is ever written twice, so that each can be followed through everything that happens to it:
 * who wrote it, who took it out, who moved or copied it, who gave it a mark. The fuzz judges the end against this.
 */
import { type Attributes, type Delta, type Op, lengthOf } from "../../src/editor/delta.ts";
import type { Run } from "../../src/editor/lines/line.ts";
import type { Lines } from "../../src/editor/lines/lines.ts";

/** Letters that nothing else in the fuzz writes. */
const HANGUL = 0xac00;
const HANGULS = 11_172;
const ASTRAL = 0x20000;

/** Letters that nobody has written yet, every fifth of them a surrogate pair, and the words made of them. */
export class Letters {
  private next = 0;
  readonly words: string[] = [];

  /** A word of so many fresh letters. */
  word(length: number): string {
    if (this.next + length > HANGULS) throw new Error("no letters are left: write less in one run");
    let word = "";
    for (let i = 0; i < length; i++, this.next++) word += String.fromCodePoint((this.next % 5 === 0 ? ASTRAL : HANGUL) + this.next);
    this.words.push(word);
    return word;
  }
}

/** The letters of a text, in order. */
export function lettersOf(text: string): string[] {
  return text.match(/[\uac00-\ud7a3]|[\u{20000}-\u{2a6df}]/gu) ?? [];
}

/** The letters of a part of a run. Those inside an embed come and go with it. */
export function lettersOfRun(run: Run, from = 0, to = run.text.length): string[] {
  return lettersOf(run.embed === undefined ? run.text.slice(from, to) : JSON.stringify(run.embed));
}

/** A mark that one edit gave to letters, or took from them, in their order. */
export interface Stroke {
  readonly mark: string;
  readonly gives: boolean;
  readonly letters: string[];
}

/** The record of one run. */
export class Ledger {
  /** Who wrote a letter first. */
  readonly writer = new Map<string, string>();
  readonly deleted = new Set<string>();
  /** How often a letter came again: pasted, duplicated, brought back by undo. */
  readonly copies = new Map<string, number>();
  /** How often a letter was taken out here and put in there by one edit. */
  readonly moves = new Map<string, number>();
  /** Marks as `key=value` that somebody gave a letter, and marks that somebody took from it. */
  readonly given = new Map<string, Set<string>>();
  readonly taken = new Map<string, Set<string>>();
  readonly strokes: Stroke[] = [];
  /** Kinds that somebody gave a line; of all lines without an id together. */
  readonly kinds = new Map<string, Set<string>>();
  /** By id: what a view called that line before its core gave it the id. Until it hears of that, what its person makes of the line is noted there. */
  readonly before = new Map<string, Set<string>>();
  /** What undo changed that its owner had never touched. Must stay empty. */
  readonly foreign: string[] = [];
  resets = 0;
  undone = 0;
  private readonly mine = new Set<string>();

  /** The lines that were there before anybody did anything. */
  begin(lines: Lines): void {
    for (const { id, block } of lines.between()) if (id !== "") add(this.kinds, id, block);
  }

  /** Notes an edit that `who` made to this text. */
  note(who: string, before: Lines, delta: Delta, undo: boolean): void {
    if (undo) this.undone++;
    const removed = new Map<string, Attributes>();
    const inserted: Array<[string, Attributes]> = [];
    let offset = 0;
    for (const op of delta.ops) {
      if (op.insert !== undefined) {
        for (const letter of lettersIn(op)) inserted.push([letter, (op.attributes ?? {}) as Attributes]);
        const { line, block } = (op.attributes ?? {}) as Record<string, string | undefined>;
        if (line !== undefined) add(this.kinds, line, block ?? "");
        continue;
      }
      const end = offset + lengthOf(op);
      if (op.delete !== undefined)
        before.eachPiece(
          offset,
          end,
          (run, from, to) => {
            for (const letter of lettersOfRun(run, from, to)) removed.set(letter, run.attributes ?? {});
          },
          () => undefined,
        );
      else if (op.attributes !== undefined) this.formatted(who, before, offset, end, op.attributes as Attributes, undo);
      offset = end;
    }
    this.replaced(who, removed, inserted, undo);
  }

  /** Notes which lines of this text a core has given another id. */
  renamed(before: Lines, delta: Delta): void {
    let offset = 0;
    for (const op of delta.ops) {
      if (op.insert !== undefined) continue;
      const end = offset + lengthOf(op);
      const id = (op.attributes as Attributes | undefined)?.["line"];
      if (typeof id === "string")
        before.eachPiece(
          offset,
          end,
          () => undefined,
          (line) => add(this.before, id, line.id),
        );
      offset = end;
    }
  }

  /**
   * Kinds that somebody gave a line, under any id that it was seen with. A line without an id can be nothing but a paragraph. Undefined of an id that
   * nobody here made: it is the core's, of two lines with one id the later got another.
   */
  kindsOf(id: string): ReadonlySet<string> | undefined {
    if (id === "") return new Set([""]);
    const own = this.kinds.get(id);
    if (own === undefined) return undefined;
    const all = new Set(own);
    for (const was of this.namesOf(id)) for (const kind of this.kinds.get(was) ?? []) all.add(kind);
    return all;
  }

  /** What the line was called before: a line that was given a name twice has two. */
  namesOf(id: string): ReadonlySet<string> {
    const names = new Set<string>();
    const follow = (name: string): void => {
      for (const was of this.before.get(name) ?? []) {
        if (names.has(was)) continue;
        names.add(was);
        follow(was);
      }
    };
    follow(id);
    return names;
  }

  private replaced(
    who: string,
    removed: ReadonlyMap<string, Attributes>,
    inserted: ReadonlyArray<[string, Attributes]>,
    undo: boolean,
  ): void {
    const came = new Set(inserted.map(([letter]) => letter));
    for (const letter of removed.keys()) {
      if (came.has(letter)) continue;
      this.deleted.add(letter);
      if (undo && !this.mine.has(`${who} ${letter}`))
        this.foreign.push(`${who} took out ${letter} of ${this.writer.get(letter) ?? "nobody"}`);
    }
    const moved = new Set<string>();
    for (const [letter, attributes] of inserted) {
      const was = removed.get(letter);
      if (was !== undefined && !moved.has(letter)) {
        moved.add(letter);
        this.moves.set(letter, (this.moves.get(letter) ?? 0) + 1);
        for (const [key, value] of Object.entries(was)) if (attributes[key] !== value) add(this.taken, letter, `${key}=${String(value)}`);
      } else if (this.writer.has(letter)) this.copies.set(letter, (this.copies.get(letter) ?? 0) + 1);
      else this.writer.set(letter, who);
      this.mine.add(`${who} ${letter}`);
      for (const [key, value] of Object.entries(attributes)) add(this.given, letter, `${key}=${String(value)}`);
    }
  }

  private formatted(who: string, before: Lines, from: number, to: number, change: Attributes, undo: boolean): void {
    const strokes = new Map<string, Stroke>();
    const stroke = (mark: string, gives: boolean, letter: string): void => {
      const one = strokes.get(`${mark} ${gives}`) ?? { mark, gives, letters: [] };
      strokes.set(`${mark} ${gives}`, one);
      one.letters.push(letter);
      add(gives ? this.given : this.taken, letter, mark);
    };
    before.eachPiece(
      from,
      to,
      (run, start, end) => {
        for (const letter of lettersOfRun(run, start, end))
          for (const [key, value] of Object.entries(change)) {
            const had = run.attributes?.[key];
            if ((had ?? null) === value || key === "block" || key === "line") continue;
            if (had !== undefined) stroke(`${key}=${String(had)}`, false, letter);
            if (value !== null) stroke(`${key}=${String(value)}`, true, letter);
            const touch = `${who} ${key} ${letter}`;
            if (undo && !this.mine.has(touch) && !this.mine.has(`${who} ${letter}`))
              this.foreign.push(`${who} changed ${key} of ${letter}`);
            this.mine.add(touch);
          }
      },
      (line) => {
        if ("block" in change) add(this.kinds, line.id, String(change["block"] ?? ""));
        if (typeof change["line"] === "string") add(this.before, change["line"], line.id);
      },
    );
    this.strokes.push(...strokes.values());
  }
}

function lettersIn(op: Op): string[] {
  return typeof op.insert === "string" ? lettersOf(op.insert) : lettersOf(JSON.stringify(op.insert));
}

/** Puts a value into the set of a key. */
export function add<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

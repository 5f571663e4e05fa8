/**
 * Somebody at an editor: random typing, formatting, kinds, splits, joins, moves, embeds, pastes, undo, through the real view and its commands,
 * and through ProseMirror's own transactions. Keeps the record of what was done on purpose, against which the fuzz judges the end.
 */
import { Fragment, Slice } from "prosemirror-model";
import { Delta } from "../../src/editor/delta.ts";
import { duplicate, indentAny, insertDivider, moveBlock, toggleQuote, toggleTask, turnLines } from "../../src/editor/editing/blocks.ts";
import { setMark, toggleMark } from "../../src/editor/editing/marks.ts";
import { newline } from "../../src/editor/editing/range.ts";
import { backspace, deleteForward, deleteSelection, enter, lineBreak, typeText } from "../../src/editor/editing/text.ts";
import type { Change } from "../../src/editor/lines/rewriting.ts";
import type { Lines } from "../../src/editor/lines/lines.ts";
import { schema } from "../../src/editor/page/schema.ts";
import type { View } from "../../src/editor/view.ts";
import type { Chance } from "./chance.ts";

/** What anybody did on purpose. */
export class Ledger {
  /** Every word anybody wrote, and who. */
  readonly written = new Map<string, string>();
  /** Words somebody deleted or cut. */
  readonly deleted = new Set<string>();
  /** Words somebody copied, moved or brought back: there may be two of them. */
  readonly copied = new Set<string>();
  /** Kinds somebody gave a line. */
  readonly kinds = new Map<string, Set<string>>();
  /** Marks somebody gave a word, and marks somebody took from it. */
  readonly marked = new Map<string, Set<string>>();
  readonly unmarked = new Map<string, Set<string>>();
  /** Beginnings of words that somebody deleted or cut while they were still being typed. */
  readonly fragments = new Set<string>();
  undone = 0;
  resets = 0;
  foreignUndone: string[] = [];
}

const WORD = /[a-d]\d+[é日😀]?_/gu;

/** Words in a text. */
export function wordsIn(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Words still being typed: without their end. */
function fragmentsIn(text: string): string[] {
  return text.match(/[a-d]\d*[é日😀]?(?![_\dé日😀])/gu) ?? [];
}

/** Notes what a change by `who` did on purpose. */
export function note(
  record: Ledger,
  who: string,
  before: Lines,
  changes: readonly Change[],
  how: { undo: boolean; copies: boolean },
): void {
  const olds = changes.map((change) => [...before.between(change.index, change.index + change.removed)]);
  const allNew = wordsIn(changes.flatMap((change) => change.added.map((line) => line.text)).join("\n"));
  for (const [nth, change] of changes.entries()) {
    const old = olds[nth]!;
    const oldWords = wordsIn(old.map((line) => line.text).join("\n"));
    const newWords = wordsIn(change.added.map((line) => line.text).join("\n"));
    for (const word of oldWords) {
      if (newWords.includes(word)) continue;
      if (allNew.includes(word)) {
        // Moved: there are two when somebody else moves it too, or undoes something around it.
        record.copied.add(word);
        continue;
      }
      record.deleted.add(word);
      if (how.undo && record.written.get(word) !== who && record.written.has(word) && !record.copied.has(word))
        record.foreignUndone.push(word);
    }
    const oldFragments = fragmentsIn(old.map((line) => line.text).join("\n"));
    const newText = change.added.map((line) => line.text).join("\n");
    for (const fragment of oldFragments) if (!newText.includes(fragment)) record.fragments.add(fragment);
    for (const word of newWords) {
      if (oldWords.includes(word)) {
        if (newWords.filter((one) => one === word).length > oldWords.filter((one) => one === word).length) record.copied.add(word);
        continue;
      }
      if (!record.written.has(word)) record.written.set(word, who);
      else record.copied.add(word);
      if (how.copies || how.undo) record.copied.add(word);
    }
    const oldKinds = new Set(old.map((line) => `${line.id} ${line.block}`));
    for (const line of change.added) {
      if (line.id !== "" && !oldKinds.has(`${line.id} ${line.block}`)) add(record.kinds, line.id, line.block);
    }
    noteMarks(record, old, change.added);
  }
}

function noteMarks(record: Ledger, old: readonly OneLine[], now: readonly OneLine[]): void {
  const before = marksOfWords(old);
  for (const [word, marks] of marksOfWords(now)) {
    const had = before.get(word);
    for (const mark of marks) if (had === undefined || !had.has(mark)) add(record.marked, word, mark);
    for (const mark of had ?? []) if (!marks.has(mark)) add(record.unmarked, word, mark);
  }
}

type OneLine = Change["added"][number];

/** For every word, the marks that all its characters carry. */
export function marksOfWords(lines: Iterable<OneLine>): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  for (const line of lines) {
    for (const match of line.text.matchAll(/[a-d]\d+[é日😀]?_?/gu)) {
      let at = 0;
      let marks: Set<string> | undefined;
      for (const run of line.runs) {
        const end = at + run.text.length;
        if (end > match.index && at < match.index + match[0].length) {
          const keys = new Set(Object.entries(run.attributes ?? {}).map(([key, value]) => `${key}=${String(value)}`));
          marks = marks === undefined ? keys : new Set([...marks].filter((key) => keys.has(key)));
        }
        at = end;
      }
      result.set(match[0], marks ?? new Set());
    }
  }
  return result;
}

function add<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  const set = map.get(key) ?? new Set();
  set.add(value);
  map.set(key, set);
}

/** One person and their view. */
export class Typist {
  private words = 0;
  edits = 0;

  constructor(
    readonly name: string,
    readonly view: View,
    private readonly chance: Chance,
  ) {}

  /** Does something. */
  act(): string {
    const { page } = this.view;
    const { chance } = this;
    this.edits++;
    const kind = chance.below(100);
    if (kind < 70) page.select(this.somewhere(kind >= 45));
    if (kind < 30) return this.type();
    if (kind < 36) return said(typeText(page, this.word()), "type over");
    if (kind < 41) return said(enter(page), "enter");
    if (kind < 45) return said(backspace(page) || deleteForward(page) || this.deleteNatively(), "backspace");
    if (kind < 51) return said(toggleMark(page, chance.one(["bold", "italic", "code", "strike"])), "mark");
    if (kind < 53) return said(setMark(page, "link", "https://example.org/"), "link");
    if (kind < 60) return said(turnLines(page, chance.one(["h1", "h2", "ul", "ol", "task", "code", "p"])), "kind");
    if (kind < 62) return said(toggleQuote(page), "quote");
    if (kind < 64) return said(indentAny(page, chance.once(2) ? 1 : -1), "indent");
    if (kind < 66) return said(chance.once(2) ? toggleTask(page) : lineBreak(page), "task or break");
    if (kind < 70) return said(chance.once(3) ? deleteSelection(page) : this.paste(), "delete or paste");
    if (kind < 74) return said(moveBlock(page, chance.once(2) ? 1 : -1), "move");
    if (kind < 76) return said(duplicate(page), "duplicate");
    if (kind < 78) return said(insertDivider(page), "divider");
    if (kind < 81) return this.embed();
    if (kind < 84) return this.nativeReplace();
    if (kind < 94) return said(this.view.undoEdit(), "undo");
    if (kind < 97) return said(this.view.redoEdit(), "redo");
    return this.type();
  }

  private word(): string {
    return `${this.name}${this.words++}${this.chance.one(["", "é", "日", "😀"])}_`;
  }

  /** Types a word letter by letter as the browser would: transactions of ProseMirror's own. */
  private type(): string {
    const { page } = this.view;
    for (const letter of this.word()) page.dispatch(page.state.tr.insertText(letter));
    if (this.chance.once(3)) page.dispatch(page.state.tr.insertText(" "));
    return "type";
  }

  private deleteNatively(): boolean {
    const { page } = this.view;
    const { from, $from } = page.state.selection;
    if ($from.parentOffset === 0) return false;
    const units = $from.nodeBefore?.isText === true && isLow($from.nodeBefore.text?.at(-1)) ? 2 : 1;
    page.dispatch(page.state.tr.delete(from - units, from));
    return true;
  }

  private paste(): boolean {
    const { page } = this.view;
    const at = this.somewhere(false).head;
    const delta = new Delta().retain(at).insert(`${this.word()} `, { bold: true });
    delta.insert(this.word()).insert("\n", newline(page, this.chance.block())).insert(this.word());
    return page.edit(delta);
  }

  private embed(): string {
    const { page } = this.view;
    page.edit(
      new Delta().retain(this.somewhere(false).head).insert({ [this.chance.one(["source", "image", "hologram"])]: this.chance.word() }),
    );
    return "embed";
  }

  /** A replacement such as a drop or a native deletion over lines makes it. */
  private nativeReplace(): string {
    const { page } = this.view;
    const { doc } = page.state;
    const a = doc.resolve(1 + this.chance.below(Math.max(1, doc.content.size - 1)));
    const from = page.positionOf(boundary(page.lines, page.offsetOf(a.pos)));
    const end = Math.min(page.lines.length, page.offsetOf(a.pos) + this.chance.below(12));
    const to = page.positionOf(boundary(page.lines, end));
    if (from === undefined || to === undefined || to < from) return "nothing";
    const lines = [0, 1].map(() => schema.node("line", { id: "stolen", block: this.chance.block() }, schema.text(this.word())));
    const slice = this.chance.once(2) ? Slice.empty : new Slice(Fragment.from(lines), 1, 1);
    const tr = page.state.tr.replace(from, to, slice);
    if (tr.docChanged) page.dispatch(tr);
    return "native";
  }

  private somewhere(range: boolean): { anchor: number; head: number } {
    const { lines } = this.view.page;
    const head = boundary(lines, this.chance.below(lines.length + 1));
    if (!range) return { anchor: head, head };
    return { anchor: boundary(lines, Math.max(0, Math.min(lines.length, head + this.chance.below(30) - 15))), head };
  }
}

/** An offset that is not inside a surrogate pair, and mostly not inside a word. */
function boundary(lines: Lines, offset: number): number {
  const { line, start } = lines.at(offset);
  for (const match of line.text.matchAll(WORD)) {
    const left = start + match.index;
    if (offset > left && offset < left + match[0].length) return left;
  }
  // Behind a word that somebody is still typing is inside it.
  const unfinished = /[a-d]\d*[é日😀]?$/u.exec(line.text.slice(0, offset - start));
  if (unfinished !== null) return start + unfinished.index;
  return isLow(line.text[offset - start]) ? offset - 1 : offset;
}

function isLow(character: string | undefined): boolean {
  if (character === undefined) return false;
  const unit = character.charCodeAt(character.length - 1);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function said(done: boolean, what: string): string {
  return done ? what : `${what} (nothing)`;
}

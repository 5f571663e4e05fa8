/**
 * The page: a ProseMirror state, and a view where there is a screen, that shows mounted lines of a text. Every change goes through here, whoever
 * made it: a command's Delta, ProseMirror's own transaction, a show. Lines are the truth; the page is their picture; selections are offsets, wherever
 * their ends are. What is mounted comes and goes without touching text, undo or selection.
 */
import { AllSelection, EditorState, NodeSelection, type Plugin, TextSelection, type Transaction } from "prosemirror-state";
import type { Mark } from "prosemirror-model";
import type { EditorView } from "prosemirror-view";
import { Delta, isNothing, lengthOf } from "../delta.ts";
import type { Move, Selection } from "../lane/undo.ts";
import type { ChosenCells } from "../lines/cells.ts";
import type { Lines } from "../lines/lines.ts";
import type { Change } from "../lines/rewriting.ts";
import { draw } from "./draw.ts";
import { schema } from "./schema.ts";
import { type Apart, followed } from "./apart.ts";
import { type Mounted, nodeOf, nodesOf, offsetIn, pageOf, positionIn, shownCount } from "./project.ts";
import { read } from "./read.ts";
import { REBUILT, rebuild, reconcile } from "./reconcile.ts";

/** How a local edit wants to be remembered. */
export interface How {
  /** Where the selection goes, in offsets after the edit. Absent: it moves along. */
  readonly selection?: Selection;
  /** Joins the undo entry before it when that says the same. */
  readonly joins?: string;
  readonly always?: boolean;
  readonly move?: Move;
  readonly undoes?: readonly [number, number];
  /** Done by the undo stack itself. */
  readonly byUndo?: boolean;
  /** Marks that the next typed character carries. */
  readonly marks?: Transaction["storedMarks"];
  /** Scroll the caret into view. True unless said otherwise. */
  readonly scroll?: boolean;
}

/** A local edit as it was done. */
export interface Done {
  readonly delta: Delta;
  readonly inverse: Delta;
  readonly before: Selection;
  readonly changes: readonly Change[];
  readonly how: How;
  /** The text before. */
  readonly old: Lines;
}

/** Who is told what happens on a page. */
export interface PageListener {
  /** The text is about to be shown as changed: places move now, so that what is drawn stands right. */
  changing(delta: Delta): void;
  /** I changed the text. */
  edited(done: Done): void;
  /** Somebody else's change was drawn. */
  drawn(delta: Delta, changes: readonly Change[]): void;
  /** The selection, the focus or the text changed. */
  changed(tr: Transaction): void;
  /** Something that should never happen was mended. */
  trouble(what: string): void;
}

/** How much of a text a page holds. */
export interface Extent {
  /** Lines mounted before the first picture. */
  readonly first: number;
  /** A text of at most so many lines is mounted whole, piece by piece. */
  readonly whole: number;
  /** Of a longer one about so many are held. */
  readonly size: number;
}

/** Every line at once: where there is no screen. */
export const EVERYTHING: Extent = { first: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY, size: Number.POSITIVE_INFINITY };

/** Keeps what is seen in its place while lines come and go. */
export interface Stillness {
  /** The offset of the line at which what is seen begins. */
  readonly seen: number;
  /** Reads what the browser selected and has not told yet: what comes and goes would put the selection before it back. */
  read(): void;
  /**
   * Does something to what is mounted: what was seen is seen at the same height afterwards. Where the text changes, `after` is the offset in the new text of
   * the line that was `seen`.
   */
  still(change: () => void, after?: number): void;
  /** Mounts other lines than were; nothing that was seen need remain. */
  elsewhere(change: () => void): void;
  /** Widens a range of lines to one that may be mounted, so that nothing is cut through that has to be drawn whole. */
  rounded(range: Mounted): Mounted;
  /** The person changed the text: places on the screen are others now. */
  edited(): void;
}

/** Lines mounted around a place that somebody goes to. */
const AROUND = 20;
/** So close to what is mounted, a place is reached by mounting what lies between. */
const NEAR = 60;

/** What ProseMirror's own transaction says about how it wants to be remembered. */
export const HOW = "sheaf.how";

/** A page. */
export class Page {
  private current: EditorState;
  private shown: Mounted;
  view: EditorView | undefined;
  editable = true;
  /** Told of a place that is about to be selected or scrolled to. */
  onReached: ((offset: number) => void) | undefined;
  /** Told of lines that came onto the screen, whoever asked for them. */
  onMounted: ((from: number, to: number) => void) | undefined;
  /** Whoever has the screen. */
  stillness: Stillness | undefined;
  /** What is selected, when an end of it is not mounted. */
  private apart: Apart | undefined;
  /** Cells that are chosen while the selection is a caret among them. Whatever else is selected, they are chosen no longer. */
  private cells: ChosenCells | undefined;
  /** Somebody drags over cells: what the browser selects of the text meanwhile is not meant. */
  isDraggedOver = false;

  constructor(
    private text: Lines,
    private readonly listener: PageListener,
    private readonly newId: () => string,
    plugins: readonly Plugin[],
    public extent: Extent = EVERYTHING,
  ) {
    this.shown = { from: 0, to: Math.min(text.count, extent.first) };
    if (this.shown.to >= shownCount(text)) this.shown = { from: 0, to: text.count };
    this.current = EditorState.create({ doc: pageOf(text, this.shown), plugins: [...plugins] });
  }

  /** The whole text as the screen has it. */
  get lines(): Lines {
    return this.text;
  }

  /** What is mounted. */
  get mounted(): Mounted {
    return this.shown;
  }

  /** Whether every line is mounted. */
  get isWhole(): boolean {
    return this.shown.from === 0 && this.shown.to >= this.text.count;
  }

  /** Whether the text is so long that only a part of it is held. */
  get isWindowed(): boolean {
    return this.text.count > this.extent.whole;
  }

  get state(): EditorState {
    return this.current;
  }

  /** A fresh line id. */
  freshId(): string {
    return this.newId();
  }

  /** The selection in document offsets. */
  get selection(): Selection {
    const { cells } = this;
    const selection = this.apart?.selection ?? this.drawnSelection(this.current.selection);
    return cells === undefined ? selection : { ...selection, cells };
  }

  /** Whether an end of the selection is not mounted. */
  get isApart(): boolean {
    return this.apart !== undefined;
  }

  /** The marks that a character typed at the selection's beginning would carry. */
  get marksHere(): readonly Mark[] {
    if (this.apart === undefined) return this.current.selection.$from.marks();
    const { anchor, head } = this.apart.selection;
    const { line, start } = this.text.at(Math.min(anchor, head));
    const place = 1 + Math.min(anchor, head) - start;
    return schema
      .node("doc", undefined, [nodeOf(line)])
      .resolve(place)
      .marks();
  }

  /** The position in the page of an offset; undefined when it is not mounted. */
  positionOf(offset: number): number | undefined {
    const { index, start, line } = this.text.at(Math.max(0, Math.min(offset, this.text.length)));
    if (!line.ends && index > 0 && index >= shownCount(this.text))
      return index - 1 < this.shown.to ? this.positionOf(start - 1) : undefined;
    if (index < this.shown.from || index >= this.shown.to) return undefined;
    const base = this.text.startOf(this.shown.from);
    return positionIn(Math.min(offset, this.text.length) - base, index - this.shown.from);
  }

  /** The position in the page of an offset, or of the edge beyond which it lies. */
  nearest(offset: number): number {
    return this.positionOf(offset) ?? (this.text.at(offset).index < this.shown.from ? 1 : this.current.doc.content.size - 1);
  }

  /** The document offset of a position in the page. */
  offsetOf(position: number): number {
    return Math.min(this.text.length, this.text.startOf(this.shown.from) + offsetIn(this.current.doc, position));
  }

  /** Does a local edit given as a Delta on the text. Answers whether there was anything to do. */
  edit(delta: Delta, how: How = {}): boolean {
    if (!this.editable) return false;
    const whole = this.completed(this.withIds(this.text.withoutIdle(delta)));
    if (isNothing(whole)) {
      if (how.selection !== undefined) this.select(how.selection);
      return false;
    }
    const before = this.selection;
    const inverse = this.text.invert(whole);
    const old = this.text;
    const tr = this.current.tr;
    const moved = { anchor: whole.transformPosition(before.anchor), head: whole.transformPosition(before.head), cells: before.cells };
    const wanted = how.selection ?? moved;
    const follows = how.scroll !== false;
    const seen = this.stillness?.seen ?? wanted.head;
    const { changes, elsewhere } = this.drawInto(tr, whole, follows ? wanted.head : whole.transformPosition(seen));
    this.selectIn(tr, wanted);
    if (how.marks !== undefined) tr.setStoredMarks(how.marks);
    const isFar = follows && this.positionOf(wanted.head) === undefined;
    if (follows && !isFar) tr.scrollIntoView();
    this.listener.changing(whole);
    if (elsewhere && follows) this.elsewhere(() => this.update(tr, wanted));
    else if (!follows) this.still(() => this.update(tr, wanted), whole.transformPosition(seen));
    else this.update(tr, wanted);
    this.stillness?.edited();
    this.listener.edited({ delta: whole, inverse, before, changes, how, old });
    this.listener.changed(tr);
    if (isFar) this.select(wanted);
    return true;
  }

  /** Draws what somebody else did. Selection, pending marks and focus stay. */
  show(delta: Delta): void {
    const show = new Delta(delta.ops).chop();
    if (isNothing(show)) return;
    const before = this.selection;
    const tr = this.current.tr;
    const marks = this.current.storedMarks;
    const seen = this.stillness?.seen ?? before.head;
    const { index } = this.text.at(seen);
    const { from } = this.shown;
    const { changes } = this.drawInto(tr, show, show.transformPosition(seen));
    const after = { ...before, anchor: show.transformPosition(before.anchor, true), head: show.transformPosition(before.head, true) };
    if (this.current.selection instanceof TextSelection) this.selectIn(tr, after);
    if (marks !== null) tr.setStoredMarks(marks);
    this.listener.changing(show);
    // Only what changes above what is seen could move it.
    if (changes.some((change) => change.index < index && change.index + change.removed > from))
      this.still(() => this.update(tr, after), show.transformPosition(seen));
    else this.update(tr, after);
    this.listener.drawn(show, changes);
    this.listener.changed(tr);
  }

  /** Takes a transaction that ProseMirror or a plugin made. */
  dispatch(tr: Transaction): void {
    if (!tr.docChanged) {
      if (this.isDraggedOver && tr.selectionSet) return;
      const { selection } = this;
      this.update(tr, this.followed(tr, this.apart?.selection));
      if (this.selection.anchor === selection.anchor && this.selection.head === selection.head) this.cells = selection.cells;
      this.listener.changed(tr);
      return;
    }
    if (!this.editable) {
      // The screen may already show what must not be: put it back.
      this.view?.updateState(this.current);
      return;
    }
    const before = this.selection;
    const base = this.text.startOf(this.shown.from);
    const made = this.withTail(new Delta().retain(base).concat(read(tr, this.newId)));
    const delta = this.completed(made);
    const inverse = this.text.invert(delta);
    const { lines, changes } = this.text.apply(delta);
    const mounted = mountedAfterOwn(this.shown, this.text, lines);
    if (!reconcile(tr, lines, changes, mounted)) this.listener.trouble("the page did not show what ProseMirror's steps said");
    const old = this.text;
    this.text = lines;
    this.shown = mounted;
    this.listener.changing(delta);
    const kept = { anchor: delta.transformPosition(before.anchor), head: delta.transformPosition(before.head) };
    this.update(tr, this.apart === undefined ? undefined : this.followed(tr, kept));
    this.stillness?.edited();
    this.listener.edited({ delta, inverse, before, changes, old, how: (tr.getMeta(HOW) as How | undefined) ?? howOf(tr) });
    this.listener.changed(tr);
  }

  /** Puts the selection somewhere, and the line of its head onto the screen unless `scroll` is false. */
  select(selection: Selection, scroll = true): void {
    if (scroll) this.mountAround(selection.head);
    const tr = this.current.tr;
    this.selectIn(tr, selection);
    if (scroll) tr.scrollIntoView();
    this.update(tr, selection);
    this.listener.changed(tr);
  }

  /** Selects everything, mounted or not. */
  selectAll(): void {
    const tr = this.current.tr.setSelection(new AllSelection(this.current.doc));
    this.update(tr, { anchor: 0, head: this.text.length });
    this.listener.changed(tr);
  }

  /** The browser is about to act where the selection's head is: that line and so many around it are mounted, and shown if they were not. */
  reach(around = AROUND / 2): void {
    const { selection } = this;
    const { index } = this.text.at(selection.head);
    const { from, to } = this.shown;
    if ((from === 0 || index >= from + around) && (to >= this.text.count || index < to - around)) return;
    const wasThere = this.positionOf(selection.head) !== undefined;
    this.mountAround(selection.head, 2 * around);
    if (!wasThere) this.update(this.current.tr.scrollIntoView(), selection);
  }

  /** Makes sure that the line of an offset is mounted, and some around it. */
  mountAround(offset: number, around = AROUND): void {
    const { index } = this.text.at(offset);
    const { from, to } = this.shown;
    const first = Math.max(0, index - around);
    const end = Math.min(this.text.count, index + around);
    const isClose = index >= from + around / 2 && index < to - around / 2;
    if (!isClose && (first < from || end > to)) {
      const isNear = index >= from - NEAR && index < to + NEAR;
      if (isNear) this.showLines(Math.min(first, from), Math.max(end, to));
      else this.showLines(first, end);
    }
    this.onReached?.(offset);
  }

  /** Mounts these lines and no others. Text, undo and what is selected stay as they are. */
  showLines(from: number, to: number): void {
    this.stillness?.read();
    const range = { from: Math.max(0, Math.min(from, this.text.count - 1)), to: Math.min(to, this.text.count) };
    const wide = this.stillness?.rounded(range) ?? range;
    const next = { from: Math.min(wide.from, shownCount(this.text) - 1), to: wide.to >= shownCount(this.text) ? this.text.count : wide.to };
    const { shown } = this;
    // Nothing moves while somebody composes.
    if ((next.from === shown.from && next.to === shown.to) || this.view?.composing === true) return;
    if (next.from >= shown.to || next.to <= shown.from) {
      this.elsewhere(() => this.remount(next, (tr) => void rebuild(tr, this.text, next)));
      for (const line of this.text.between(shown.from, shown.to)) line.shown = undefined;
      return;
    }
    this.still(() => {
      // One at a time: ProseMirror draws every line anew when lines come at one end and go at the other (notes/window.md).
      if (next.to > shown.to) this.extend(shown.from, next.to);
      if (next.from < shown.from) this.extend(next.from, this.shown.to);
      if (next.to < shown.to) this.shorten(this.shown.from, next.to);
      if (next.from > shown.from) this.shorten(next.from, this.shown.to);
    });
  }

  /** Compares the whole page with the text, and draws it anew when they differ. For tests and after trouble. */
  verify(): boolean {
    if (pageOf(this.text, this.shown).eq(this.current.doc)) return true;
    this.remount(this.shown, (tr) => void rebuild(tr, this.text, this.shown));
    return false;
  }

  private extend(from: number, to: number): void {
    const { shown } = this;
    const isBelow = to > shown.to;
    const more = nodesOf(this.text, isBelow ? { from: shown.to, to } : { from, to: shown.from });
    this.remount({ from, to }, (tr) => tr.insert(isBelow ? tr.doc.content.size : 0, more));
    if (isBelow) this.onMounted?.(shown.to, to);
    else this.onMounted?.(from, shown.from);
  }

  private shorten(from: number, to: number): void {
    const { shown } = this;
    const isBelow = to < shown.to;
    const gone = isBelow ? { from: to, to: Math.min(shown.to, shownCount(this.text)) } : { from: shown.from, to: from };
    const size = this.text.startOf(gone.to) - this.text.startOf(gone.from) + (gone.to - gone.from);
    const all = this.current.doc.content.size;
    // The line after the last newline has a node, but no newline to count.
    const start = isBelow ? this.placeOfLine(to) : 0;
    this.remount({ from, to }, (tr) => (isBelow ? tr.delete(start, all) : tr.delete(0, size)));
    for (const line of this.text.between(gone.from, gone.to)) line.shown = undefined;
    // What is cut through is drawn as far as it is there.
    this.onMounted?.(isBelow ? to - 1 : from, isBelow ? to : from + 1);
  }

  /** Where the node of a mounted line begins. */
  private placeOfLine(index: number): number {
    return this.text.startOf(index) - this.text.startOf(this.shown.from) + index - this.shown.from;
  }

  /** Changes what is mounted: neither text nor undo hears of it, and what is selected, or is to be typed next, stays. */
  private remount(next: Mounted, change: (tr: Transaction) => void): void {
    const { selection } = this;
    const { storedMarks } = this.current;
    const tr = this.current.tr;
    change(tr);
    this.shown = next;
    if (this.current.selection instanceof AllSelection) tr.setSelection(new AllSelection(tr.doc));
    else if (!(tr.selection instanceof NodeSelection)) this.selectIn(tr, selection);
    tr.setStoredMarks(storedMarks);
    this.update(tr, selection);
  }

  private still(change: () => void, after?: number): void {
    if (this.stillness === undefined) change();
    else this.stillness.still(change, after);
  }

  private elsewhere(change: () => void): void {
    if (this.stillness === undefined) change();
    else this.stillness.elsewhere(change);
  }

  /** Draws a Delta into a transaction; one that brings more than a window holds is not drawn but mounted around a place of the text after it. */
  private drawInto(tr: Transaction, delta: Delta, around: number): { readonly changes: readonly Change[]; readonly elsewhere: boolean } {
    const { lines, changes } = this.text.apply(delta);
    const mounted = this.isTooMuch(lines, changes) ? undefined : draw(tr, this.text, lines, changes, this.shown);
    this.text = lines;
    if (mounted === undefined) {
      const { index } = lines.at(Math.min(around, lines.length));
      const half = Math.ceil(this.extent.size / 2);
      const from = Math.max(0, Math.min(index - half, shownCount(lines) - 1));
      const to = index + half >= shownCount(lines) ? lines.count : index + half;
      this.shown = this.stillness?.rounded({ from, to }) ?? { from, to };
      rebuild(tr, lines, this.shown);
      return { changes, elsewhere: true };
    }
    if (!reconcile(tr, lines, changes, mounted)) this.listener.trouble("a drawn change did not show what the text says");
    this.shown = mounted;
    return { changes, elsewhere: false };
  }

  /** Whether a change would mount, or redraw, far more lines than a window holds. */
  private isTooMuch(lines: Lines, changes: readonly Change[]): boolean {
    if (lines.count <= this.extent.whole) return false;
    let touched = 0;
    for (const { index, removed, added } of changes) {
      if (index < this.shown.to && index + removed >= this.shown.from)
        touched += Math.max(added.length, Math.min(removed, this.extent.size));
    }
    return touched > this.extent.size;
  }

  private update(tr: Transaction, selected?: Selection): void {
    this.current = this.current.apply(tr);
    this.apart = undefined;
    this.cells = selected?.cells;
    if (selected !== undefined && !(this.current.selection instanceof NodeSelection)) {
      const [anchorMounted, headMounted] = [selected.anchor, selected.head].map((offset) => this.positionOf(offset) !== undefined);
      if (anchorMounted !== true || headMounted !== true)
        this.apart = { selection: selected, anchorMounted: anchorMounted === true, headMounted: headMounted === true };
    }
    this.view?.updateState(this.current);
    if (tr.getMeta(REBUILT) !== undefined) this.onMounted?.(this.shown.from, this.shown.to);
  }

  /** What a selection of the page is in offsets. */
  private drawnSelection(selection: EditorState["selection"]): Selection {
    const doc = selection.$head.doc;
    const { length } = this.text;
    if (selection instanceof AllSelection) return { anchor: 0, head: length };
    const anchor = selection instanceof NodeSelection ? selection.from : selection.anchor;
    const head = selection instanceof NodeSelection ? selection.to : selection.head;
    const base = this.text.startOf(this.shown.from);
    return { anchor: Math.min(length, base + offsetIn(doc, anchor)), head: Math.min(length, base + offsetIn(doc, head)) };
  }

  /** What the person selects after a transaction of ProseMirror's own. `kept` are the ends as they were, in the text as it is now. */
  private followed(tr: Transaction, kept: Selection | undefined): Selection | undefined {
    if (this.apart === undefined || kept === undefined) return undefined;
    if (!tr.selectionSet && !tr.docChanged) return kept;
    const map = (place: number): number => tr.mapping.map(place);
    return followed(this.current.selection, this.apart, tr.selection, map, kept, this.drawnSelection(tr.selection));
  }

  /** Sets a selection given in offsets of the present text. An end that is not mounted stands at the edge. */
  private selectIn(tr: Transaction, { anchor, head }: Selection): void {
    const size = tr.doc.content.size;
    const place = (offset: number): number =>
      this.positionOf(offset) ?? (this.text.at(offset).index < this.shown.from ? 1 : Math.max(0, size - 1));
    tr.setSelection(TextSelection.between(tr.doc.resolve(place(anchor)), tr.doc.resolve(place(head))));
  }

  /** Every newline that comes gets an id; what undo brings back may have had none. */
  private withIds(delta: Delta): Delta {
    const lacks = (op: Delta["ops"][number]): boolean =>
      typeof op.insert === "string" && op.insert.includes("\n") && op.attributes?.["line"] === undefined;
    if (!delta.ops.some(lacks)) return delta;
    const result = new Delta();
    for (const op of delta.ops) {
      if (!lacks(op)) result.push(op);
      else {
        for (const [nth, part] of String(op.insert).split("\n").entries()) {
          if (nth > 0) result.insert("\n", { ...op.attributes, line: this.newId() });
          const { block: _block, ...marks } = op.attributes ?? {};
          if (part !== "") result.insert(part, marks);
        }
      }
    }
    return result;
  }

  /** A local edit never leaves words without a newline: text after the last one gets one of its own. */
  private completed(delta: Delta): Delta {
    if (isNothing(delta)) return delta;
    const end = this.text.length;
    // Most edits end long before the last newline.
    if (touchedUpTo(delta) < end - this.text.line(this.text.count - 1).width - 1) return delta.chop();
    const after = this.text.apply(delta);
    const tail = after.changes.at(-1)?.added.at(-1);
    if (tail === undefined || tail.ends || tail.width === 0) return delta.chop();
    return delta.compose(new Delta().retain(after.lines.length).insert("\n", { line: this.newId() })).chop();
  }

  /** What ProseMirror did to the line after the last newline counts on a newline there; it gets one first. */
  private withTail(delta: Delta): Delta {
    const end = this.text.length;
    const tail = this.text.at(end);
    if (this.shown.to < this.text.count || tail.index >= shownCount(this.text) || touchedUpTo(delta) < tail.start) return delta;
    return new Delta().retain(end).insert("\n", { line: this.newId() }).compose(delta);
  }
}

/** How a transaction of ProseMirror's own wants to be remembered: a composition is one entry, keys join, a paste or a drop stands alone. */
function howOf(tr: Transaction): How {
  const composition = tr.getMeta("composition") as number | undefined;
  if (composition !== undefined) return { joins: `composition ${composition}`, always: true };
  return tr.getMeta("uiEvent") === undefined ? { joins: "typing" } : {};
}

/** The greatest old offset at which a Delta does anything. */
function touchedUpTo(delta: Delta): number {
  let offset = 0;
  let last = -1;
  for (const op of delta.ops) {
    if (op.insert !== undefined) last = offset;
    else {
      offset += lengthOf(op);
      if (op.delete !== undefined || op.attributes !== undefined) last = offset;
    }
  }
  return last;
}

function mountedAfterOwn(mounted: Mounted, before: Lines, after: Lines): Mounted {
  const to = mounted.to + after.count - before.count;
  return { from: mounted.from, to: to >= shownCount(after) ? after.count : to };
}

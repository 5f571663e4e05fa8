/**
 * The page: a ProseMirror state, and a view where there is a screen, that shows mounted lines of a text. Every change goes through here, whoever
 * made it: a command's Delta, ProseMirror's own transaction, a show. Lines are the truth; the page is their picture; selections are offsets.
 */
import { AllSelection, EditorState, NodeSelection, type Plugin, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { Delta, isNothing, lengthOf } from "../delta.ts";
import type { Move, Selection } from "../lane/undo.ts";
import type { Lines } from "../lines/lines.ts";
import type { Change } from "../lines/rewriting.ts";
import { draw } from "./draw.ts";
import { type Mounted, offsetIn, pageOf, positionIn, shownCount } from "./project.ts";
import { read } from "./read.ts";
import { rebuild, reconcile } from "./reconcile.ts";

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

/** Transactions that carry this change the window, not the text. */
export const WINDOW = "sheaf.window";
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

  constructor(
    private text: Lines,
    private readonly listener: PageListener,
    private readonly newId: () => string,
    plugins: readonly Plugin[],
    firstLines = Number.POSITIVE_INFINITY,
  ) {
    this.shown = { from: 0, to: Math.min(text.count, firstLines) };
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

  get state(): EditorState {
    return this.current;
  }

  /** A fresh line id. */
  freshId(): string {
    return this.newId();
  }

  /** The selection in document offsets. */
  get selection(): Selection {
    const { selection, doc } = this.current;
    if (selection instanceof AllSelection) return { anchor: 0, head: this.text.length };
    const anchor = selection instanceof NodeSelection ? selection.from : selection.anchor;
    const head = selection instanceof NodeSelection ? selection.to : selection.head;
    const base = this.text.startOf(this.shown.from);
    const end = this.text.length;
    return { anchor: Math.min(end, base + offsetIn(doc, anchor)), head: Math.min(end, base + offsetIn(doc, head)) };
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
    const changes = this.drawInto(tr, whole);
    const wanted = how.selection ?? { anchor: whole.transformPosition(before.anchor), head: whole.transformPosition(before.head) };
    this.selectIn(tr, wanted);
    if (how.marks !== undefined) tr.setStoredMarks(how.marks);
    if (how.scroll !== false) tr.scrollIntoView();
    this.listener.changing(whole);
    this.update(tr);
    this.listener.edited({ delta: whole, inverse, before, changes, how, old });
    this.listener.changed(tr);
    return true;
  }

  /** Draws what somebody else did. Selection, pending marks and focus stay. */
  show(delta: Delta): void {
    const show = new Delta(delta.ops).chop();
    if (isNothing(show)) return;
    const before = this.selection;
    const tr = this.current.tr;
    const marks = this.current.storedMarks;
    const changes = this.drawInto(tr, show);
    if (this.current.selection instanceof TextSelection) {
      this.selectIn(tr, { anchor: show.transformPosition(before.anchor, true), head: show.transformPosition(before.head, true) });
    }
    if (marks !== null) tr.setStoredMarks(marks);
    this.listener.changing(show);
    this.update(tr);
    this.listener.drawn(show, changes);
    this.listener.changed(tr);
  }

  /** Takes a transaction that ProseMirror or a plugin made. */
  dispatch(tr: Transaction): void {
    if (!tr.docChanged || tr.getMeta(WINDOW) !== undefined) {
      this.update(tr);
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
    this.update(tr);
    this.listener.edited({ delta, inverse, before, changes, old, how: (tr.getMeta(HOW) as How | undefined) ?? howOf(tr) });
    this.listener.changed(tr);
  }

  /** Puts the selection somewhere. Mounts what is needed. */
  select(selection: Selection, scroll = true): void {
    this.mountAround(selection.anchor);
    this.mountAround(selection.head);
    const tr = this.current.tr;
    this.selectIn(tr, selection);
    if (scroll) tr.scrollIntoView();
    this.update(tr);
    this.listener.changed(tr);
  }

  /** Selects everything, mounted or not. */
  selectAll(): void {
    const tr = this.current.tr.setSelection(new AllSelection(this.current.doc));
    this.update(tr);
    this.listener.changed(tr);
  }

  /** Mounts more lines after the last, and before the first when there are any. Answers whether more are left. */
  grow(lines: number): boolean {
    const above = Math.min(lines, this.shown.from);
    if (above > 0) this.mountRange(this.shown.from - above, this.shown.to);
    if (this.shown.to < this.text.count) this.mountRange(this.shown.from, this.shown.to + lines);
    return !this.isWhole;
  }

  /** Makes sure that the line of an offset is mounted, and a few around it. */
  mountAround(offset: number): void {
    const { index } = this.text.at(offset);
    const from = Math.max(0, index - 20);
    const to = Math.min(this.text.count, index + 20);
    if (from < this.shown.from && index < this.shown.from + 10) this.mountRange(from, this.shown.to);
    if (to > this.shown.to && index >= this.shown.to - 10) this.mountRange(this.shown.from, to);
    this.onReached?.(offset);
  }

  /** Compares the whole page with the text, and draws it anew when they differ. For tests and after trouble. */
  verify(): boolean {
    if (pageOf(this.text, this.shown).eq(this.current.doc)) return true;
    const tr = this.current.tr.setMeta(WINDOW, true);
    rebuild(tr, this.text, this.shown);
    this.update(tr);
    return false;
  }

  private mountRange(from: number, to: number): void {
    const end = to >= shownCount(this.text) ? this.text.count : to;
    const tr = this.current.tr.setMeta(WINDOW, true).setMeta("addToHistory", false);
    if (end > this.shown.to) {
      const more = pageOf(this.text, { from: this.shown.to, to: end });
      tr.insert(tr.doc.content.size, more.content);
    }
    if (from < this.shown.from) tr.insert(0, pageOf(this.text, { from, to: this.shown.from }).content);
    const before = this.shown;
    this.shown = { from, to: end };
    this.update(tr);
    if (from < before.from) this.onMounted?.(from, before.from);
    if (end > before.to) this.onMounted?.(before.to, end);
  }

  private drawInto(tr: Transaction, delta: Delta): readonly Change[] {
    const { lines, changes } = this.text.apply(delta);
    const mounted = draw(tr, this.text, lines, changes, this.shown);
    if (!reconcile(tr, lines, changes, mounted)) this.listener.trouble("a drawn change did not show what the text says");
    this.text = lines;
    this.shown = mounted;
    return changes;
  }

  private update(tr: Transaction): void {
    this.current = this.current.apply(tr);
    this.view?.updateState(this.current);
  }

  /** Sets a selection given in offsets of the present text. */
  private selectIn(tr: Transaction, { anchor, head }: Selection): void {
    const from = this.positionOf(anchor);
    const to = this.positionOf(head);
    if (from === undefined && to === undefined) return;
    const size = tr.doc.content.size;
    tr.setSelection(
      TextSelection.between(tr.doc.resolve(from ?? (anchor > head ? size : 0)), tr.doc.resolve(to ?? (head > anchor ? size : 0))),
    );
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
  return { from: mounted.from, to: mounted.to + after.count - before.count };
}

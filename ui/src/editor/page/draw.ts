/**
 * Draws a change of the text as the smallest ProseMirror steps, op by op, so that selection, decorations and node views survive: a keystroke
 * from elsewhere becomes one step over the one character. Knows only what is mounted; what happens outside moves the window and draws nothing.
 */
import { Fragment, Slice } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { AttrStep, ReplaceStep } from "prosemirror-transform";
import { type Attributes, type Embed, type Op, type Scalar, lengthOf, withoutNulls } from "../delta.ts";
import { type Line, OBJECT, Runs } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Change } from "../lines/rewriting.ts";
import { type Mounted, contentOf, positionIn, shownCount } from "./project.ts";
import { rebuild } from "./reconcile.ts";
import { attributeOf, markOf, schema } from "./schema.ts";

/** Draws changes of `before`, which led to `after`, into a page that shows `mounted`. Answers what is mounted afterwards. */
export function draw(tr: Transaction, before: Lines, after: Lines, changes: readonly Change[], mounted: Mounted): Mounted {
  const toTheEnd = mounted.to >= before.count;
  const isInside = (change: Change): boolean =>
    change.index >= mounted.from && change.index + change.removed <= mounted.to && (change.index < mounted.to || toTheEnd);
  const isBefore = (change: Change): boolean => change.index < mounted.from && change.index + change.removed <= mounted.from;
  const isAfter = (change: Change): boolean => change.index >= mounted.to && !toTheEnd;
  const next = mountedAfter(after, changes, mounted, toTheEnd, isBefore, isAfter);
  const inside = changes.filter(isInside);
  const gone = inside.reduce((sum, change) => sum + change.removed - change.added.length, 0);
  const overTheEdge = changes.some((change) => !isInside(change) && !isBefore(change) && !isAfter(change));
  const isEmpty = next.to <= next.from || next.from >= shownCount(after);
  if (overTheEdge || gone >= mounted.to - mounted.from || isEmpty) {
    const wide = !isEmpty
      ? next
      : { from: Math.max(0, Math.min(next.from, after.count - 1) - 20), to: Math.min(after.count, next.from + 20) };
    rebuild(tr, after, wide);
    return wide;
  }
  const base = before.startOf(mounted.from);
  let shift = 0;
  let units = 0;
  for (const change of inside) {
    new Drawing(tr, before, change, change.index + shift - mounted.from, change.start + units - base).run();
    shift += change.added.length - change.removed;
    for (const line of change.added) units += line.length;
    for (const line of before.between(change.index, change.index + change.removed)) units -= line.length;
  }
  dropIdleTail(tr, Math.min(next.to, shownCount(after)) - next.from);
  return next;
}

function mountedAfter(
  after: Lines,
  changes: readonly Change[],
  mounted: Mounted,
  toTheEnd: boolean,
  isBefore: (change: Change) => boolean,
  isAfter: (change: Change) => boolean,
): Mounted {
  let from = mounted.from;
  let to = mounted.to;
  for (const change of changes) {
    const growth = change.added.length - change.removed;
    if (isAfter(change)) continue;
    if (isBefore(change)) from += growth;
    else if (change.index < mounted.from) from += change.index - mounted.from;
    to += growth;
    if (change.index + change.removed > mounted.to) to += change.index + change.removed - mounted.to;
  }
  // What was mounted may be all that is left.
  return { from: Math.max(0, from), to: toTheEnd || to >= shownCount(after) ? after.count : to };
}

/**
 * The empty line after the last newline loses its node as soon as another line is there. So does the one that a line was written into which came
 * behind the last that is mounted.
 */
function dropIdleTail(tr: Transaction, shown: number): void {
  const last = tr.doc.lastChild;
  if (last === null || last.content.size > 0 || tr.doc.childCount !== shown + 1) return;
  const size = tr.doc.content.size;
  tr.step(new ReplaceStep(size - last.nodeSize, size, Slice.empty));
}

/** The drawing of one change whose lines are all mounted. */
class Drawing {
  /** Units before the place at hand, in the page. */
  private offset: number;
  /** Lines before the place at hand, in the page. */
  private index: number;
  /** The place at hand in the text before. */
  private oldOffset: number;

  constructor(
    private readonly tr: Transaction,
    private readonly before: Lines,
    private readonly change: Change,
    index: number,
    offset: number,
  ) {
    this.index = index;
    this.offset = offset;
    this.oldOffset = change.start;
  }

  run(): void {
    for (const op of this.change.ops) {
      if (op.insert !== undefined) this.insert(op);
      else if (op.delete !== undefined) this.delete(lengthOf(op));
      else this.retain(lengthOf(op), op.attributes as Attributes | undefined);
    }
  }

  private get position(): number {
    return positionIn(this.offset, this.index);
  }

  /** Whether the place at hand is after the last newline, where no node is. */
  private get beyond(): boolean {
    return this.index >= this.tr.doc.childCount;
  }

  private get column(): number {
    return this.beyond ? 0 : this.tr.doc.resolve(this.position).parentOffset;
  }

  private ensureTail(): void {
    const size = this.tr.doc.content.size;
    this.tr.step(new ReplaceStep(size, size, new Slice(Fragment.from(schema.node("line")), 0, 0)));
  }

  private newlinesWithin(length: number): number {
    return this.before.at(this.oldOffset + length).index - this.before.at(this.oldOffset).index;
  }

  private retain(length: number, attributes: Attributes | undefined): void {
    const lines = this.newlinesWithin(length);
    if (attributes !== undefined) this.format(length, lines, attributes);
    this.offset += length;
    this.index += lines;
    this.oldOffset += length;
  }

  private format(length: number, lines: number, attributes: Attributes): void {
    let left = length;
    let from = this.position;
    for (let i = 0; i <= lines && left > 0; i++) {
      const node = this.tr.doc.child(this.index + i);
      const width = Math.min(left, node.content.size - (i === 0 ? this.column : 0));
      if (width > 0) this.mark(from, from + width, attributes);
      left -= width;
      if (left > 0) {
        this.setLine(this.index + i, from - 1 - (i === 0 ? this.column : 0), attributes);
        left -= 1;
      }
      from += width + 2;
    }
  }

  private mark(from: number, to: number, attributes: Attributes): void {
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "line" || key === "block") continue;
      this.unmark(from, to, key, value);
      if (value !== null) this.tr.addMark(from, to, markOf(key, value));
    }
  }

  private unmark(from: number, to: number, key: string, value: Scalar): void {
    const gone = new Set<ReturnType<typeof markOf>>();
    this.tr.doc.nodesBetween(from, to, (node) => {
      if (node.isInline)
        for (const mark of node.marks)
          if (attributeOf(mark)[0] === key && (value === null || attributeOf(mark)[1] !== value)) gone.add(mark);
    });
    for (const mark of gone) this.tr.removeMark(from, to, mark);
  }

  private setLine(index: number, position: number, attributes: Attributes): void {
    const node = this.tr.doc.child(index);
    for (const [key, name] of [
      ["line", "id"],
      ["block", "block"],
    ] as const) {
      if (!(key in attributes)) continue;
      const value = typeof attributes[key] === "string" ? attributes[key] : "";
      if (node.attrs[name] !== value) this.tr.step(new AttrStep(position, name, value));
    }
  }

  private delete(length: number): void {
    const lines = this.newlinesWithin(length);
    const wholeLines = this.column === 0 && this.index > 0;
    if (this.index + lines >= this.tr.doc.childCount && !wholeLines) this.ensureTail();
    const from = this.position;
    if (lines === 0) {
      this.tr.step(new ReplaceStep(from, from + length, Slice.empty));
    } else if (this.column === 0) {
      let units = 0;
      for (let i = 0; i < lines; i++) units += this.tr.doc.child(this.index + i).content.size + 1;
      this.tr.step(new ReplaceStep(from - 1, from - 1 + units + lines, Slice.empty));
      if (length > units) this.tr.step(new ReplaceStep(from, from + length - units, Slice.empty));
    } else {
      const attrs = this.tr.doc.child(this.index + lines).attrs;
      const start = from - this.column - 1;
      this.tr.step(new ReplaceStep(from, from + length + lines, Slice.empty));
      this.setLine(this.index, start, { line: String(attrs["id"]), block: String(attrs["block"]) });
    }
    this.oldOffset += length;
  }

  private insert(op: Op): void {
    const attributes = op.attributes as Attributes | undefined;
    const { line: id, block, ...rest } = attributes ?? {};
    const ofText = withoutNulls(rest);
    if (typeof op.insert !== "string") {
      this.insertInline([{ text: OBJECT, embed: op.insert as Embed, attributes: ofText }], 1);
      return;
    }
    const parts = op.insert.split("\n").map((part) => {
      const runs = new Runs();
      runs.text(part, ofText);
      return runs.runs;
    });
    const attrs = { id: typeof id === "string" ? id : "", block: typeof block === "string" ? block : "" };
    if (parts.length === 1) this.insertInline(parts[0] ?? [], op.insert.length);
    else if (this.column === 0) this.insertLines(parts, attrs);
    else this.insertSplit(parts, attrs, op.insert.length);
  }

  private insertInline(runs: Line["runs"], length: number): void {
    if (this.beyond) this.ensureTail();
    const at = this.position;
    this.tr.step(new ReplaceStep(at, at, new Slice(Fragment.from(contentOf(runs)), 0, 0)));
    this.offset += length;
  }

  /** At a line's start: whole lines go in before it. */
  private insertLines(parts: readonly Line["runs"][], attrs: { id: string; block: string }): void {
    const whole = parts.slice(0, -1);
    const at = this.position - 1;
    this.tr.step(new ReplaceStep(at, at, new Slice(Fragment.from(whole.map((runs) => schema.node("line", attrs, contentOf(runs)))), 0, 0)));
    for (const runs of whole) this.offset += widthOf(runs) + 1;
    this.index += whole.length;
    const rest = parts.at(-1) ?? [];
    if (rest.length > 0) this.insertInline(rest, widthOf(rest));
  }

  /** Inside a line or at its end: what stands before the place gets the new newline, what follows keeps its own. */
  private insertSplit(parts: readonly Line["runs"][], attrs: { id: string; block: string }, length: number): void {
    const own = this.tr.doc.child(this.index).attrs;
    const at = this.position;
    const start = at - this.column - 1;
    const last = parts.length - 1;
    const nodes = parts.map((runs, i) => schema.node("line", i === last ? own : attrs, contentOf(runs)));
    this.tr.step(new ReplaceStep(at, at, new Slice(Fragment.from(nodes), 1, 1)));
    this.setLine(this.index, start, { line: attrs.id, block: attrs.block });
    this.offset += length;
    this.index += last;
  }
}

function widthOf(runs: Line["runs"]): number {
  return runs.reduce((sum, run) => sum + run.text.length, 0);
}

/**
 * Applies a Delta to lines by rewriting only those it touches. The result is a list of changes: at this line, so many went, these came. Each
 * change carries its part of the Delta, so that a page can draw it as the smallest steps.
 */
import { type Attributes, type Delta, type Embed, type Op, changedAttributes, lengthOf, withoutNulls } from "../delta.ts";
import type { Lines } from "./lines.ts";
import { Line, OBJECT, type Run, Runs } from "./line.ts";

/** Neighbouring lines that became other lines. */
export interface Change {
  /** Index of the first line, in the text before. */
  readonly index: number;
  /** Where that line starts, in the text before. */
  readonly start: number;
  /** How many lines went. */
  readonly removed: number;
  /** The lines that came. */
  readonly added: readonly Line[];
  /** What happened, counted from `start`. */
  readonly ops: readonly Op[];
}

/** Attributes that mean something on newlines only. On other characters they are ignored. */
function textAttributes(attributes: Attributes | undefined): Attributes | undefined {
  if (attributes === undefined) return undefined;
  if (!("line" in attributes) && !("block" in attributes)) return withoutNulls(attributes);
  const { line: _line, block: _block, ...rest } = attributes;
  return withoutNulls(rest);
}

/** One run over one Delta. */
export class Rewriting {
  private offset = 0;
  private readonly changes: Change[] = [];

  // The change being collected.
  private runs = new Runs();
  private added: Line[] = [];
  private ops: Op[] = [];
  private index = -1;
  private start = 0;

  constructor(
    private readonly lines: Lines,
    private readonly delta: Delta,
  ) {}

  /** The changes, in order. */
  run(): Change[] {
    for (const op of this.delta.ops) {
      if (op.retain !== undefined && op.attributes === undefined) this.skip(lengthOf(op));
      else this.act(op);
    }
    this.close();
    return this.changes;
  }

  /** Moves on without changing anything; leaves the change behind when that goes beyond the line at hand. */
  private skip(length: number): void {
    if (this.index >= 0) {
      const { start, line } = this.lines.at(this.offset);
      const end = start + line.length;
      const beyond = this.offset + length >= end && line.ends;
      if (!beyond && !this.atStart(start)) {
        this.ops.push({ retain: length });
        this.copy(this.offset, this.offset + length);
        this.offset += length;
        return;
      }
      this.close();
    }
    this.offset += length;
  }

  private act(op: Op): void {
    if (this.index < 0) this.open();
    this.ops.push(op);
    const attributes = op.attributes as Attributes | undefined;
    if (op.insert !== undefined) {
      this.insert(op.insert as string | Embed, attributes);
      return;
    }
    const length = lengthOf(op);
    if (this.offset + length > this.lines.length)
      throw new RangeError(`Delta reaches to ${this.offset + length}, beyond a text of ${this.lines.length}`);
    if (op.retain !== undefined) this.copy(this.offset, this.offset + length, attributes);
    this.offset += length;
  }

  private open(): void {
    if (this.offset > this.lines.length) throw new RangeError(`Delta acts at ${this.offset}, beyond a text of ${this.lines.length}`);
    const place = this.lines.at(this.offset);
    this.index = place.index;
    this.start = place.start;
    if (this.offset > place.start) {
      this.ops.push({ retain: this.offset - place.start });
      this.copy(place.start, this.offset);
    }
  }

  /** Ends the change: takes along the rest of the line at hand unless we stand at its start with nothing collected. */
  private close(): void {
    if (this.index < 0) return;
    const { index, start, line } = this.lines.at(this.offset);
    let removed = index - this.index;
    if (!this.atStart(start)) {
      this.copy(this.offset, start + line.length);
      if (!line.ends) this.added.push(new Line(this.runs.runs, undefined));
      removed += 1;
    }
    if (removed > 0 || this.added.length > 0) {
      this.changes.push({ index: this.index, start: this.start, removed, added: this.added, ops: this.ops });
    }
    this.runs = new Runs();
    this.added = [];
    this.ops = [];
    this.index = -1;
  }

  private atStart(start: number): boolean {
    return this.offset === start && this.runs.runs.length === 0;
  }

  private insert(what: string | Embed, attributes: Attributes | undefined): void {
    if (typeof what !== "string") {
      this.runs.add({ text: OBJECT, embed: what, attributes: textAttributes(attributes) });
      return;
    }
    if (what === "\n") return this.endLine(withoutNulls(attributes) ?? {});
    const [first = "", ...rest] = what.split("\n");
    const ofText = textAttributes(attributes);
    this.runs.text(first, ofText);
    for (const part of rest) {
      this.endLine(withoutNulls(attributes) ?? {});
      this.runs.text(part, ofText);
    }
  }

  private copy(from: number, to: number, change?: Attributes): void {
    const ofText = change === undefined ? undefined : forText(change);
    this.lines.eachPiece(
      from,
      to,
      (run, start, end) => this.copyRun(run, start, end, ofText),
      (line) => this.endLine(changedAttributes(line.attributes, change) ?? {}),
    );
  }

  private copyRun(run: Run, start: number, end: number, change: Attributes | undefined): void {
    if (change === undefined) {
      this.runs.add(run, start, end);
      return;
    }
    const attributes = changedAttributes(run.attributes, change);
    if (run.embed !== undefined) this.runs.add({ text: OBJECT, embed: run.embed, attributes });
    else this.runs.text(run.text.slice(start, end), attributes);
  }

  private endLine(attributes: Attributes): void {
    this.added.push(new Line(this.runs.runs, attributes));
    this.runs = new Runs();
  }
}

function forText(change: Attributes): Attributes {
  const { line: _line, block: _block, ...rest } = change;
  return rest;
}

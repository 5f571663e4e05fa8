/**
 * The text as lines: a persistent list of them, in chunks, so that a keystroke copies one chunk and two versions of a long document share all
 * the rest. Answers where an offset is and which offset a line has, applies and inverts Deltas by the lines they touch. Places are offsets in
 * the document, never positions in a page: this module does not know what is mounted.
 *
 * The last line is the text after the last newline. It has no newline of its own (the sentinel ends it) and is usually empty.
 */
import { type Attributes, Delta, type Embed, type Op, invertedAttributes, lengthOf, newAttributes } from "../delta.ts";
import { type Change, Rewriting } from "./rewriting.ts";
import { Line, type Run } from "./line.ts";

/** Where an offset is: the line it falls in, and where that line starts. */
export interface Place {
  readonly index: number;
  readonly start: number;
  readonly line: Line;
}

/** Some neighbouring lines and how many units they have. */
export interface Chunk {
  readonly lines: readonly Line[];
  readonly length: number;
}

const CHUNK = 128;
const TAIL = new Line([], undefined);

/** The whole text at one moment. Immutable. */
export class Lines {
  /** An empty document: no line but the last, which holds nothing. */
  static readonly EMPTY = new Lines([chunkOf([TAIL])]);

  /** How many lines, the one after the last newline included. */
  readonly count: number;
  /** How many UTF-16 units. */
  readonly length: number;

  private constructor(
    /** The text in pieces. One in which nothing changed is the same object in the next text: what was read off it once stays true. */
    readonly chunks: readonly Chunk[],
  ) {
    let count = 0;
    let length = 0;
    for (const chunk of chunks) {
      count += chunk.lines.length;
      length += chunk.length;
    }
    this.count = count;
    this.length = length;
  }

  /** The text a Delta of inserts describes. */
  static from(delta: Delta): Lines {
    return Lines.EMPTY.apply(delta).lines;
  }

  /** The line at an index. */
  line(index: number): Line {
    let left = index;
    for (const chunk of this.chunks) {
      if (left < chunk.lines.length) {
        const line = chunk.lines[left];
        if (line !== undefined) return line;
        break;
      }
      left -= chunk.lines.length;
    }
    throw new RangeError(`no line ${index} among ${this.count}`);
  }

  /** Where a line starts; for `count`, the length of the text. */
  startOf(index: number): number {
    let left = index;
    let offset = 0;
    for (const chunk of this.chunks) {
      if (left < chunk.lines.length) {
        for (let i = 0; i < left; i++) offset += chunk.lines[i]?.length ?? 0;
        return offset;
      }
      left -= chunk.lines.length;
      offset += chunk.length;
    }
    return offset;
  }

  /** The place of an offset. One beyond the end is in the last line. */
  at(offset: number): Place {
    let index = 0;
    let start = 0;
    for (const [nth, chunk] of this.chunks.entries()) {
      if (offset < start + chunk.length || nth === this.chunks.length - 1) {
        for (const [inside, line] of chunk.lines.entries()) {
          if (offset < start + line.length || !line.ends) return { index: index + inside, start, line };
          start += line.length;
        }
      }
      index += chunk.lines.length;
      start += chunk.length;
    }
    throw new Error("a text without its last line");
  }

  /** The lines from one index to another, in order. */
  *between(from = 0, to = this.count): IterableIterator<Line> {
    let index = 0;
    for (const chunk of this.chunks) {
      if (index >= to) return;
      if (index + chunk.lines.length > from) {
        for (const [inside, line] of chunk.lines.entries()) {
          if (index + inside >= to) return;
          if (index + inside >= from) yield line;
        }
      }
      index += chunk.lines.length;
    }
  }

  /** The index of the first line with this id, or -1. Looks at every line: for rare things only. */
  find(id: string): number {
    if (id === "") return -1;
    let index = 0;
    for (const line of this.between()) {
      if (line.id === id) return index;
      index++;
    }
    return -1;
  }

  /** The text after a Delta, and which lines became which. */
  apply(delta: Delta): { lines: Lines; changes: Change[] } {
    const changes = new Rewriting(this, delta).run();
    let shift = 0;
    const lines = changes.reduce<Lines>((text, change) => {
      const index = change.index + shift;
      shift += change.added.length - change.removed;
      return text.replaced(index, change.removed, change.added);
    }, this);
    return { lines, changes };
  }

  /** What takes the text after `delta` back to this one. Formats that change nothing are left out. */
  invert(delta: Delta): Delta {
    const back = new Delta();
    let offset = 0;
    for (const op of delta.ops) {
      const length = lengthOf(op);
      if (op.insert !== undefined) {
        back.delete(length);
        continue;
      }
      if (op.delete !== undefined) for (const old of this.slice(offset, offset + length).ops) back.push(old);
      else if (op.attributes === undefined) back.retain(length);
      else {
        for (const old of this.slice(offset, offset + length).ops) {
          back.retain(lengthOf(old), invertedAttributes(old.attributes as Attributes | undefined, op.attributes as Attributes));
        }
      }
      offset += length;
    }
    return back.chop();
  }

  /** The same change without formats that say what the text says already. */
  withoutIdle(delta: Delta): Delta {
    if (!delta.ops.some((op) => op.retain !== undefined && op.attributes !== undefined)) return delta;
    const result = new Delta();
    let offset = 0;
    for (const op of delta.ops) {
      const length = lengthOf(op);
      if (op.retain !== undefined && op.attributes !== undefined) {
        for (const old of this.slice(offset, offset + length).ops) {
          result.retain(lengthOf(old), newAttributes(old.attributes as Attributes | undefined, op.attributes as Attributes));
        }
      } else result.push(op);
      if (op.insert === undefined) offset += length;
    }
    return result.chop();
  }

  /** A part of the text as inserts. */
  slice(from: number, to: number): Delta {
    const part = new Delta();
    this.eachPiece(
      from,
      to,
      (run, start, end) => part.push(insertOf(run, start, end)),
      (line) => part.insert("\n", { ...line.attributes }),
    );
    return part;
  }

  /** The whole text as a Delta. */
  toDelta(): Delta {
    return this.slice(0, this.length);
  }

  /** A part of the text as plain characters, embeds as U+FFFC. */
  text(from = 0, to = this.length): string {
    const parts: string[] = [];
    this.eachPiece(
      from,
      to,
      (run, start, end) => parts.push(run.text.slice(start, end)),
      () => parts.push("\n"),
    );
    return parts.join("");
  }

  /** Calls back for every run, or part of one, and every newline between two offsets. */
  eachPiece(from: number, to: number, onRun: (run: Run, start: number, end: number) => void, onNewline: (line: Line) => void): void {
    if (to <= from) return;
    const first = this.at(from);
    let offset = first.start;
    for (const line of this.between(first.index)) {
      if (offset >= to) return;
      let at = offset;
      for (const run of line.runs) {
        const start = Math.max(from - at, 0);
        const end = Math.min(to - at, run.text.length);
        if (start < end) onRun(run, start, end);
        at += run.text.length;
      }
      if (line.ends && at >= from && at < to) onNewline(line);
      offset += line.length;
    }
  }

  /** The attributes of the character at an offset, its newline's when it is one. */
  attributesAt(offset: number): Attributes | undefined {
    const { line, start } = this.at(offset);
    let at = start;
    for (const run of line.runs) {
      if (offset < at + run.text.length) return run.attributes;
      at += run.text.length;
    }
    return line.attributes;
  }

  private replaced(index: number, removed: number, added: readonly Line[]): Lines {
    let first = 0;
    let before = index;
    while (first < this.chunks.length - 1 && before >= (this.chunks[first]?.lines.length ?? 0)) {
      before -= this.chunks[first]?.lines.length ?? 0;
      first++;
    }
    let last = first;
    let held = this.chunks[first]?.lines.length ?? 0;
    while (held < before + removed && last < this.chunks.length - 1) {
      last++;
      held += this.chunks[last]?.lines.length ?? 0;
    }
    const touched = this.chunks.slice(first, last + 1).flatMap((chunk) => chunk.lines);
    const fresh = [...touched.slice(0, before), ...added, ...touched.slice(before + removed)];
    const chunks: Chunk[] = this.chunks.slice(0, first);
    const size = fresh.length <= CHUNK ? CHUNK : Math.ceil(fresh.length / Math.ceil(fresh.length / (CHUNK * 0.75)));
    for (let i = 0; i < fresh.length; i += size) chunks.push(chunkOf(fresh.slice(i, i + size)));
    for (let i = last + 1; i < this.chunks.length; i++) {
      const chunk = this.chunks[i];
      if (chunk !== undefined) chunks.push(chunk);
    }
    return new Lines(chunks);
  }
}

function chunkOf(lines: readonly Line[]): Chunk {
  let length = 0;
  for (const line of lines) length += line.length;
  return { lines, length };
}

function insertOf(run: Run, start: number, end: number): Op {
  const insert: string | Embed = run.embed ?? run.text.slice(start, end);
  return run.attributes === undefined ? ({ insert: insert as Op["insert"] } as Op) : ({ insert, attributes: { ...run.attributes } } as Op);
}

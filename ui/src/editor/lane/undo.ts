/**
 * Undo of one's own edits only: a stack of inverse Deltas in which shows have priority, so that it never overrides what somebody did later. A
 * line move is replayed on the present text. Pure: time and text are handed in. Shows are only noted when drawn and worked in when an entry
 * comes to the top, so that a long stack costs a remote keystroke nothing.
 */
import { Delta, isNothing, sameDelta } from "../delta.ts";
import type { ChosenCells } from "../lines/cells.ts";
import { difference } from "../lines/diff.ts";
import type { Lines } from "../lines/lines.ts";
import { moveLines } from "../lines/move.ts";

/** A selection in document offsets. */
export interface Selection {
  readonly anchor: number;
  readonly head: number;
  /** Cells that are chosen as a rectangle; the selection is then a caret in one of them. */
  readonly cells?: ChosenCells | undefined;
}

/** A line move, told by ids: these lines stood after that one (empty: at the start). */
export interface Move {
  readonly lines: readonly string[];
  readonly after: string;
}

/** What is known about an edit when it goes on the stack. */
export interface Edited {
  /** Takes the edit back. */
  readonly inverse: Delta;
  /** The selection before it. */
  readonly selection: Selection;
  readonly time: number;
  /** Edits with the same word here, in time, are one entry: `typing` in one line, one composition. Absent: an entry of its own. */
  readonly joins?: string;
  /** Joins whatever time has passed (a composition). */
  readonly always?: boolean;
  /** How to take a line move back on any text. */
  readonly move?: Move;
  /** Number of the push that will carry the edit. */
  readonly push: number;
}

/** What to do now. */
export interface Step {
  readonly delta: Delta;
  readonly selection: Selection;
  /** First and last own version that this takes back, where known. */
  readonly undoes: readonly [number, number] | undefined;
}

interface Entry {
  delta: Delta;
  selection: Selection;
  time: number;
  readonly joins: string | undefined;
  readonly move: Move | undefined;
  pushes: readonly [number, number];
  /** Shows drawn since, not worked in yet. */
  lag: Delta[];
}

/** Edits this close together, in one line, are taken back together. */
const TOGETHER_MS = 1000;
const DEEPEST = 1000;
const MOST_LAG = 512;
/** Of edits that another view made: pushes are counted from one on. */
const NO_PUSHES = [0, 0] as const;

/** The two stacks. */
export class Undo {
  private readonly done: Entry[] = [];
  private undone: Entry[] = [];
  private turning: { from: Entry[]; to: Entry[]; entry: Entry; move: Move | undefined } | undefined;
  private readonly versions = new Map<number, number>();

  /** Whether there may be something to take back. */
  get canUndo(): boolean {
    return this.done.length > 0;
  }

  /** Whether there may be something to do again. */
  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Goes on in another view of the text, which has become another by this. Which pushes carried the edits is forgotten: the new view counts anew. */
  carriedOver(news: Delta): void {
    this.interrupt();
    this.versions.clear();
    for (const entry of [...this.done, ...this.undone]) entry.pushes = NO_PUSHES;
    if (!isNothing(news)) this.drawn(news);
  }

  /** Notes an edit of mine. */
  edited(edit: Edited): void {
    this.undone = [];
    const top = this.done.at(-1);
    const inTime = top !== undefined && (edit.always === true || edit.time - top.time <= TOGETHER_MS);
    if (top !== undefined && edit.joins !== undefined && top.joins === edit.joins && inTime) {
      this.settle(this.done);
      top.delta = edit.inverse.compose(top.delta);
      top.time = edit.time;
      top.pushes = [top.pushes[0], edit.push];
      return;
    }
    this.done.push({
      delta: edit.inverse,
      selection: edit.selection,
      time: edit.time,
      joins: edit.joins,
      move: edit.move,
      pushes: [edit.push, edit.push],
      lag: [],
    });
    if (this.done.length > DEEPEST) this.done.shift();
  }

  /** Ends joining: the next edit begins an entry of its own. */
  interrupt(): void {
    const top = this.done.at(-1);
    if (top !== undefined) top.time = Number.NEGATIVE_INFINITY;
  }

  /** Notes a show as it entered the screen. */
  drawn(show: Delta): void {
    for (const stack of [this.done, this.undone]) {
      const top = stack.at(-1);
      if (top === undefined) continue;
      top.lag.push(show);
      if (top.lag.length > MOST_LAG) top.lag = [top.lag.reduce((all, one) => all.compose(one))];
    }
  }

  /** Notes the version that a push of mine became. */
  saved(push: number, version: number): void {
    this.versions.set(push, version);
    if (this.versions.size > 4 * DEEPEST) for (const old of [...this.versions.keys()].slice(0, DEEPEST)) this.versions.delete(old);
  }

  /** Takes the newest edit back that still can be: what to do to the text as it is. Whoever does it says so with `turned`. */
  undo(lines: Lines): Step | undefined {
    return this.turn(this.done, this.undone, lines);
  }

  /** Does again what was taken back last. */
  redo(lines: Lines): Step | undefined {
    return this.turn(this.undone, this.done, lines);
  }

  /** The step was done, as this Delta on that text; `edit` is what takes it back again. */
  turned(lines: Lines, done: Delta, edit: Edited): void {
    const turn = this.turning;
    this.turning = undefined;
    if (turn === undefined) throw new Error("nothing was taken back");
    this.passOnDifference(turn.from, turn.entry, done, lines);
    turn.to.push({
      delta: edit.inverse,
      selection: edit.selection,
      time: Number.NEGATIVE_INFINITY,
      joins: undefined,
      move: turn.move,
      pushes: [edit.push, edit.push],
      lag: [],
    });
  }

  private turn(from: Entry[], to: Entry[], lines: Lines): Step | undefined {
    for (;;) {
      this.settle(from);
      const entry = from.pop();
      if (entry === undefined) return undefined;
      const delta = this.onPresentText(entry, lines);
      if (isNothing(delta)) {
        this.passOnDifference(from, entry, delta, lines);
        continue;
      }
      this.turning = { from, to, entry, move: entry.move === undefined ? undefined : whereNow(lines, entry.move) };
      return { delta, selection: entry.selection, undoes: this.versionsOf(entry) };
    }
  }

  private onPresentText(entry: Entry, lines: Lines): Delta {
    if (entry.move !== undefined) return moveLines(lines, entry.move.lines, entry.move.after);
    return lines.withoutIdle(withoutDoubles(entry.delta, lines));
  }

  /** What lies below counts on the entry being taken back as it stood; where something else was done, that is news to it. */
  private passOnDifference(stack: Entry[], entry: Entry, actual: Delta, lines: Lines): void {
    const below = stack.at(-1);
    if (below === undefined || sameDelta(actual, entry.delta)) return;
    const news = difference(lines.apply(entry.delta).lines, lines.apply(actual).lines);
    if (!isNothing(news)) below.lag.push(news);
  }

  /** Works the shows into the top entry, and hands them down as they look below it. */
  private settle(stack: Entry[]): void {
    const top = stack.at(-1);
    if (top === undefined || top.lag.length === 0) return;
    const below = stack.at(-2);
    for (const show of top.lag) {
      const beneath = top.delta.transform(show, false);
      top.delta = show.transform(top.delta, true);
      top.selection = {
        ...top.selection,
        anchor: beneath.transformPosition(top.selection.anchor, true),
        head: beneath.transformPosition(top.selection.head, true),
      };
      below?.lag.push(beneath);
    }
    top.lag = [];
    if (below !== undefined && below.lag.length > MOST_LAG) below.lag = [below.lag.reduce((all, one) => all.compose(one))];
  }

  private versionsOf(entry: Entry): readonly [number, number] | undefined {
    const first = this.versions.get(entry.pushes[0]);
    const last = this.versions.get(entry.pushes[1]);
    return first === undefined || last === undefined ? undefined : [first, last];
  }
}

/** Where the lines of a move stand now: what takes the next move back. */
function whereNow(lines: Lines, move: Move): Move {
  const first = lines.find(move.lines[0] ?? "");
  return { lines: move.lines, after: first > 0 ? lines.line(first - 1).id : "" };
}

/** The Delta without lines that somebody has brought back meanwhile: a line's id is in a text once. */
function withoutDoubles(delta: Delta, lines: Lines): Delta {
  const bringsLines = delta.ops.some((op) => typeof op.insert === "string" && op.insert.includes("\n"));
  if (!bringsLines) return delta;
  const removed = idsRemoved(delta, lines);
  const result = new Delta();
  let pending: Delta["ops"] = [];
  const flush = (): void => {
    for (const op of pending) result.push(op);
    pending = [];
  };
  for (const op of delta.ops) {
    if (op.insert === undefined) {
      flush();
      result.push(op);
      continue;
    }
    pending.push(op);
    if (typeof op.insert !== "string" || !op.insert.includes("\n")) continue;
    const id = op.attributes?.["line"];
    if (typeof id === "string" && !removed.has(id) && lines.find(id) >= 0) pending = [];
    else flush();
  }
  flush();
  return result.chop();
}

function idsRemoved(delta: Delta, lines: Lines): Set<string> {
  const ids = new Set<string>();
  let offset = 0;
  for (const op of delta.ops) {
    if (op.insert !== undefined) continue;
    const length = op.delete ?? (op.retain as number);
    if (op.delete !== undefined)
      lines.eachPiece(
        offset,
        offset + length,
        () => undefined,
        (line) => ids.add(line.id),
      );
    offset += length;
  }
  return ids;
}

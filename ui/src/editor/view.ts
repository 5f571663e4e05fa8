/**
 * A view: a page bound to the core's text by a lane, with its undo. Holds no CRDT and needs no screen. Local edits are booked at once; shows are
 * booked at once and drawn when `draw` is called, which whoever has the screen does at a frame, never inside a composition.
 */
import type { Plugin } from "prosemirror-state";
import type { Delta } from "./delta.ts";
import type { Stranded } from "./lane/books.ts";
import type { TextLane } from "./lane/lane.ts";
import { type Edited, Undo } from "./lane/undo.ts";
import { difference } from "./lines/diff.ts";
import type { Lines } from "./lines/lines.ts";
import type { Change } from "./lines/rewriting.ts";
import { type Done, type Extent, Page } from "./page/page.ts";

/** What a view tells. */
export interface ViewListener {
  /** There is something to draw. */
  owes(): void;
  /** The text is about to be shown as changed. */
  changing(delta: Delta): void;
  /** The text changed: by this Delta, mine or another's. */
  textChanged(delta: Delta, changes: readonly Change[], mine: boolean): void;
  /** Selection, marks, undo or text changed. */
  changed(): void;
  savedChanged(): void;
  roleChanged(role: string): void;
  rescued(words: readonly Stranded[]): void;
  trouble(what: string): void;
}

/** What can be undone in a text, and the text as it was when its view ended. */
export interface History {
  readonly undo: Undo;
  readonly lines: Lines;
}

/** Time and chance, handed in. */
export interface Sources {
  readonly now: () => number;
  readonly newId: () => string;
}

/** Roles that may change the body. */
const WRITERS: ReadonlySet<string> = new Set(["edit", "admin", "owner"]);

/** One view. */
export class View {
  readonly page: Page;
  /** What can be undone of what was done here. */
  undo: Undo;

  constructor(
    readonly lane: TextLane,
    private readonly sources: Sources,
    private listener: ViewListener,
    plugins: readonly Plugin[] = [],
    extent?: Extent,
    history?: History,
  ) {
    this.undo = history?.undo ?? new Undo();
    if (history !== undefined) this.undo.carriedOver(difference(history.lines, lane.lines));
    this.page = new Page(
      lane.lines,
      {
        changing: (delta) => this.listener.changing(delta),
        edited: (done) => this.edited(done),
        drawn: (delta, changes) => this.listener.textChanged(delta, changes, false),
        changed: () => this.listener.changed(),
        trouble: (what) => this.listener.trouble(what),
      },
      sources.newId,
      plugins,
      extent,
    );
    this.page.editable = WRITERS.has(lane.role);
    lane.listen({
      owes: () => this.listener.owes(),
      savedChanged: () => this.listener.savedChanged(),
      saved: (push, version) => this.undo.saved(push, version),
      roleChanged: (role) => {
        this.page.editable = WRITERS.has(role);
        this.listener.roleChanged(role);
      },
      rescued: (words) => this.listener.rescued(words),
      trouble: (what) => this.listener.trouble(what),
    });
  }

  /**
   * Nobody looks at it any more. Answers what can be undone here, for a later view; undefined where there is nothing. What still comes is not that view's
   * to undo; only what has to be known of it is told.
   */
  leave(told: Pick<ViewListener, "changing" | "rescued" | "trouble">): History | undefined {
    const { undo } = this;
    const nobody = (): void => undefined;
    this.undo = new Undo();
    this.listener = { owes: nobody, textChanged: nobody, changed: nobody, savedChanged: nobody, roleChanged: nobody, ...told };
    return undo.canUndo || undo.canRedo ? { undo, lines: this.page.lines } : undefined;
  }

  /** Draws what is owed. Answers whether there was anything. */
  draw(): boolean {
    if (!this.lane.owes) return false;
    const show = this.lane.takeOwed();
    this.undo.drawn(show);
    this.page.show(show);
    return true;
  }

  /** Takes my newest edit back. Answers false when there is none. */
  undoEdit(): boolean {
    return this.turnBack("undo");
  }

  /** Does again what I took back last. */
  redoEdit(): boolean {
    return this.turnBack("redo");
  }

  private turnBack(way: "undo" | "redo"): boolean {
    if (!this.page.editable) return false;
    const step = this.undo[way](this.page.lines);
    if (step === undefined) {
      this.listener.changed();
      return false;
    }
    const end = endOf(step.delta);
    const selection = way === "undo" ? step.selection : { anchor: end, head: end };
    const undoes = step.undoes === undefined ? {} : { undoes: step.undoes };
    return this.page.edit(step.delta, { selection, byUndo: true, ...undoes });
  }

  private edited(done: Done): void {
    const { delta, inverse, before, changes, how } = done;
    const line = changes[0]?.added[0]?.id ?? "";
    const edit: Edited = {
      inverse,
      selection: before,
      time: this.sources.now(),
      push: this.lane.nextPush,
      ...(how.joins === undefined ? {} : { joins: how.joins === "typing" ? `typing ${line}` : how.joins }),
      ...(how.always === undefined ? {} : { always: how.always }),
      ...(how.move === undefined ? {} : { move: how.move }),
    };
    if (how.byUndo === true) this.undo.turned(done.old, delta, edit);
    else this.undo.edited(edit);
    this.lane.edit(delta, how.undoes);
    this.listener.textChanged(delta, changes, true);
  }
}

/** Where the last thing that a Delta does ends, in the text after it. */
function endOf(delta: Delta): number {
  let at = 0;
  let end = 0;
  for (const op of delta.ops) {
    if (op.delete !== undefined) {
      end = at;
      continue;
    }
    at += typeof op.insert === "string" ? op.insert.length : typeof op.retain === "number" ? op.retain : 1;
    if (op.insert !== undefined || op.attributes !== undefined) end = at;
  }
  return end;
}

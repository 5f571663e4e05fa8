/** A seat of the lane's fuzz: a view with its typist, drawn as a screen would draw it, every edit of its own noted. */
import { JSDOM } from "jsdom";
import { expect } from "vitest";
import { Delta } from "../../src/editor/delta.ts";
import type { TextLane } from "../../src/editor/lane/lane.ts";
import { pageOf } from "../../src/editor/page/project.ts";
import { View } from "../../src/editor/view.ts";
import type { Chance } from "./chance.ts";
import type { Ledger, Letters } from "./ledger.ts";
import { Typist } from "./typist.ts";

// Pasting reads HTML as a browser does.
globalThis.DOMParser ??= new JSDOM().window.DOMParser;

/** Who hears what a seat has to say. */
export interface SeatListener {
  trouble(what: string): void;
  shown?(): void;
}

/** One view on one document. */
export class Seat {
  readonly view: View;
  readonly typist: Typist;
  /** How many shows were drawn whose steps could be held against what changed. */
  measured = 0;
  private undoing = false;

  constructor(
    readonly name: string,
    lane: TextLane,
    chance: Chance,
    now: () => number,
    letters: Letters,
    ledger: Ledger,
    listener: SeatListener,
  ) {
    let before = lane.lines;
    this.view = new View(
      lane,
      { now, newId: () => chance.id() },
      {
        owes: () => undefined,
        changing: () => undefined,
        textChanged: (delta, _changes, mine) => {
          if (mine) ledger.note(name, before, delta, this.undoing);
          else {
            ledger.renamed(before, delta);
            listener.shown?.();
          }
          before = this.view.page.lines;
        },
        changed: () => undefined,
        savedChanged: () => undefined,
        roleChanged: () => undefined,
        rescued: () => undefined,
        trouble: (what) => listener.trouble(what),
      },
    );
    for (const way of ["undoEdit", "redoEdit"] as const) {
      const original = this.view[way].bind(this.view);
      this.view[way] = (): boolean => {
        this.undoing = true;
        try {
          return original();
        } finally {
          this.undoing = false;
        }
      };
    }
    this.typist = new Typist(name, this.view, chance, letters);
  }

  /** Whether the screen shows the text. */
  get isTrue(): boolean {
    const { page } = this.view;
    return pageOf(page.lines, page.mounted).eq(page.state.doc);
  }

  /** Draws what is owed and holds the steps against the Delta: they span what changed and nothing else. */
  draw(): void {
    const { view } = this;
    if (!view.lane.owes) return;
    const { owed } = (view.lane as unknown as { books: { owed: Delta } }).books;
    const isSimple = owed.ops.every((op) => op.attributes === undefined && !(typeof op.insert === "string" && op.insert.includes("\n")));
    const before = view.page.lines;
    const page = view.page as unknown as { update(tr: { steps: Array<{ from: number; to: number; slice?: { size: number } }> }): void };
    const update = page.update.bind(page);
    page.update = (tr): void => {
      const after = view.page.lines;
      // The text after the last newline gains and loses its node with its first and last character.
      const tails = before.line(before.count - 1).width + after.line(after.count - 1).width;
      if (isSimple && after.count === before.count && tails === 0) {
        const changed = owed.ops.reduce((sum, op) => sum + (op.retain === undefined ? new Delta([op]).length() : 0), 0);
        const spanned = tr.steps.reduce((sum, step) => sum + step.to - step.from + (step.slice?.size ?? 0), 0);
        expect(spanned, `${JSON.stringify(owed.ops)} drew ${JSON.stringify(tr.steps)}`).toBeLessThanOrEqual(changed);
        this.measured++;
      }
      update(tr as never);
    };
    try {
      view.draw();
    } finally {
      page.update = update;
    }
    if (!this.isTrue)
      throw new Error(`the screen does not show the text after ${JSON.stringify(owed.ops)} on ${JSON.stringify(before.toDelta().ops)}`);
  }
}

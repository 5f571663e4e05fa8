/** A seat of the lane's fuzz: a view with its typist, drawn as a screen would draw it, every edit of its own noted. */
import { JSDOM } from "jsdom";
import { expect } from "vitest";
import { Delta } from "../../src/editor/delta.ts";
import { keepChoice } from "../../src/editor/editing/cells.ts";
import type { TextLane } from "../../src/editor/lane/lane.ts";
import type { Extent } from "../../src/editor/page/page.ts";
import { pageOf } from "../../src/editor/page/project.ts";
import { View } from "../../src/editor/view.ts";
import type { Chance } from "./chance.ts";
import type { Ledger, Letters } from "./ledger.ts";
import { Typist } from "./typist.ts";

// Pasting reads HTML as a browser does.
if (!("DOMParser" in globalThis)) {
  const { DOMParser, Document, Element } = new JSDOM().window;
  Object.assign(globalThis, { DOMParser, Document, Element });
}

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
    extent?: Extent,
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
          keepChoice(this.view.page);
        },
        changed: () => undefined,
        savedChanged: () => undefined,
        roleChanged: () => undefined,
        rescued: () => undefined,
        trouble: (what) => listener.trouble(what),
      },
      [],
      extent,
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

  /** Shows other lines. Neither the text nor what is selected or undone may know of it. */
  scroll(chance: Chance, most: number): void {
    const { page, undo } = this.view;
    const { lines, selection } = page;
    const before = [undo.canUndo, undo.canRedo];
    const from = chance.below(lines.count);
    page.showLines(from, from + 1 + chance.below(most));
    expect(page.lines, "scrolling changed the text").toBe(lines);
    expect(page.selection, `scrolling to ${JSON.stringify(page.mounted)} changed the selection`).toEqual(selection);
    expect([undo.canUndo, undo.canRedo], "scrolling changed what can be undone").toEqual(before);
    const { anchor, head } = page.state.selection;
    if (page.positionOf(selection.anchor) !== undefined && page.positionOf(selection.head) !== undefined)
      expect([page.offsetOf(anchor), page.offsetOf(head)], "the page selects something else").toEqual([selection.anchor, selection.head]);
  }

  /** Draws what is owed and holds the steps against the Delta: they span what changed and nothing else. */
  draw(): void {
    const { view } = this;
    if (!view.lane.owes) return;
    const { owed } = (view.lane as unknown as { books: { owed: Delta } }).books;
    const isSimple = owed.ops.every((op) => op.attributes === undefined && !(typeof op.insert === "string" && op.insert.includes("\n")));
    const before = view.page.lines;
    const page = view.page as unknown as {
      update(tr: { steps: Array<{ from: number; to: number; slice?: { size: number } }> }, selected: unknown): void;
    };
    const update = page.update.bind(page);
    page.update = (tr, selected): void => {
      const after = view.page.lines;
      // The text after the last newline gains and loses its node with its first and last character.
      const tails = before.line(before.count - 1).width + after.line(after.count - 1).width;
      // More lines than a window holds are drawn anew.
      if (isSimple && owed.ops.length <= view.page.extent.size && after.count === before.count && tails === 0) {
        const changed = owed.ops.reduce((sum, op) => sum + (op.retain === undefined ? new Delta([op]).length() : 0), 0);
        const spanned = tr.steps.reduce((sum, step) => sum + step.to - step.from + (step.slice?.size ?? 0), 0);
        expect(spanned, `${JSON.stringify(owed.ops)} drew ${JSON.stringify(tr.steps)}`).toBeLessThanOrEqual(changed);
        this.measured++;
      }
      update(tr, selected);
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

/**
 * The text lane, fuzzed: two to four views with the real ProseMirror page over an IPC that delays, reorders and repeats. At the end every view
 * shows the core's text, nothing is lost that nobody deleted, nothing re-kinded or re-marked that nobody touched, and no undo took foreign words.
 * SEED=n reruns one; SEEDS=n runs so many.
 */
import { describe, expect, it } from "vitest";
import { Delta } from "../../src/editor/delta.ts";
import { TextLane } from "../../src/editor/lane/lane.ts";
import { pageOf } from "../../src/editor/page/project.ts";
import { View } from "../../src/editor/view.ts";
import { Chance, randomBody } from "./chance.ts";
import { Clock, ModelCore, type ModelWire } from "./model.ts";
import { judgeText, markedOtherwise } from "./judge.ts";
import { Ledger, Typist, note } from "./typist.ts";

interface Totals {
  runs: number;
  edits: number;
  words: number;
  pushes: number;
  transformed: number;
  shows: number;
  troubles: string[];
}

const totals: Totals = { runs: 0, edits: 0, words: 0, pushes: 0, transformed: 0, shows: 0, troubles: [] };

interface Seat {
  typist: Typist;
  view: View;
  wire: ModelWire;
  /** Drawn at a frame, late, or held by a composition until then. */
  nextDraw: number;
  frame: number;
}

async function flush(): Promise<void> {
  await new Promise((done) => setImmediate(done));
}

async function run(seed: number): Promise<void> {
  const chance = new Chance(seed);
  const clock = new Clock();
  const core = new ModelCore(randomBody(chance, 1 + chance.below(12)), clock, chance);
  const record = new Ledger();
  for (const line of core.text.between()) if (line.id !== "") record.kinds.set(line.id, new Set([line.block]));
  const seats: Seat[] = [];
  const label = `SEED=${seed}`;
  const count = 2 + chance.below(3);
  for (let i = 0; i < count; i++) seats.push(await sit("abcd"[i]!, core, clock, chance, record, label));
  for (let step = 0; step < 120; step++) {
    const seat = chance.one(seats);
    let did = "";
    await guarded(`${label} step ${step}`, () => void (did = seat.typist.act()));
    if (!shows(seat)) throw new Error(`${label} step ${step}: the screen does not show the text after "${did}"`);
    for (let n = chance.below(6); n > 0 && clock.step(); n--) await flush();
    if (chance.once(60)) seat.wire.pausedUntil = clock.now + chance.below(400);
    if (chance.once(300)) {
      core.resetAll("rebuilt");
      record.resets++;
    }
    drawDue(seats, clock, chance);
  }
  await settle(seats, clock, label);
  judge(core, seats, record, label);
  totals.runs++;
  totals.words += record.written.size;
  totals.pushes += core.pushes;
  totals.transformed += core.transformed;
  totals.edits += seats.reduce((sum, seat) => sum + seat.typist.edits, 0);
}

async function sit(name: string, core: ModelCore, clock: Clock, chance: Chance, record: Ledger, label: string): Promise<Seat> {
  const wire = core.wire(1 + chance.below(60));
  const opening = TextLane.open(
    wire,
    "d",
    () => `${name}-${chance.id()}`,
    (ms, run) => {
      let cancelled = false;
      clock.later(ms, () => void (cancelled || run()));
      return () => (cancelled = true);
    },
  );
  let lane: TextLane | undefined;
  void opening.then((opened) => (lane = opened));
  while (lane === undefined) {
    clock.step();
    await flush();
  }
  const seat: Partial<Seat> = { wire, nextDraw: 0, frame: chance.one([0, 17, 250]) };
  const view: View = new View(
    lane,
    { now: () => clock.now, newId: () => chance.id() },
    {
      owes: () => undefined,
      changing: () => undefined,
      textChanged: (delta, changes, mine) => {
        if (!mine) totals.shows++;
        else note(record, name, before, changes, { undo: undoing(), copies: false });
        before = view.page.lines;
        void delta;
      },
      changed: () => undefined,
      savedChanged: () => undefined,
      roleChanged: () => undefined,
      rescued: () => undefined,
      trouble: (what) => totals.troubles.push(`${label}: ${what}`),
    },
  );
  let before = view.page.lines;
  let inUndo = false;
  const undoing = (): boolean => inUndo;
  for (const way of ["undoEdit", "redoEdit"] as const) {
    const original = view[way].bind(view);
    view[way] = (): boolean => {
      inUndo = true;
      record.undone++;
      try {
        return original();
      } finally {
        inUndo = false;
      }
    };
  }
  return Object.assign(seat, { view, typist: new Typist(name, view, chance) }) as Seat;
}

/** Draws as a screen would: at its frame, late in a hidden window, not at all during a composition. */
function drawDue(seats: readonly Seat[], clock: Clock, chance: Chance): void {
  for (const seat of seats) {
    if (clock.now < seat.nextDraw) continue;
    draw(seat);
    seat.nextDraw = clock.now + (chance.once(20) ? 1000 : seat.frame);
  }
}

function shows(seat: Seat): boolean {
  const { page } = seat.view;
  return pageOf(page.lines, page.mounted).eq(page.state.doc);
}

/** Draws what is owed and holds the steps against the Delta: they span what changed and nothing else. */
function draw(seat: Seat): void {
  const { view } = seat;
  const owed = view.lane.owes ? (view.lane as unknown as { books: { owed: Delta } }).books.owed : new Delta();
  const simple = owed.ops.every((op) => op.attributes === undefined && !(typeof op.insert === "string" && op.insert.includes("\n")));
  const before = view.page.lines;
  const lines = before.count;
  const page = view.page as unknown as { update(tr: { steps: Array<{ from: number; to: number; slice?: { size: number } }> }): void };
  const update = page.update.bind(page);
  page.update = (tr): void => {
    // The text after the last newline gains and loses its node with its first and last character.
    const tails = before.line(lines - 1).width + view.page.lines.line(view.page.lines.count - 1).width;
    if (simple && view.page.lines.count === lines && tails === 0) {
      const changed = owed.ops.reduce(
        (sum, op) => sum + (op.delete ?? (typeof op.insert === "string" ? op.insert.length : op.insert !== undefined ? 1 : 0)),
        0,
      );
      const spanned = tr.steps.reduce((sum, step) => sum + step.to - step.from + (step.slice?.size ?? 0), 0);
      expect(spanned, `${JSON.stringify(owed.ops)} drew ${JSON.stringify(tr.steps)}`).toBeLessThanOrEqual(changed);
    }
    update(tr as never);
  };
  try {
    view.draw();
  } finally {
    page.update = update;
  }
  if (!shows(seat))
    throw new Error(
      `the screen does not show the text after drawing ${JSON.stringify(owed.ops)} on ${JSON.stringify(before.toDelta().ops)}`,
    );
}

async function settle(seats: readonly Seat[], clock: Clock, label: string): Promise<void> {
  for (let i = 0; i < 20_000; i++) {
    const idle = !clock.step();
    await flush();
    for (const seat of seats) draw(seat);
    if (idle && seats.every((seat) => !seat.view.lane.isUnsaved)) {
      await flush();
      if (clock.isIdle) return;
    }
  }
  const books = seats.map(
    (seat) => seat.view.lane as unknown as { books: object; heldReset: unknown; opening: unknown; answerUnknown: boolean },
  );
  throw new Error(
    `${label}: the lane never came to rest: ${totals.troubles.join(" ")} ${JSON.stringify(books.map((lane) => ({ ...lane.books, told: 0, owed: 0, held: lane.heldReset, opening: lane.opening, unknown: lane.answerUnknown })))}`,
  );
}

function judge(core: ModelCore, seats: readonly Seat[], record: Ledger, label: string): void {
  const text = core.text;
  const delta = text.toDelta().ops;
  for (const seat of seats) {
    const { page, lane } = seat.view;
    expect(page.lines.toDelta().ops, `${label} view ${seat.typist.name}: its text is the core's`).toEqual(delta);
    expect(lane.lines.toDelta().ops, `${label} view ${seat.typist.name}: its books are the core's`).toEqual(delta);
    expect(pageOf(page.lines, page.mounted).toJSON(), `${label}: the screen shows the text`).toEqual(page.state.doc.toJSON());
  }
  judgeText(text, record, label);
  // A Reset rebases past a comparison of two texts, which may take a moved word for a new one: its words stay, a mark may not.
  if (record.resets === 0) expect(markedOtherwise(text, record), label).toEqual([]);
}

async function guarded(label: string, act: () => void): Promise<void> {
  try {
    act();
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, { cause: error });
  }
}

describe("the text lane", () => {
  it("brings every view to the core's text, and loses nothing", async () => {
    const one = process.env["SEED"];
    const seeds = one === undefined ? Array.from({ length: Number(process.env["SEEDS"] ?? 60) }, (_, i) => i + 1) : [Number(one)];
    for (const seed of seeds) await run(seed);
    console.log(JSON.stringify({ ...totals, troubles: totals.troubles.length }));
    expect(totals.troubles.slice(0, 5)).toEqual([]);
  });
});

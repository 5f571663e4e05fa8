/**
 * The text lane, fuzzed: two to four views with the real ProseMirror page over an IPC that delays, reorders and repeats. At the end every view
 * shows the core's text, nothing is lost that nobody deleted, nothing re-kinded or re-marked that nobody touched, and no undo took foreign words. So, too,
 * where each view holds only a few lines and is scrolled at random.
 * SEED=n reruns one; SEEDS=n runs so many; WORDS=n runs until so many words are typed, and RECORD=1 writes what became of them into WORDS.md.
 */
import { describe, expect, it } from "vitest";
import { TextLane } from "../../src/editor/lane/lane.ts";
import { Chance, randomBody } from "./chance.ts";
import { count as countFates, type Fates, noFates, record, told } from "./fates.ts";
import { Clock, ModelCore, type ModelWire } from "./model.ts";
import { judgeText, marksOtherwise } from "./judge.ts";
import { Ledger, Letters } from "./ledger.ts";
import { Seat } from "./seat.ts";

interface Totals {
  runs: number;
  edits: number;
  words: number;
  pushes: number;
  transformed: number;
  shows: number;
  measured: number;
  undone: number;
  troubles: string[];
}

/** What one story's runs came to. */
interface Book {
  readonly totals: Totals;
  readonly fates: Fates;
}

const emptyBook = (): Book => ({
  totals: { runs: 0, edits: 0, words: 0, pushes: 0, transformed: 0, shows: 0, measured: 0, undone: 0, troubles: [] },
  fates: noFates(),
});

interface Placed {
  readonly seat: Seat;
  readonly wire: ModelWire;
  /** Drawn at a frame, late, or held by a composition until then. */
  nextDraw: number;
  readonly frame: number;
}

async function flush(): Promise<void> {
  await new Promise((done) => setImmediate(done));
}

/** One world. `most` is how many lines a view may hold; as many as there are unless said. */
async function run({ totals, fates }: Book, seed: number, most = Number.POSITIVE_INFINITY): Promise<void> {
  const chance = new Chance(seed);
  const clock = new Clock();
  const core = new ModelCore(randomBody(chance, 1 + chance.below(12)), clock, chance);
  const letters = new Letters();
  const ledger = new Ledger();
  ledger.begin(core.text);
  const placed: Placed[] = [];
  const label = `SEED=${seed}`;
  const count = 2 + chance.below(3);
  for (let i = 0; i < count; i++) placed.push(await sit("abcd"[i]!, core, clock, chance, letters, ledger, totals, label, most));
  for (let step = 0; step < 120; step++) {
    const { seat, wire } = chance.one(placed);
    let did = "";
    guarded(`${label} step ${step}`, () => void (did = seat.typist.act()));
    if (!seat.isTrue) throw new Error(`${label} step ${step}: the screen does not show the text after "${did}"`);
    for (let n = chance.below(6); n > 0 && clock.step(); n--) await flush();
    if (chance.once(60)) wire.pausedUntil = clock.now + chance.below(400);
    if (chance.once(300)) {
      core.resetAll("rebuilt");
      ledger.resets++;
    }
    guarded(`${label} step ${step}`, () => drawDue(placed, clock, chance));
    if (most < Number.POSITIVE_INFINITY && chance.once(2)) guarded(`${label} step ${step}`, () => seat.scroll(chance, most));
  }
  const seats = placed.map(({ seat }) => seat);
  await settle(seats, clock, totals.troubles, label);
  countFates(fates, letters.words, core.text, ledger);
  judge(core, seats, ledger, label);
  totals.runs++;
  totals.words += letters.words.length;
  totals.pushes += core.pushes;
  totals.transformed += core.transformed;
  totals.edits += seats.reduce((sum, seat) => sum + seat.typist.edits, 0);
  totals.measured += seats.reduce((sum, seat) => sum + seat.measured, 0);
  totals.undone += ledger.undone;
}

async function sit(
  name: string,
  core: ModelCore,
  clock: Clock,
  chance: Chance,
  letters: Letters,
  ledger: Ledger,
  totals: Totals,
  label: string,
  most: number,
): Promise<Placed> {
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
  const listener = { trouble: (what: string) => totals.troubles.push(`${label}: ${what}`), shown: () => totals.shows++ };
  const extent = most === Number.POSITIVE_INFINITY ? undefined : { first: most, whole: 0, size: most };
  const seat = new Seat(name, lane, chance, () => clock.now, letters, ledger, listener, extent);
  return { seat, wire, nextDraw: 0, frame: chance.one([0, 17, 250]) };
}

/** Draws as a screen would: at its frame, late in a hidden window, not at all during a composition. */
function drawDue(placed: readonly Placed[], clock: Clock, chance: Chance): void {
  for (const one of placed) {
    if (clock.now < one.nextDraw) continue;
    one.seat.draw();
    one.nextDraw = clock.now + (chance.once(20) ? 1000 : one.frame);
  }
}

async function settle(seats: readonly Seat[], clock: Clock, troubles: readonly string[], label: string): Promise<void> {
  for (let i = 0; i < 20_000; i++) {
    const idle = !clock.step();
    await flush();
    for (const seat of seats) guarded(`${label} at the end`, () => seat.draw());
    if (idle && seats.every((seat) => !seat.view.lane.isUnsaved)) {
      await flush();
      if (clock.isIdle) return;
    }
  }
  const books = seats.map(
    (seat) => seat.view.lane as unknown as { books: object; heldReset: unknown; opening: unknown; answerUnknown: boolean },
  );
  throw new Error(
    `${label}: the lane never came to rest: ${troubles.join(" ")} ${JSON.stringify(books.map((lane) => ({ ...lane.books, told: 0, owed: 0, held: lane.heldReset, opening: lane.opening, unknown: lane.answerUnknown })))}`,
  );
}

function judge(core: ModelCore, seats: readonly Seat[], ledger: Ledger, label: string): void {
  const text = core.text;
  const delta = text.toDelta().ops;
  for (const seat of seats) {
    const { page, lane } = seat.view;
    expect(page.lines.toDelta().ops, `${label} view ${seat.name}: its text is the core's`).toEqual(delta);
    expect(lane.lines.toDelta().ops, `${label} view ${seat.name}: its books are the core's`).toEqual(delta);
    expect(seat.isTrue, `${label} view ${seat.name}: the screen shows the text`).toBe(true);
  }
  judgeText(text, ledger, label);
  // A Reset rebases past a comparison of two texts, which may take a moved word for a new one: its words stay, a mark may not.
  if (ledger.resets === 0) expect(marksOtherwise(text, ledger), label).toEqual({ between: [], spread: [], lost: [] });
}

function guarded(label: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, { cause: error });
  }
}

function seeds(): number[] {
  const one = process.env["SEED"];
  return one === undefined ? Array.from({ length: Number(process.env["SEEDS"] ?? 60) }, (_, i) => i + 1) : [Number(one)];
}

/** Runs the seeds, or as many as it takes until so many words are typed, and says what became of them. */
async function runAll(kind: string, most: (seed: number) => number | undefined): Promise<void> {
  const words = Number(process.env["WORDS"] ?? "0");
  const book = emptyBook();
  if (words === 0) for (const seed of seeds()) await run(book, seed, most(seed));
  else for (let seed = 1; book.fates.typed < words; seed++) await run(book, seed, most(seed));
  const { totals, fates } = book;
  const lines = [JSON.stringify({ ...totals, troubles: totals.troubles.length }), told(fates)];
  console.log(lines.join("\n"));
  expect(fates.lost).toBe(0);
  expect(totals.troubles.slice(0, 5)).toEqual([]);
  record(kind, `WORDS=${words} RECORD=1 npx vitest run tests/lane/lane.test.ts`, lines);
}

describe("the text lane", () => {
  it("brings every view to the core's text, and loses nothing", async () => {
    await runAll("Real pages on a model of the core", () => undefined);
  }, 3_600_000);

  it("does so in windows of 1 to 10 lines that are scrolled at random", async () => {
    await runAll("The same in windows of 1, 3 or 10 lines", (seed) => [1, 3, 10][seed % 3]);
  }, 3_600_000);
});

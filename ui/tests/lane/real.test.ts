/**
 * The same fuzz against the real core: two to four devices on real QUIC, two views on the first, over a bridge that delays, reorders and repeats; nodes
 * sleep and wake at random, some so long that their links end; windows hang, some for seconds. Runs where a `sheaf` binary is (SHEAF_BIN), until so many
 * WORDS were written; SEED=n runs one world. (Real processes: a seed chooses what is done, not when it arrives.)
 */
import { describe, expect, it } from "vitest";
import { TextLane } from "../../src/editor/lane/lane.ts";
import { Lines } from "../../src/editor/lines/lines.ts";
import { readDelta } from "../../src/editor/delta.ts";
import { pageOf } from "../../src/editor/page/project.ts";
import { View } from "../../src/editor/view.ts";
import { Chance } from "./chance.ts";
import { judgeText } from "./judge.ts";
import { Device, NoisyWire, sheafBinary } from "./real.ts";
import { Ledger, Typist, note } from "./typist.ts";

const binary = sheafBinary();
/** Words of one check, unless told otherwise. */
const WORDS = Number(process.env["WORDS"] ?? 2_000);

/** Edits of one world. */
const STEPS = 500;

/** Worlds at once: most of a world's time is spent waiting. */
const AT_ONCE = 4;

/** A machine that sleeps for so long has lost its links when it wakes: dead peers are noticed after 6 s. */
const LONG_SLEEP_MS = 7_500;

const totals = { runs: 0, edits: 0, words: 0, devices: 0, sleeps: 0, partings: 0, markTrouble: 0, troubles: [] as string[] };

interface Seat {
  readonly typist: Typist;
  readonly view: View;
  readonly wire: NoisyWire;
  readonly device: Device;
}

async function sit(name: string, device: Device, document: string, chance: Chance, record: Ledger): Promise<Seat> {
  const wire = new NoisyWire(await device.wire(), chance, 1 + chance.below(40));
  const lane = await TextLane.open(wire, document, () => `${name}-${chance.id()}`);
  let inUndo = false;
  const view: View = new View(
    lane,
    { now: () => Date.now(), newId: () => chance.id() },
    {
      owes: () => undefined,
      changing: () => undefined,
      textChanged: (_delta, changes, mine) => {
        if (mine) note(record, name, before, changes, { undo: inUndo, copies: false });
        before = view.page.lines;
      },
      changed: () => undefined,
      savedChanged: () => undefined,
      roleChanged: () => undefined,
      rescued: () => undefined,
      trouble: (what) => totals.troubles.push(`SEED=${chance.seed}: ${what}`),
    },
  );
  let before = view.page.lines;
  for (const way of ["undoEdit", "redoEdit"] as const) {
    const original = view[way].bind(view);
    view[way] = (): boolean => {
      inUndo = true;
      try {
        return original();
      } finally {
        inUndo = false;
      }
    };
  }
  return { typist: new Typist(name, view, chance), view, wire, device };
}

async function play(seed: number): Promise<void> {
  const chance = new Chance(seed);
  const record = new Ledger();
  const devices = Array.from({ length: 2 + chance.below(3) }, () => new Device(binary!));
  try {
    await Promise.all(devices.map((device) => device.up()));
    const [first, ...others] = devices;
    const document = await first!.say("new", "Fuzz");
    const ticket = await first!.say("share", document);
    for (const device of others) await device.say("join", ticket);
    const seats: Seat[] = [];
    for (const [index, device] of devices.entries()) seats.push(await sit("abcd"[index]!, device, document, chance, record));
    if (seats.length < 4) seats.push(await sit("abcd"[seats.length]!, first!, document, chance, record));
    for (const line of seats[0]!.view.page.lines.between()) if (line.id !== "") record.kinds.set(line.id, new Set([line.block]));
    await write(seats, chance, `SEED=${seed}`);
    await rest(seats, document, `SEED=${seed}`);
    const text = seats[0]!.view.page.lines;
    totals.markTrouble += judgeText(text, record, `SEED=${seed}`);
    totals.runs++;
    totals.devices += devices.length;
    totals.words += record.written.size;
    totals.edits += seats.reduce((sum, seat) => sum + seat.typist.edits, 0);
    for (const seat of seats) void seat.view.lane.close();
  } finally {
    for (const device of devices) device.down();
  }
}

async function write(seats: readonly Seat[], chance: Chance, label: string): Promise<void> {
  const parting = chance.once(4) ? chance.below(STEPS) : undefined;
  for (let step = 0; step < STEPS; step++) {
    const seat = chance.one(seats);
    try {
      seat.typist.act();
    } catch (error) {
      throw new Error(`${label} step ${step}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`, { cause: error });
    }
    if (chance.once(25)) seat.wire.quietUntil = Date.now() + chance.below(chance.once(20) ? 3_000 : 400);
    // A machine asleep: the others go on without it, and it wakes to their news.
    if (step === parting) {
      totals.partings++;
      await seat.device.sleep(LONG_SLEEP_MS, () => chance.one(seats.filter((other) => other.device !== seat.device)).typist.act());
    } else if (chance.once(60)) {
      totals.sleeps++;
      void seat.device.sleep(100 + chance.below(500));
    }
    if (chance.once(3)) await new Promise((done) => setTimeout(done, chance.below(25)));
    for (const one of seats) if (chance.once(2)) one.view.draw();
  }
}

/** Waits until everything is saved everywhere and all devices show the same. */
async function rest(seats: readonly Seat[], document: string, label: string): Promise<void> {
  for (const seat of seats) seat.device.wake();
  const end = Date.now() + 60_000;
  let bodies: string[] = [];
  for (;;) {
    await new Promise((done) => setTimeout(done, 100));
    for (const seat of seats) seat.view.draw();
    bodies = seats.map((seat) => canonical(seat.view.page.lines));
    const still = seats.every((seat) => !seat.view.lane.isUnsaved && !seat.view.lane.owes);
    if (still && new Set(bodies).size === 1) break;
    if (Date.now() > end)
      expect(
        bodies.map((body) => body.length),
        `${label}: the views never agreed: ${bodies.join("\n")}`,
      ).toEqual([]);
  }
  for (const seat of seats) {
    const shown = JSON.parse(await seat.device.say("--json", "show", document, "--as", "json")) as { delta: unknown };
    expect(canonical(Lines.from(readDelta(shown.delta))), `${label}: the core's own body is what ${seat.typist.name} shows`).toBe(
      bodies[0],
    );
    const { page } = seat.view;
    expect(pageOf(page.lines, page.mounted).eq(page.state.doc), `${label}: ${seat.typist.name}'s screen shows the text`).toBe(true);
  }
}

function canonical(lines: Lines): string {
  return JSON.stringify(lines.toDelta().ops.map(({ insert, attributes }) => [insert, Object.entries(attributes ?? {}).sort()]));
}

describe.skipIf(binary === undefined)("the text lane against the real core", () => {
  it("brings every view on every device to one text, and loses nothing", async () => {
    const one = process.env["SEED"];
    let seed = 0;
    const worlds = async (): Promise<void> => {
      while (totals.words < WORDS) await play(++seed);
    };
    await (one === undefined ? Promise.all(Array.from({ length: AT_ONCE }, worlds)) : play(Number(one)));
    const rate = ((100 * totals.markTrouble) / totals.words).toFixed(2);
    console.log(
      `${JSON.stringify(totals)}\n${totals.words} words, 0 lost, 0 re-kinded; inline marks that nobody gave or took: ${rate} in 100 words`,
    );
    expect(totals.troubles.slice(0, 5)).toEqual([]);
  }, 1_200_000);
});

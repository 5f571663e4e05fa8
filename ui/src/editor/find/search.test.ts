/** A search over a whole text that is edited meanwhile: what is counted is what is there, and an edit costs the lines it made. */
import { describe, expect, it } from "vitest";
import { Chance, randomBody, randomChange } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import type { Matcher } from "./matcher.ts";
import { TooSlow } from "./matcher.ts";
import { type Query, hitsIn, patternOf } from "./query.ts";
import { Search } from "./search.ts";

const PLAIN: Query = { text: "rye", matchCase: false, wholeWord: false, regex: false };

/** A search with its own clock and its own soon. */
class Bench {
  lines: Lines;
  readonly search: Search;
  moves = 0;
  private tasks: Array<() => void> = [];
  private time = 0;

  constructor(lines: Lines | string, matcherOf?: (query: Query) => Matcher) {
    this.lines =
      typeof lines === "string"
        ? Lines.from(lines.split("\n").reduce((body, line, nth) => body.insert(line).insert("\n", { line: `id${nth}` }), new Delta()))
        : lines;
    this.search = new Search(this.lines, {
      changed: () => undefined,
      moved: () => this.moves++,
      later: (run) => this.tasks.push(run),
      // Every look at the clock costs a slice: one batch at a time.
      now: () => (this.time += 10),
      ...(matcherOf === undefined ? {} : { matcherOf }),
    });
  }

  slice(): boolean {
    const task = this.tasks.shift();
    task?.();
    return task !== undefined;
  }

  async rests(): Promise<this> {
    do {
      while (this.slice());
      await Promise.resolve();
      await Promise.resolve();
    } while (this.tasks.length > 0);
    return this;
  }

  edit(delta: Delta): void {
    const { lines, changes } = this.lines.apply(delta);
    this.lines = lines;
    this.search.textChanged(delta, changes, lines);
  }

  get says(): string {
    return `${this.search.nth} of ${this.search.count}`;
  }

  /** Where the present hit is. */
  get offset(): number | undefined {
    const found = this.search.current;
    return found === undefined ? undefined : this.lines.startOf(found.index) + found.hit.from;
  }
}

/** Answers when told to, as a worker does. */
function fromAfar(): { matcherOf: (query: Query) => Matcher; answer(): void } {
  const owed: Array<() => void> = [];
  const matcherOf = (query: Query): Matcher => ({
    match: (texts) => new Promise((resolve) => owed.push(() => resolve(texts.map((text) => hitsIn(text, patternOf(query), query))))),
    stop: () => undefined,
  });
  return { matcherOf, answer: () => owed.shift()?.() };
}

describe("a search", () => {
  it("begins at the caret, walks on, and begins again past the end", async () => {
    const bench = new Bench("rye oats\nbarley\nrye rye");
    bench.search.from(4);
    bench.search.look(PLAIN);
    await bench.rests();
    expect([bench.says, bench.offset]).toEqual(["2 of 3", 16]);
    bench.search.step(1);
    bench.search.step(1);
    expect([bench.says, bench.offset]).toEqual(["1 of 3", 0]);
    bench.search.step(-1);
    expect([bench.says, bench.offset]).toEqual(["3 of 3", 20]);
  });

  it("takes steps that were asked for before it found anything", async () => {
    const bench = new Bench("rye oats\nbarley\nrye rye");
    bench.search.look(PLAIN);
    bench.search.step(1);
    bench.search.step(1);
    await bench.rests();
    expect(bench.says).toBe("3 of 3");
  });

  it("reads a long text in slices, and goes to the first hit before it has read everything", async () => {
    const bench = new Bench(Array.from({ length: 3000 }, (_, nth) => `line ${nth} of rye`).join("\n"));
    bench.search.look(PLAIN);
    bench.slice();
    expect(bench.search.isSearching).toBe(true);
    expect([bench.search.nth, bench.search.count]).toEqual([1, 256]);
    await bench.rests();
    expect([bench.says, bench.search.visited]).toEqual(["1 of 3000", 3001]);
  });

  it("reads one line after an edit, mine or another's, and keeps its hit and its number", async () => {
    const bench = new Bench(Array.from({ length: 2000 }, (_, nth) => `line ${nth} of rye`).join("\n"));
    bench.search.from(bench.lines.startOf(1000));
    bench.search.look(PLAIN);
    await bench.rests();
    expect(bench.says).toBe("1001 of 2000");
    const before = bench.search.visited;
    bench.edit(new Delta().retain(bench.lines.startOf(500)).insert("rye and "));
    await bench.rests();
    expect([bench.says, bench.search.visited - before]).toEqual(["1002 of 2001", 1]);
    bench.edit(new Delta().retain(bench.lines.startOf(1500)).insert("rye and "));
    await bench.rests();
    expect([bench.says, bench.search.visited - before]).toEqual(["1002 of 2002", 2]);
    bench.edit(new Delta().retain(bench.lines.startOf(1000)).insert("before "));
    await bench.rests();
    expect([bench.says, bench.search.visited - before]).toEqual(["1002 of 2002", 3]);
    expect(bench.moves, "what others do scrolls nothing").toBe(1);
  });

  it("has no present hit when somebody took it away, and goes on from there", async () => {
    const bench = new Bench("rye\nrye\nrye");
    bench.search.from(4);
    bench.search.look(PLAIN);
    await bench.rests();
    bench.edit(new Delta().retain(4).delete(3));
    await bench.rests();
    expect(bench.says).toBe("0 of 2");
    bench.search.step(1);
    expect([bench.says, bench.offset]).toEqual(["2 of 2", 5]);
  });

  it("counts what is there, whatever is edited while it reads, here or in a worker", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed);
      const afar = fromAfar();
      const bench = new Bench(Lines.from(randomBody(chance, 1 + chance.below(700))), seed % 2 === 0 ? afar.matcherOf : undefined);
      const query = { ...PLAIN, text: chance.one(["a", "e", "o"]), regex: seed % 2 === 0 };
      bench.search.from(chance.below(bench.lines.length + 1));
      bench.search.look(query);
      for (let step = 0; step < 30; step++) {
        if (chance.once(2)) bench.edit(randomChange(chance, bench.lines.toDelta()));
        if (chance.once(3)) bench.slice();
        if (chance.once(3)) bench.search.step(chance.once(2) ? 1 : -1);
        if (chance.once(3)) afar.answer();
        await Promise.resolve();
      }
      for (let turn = 0; bench.search.isSearching; turn++) {
        afar.answer();
        await bench.rests();
        expect(turn, `seed ${seed} comes to rest`).toBeLessThan(100);
      }
      const all: number[] = [];
      for (const [index, line] of [...bench.lines.between()].entries())
        for (const hit of hitsIn(line.text.replaceAll("\uFFFC", "\n"), patternOf(query), query))
          all.push(bench.lines.startOf(index) + hit.from);
      expect(bench.search.count, `seed ${seed}`).toBe(all.length);
      for (let step = 0; step < 3 && all.length > 0; step++) {
        bench.search.step(1);
        expect(bench.search.nth, `seed ${seed}: the number of the hit`).toBe(all.indexOf(bench.offset ?? -1) + 1);
      }
    }
  });

  it("says what is wrong with an expression, and finds nothing", async () => {
    const bench = new Bench("rye");
    bench.search.look({ ...PLAIN, text: "(", regex: true });
    await bench.rests();
    expect([bench.search.problem, bench.says]).toEqual(["mistake", "0 of 0"]);
    const slow = new Bench("rye", () => ({ match: () => Promise.reject(new TooSlow()), stop: () => undefined }));
    slow.search.look({ ...PLAIN, text: "(a+)+$", regex: true });
    await slow.rests();
    expect([slow.search.problem, slow.search.isSearching]).toEqual(["slow", false]);
  });
});

/** A block of code is found whole however long it is, and looking for it visits the lines around and no others. */
import { expect, it } from "vitest";
import { Chance } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { codeRange } from "../editing/blocks.ts";
import { typeText } from "../editing/text.ts";
import { Page } from "../page/page.ts";
import { readBlock } from "./block.ts";
import { codeAt, isSameCode } from "./code.ts";
import { Lines } from "./lines.ts";

/** The same, one line after the other. */
function oneByOne(lines: readonly string[], index: number, most: number): { from: number; to: number } | undefined {
  const joins = (at: number): boolean =>
    at > 0 && at < lines.length && isSameCode(readBlock(lines[at - 1] ?? ""), readBlock(lines[at] ?? ""));
  if (readBlock(lines[index] ?? "").kind !== "code") return undefined;
  let [from, to] = [index, index + 1];
  while (joins(from) && index - from < most) from--;
  while (joins(to) && to - index < most) to++;
  return { from, to };
}

it("finds what looking at every line finds, also in long texts of many blocks", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const chance = new Chance(seed);
    const kinds: string[] = [];
    while (kinds.length < 700) {
      const kind = chance.one(["code", "code", "code lang=js", "", "h1"]);
      for (let more = chance.below(chance.one([3, 400])); more >= 0; more--) kinds.push(kind);
      if (kind.startsWith("code") && chance.once(2)) kinds.push("code start");
    }
    const text = new Delta();
    for (const [nth, block] of kinds.entries()) text.insert("x").insert("\n", { line: `l${nth}`, ...(block === "" ? {} : { block }) });
    const lines = Lines.from(text);
    const all = [...lines.between()].map(({ block }) => block);
    const every = all.map((_block, index) => index);
    for (const most of [1, 2, 130, 500, Number.POSITIVE_INFINITY])
      expect(
        every.map((index) => codeAt(lines, index, most)),
        `seed ${seed}, at most ${most}`,
      ).toEqual(every.map((index) => oneByOne(all, index, most)));
  }
});

it("a key in code of 5,000 lines looks at the lines around it", () => {
  const text = new Delta().insert("before\n", { line: "first" });
  for (let nth = 0; nth < 5000; nth++) text.insert("let x = 1;").insert("\n", { line: `l${nth}`, block: "code lang=js" });
  text.insert("after\n", { line: "last" });
  const quiet = {
    changing: () => undefined,
    edited: () => undefined,
    drawn: () => undefined,
    changed: () => undefined,
    trouble: () => undefined,
  };
  const page = new Page(Lines.from(text), quiet, () => "n", [], { first: 40, whole: 2000, size: 120 });
  page.select({ anchor: 7 + 11 * 2500, head: 7 + 11 * 2500 });
  codeRange(page);
  const visited = new Set<unknown>();
  for (const chunk of page.lines.chunks) {
    const get = (lines: typeof chunk.lines, key: keyof typeof chunk.lines): unknown => {
      if (/^\d+$/.test(String(key))) visited.add(lines[key]);
      return Reflect.get(lines, key);
    };
    Object.assign(chunk, { lines: new Proxy(chunk.lines, { get: get as never }) });
  }
  typeText(page, "y");
  expect(codeRange(page)).toEqual({ from: 7, to: 7 + 11 * 5000 });
  expect(visited.size).toBeLessThan(400);
});

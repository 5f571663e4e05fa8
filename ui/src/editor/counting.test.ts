/** Counts follow the text by what changed, and are always those of counting everything anew. */
import { expect, it } from "vitest";
import { Counting, minutesToRead } from "./counting.ts";
import { Delta } from "./delta.ts";
import { countCharacters } from "./lines/line.ts";
import { Lines } from "./lines/lines.ts";

it("adds what comes and takes away what goes", () => {
  let text = Lines.from(new Delta().insert("one two").insert("\n", { line: "a" }).insert("three").insert("\n", { line: "b" }));
  const counting = new Counting(text);
  expect(counting.counts).toEqual({ words: 3, characters: 12, withoutSpaces: 11 });
  for (const delta of [
    new Delta().retain(3).insert(" and a half"),
    new Delta().retain(2).delete(20),
    new Delta().retain(1).insert("\n", { line: "c" }).insert("日本 x"),
  ]) {
    const { lines } = text.apply(delta);
    counting.textChanged(lines);
    text = lines;
    expect(counting.counts).toEqual(new Counting(text).counts);
    expect(counting.countsBetween(0, text.length)).toEqual(counting.counts);
  }
});

it("counts what people call a character", () => {
  expect(
    ["naïve", "nai\u0308ve", "👍🏽", "a\u2028b", "\uFFFC", "a b", "x\u3000日本", "Grüße\u00ad aus Köln – „ja“"].map(
      (text) => countCharacters(text).all,
    ),
  ).toEqual([5, 5, 1, 2, 0, 3, 4, 21]);
});

it("tells reading time in whole minutes", () => {
  expect([0, 100, 230, 2300].map(minutesToRead)).toEqual([0, 0, 1, 10]);
});

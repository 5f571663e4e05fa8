/** Signs around words mean something, signs inside words do not: in every script. */
import { expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { Page } from "../page/page.ts";
import { typeWithRules } from "./rules.ts";
import { typeText } from "./text.ts";

/** What becomes of words when they are typed: what is marked, with its mark. */
function typed(words: string): string[] {
  const quiet = {
    changing: () => undefined,
    edited: () => undefined,
    drawn: () => undefined,
    changed: () => undefined,
    trouble: () => undefined,
  };
  const page = new Page(Lines.from(new Delta().insert("\n", { line: "a" })), quiet, () => "n", []);
  for (const letter of words) if (!typeWithRules(page, letter, () => undefined)) typeText(page, letter);
  const { ops } = page.lines.toDelta();
  return ops.flatMap(({ insert, attributes }) =>
    Object.keys(attributes ?? {})
      .filter((key) => key !== "line")
      .map((key) => `${key} ${String(insert)}`),
  );
}

it("signs inside a word stay what they are", () => {
  const inside = ["a_b_", "Übermaß_und_", "Maß*und*", "Übermaß__und__", "слово_и_", "Maß**und**", "नमस्ते_x_", "２_x_", "中文_x_", "Maß$x$"];
  for (const words of inside) expect(typed(words), words).toEqual([]);
});

it("signs around words mark them", () => {
  expect(typed("so _über_")).toEqual(["italic über"]);
  expect(typed("(__Maß__")).toEqual(["bold Maß"]);
  expect(typed("„*да*")).toEqual(["italic да"]);
  expect(typed("**Maß**")).toEqual(["bold Maß"]);
});

it("a star behind a letter begins a word where there are no blanks between words", () => {
  for (const words of ["中文**粗体**", "カレー**太字**", "ไทย**หนา**"]) expect(typed(words)).toEqual([`bold ${words.split("**")[1]}`]);
});

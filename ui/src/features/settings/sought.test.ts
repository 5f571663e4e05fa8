/** A search leaves what has its words, with the hints that belong to it. */
// @vitest-environment jsdom
import { expect, it } from "vitest";
import { seek } from "./sought.ts";

function sections(): HTMLElement[] {
  document.body.innerHTML = `
    <section><h3>Appearance</h3><label class="line"><span>Theme</span></label><label class="line"><span>Language</span></label></section>
    <section><h3>Writing</h3><label class="check">Signs</label><p class="hint">Dashes and arrows</p><label class="check">Spelling</label></section>`;
  return [...document.querySelectorAll("section")];
}

const left = (): string[] =>
  [...document.querySelectorAll("section:not([data-unsought]) :is(.line, .check, .hint):not([data-unsought])")].map(
    (line) => line.textContent ?? "",
  );

it.each([
  ["", ["Theme", "Language", "Signs", "Dashes and arrows", "Spelling"]],
  ["lang", ["Language"]],
  ["writing", ["Signs", "Dashes and arrows", "Spelling"]],
  ["ARROWS", ["Signs", "Dashes and arrows"]],
  ["spell", ["Spelling"]],
])("%s", (query, expected) => {
  expect(seek(sections(), query)).toBe(true);
  expect(left()).toEqual(expected);
});

it("says when nothing is left", () => {
  expect(seek(sections(), "zebra")).toBe(false);
  expect(left()).toEqual([]);
});

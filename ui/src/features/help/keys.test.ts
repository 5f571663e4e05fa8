/** The list of shortcuts says every key that is bound, in every language, and no other. */
// @vitest-environment jsdom
import { expect, it } from "vitest";
import { windowKeys } from "../../app/shortcuts.ts";
import { BLOCK_KEYS, CELL_KEYS, TEXT_KEYS } from "../../editor/index.ts";
import { de } from "../../messages/de.ts";
import { en } from "../../messages/en.ts";
import { PLAIN, groupsOf, labelOf } from "./keys.ts";

const zoom = ["mod++", "mod+-", "mod+0"];
const bound = new Set([...TEXT_KEYS, ...BLOCK_KEYS, ...CELL_KEYS, ...windowKeys(), ...zoom]);

it.each([en, de])("has words for every key that is bound", ({ shortcuts: { does } }) => {
  expect([...bound].filter((key) => does[key] === undefined && !PLAIN.has(key))).toEqual([]);
  expect(Object.keys(does).filter((key) => !bound.has(key))).toEqual([]);
});

it("puts keys that do the same together, and finds them by words and by keys", () => {
  const all = groupsOf(windowKeys());
  expect(all.map(({ shortcuts }) => shortcuts.length > 4)).toEqual([true, true, true]);
  expect(groupsOf(windowKeys(), "redo").flatMap(({ shortcuts }) => shortcuts)).toEqual([
    { does: "Redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"] },
  ]);
  expect(groupsOf(windowKeys(), "f3").flatMap(({ shortcuts }) => shortcuts.map(({ does }) => does))).toEqual([
    "Next result",
    "Previous result",
  ]);
  expect(["mod++", "alt+shift+arrowup", "f1"].map(labelOf)).toEqual(["Ctrl++", "Alt+Shift+↑", "F1"]);
});

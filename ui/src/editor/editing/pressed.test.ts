/** Which key was pressed, on keyboards of other alphabets and of other orders. */
// @vitest-environment jsdom
import { expect, it } from "vitest";
import { nameOf } from "./keys.ts";
import { pressed } from "./pressed.ts";

const ctrl = (key: string, code: string, more: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent("keydown", { key, code, ctrlKey: true, ...more });

it.each([
  ["Russian", "\u043b", "KeyK", "k"],
  ["Russian with capitals locked", "\u041b", "KeyK", "k"],
  ["Greek", "\u03ba", "KeyK", "k"],
  ["Hebrew", "\u05dc", "KeyK", "k"],
  ["Arabic", "\u0646", "KeyK", "k"],
  ["Arabic lam-alef, two letters", "\u0644\u0627", "KeyB", "b"],
  ["Hindi, a sign of a vowel", "\u093e", "KeyE", "e"],
  ["Russian at the comma", "\u0431", "Comma", ","],
  // A Latin layout says itself where its letters are.
  ["Dvorak", "t", "KeyK", "t"],
  ["Dvorak at the V", "k", "KeyV", "k"],
  ["AZERTY", "q", "KeyA", "q"],
  ["Turkish", "\u0131", "KeyI", "\u0131"],
  ["German", "\u00f6", "Semicolon", "\u00f6"],
  ["any layout", "ArrowUp", "ArrowUp", "arrowup"],
])("%s", (_layout, key, code, name) => {
  expect(pressed(ctrl(key, code))).toBe(name);
});

it("takes a letter without Mod, or with AltGr, for itself", () => {
  expect(pressed(ctrl("\u043b", "KeyK", { ctrlKey: false }))).toBe("\u043b");
  expect(pressed(ctrl("\u03ba", "KeyK", { altKey: true, modifierAltGraph: true }))).toBe("\u03ba");
});

it("is what the tables of the text go by", () => {
  expect(nameOf(ctrl("\u0412", "KeyD", { shiftKey: true }), false)).toBe("mod+shift+d");
  expect(nameOf(ctrl("\u05e9", "KeyA"), false)).toBe("mod+a");
});

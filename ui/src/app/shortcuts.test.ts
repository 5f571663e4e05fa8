/** The keys of the window, on keyboards of other alphabets and of other orders. */
// @vitest-environment jsdom
import { expect, it } from "vitest";
import { commandOf } from "./shortcuts.ts";

const ctrl = (key: string, code: string, more: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent("keydown", { key, code, ctrlKey: true, ...more });

it("go by the place of the key where a layout has no Latin letters, and never by what AltGr wrote", () => {
  expect(commandOf(ctrl("\u044b", "KeyS"))).toBe("save");
  expect(commandOf(ctrl("\u0430", "KeyF"))).toBe("find");
  expect(commandOf(ctrl("\u044e", "Period"))).toBe("focus");
  expect(commandOf(ctrl("\u03bf", "KeyO", { altKey: true }))).toBe("outline");
  expect(commandOf(ctrl("\u03bf", "KeyO", { altKey: true, modifierAltGraph: true }))).toBeNull();
});

it("go by the letter where it has", () => {
  // Dvorak: S is where others have the semicolon, and O where they have S.
  expect(commandOf(ctrl("s", "Semicolon"))).toBe("save");
  expect(commandOf(ctrl("o", "KeyS"))).toBeNull();
});

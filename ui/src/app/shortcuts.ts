/**
 * The keys of the window (ux.md 4.2); the editor has its own. A key that wrote a character with AltGr is never ours (Ctrl+Alt is AltGr on
 * many layouts).
 */

import { isMac, pressed } from "../editor/index.ts";
import { isWindow } from "../ipc/connect.ts";

export type Command =
  | "new"
  | "sidebar"
  | "settings"
  | "save"
  | "print"
  | "who"
  | "outline"
  | "focus"
  | "find"
  | "replace"
  | "next"
  | "previous"
  | "larger"
  | "smaller"
  | "usual"
  | "help";

const keys: Record<string, Command> = { n: "new", "\\": "sidebar", ",": "settings", s: "save", p: "print", ".": "focus", "/": "help" };

const withAlt: Record<string, Command> = { w: "who", o: "outline" };

/** Finding has keys with Shift and without Ctrl, and on a Mac Ctrl+F and Ctrl+H move and delete. */
const finding: Record<string, Command> = {
  "mod+KeyF": "find",
  "mod+KeyH": "replace",
  "mod+alt+KeyF": "replace",
  "mod+KeyG": "next",
  "mod+shift+KeyG": "previous",
  F3: "next",
  "shift+F3": "previous",
  // Where the slash needs Shift, Ctrl+Shift+7 makes a list.
  F1: "help",
};

/** Every key of the window, as the editor's tables name theirs. A browser zooms by itself. */
export function windowKeys(): readonly string[] {
  const named = (table: Record<string, Command>, before: string): string[] => Object.keys(table).map((key) => before + key);
  const found = Object.keys(finding).map((key) => key.replace("Key", "").toLowerCase());
  return [...named(keys, "mod+"), ...named(withAlt, "mod+alt+"), ...found, ...(isWindow() ? ["mod++", "mod+-", "mod+0"] : [])];
}

export function commandOf(event: KeyboardEvent): Command | null {
  return findingOf(event) ?? zoomOf(event) ?? commonOf(event);
}

function findingOf(event: KeyboardEvent): Command | undefined {
  if (event.getModifierState("AltGraph") || event.isComposing) return undefined;
  const [mod, other] = isMac() ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  // Ctrl+Alt writes characters on many layouts; with Alt the key is a Mac's.
  if (other || (event.altKey && !isMac())) return undefined;
  // A letter is what the layout says; with Alt a Mac writes another.
  const letter = pressed(event);
  const key = event.altKey || !/^[a-z]$/.test(letter) ? event.code : `Key${letter.toUpperCase()}`;
  return finding[[mod ? "mod+" : "", event.altKey ? "alt+" : "", event.shiftKey ? "shift+" : "", key].join("")];
}

/** A browser has these keys itself; in our own window they are ours. With Shift, too: that is where many layouts have the plus. */
const zooming: Record<string, Command> = { "+": "larger", "=": "larger", "-": "smaller", _: "smaller", "0": "usual" };

function zoomOf(event: KeyboardEvent): Command | undefined {
  const modifier = isMac() ? event.metaKey : event.ctrlKey;
  if (!isWindow() || !modifier || event.altKey || event.getModifierState("AltGraph") || event.isComposing) return undefined;
  return zooming[event.key];
}

function commonOf(event: KeyboardEvent): Command | null {
  const modifier = event.ctrlKey || event.metaKey;
  if (!modifier || event.shiftKey || event.getModifierState("AltGraph")) return null;
  return (event.altKey ? withAlt : keys)[pressed(event)] ?? null;
}

/** Every key that does something, in groups, as the tables that bind them have it; what no words tell goes without saying. */
import { BLOCK_KEYS, CELL_KEYS, TEXT_KEYS, isMac } from "../../editor/index.ts";
import { say } from "../../messages/index.ts";

/** Keys that do what they do everywhere. */
export const PLAIN: ReadonlySet<string> = new Set([
  "enter",
  "backspace",
  "mod+backspace",
  "alt+backspace",
  "shift+backspace",
  "delete",
  "mod+delete",
  "arrowup",
  "arrowdown",
  // On a Mac; elsewhere they do nothing.
  "mod+arrowup",
  "mod+arrowdown",
  "mod+shift+arrowup",
  "mod+shift+arrowdown",
]);

/** Some keys that do one thing, and what. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

/** A group of them. */
export interface Group {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

/** All groups; with a query those shortcuts whose words or keys have it. */
export function groupsOf(windowKeys: readonly string[], query = ""): readonly Group[] {
  const text = [...TEXT_KEYS, ...CELL_KEYS].filter((key) => !PLAIN.has(key));
  const groups = [
    [say.shortcuts.text, text],
    [say.shortcuts.blocks, BLOCK_KEYS],
    [say.shortcuts.window, windowKeys],
  ] as const;
  const wanted = query.trim().toLowerCase();
  return groups
    .map(([title, keys]) => ({ title, shortcuts: together(keys).filter((one) => fits(one, wanted)) }))
    .filter(({ shortcuts }) => shortcuts.length > 0);
}

/** Keys that do the same stand together. */
function together(keys: readonly string[]): Shortcut[] {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const does = say.shortcuts.does[key];
    if (does !== undefined) found.set(does, [...(found.get(does) ?? []), labelOf(key)]);
  }
  return [...found].map(([does, labels]) => ({ does, keys: labels }));
}

function fits({ does, keys }: Shortcut, wanted: string): boolean {
  return does.toLowerCase().includes(wanted) || keys.some((key) => key.toLowerCase().includes(wanted));
}

const SIGNS: Readonly<Record<string, string>> = { arrowup: "↑", arrowdown: "↓", escape: "Esc" };

/** A key as the keyboard has it. */
export function labelOf(key: string): string {
  const parts = key.endsWith("++") ? [...key.slice(0, -2).split("+"), "+"] : key.split("+");
  const named = parts.map((part) =>
    part === "mod" ? (isMac() ? "⌘" : "Ctrl") : (SIGNS[part] ?? part.charAt(0).toUpperCase() + part.slice(1)),
  );
  return say.keys(named.join("+"));
}

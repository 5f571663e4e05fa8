/**
 * The keys of the window (ux.md 4.2); the editor has its own. A key that wrote a character with AltGr is never ours (Ctrl+Alt is AltGr on
 * many layouts).
 */

export type Command = "new" | "sidebar" | "settings" | "save" | "who" | "outline" | "focus";

const keys: Record<string, Command> = { n: "new", "\\": "sidebar", ",": "settings", s: "save", ".": "focus" };

const withAlt: Record<string, Command> = { w: "who", o: "outline" };

export function commandOf(event: KeyboardEvent): Command | null {
  const modifier = event.ctrlKey || event.metaKey;
  if (!modifier || event.shiftKey || event.getModifierState("AltGraph")) return null;
  return (event.altKey ? withAlt : keys)[event.key.toLowerCase()] ?? null;
}

/**
 * What a key means to shortcuts, on every layout. A Latin layout decides itself where its letters are (Dvorak, AZERTY); on one that writes no Latin
 * letters (Cyrillic, Greek, Hebrew, Arabic) it is the place of the key that counts, since Ctrl+K would be nowhere else.
 */

/** What of a keyboard event says which key it was. */
export type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "getModifierState">;

/** Signs that are keys of the window and have letters in their places on such layouts. */
const SIGNS: Readonly<Record<string, string>> = { Comma: ",", Period: "." };

/** The key in lower case, as the tables of shortcuts name it: `k`, `,`, `arrowup`. What AltGr wrote is only what it says. */
export function pressed(event: Pressed): string {
  const { key, code } = event;
  const isMod = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
  if (isMod && isForeign(key)) return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? SIGNS[code] ?? key.toLowerCase();
  // WebKitGTK does not name Shift+Tab.
  return (key === "Unidentified" ? code : key).toLowerCase();
}

/** A letter of no Latin alphabet: a key's name is Latin itself. Some keys write a letter and its marks, or two letters (Arabic lam-alef). */
function isForeign(key: string): boolean {
  return /^[\p{L}\p{M}]+$/u.test(key) && !/\p{Script=Latin}/u.test(key);
}

/** The keys while whole blocks are chosen, and the one that chooses them. Which key is which is said in editing/keys.ts. */
import { writes } from "../editing/keys.ts";
import type { BlockAct, Chosen } from "./chosen.ts";

/** What the keys need besides the choice. */
export interface ChosenHost {
  /** Shows what can be done to the chosen blocks. */
  openMenu(): void;
  /** The kind that a key turns a line into, when it does. */
  kindOf(key: string): string | undefined;
}

const ACTS: Readonly<Record<string, BlockAct>> = {
  "alt+shift+arrowup": "up",
  "alt+shift+arrowdown": "down",
  "mod+d": "duplicate",
  backspace: "delete",
  delete: "delete",
  tab: "indent",
  "shift+tab": "outdent",
  "mod+]": "indent",
  "mod+[": "outdent",
};

/** The keys that act on chosen blocks alone: the others do there what they do everywhere. */
export const BLOCK_KEYS: readonly string[] = ["escape", "shift+arrowup", "shift+arrowdown", "enter", "delete"];

const MENU: ReadonlySet<string> = new Set(["enter", "alt+enter", "contextmenu", "shift+f10"]);

/** Runs a key on the choice. Answers false when the text should have it. */
export function handleChosenKey(chosen: Chosen, host: ChosenHost, key: string, event: KeyboardEvent): boolean {
  if (!chosen.isActive) {
    if (key !== "escape" || event.isComposing) return false;
    chosen.take();
    return true;
  }
  if (event.isComposing || writes(event)) {
    chosen.release(true);
    return false;
  }
  const act = ACTS[key];
  const kind = host.kindOf(key);
  if (act !== undefined) chosen.act(act);
  else if (kind !== undefined) chosen.turn(kind);
  else if (MENU.has(key)) host.openMenu();
  else if (key === "escape") chosen.release(true);
  else if (key === "arrowup" || key === "arrowdown") chosen.step(key === "arrowup" ? -1 : 1, false);
  else if (key === "shift+arrowup" || key === "shift+arrowdown") chosen.step(key === "shift+arrowup" ? -1 : 1, true);
  else if (key === "mod+a") chosen.choose(0, Number.POSITIVE_INFINITY, false);
  else return false;
  return true;
}

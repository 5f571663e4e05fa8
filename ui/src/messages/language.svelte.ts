/** The language in use: the system's, or the one that was chosen. A change shows at once, because `say` is read anew wherever it stands. */
import { CALLOUTS } from "../generated/schema.ts";
import { de } from "./de.ts";
import { en, type Messages } from "./en.ts";
import { type Language, ofSystem } from "./speaking.ts";

export type LanguageChoice = Language | "system";

const catalogues: Readonly<Record<Language, Messages>> = { en, de };

let chosen = $state<LanguageChoice>("system");
let system = $state<Language>(ofSystem());

/** The language that the page speaks now. */
export function language(): Language {
  return chosen === "system" ? system : chosen;
}

/** Speaks this language from now on. */
export function speak(choice: LanguageChoice): void {
  chosen = choice;
  show();
}

/** The sentences in the language in use. */
export const say: Messages = new Proxy<Messages>(en, {
  get: (_, section: keyof Messages) => catalogues[language()][section],
});

/** Screen readers, spell-checkers and hyphenation go by the document's own language; what only CSS can say is said there. */
function show(): void {
  if (typeof document === "undefined") return;
  const root = document.documentElement;
  root.lang = language();
  root.style.setProperty("--words-newer", JSON.stringify(say.document.newer));
  for (const sort of CALLOUTS) root.style.setProperty(`--words-callout-${sort}`, JSON.stringify(say.format.blocks[sort] ?? sort));
}

if (typeof window !== "undefined") {
  show();
  window.addEventListener("languagechange", () => {
    system = ofSystem();
    show();
  });
}

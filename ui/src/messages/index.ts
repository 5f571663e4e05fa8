/** The sentences in the language in use, and the moments in it. */
export { language, say, speak, type LanguageChoice } from "./language.svelte.ts";
export { spoken } from "./spoken.ts";
export { languages, regional } from "./speaking.ts";
export { dayName, dayOf, daysFor } from "./days.ts";
export { day, moment, since } from "./when.ts";

/** The sentences in the language in use. One language so far; the choice belongs here. */
export { en as say } from "./en.ts";
export { day, since } from "./when.ts";

/**
 * What the core says, in the language in use. Its replies carry a code and what the sentence is told (`said`, docs/lane.md) beside the English that
 * the command line prints; crates/sentence lists them all, and a catalogue without one of them does not compile.
 */
import type { CoreSentences } from "../generated/sentences.ts";
import { say } from "./language.svelte.ts";

/** The core's sentences in one language. */
export type CoreMessages = { readonly [Code in keyof CoreSentences]: (told: CoreSentences[Code]) => string };

/** A sentence of the core's. `english` is for a code that this page does not know, because the core is newer. */
export function spoken(said: unknown, english: string): string {
  if (typeof said !== "object" || said === null) return english;
  const { code, ...parts } = said as Readonly<Record<string, unknown>>;
  const sentences = say.core as Readonly<Record<string, (told: never) => string>>;
  if (typeof code !== "string" || !Object.hasOwn(sentences, code)) return english;
  // A sentence within the sentence is put into words first.
  const told = Object.entries(parts).map(([name, part]) => [name, typeof part === "object" && part !== null ? spoken(part, "") : part]);
  return sentences[code]?.(Object.fromEntries(told) as never) ?? english;
}

/** What became of every word that was typed, and the page that the last long run is written to. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Lines } from "../../src/editor/lines/lines.ts";
import { type Ledger, lettersOf, lettersOfRun } from "./ledger.ts";

/** Words by what became of them. */
export interface Fates {
  typed: number;
  /** Every letter stands in the text. */
  stand: number;
  /** Somebody took some of it out, on purpose. */
  deleted: number;
  /** A letter is gone that nobody took out. */
  lost: number;
}

/** No words yet. */
export const noFates = (): Fates => ({ typed: 0, stand: 0, deleted: 0, lost: 0 });

/** Counts the words of one run. */
export function count(fates: Fates, words: readonly string[], text: Lines, ledger: Ledger): void {
  const found = new Set<string>();
  for (const line of text.between()) for (const run of line.runs) for (const letter of lettersOfRun(run)) found.add(letter);
  for (const word of words) {
    const gone = lettersOf(word).filter((letter) => !found.has(letter));
    fates.typed++;
    // A word that was offered and never came into the text was typed by nobody: it has no writer.
    if (gone.some((letter) => ledger.writer.has(letter) && !ledger.deleted.has(letter))) fates.lost++;
    else if (gone.length > 0) fates.deleted++;
    else fates.stand++;
  }
}

/** The sentence for people. */
export function told({ typed, stand, deleted, lost }: Fates): string {
  const number = (count: number): string => count.toLocaleString("en");
  return `${number(typed)} words typed, ${number(lost)} lost; ${number(stand)} stand whole, of ${number(deleted)} somebody deleted something on purpose`;
}

const PAGE = fileURLToPath(new URL("WORDS.md", import.meta.url));

/** Writes a long run down, dated, in place of the last of its kind, when RECORD is set. */
export function record(kind: string, command: string, lines: readonly string[]): void {
  if (process.env["RECORD"] === undefined) return;
  const [head = "", ...parts] = readFileSync(PAGE, "utf8").split("\n## ");
  const fresh = `${kind}\n\n\`${command}\`, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC.\n\n${lines.map((line) => `    ${line}`).join("\n")}\n`;
  const others = parts.filter((part) => !part.startsWith(`${kind}\n`));
  writeFileSync(PAGE, [head.trimEnd() + "\n", ...[...others, fresh].map((part) => part.trimEnd() + "\n")].join("\n## "));
}

/** Judges the end of a run of the lane's fuzz: what was written and not deleted is there, once, as the kind and with the marks that somebody gave it. */
import { expect } from "vitest";
import type { Lines } from "../../src/editor/lines/lines.ts";
import { type Ledger, marksOfWords, wordsIn } from "./typist.ts";

/** Holds a text against what was done on purpose. Answers how many words carry inline marks otherwise than they were given; the rest is asserted. */
export function judgeText(text: Lines, record: Ledger, label: string): number {
  const whole = text.text();
  const found = wordsIn(whole);
  const present = new Set(found);
  // Somebody may have moved or deleted the beginning of a word that was still being typed; then its rest stands elsewhere.
  const restStands = (word: string): boolean => [1, 2, 3].some((at) => at < word.length - 1 && whole.includes(word.slice(at)));
  const cut = (word: string): boolean =>
    record.deleted.has(word) || [...record.fragments].some((fragment) => word.startsWith(fragment)) || restStands(word);
  const lost = [...record.written.keys()].filter((word) => !present.has(word) && !cut(word));
  expect(lost, `${label}: words lost`).toEqual([]);
  const doubled = found.filter((word, index) => found.indexOf(word) !== index && !record.copied.has(word) && !record.deleted.has(word));
  expect(doubled, `${label}: words doubled`).toEqual([]);
  for (const line of text.between()) {
    // An id that nobody here made is the core's: of two lines with one id the later got another.
    const kinds = record.kinds.get(line.id);
    if (kinds !== undefined) expect([...kinds], `${label}: line ${line.id} was given its kind by somebody`).toContain(line.block);
  }
  expect(record.foreignUndone, `${label}: undo took words of others`).toEqual([]);
  expect(whole, `${label}: a surrogate pair was cut`).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/);
  return markedOtherwise(text, record).length;
}

/** Words that carry a mark nobody gave them, or lost one that nobody took. */
export function markedOtherwise(text: Lines, record: Ledger): string[] {
  const wrong: string[] = [];
  for (const [word, marks] of marksOfWords(text.between())) {
    if (!record.written.has(word) || record.deleted.has(word) || record.copied.has(word)) continue;
    for (const mark of marks) if (record.marked.get(word)?.has(mark) !== true) wrong.push(`${word} carries ${mark}, which nobody gave`);
    for (const mark of record.marked.get(word) ?? []) {
      const key = mark.split("=")[0] ?? "";
      const taken = [...record.unmarked].some(
        ([part, keys]) => word.startsWith(part) && [...keys].some((one) => one.startsWith(`${key}=`)),
      );
      if (!taken && !marks.has(mark)) wrong.push(`${word} lost ${mark}, which nobody took`);
    }
  }
  return wrong;
}

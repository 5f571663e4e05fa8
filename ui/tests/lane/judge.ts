/** Judges the end of a run of the lane's fuzz against what was done on purpose. */
import { expect } from "vitest";
import type { Lines } from "../../src/editor/lines/lines.ts";
import { type Ledger, lettersOf, lettersOfRun } from "./ledger.ts";

/** Holds a text against the ledger: nothing lost, nothing doubled, no line of a kind that nobody gave, no undo of what others wrote. */
export function judgeText(text: Lines, ledger: Ledger, label: string): void {
  const found = new Map<string, number>();
  for (const line of text.between())
    for (const run of line.runs) for (const letter of lettersOfRun(run)) found.set(letter, (found.get(letter) ?? 0) + 1);
  const lost = [...ledger.writer].filter(([letter]) => !found.has(letter) && !ledger.deleted.has(letter));
  expect(lost, `${label}: letters lost that nobody deleted, and who wrote them`).toEqual([]);
  // Of a block that two moved there are two; a letter that one moved, and nobody copied or brought back, stands once. A Reset rebases past a
  // comparison of two texts, which may take a moved block for a new one.
  const free = ledger.resets === 0 ? 1 : 0;
  const allowed = (letter: string): number => 1 + (ledger.copies.get(letter) ?? 0) + Math.max(0, (ledger.moves.get(letter) ?? 0) - free);
  const doubled = [...found].filter(([letter, times]) => ledger.writer.has(letter) && times > allowed(letter));
  expect(doubled, `${label}: letters that stand more often than anybody put them`).toEqual([]);
  for (const line of text.between()) {
    const kinds = ledger.kindsOf(line.id);
    if (kinds === undefined || kinds.has(line.block)) continue;
    const names = [line.id, ...ledger.namesOf(line.id)].join(" and ");
    expect.fail(`${label}: line '${names}' is '${line.block}' and was made '${[...kinds].join("', '")}' (${ledger.resets} resets)`);
  }
  expect(ledger.foreign, `${label}: undo changed what others wrote`).toEqual([]);
  expect(text.text(), `${label}: a surrogate pair was cut`).not.toMatch(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/,
  );
}

/** How the marks of letters differ from what anybody did to those letters. */
export interface MarksOtherwise {
  /** A mark that somebody gave to the letters on both sides, not knowing of this one between them; or took. */
  readonly between: string[];
  /** A mark that nobody gave, on a letter that does not stand between letters that were given it. */
  readonly spread: string[];
  /** A mark that somebody gave and nobody took. */
  readonly lost: string[];
}

/** Letters whose marks nobody's edit explains. Those that were deleted, moved or copied by somebody are not judged: their marks went with the edit. */
export function marksOtherwise(text: Lines, ledger: Ledger): MarksOtherwise {
  const result: MarksOtherwise = { between: [], spread: [], lost: [] };
  const places = new Map<string, number>();
  for (const [place, letter] of lettersOf(text.text()).entries()) places.set(letter, place);
  const surrounds = (letter: string, mark: string, gives: boolean): boolean => {
    const place = places.get(letter) ?? -1;
    return ledger.strokes.some((stroke) => {
      if (stroke.mark !== mark || stroke.gives !== gives) return false;
      const at = stroke.letters.map((one) => places.get(one)).filter((one) => one !== undefined);
      return at.some((one) => one < place) && at.some((one) => one > place);
    });
  };
  for (const line of text.between()) {
    for (const run of line.runs) {
      const marks = new Set(Object.entries(run.attributes ?? {}).map(([key, value]) => `${key}=${String(value)}`));
      for (const letter of lettersOf(run.text)) {
        if (!ledger.writer.has(letter) || ledger.deleted.has(letter) || ledger.copies.has(letter) || ledger.moves.has(letter)) continue;
        const given = ledger.given.get(letter) ?? new Set();
        for (const mark of marks)
          if (!given.has(mark)) (surrounds(letter, mark, true) ? result.between : result.spread).push(`${letter} carries ${mark}`);
        for (const mark of given) {
          const wasTaken = [...(ledger.taken.get(letter) ?? [])].some((one) => keyOf(one) === keyOf(mark));
          if (!marks.has(mark) && !wasTaken) (surrounds(letter, mark, false) ? result.between : result.lost).push(`${letter} lost ${mark}`);
        }
      }
    }
  }
  return result;
}

/** How many of the words have a letter among these reports. */
export function wordsAmong(words: readonly string[], reports: readonly string[]): number {
  const letters = new Set(reports.map((report) => report.split(" ")[0]));
  return words.filter((word) => lettersOf(word).some((letter) => letters.has(letter))).length;
}

function keyOf(mark: string): string {
  return mark.slice(0, mark.indexOf("="));
}

/** What embeds reach of the text around them, and what keys reach of an embed: the document that is named where the caret is. */
import { DOCUMENT } from "../../generated/schema.ts";
import { ends } from "../editing/range.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Page } from "../page/page.ts";
import type { Footnotes } from "../footnotes/footnotes.ts";
import type { Outline } from "../outline/outline.ts";
import type { EmbedReach } from "./kind.ts";
import { documentIn } from "./mention.ts";

/** What the embeds of one text may know and where they may go. */
export function reachOf(outline: Outline, footnotes: Footnotes, goToSection: (nth: number) => boolean, mentioning: Mentioning): EmbedReach {
  return {
    headings: () => outline.headings,
    onHeadings: (listener) => outline.subscribe(listener),
    goToSection,
    numberOf: (note) => footnotes.numberOf(note),
    wordsOf: (note) => footnotes.wordsOf(note),
    goToNote: (note) => footnotes.goToNote(note),
    mentioning,
  };
}

/** Opens the document that is selected, or named at the caret. Answers false where there is none that this reader has. */
export function openNamedHere(page: Page, mentioning: Mentioning | undefined): boolean {
  const named = documentHere(page);
  if (named === undefined || mentioning?.titleOf(named) === undefined) return false;
  mentioning.open(named);
  return true;
}

/** The id of the document that is selected, or named right before or behind the caret. */
function documentHere(page: Page): string | undefined {
  const { from, to } = ends(page.selection);
  const places = from === to ? [from - 1, from] : to - from === 1 ? [from] : [];
  for (const at of places) {
    if (at < 0) continue;
    const { line, start } = page.lines.at(at);
    let runAt = start;
    for (const run of line.runs) {
      if (run.embed !== undefined && runAt === at) return documentIn(run.embed[DOCUMENT]);
      runAt += run.text.length;
    }
  }
  return undefined;
}

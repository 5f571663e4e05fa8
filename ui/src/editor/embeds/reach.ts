/** What embeds reach of the text around them, and what keys reach of embeds: the document that is named at the caret, and what takes keys inside one. */
import { DOCUMENT } from "../../generated/schema.ts";
import { ends } from "../editing/range.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Page } from "../page/page.ts";
import type { Footnotes } from "../footnotes/footnotes.ts";
import type { Outline } from "../outline/outline.ts";
import type { EmbedReach } from "./kind.ts";
import { documentIn, lineIn } from "./mention.ts";

/** What the embeds of one text may know and where they may go. */
export function reachOf(
  outline: Outline,
  footnotes: Footnotes,
  goToSection: (nth: number) => boolean,
  around: Pick<EmbedReach, "mentioning" | "files">,
): EmbedReach {
  return {
    headings: () => outline.headings,
    onHeadings: (listener) => outline.subscribe(listener),
    goToSection,
    numberOf: (note) => footnotes.numberOf(note),
    wordsOf: (note) => footnotes.wordsOf(note),
    goToNote: (note) => footnotes.goToNote(note),
    ...around,
  };
}

/** Opens the document that is selected, or named at the caret. Answers false where there is none that this reader has. */
export function openNamedHere(page: Page, mentioning: Mentioning | undefined): boolean {
  const named = namedHere(page);
  const document = documentIn(named);
  if (document === undefined || mentioning?.titleOf(document) === undefined) return false;
  mentioning.open(document, lineIn(named));
  return true;
}

/** What names the document that is selected, or named right before or behind the caret. */
function namedHere(page: Page): unknown {
  const { from, to } = ends(page.selection);
  const places = from === to ? [from - 1, from] : to - from === 1 ? [from] : [];
  for (const at of places) {
    if (at < 0) continue;
    const { line, start } = page.lines.at(at);
    let runAt = start;
    for (const run of line.runs) {
      if (run.embed !== undefined && runAt === at) return run.embed[DOCUMENT];
      runAt += run.text.length;
    }
  }
  return undefined;
}

/** Goes into the embed at the caret, before it or behind it. Answers false when there is none that takes keys. */
export function reachEmbed(page: Page): boolean {
  const { view } = page;
  const { anchor, head } = page.selection;
  if (view === undefined) return false;
  for (const offset of [Math.min(anchor, head), Math.max(anchor, head) - 1]) {
    const position = offset < 0 ? undefined : page.positionOf(offset);
    const embed = position === undefined ? null : view.nodeDOM(position);
    const inside = embed instanceof HTMLElement ? embed.querySelector<HTMLElement>("input, button:not([hidden])") : null;
    if (!(embed instanceof HTMLElement) || inside === null) continue;
    const back = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      view.focus();
    };
    embed.addEventListener("keydown", back);
    embed.addEventListener("focusout", () => embed.removeEventListener("keydown", back), { once: true });
    inside.focus();
    return true;
  }
  return false;
}

/** The document that is named where the caret is, for who goes there with keys. */
import { DOCUMENT } from "../../generated/schema.ts";
import { ends } from "../editing/range.ts";
import type { Page } from "../page/page.ts";
import { documentIn } from "./mention.ts";

/** The id of the document that is selected, or named right before or behind the caret. */
export function documentHere(page: Page): string | undefined {
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

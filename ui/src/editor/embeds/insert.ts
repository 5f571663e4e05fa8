/** Puts embeds into the text at the caret. */
import { Delta, type Embed } from "../delta.ts";
import { caret } from "../editing/range.ts";
import { deletion, typingAttributes } from "../editing/text.ts";
import { FORMULA } from "../../generated/schema.ts";
import type { How, Page } from "../page/page.ts";
import { ends } from "../editing/range.ts";
import { openEmbedAt } from "./view.ts";

/** Puts an embed in place of the selection, the caret behind it. Answers its offset; undefined when nothing may be put there. */
export function insertEmbed(page: Page, embed: Embed, how: How = {}): number | undefined {
  const { from, to } = ends(page.selection);
  const delta = deletion(page, from, to).compose(new Delta().retain(from).insert({ ...embed }, { ...typingAttributes(page) }));
  return page.edit(delta, { ...how, selection: caret(from + 1) }) ? from : undefined;
}

/** Puts a formula at the caret, made of what is selected, and opens the field in which it is written. */
export function insertFormula(page: Page, how: How = {}): boolean {
  const { from, to } = ends(page.selection);
  const at = insertEmbed(page, { [FORMULA]: page.lines.text(from, to).replaceAll(/\s+/g, " ").trim() }, how);
  const position = at === undefined ? undefined : page.positionOf(at);
  if (position !== undefined) openEmbedAt(page.view, position);
  return at !== undefined;
}

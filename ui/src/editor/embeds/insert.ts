/** Puts embeds into the text at the caret. */
import { Delta, type Embed } from "../delta.ts";
import { caret, ends, newline } from "../editing/range.ts";
import { deletion, typingAttributes } from "../editing/text.ts";
import { CONTENTS, FORMULA } from "../../generated/schema.ts";
import type { How, Page } from "../page/page.ts";
import { cellOf } from "../lines/table.ts";
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

/** Puts a table of contents into a line of its own: the caret's, if it is empty, else one after it. */
export function insertContents(page: Page, how: How = {}): boolean {
  const { line, start } = page.lines.at(page.selection.head);
  if (cellOf(line) !== null) return false;
  const embed = { [CONTENTS]: true };
  if (line.width === 0) return page.edit(new Delta().retain(start).insert(embed), { ...how, selection: caret(start + 1) });
  const end = start + line.length;
  const delta = new Delta().retain(end);
  if (!line.ends) delta.insert("\n", newline(page, ""));
  return page.edit(delta.insert(embed).insert("\n", newline(page, "")), { ...how, selection: caret(end + (line.ends ? 1 : 2)) });
}

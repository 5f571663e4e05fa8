/** Puts copied lines into the text: one edit, ids of their own, kinds where they make sense. */
import { FOOTNOTE } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { newNote } from "../footnotes/footnotes.ts";
import { referenceIn } from "../footnotes/notes.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import type { How, Page } from "../page/page.ts";
import { choiceOn } from "../editing/cells.ts";
import { takesMarks } from "../editing/marks.ts";
import { caret, ends, formatted, newline } from "../editing/range.ts";
import { deletion } from "../editing/text.ts";
import { isOneUrl } from "../links/url.ts";
import { type Copied, insertRuns } from "./lines.ts";
import { readPlain } from "./read.ts";
import { fillChosen, fillTable, hasCells, isIntoCell, joined, pasteTable } from "./tables.ts";

/** Pastes lines over the selection. */
export function pasteLines(page: Page, pasted: readonly Copied[], how: How = {}): boolean {
  const copied = withNotesOfItsOwn(page, pasted);
  const chosen = choiceOn(page);
  if (chosen !== undefined) return fillChosen(page, chosen, copied, how);
  const { from, to } = ends(page.selection);
  const intoCell = isIntoCell(page, from);
  // Into a cell come cells, or words: not what stands around a table as well, which would have no place.
  if (hasCells(copied) && !(intoCell && copied.some(({ block }) => readBlock(block).cell === null))) {
    if (from !== to) page.edit(deletion(page, from, to), { selection: caret(from), joins: "paste over a selection" });
    const also = from === to ? how : { ...how, joins: "paste over a selection" };
    return intoCell ? fillTable(page, copied, also) : pasteTable(page, copied, also);
  }
  if (intoCell) return pasteIntoCell(page, copied, from, to, how);
  const { delta, length } = pasting(page, copied, from, to);
  return page.edit(delta, { ...how, selection: caret(from + length) });
}

/** A copy of a footnote is another footnote, so that a change of the one is none of the other; what was cut stays the note it was. */
function withNotesOfItsOwn(page: Page, copied: readonly Copied[]): readonly Copied[] {
  const pasted = new Set(copied.flatMap(({ block }) => readBlock(block).note ?? []));
  if (pasted.size === 0) return copied;
  const present = new Set([...page.lines.between()].flatMap(({ block }) => readBlock(block).note ?? []));
  const fresh = new Map([...pasted].filter((id) => present.has(id)).map((id) => [id, newNote(page)] as const));
  return copied.map(({ block, runs }) => ({
    block: changeBlock(block, { note: fresh.get(readBlock(block).note ?? "") ?? readBlock(block).note }),
    runs: runs.map((run) => {
      const id = fresh.get(referenceIn(run) ?? "");
      return id === undefined ? run : { ...run, embed: { [FOOTNOTE]: id } };
    }),
  }));
}

/** Words into a cell: its line stays the one it is. */
function pasteIntoCell(page: Page, copied: readonly Copied[], from: number, to: number, how: How): boolean {
  const insert = new Delta();
  insertRuns(insert, joined(copied));
  const delta = deletion(page, from, to).compose(new Delta().retain(from).concat(insert));
  return page.edit(delta, { ...how, selection: caret(from + insert.length()) });
}

/** Pastes plain text. In code its lines become code. */
export function pastePlain(page: Page, text: string): boolean {
  const { line } = page.lines.at(ends(page.selection).from);
  return pasteLines(page, readPlain(text, readBlock(line.block).kind === "code" ? line.block : ""));
}

/** A pasted address on selected words makes them a link, as far as they are no code. Answers false when it is something else. */
export function pasteLink(page: Page, text: string): boolean {
  const { selection } = page;
  if (selection.anchor === selection.head || !isOneUrl(text)) return false;
  return page.edit(formatted(page.lines, selection, { link: text.trim() }, takesMarks), { selection });
}

function pasting(page: Page, copied: readonly Copied[], from: number, to: number): { delta: Delta; length: number } {
  const { lines } = page;
  const first = lines.at(from);
  const last = lines.at(to);
  const isCode = readBlock(first.line.block).kind === "code";
  const before = from > first.start;
  const after = to < last.start + last.line.width;
  const insert = new Delta();
  for (const [nth, { block, runs }] of copied.entries()) {
    insertRuns(insert, isCode ? runs.map((run) => ({ text: run.text })) : runs);
    if (nth === copied.length - 1) break;
    const own = isCode || (nth === 0 && before) ? first.line.block : block;
    insert.insert("\n", newline(page, own));
  }
  const delta = deletion(page, from, to).compose(new Delta().retain(from).concat(insert));
  return {
    delta: delta.compose(kindOfLast(page, delta, copied, from + insert.length(), before && copied.length === 1, after, isCode)),
    length: insert.length(),
  };
}

/** The line that the paste ends in becomes what was pasted last, unless words of another line stand in it. */
function kindOfLast(
  page: Page,
  delta: Delta,
  copied: readonly Copied[],
  end: number,
  before: boolean,
  after: boolean,
  isCode: boolean,
): Delta {
  const block = copied.at(-1)?.block ?? "";
  if (before || after || isCode || (copied.length === 1 && block === "")) return new Delta();
  const { line, start } = page.lines.apply(delta).lines.at(end);
  const close = new Delta().retain(start + line.width);
  if (!line.ends) return line.width > 0 || block !== "" ? close.insert("\n", newline(page, block)) : new Delta();
  return line.block === block ? new Delta() : close.retain(1, { block: block === "" ? null : block });
}

/** Whether a plain text looks as if somebody had written Markdown. */
export function looksLikeMarkdown(text: string): boolean {
  const lines = text.split(/\r?\n/);
  const signs = lines.filter((line) => /^(#{1,6} \S|[-*+] \S|\d+[.)] \S|> |```|- \[[ xX]\] |(\*\*\*|---|___)\s*$)/.test(line)).length;
  if (lines.some((line, nth) => nth > 0 && isTableRule(line))) return true;
  const inline = /\*\*[^*\n]+\*\*|\[[^\]\n]+\]\([^)\s]+\)|`[^`\n]+`/.test(text);
  return signs >= 2 || (signs === 1 && (inline || lines.length <= 2)) || (inline && /\*\*[^*\n]+\*\*|\]\(/.test(text));
}

/** `| --- | :-: |`: what stands below a table's header. */
function isTableRule(line: string): boolean {
  return line.includes("|") && /^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$/.test(line);
}

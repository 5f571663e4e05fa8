/**
 * Lines as others read them: HTML with real nested lists, and plain text that looks like the document. The HTML carries the Delta besides, so that
 * another Sheaf page loses nothing. (Markdown is written by the core, for files and for the clipboard alike.)
 */
import type { Attributes } from "../delta.ts";
import type { Align, Callout } from "../../generated/schema.ts";
import { type Block, headingLevel, isList, readBlock } from "../lines/block.ts";
import { isAttachment, saysCaption } from "../lines/caption.ts";
import { calloutOf, isSameQuote } from "../lines/callout.ts";
import { isSameCode } from "../lines/code.ts";
import { escapeHtml } from "./escape.ts";
import { htmlOfEmbed, textOfEmbed } from "../embeds/kinds.ts";
import { directionOfText } from "../lines/direction.ts";
import { SOFT_BREAK, type Run } from "../lines/line.ts";
import { type EditorWords, WORDS } from "../words.ts";
import { safeUrl } from "../links/url.ts";
import { referenceIn } from "../footnotes/notes.ts";
import { type Copied, deltaOf } from "./lines.ts";
import { mailed, penned } from "./mail.ts";
import { alignsOf, gridOf } from "./tables.ts";

/** HTML for e-mail, office programs and other Sheaf pages. */
export function toHtml(copied: readonly Copied[], words: EditorWords = WORDS): string {
  const data = escapeHtml(JSON.stringify({ ops: deltaOf(copied).ops }));
  return `<div data-sheaf="${data}">${mailed(toPlainHtml(copied, words))}</div>`;
}

/** The same without our own data: what a person would paste elsewhere. */
export function toPlainHtml(copied: readonly Copied[], words: EditorWords = WORDS): string {
  const numbers = numbersOf(copied);
  const html = blocks(counted(copied, numbers), 0, { words, numbers });
  // Nothing that people wrote can look like this: it is escaped.
  return html.replaceAll(CONTENTS_HTML, () => `<span class="contents">${headingsOf(copied)}</span>`);
}

/** What a table of contents is written as before its headings are put in. */
const CONTENTS_HTML = '<span class="contents"></span>';

/** What is the same for all lines that are written together. */
interface Whole {
  readonly words: EditorWords;
  /** The footnotes' numbers by their ids. */
  readonly numbers: ReadonlyMap<string, number>;
}

function numbersOf(copied: readonly Copied[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const run of copied.flatMap(({ runs }) => runs)) {
    const id = referenceIn(run);
    if (id !== undefined && !numbers.has(id)) numbers.set(id, numbers.size + 1);
  }
  return numbers;
}

/** The lines with the number of each reference at it. */
function counted(copied: readonly Copied[], numbers: ReadonlyMap<string, number>): readonly Copied[] {
  if (numbers.size === 0) return copied;
  const numbered = (run: Run): Run => {
    const id = referenceIn(run);
    return id === undefined ? run : { ...run, attributes: { ...run.attributes, nth: numbers.get(id) ?? 0 } };
  };
  return copied.map(({ block, runs }) => ({ block, runs: runs.map(numbered) }));
}

/** The words of the headings, one below the other, deeper ones further in. */
function headingsOf(copied: readonly Copied[]): string {
  const headings = copied.map(({ block, runs }) => ({ level: headingLevel(readBlock(block).kind), text: textOf(runs) }));
  const shown = headings.filter(({ level, text }) => level > 0 && text.trim() !== "");
  const least = Math.min(...shown.map(({ level }) => level));
  return shown.map(({ level, text }) => "&emsp;".repeat(level - least) + escapeHtml(text).replaceAll(SOFT_BREAK, " ")).join("<br>");
}

function blocks(copied: readonly Copied[], quote: number, whole: Whole, note: string | null = null): string {
  let html = "";
  for (let i = 0; i < copied.length;) {
    const line = copied[i];
    if (line === undefined) break;
    const block = readBlock(line.block);
    let end = i + 1;
    if (block.cell !== null) {
      end = endOfTable(copied, i);
      html += tableOf(copied.slice(i, end));
    } else if (block.note !== note && block.note !== null) {
      while (end < copied.length && readBlock(copied[end]?.block ?? "").note === block.note) end++;
      html += noteBox(block.note, blocks(copied.slice(i, end), quote, whole, block.note), whole);
    } else if (block.quote > quote) {
      while (end < copied.length && goesOn(copied, end, quote)) end++;
      const callout = quote === 0 ? calloutOf(block) : null;
      const inner = blocks(copied.slice(i, end), quote + 1, whole, note);
      html += callout === null ? `<blockquote>${inner}</blockquote>` : calloutBox(callout, whole.words, inner);
    } else if (isList(block.kind)) {
      while (end < copied.length && isItem(copied[end], quote)) end++;
      html += list(copied.slice(i, end));
    } else if (block.kind === "code") {
      while (end < copied.length && isSameCode(block, readBlock(copied[end]?.block ?? ""))) end++;
      const code = copied.slice(i, end).map(({ runs }) => escapeHtml(textOf(runs)));
      html += `<pre><code${block.language === null ? "" : ` class="language-${escapeHtml(block.language)}"`}>${code.join("\n")}</code></pre>`;
    } else if (block.kind === "p" && isFigure(copied, i)) {
      const caption = copied[end++]?.runs ?? [];
      html += `<figure>${inline(line.runs)}<figcaption${wayOf(caption)}>${inline(caption)}</figcaption></figure>`;
    } else html += one(block, line.runs, copied.length === 1);
    i = end;
  }
  return html;
}

/** Whether the line at an index is an image or a file with its caption below. */
function isFigure(copied: readonly Copied[], at: number): boolean {
  const [here, below] = [copied[at], copied[at + 1]];
  if (here === undefined || below === undefined || !isAttachment(here) || !saysCaption(below)) return false;
  return readBlock(here.block).quote === readBlock(below.block).quote;
}

/** Whether the line at an index goes on in the quote, so deep in others, of the line above. */
function goesOn(copied: readonly Copied[], at: number, quote: number): boolean {
  const [above, here] = [readBlock(copied[at - 1]?.block ?? ""), readBlock(copied[at]?.block ?? "")];
  return here.quote > quote && (quote > 0 || isSameQuote(above, here));
}

/** With its title as words: where it is pasted, nothing draws one. */
function calloutBox(sort: Callout, words: EditorWords, inner: string): string {
  const title = words.blocks[sort]?.title ?? sort;
  return `<blockquote class="callout ${sort}"><p class="callout-title"><strong>${escapeHtml(title)}</strong></p>${inner}</blockquote>`;
}

/** A footnote's lines, with the number that its reference has. */
function noteBox(id: string, inner: string, { numbers }: Whole): string {
  return `<div id="note-${id}" class="footnote" role="doc-footnote"><sup>${numbers.get(id) ?? "–"}</sup> ${inner}</div>`;
}

/** Where the table that begins at an index ends. */
function endOfTable(copied: readonly Copied[], from: number): number {
  const id = readBlock(copied[from]?.block ?? "").cell?.table;
  let end = from + 1;
  while (end < copied.length && readBlock(copied[end]?.block ?? "").cell?.table === id) end++;
  return end;
}

function tableOf(copied: readonly Copied[]): string {
  const isHead = headsOf(copied);
  const grid = gridOf(copied);
  const way = wayOf(grid.flat(2));
  // What a mail's cells say of the side (see mail.ts) is for tables that run from left to right.
  const usual = way === "" ? "" : ' align="right"';
  const sides = alignsOf(copied).map((align) => (align === null ? usual : ` align="${sideOf(align, way !== "")}"`));
  const rows = grid.map((cells, row) => {
    const [open, close] = isHead[row] === true ? ['<th scope="col"', "</th>"] : ["<td", "</td>"];
    return `<tr>${cells.map((runs, column) => `${open}${sides[column]}>${inline(runs)}${close}`).join("")}</tr>`;
  });
  return `<table${way}>${rows.join("")}</table>`;
}

/** The side that others call it: most know no start and no end. */
function sideOf(align: Align, isMirrored: boolean): string {
  return align === "center" ? align : (align === "start") === isMirrored ? "right" : "left";
}

/** Which rows are headers, in their order. */
function headsOf(copied: readonly Copied[]): boolean[] {
  const heads = new Map<string, boolean>();
  for (const { block } of copied) {
    const { cell, head } = readBlock(block);
    if (cell !== null && !heads.has(cell.row)) heads.set(cell.row, head);
  }
  return [...heads.values()];
}

function isItem(line: Copied | undefined, quote: number): boolean {
  const block = readBlock(line?.block ?? "");
  return isList(block.kind) && block.quote === quote;
}

function one(block: Block, runs: readonly Run[], isAlone: boolean): string {
  const level = headingLevel(block.kind);
  const dir = wayOf(runs);
  if (level > 0) return `<h${level}${dir}>${inline(runs)}</h${level}>`;
  if (block.kind === "divider") return `<hr>${runs.length === 0 ? "" : `<p${dir}>${inline(runs)}</p>`}`;
  return isAlone && block.kind === "p" ? `<span${dir}>${inline(runs)}</span>` : `<p${dir}>${inline(runs)}</p>`;
}

/** Says that a line runs from right to left; the other way needs no word. */
function wayOf(runs: readonly Run[]): string {
  return directionOfText(textOf(runs)) === "rtl" ? ' dir="rtl"' : "";
}

/** Nested lists: an item deeper than the one before opens a list inside it. */
function list(items: readonly Copied[]): string {
  let html = "";
  const open: string[] = [];
  const depths: number[] = [];
  const close = (): void => {
    html += `</li></${open.pop() ?? "ul"}>`;
    depths.pop();
  };
  for (const { block: spelled, runs } of items) {
    const block = readBlock(spelled);
    const tag = block.kind === "ol" ? "ol" : "ul";
    while (depths.length > 0 && (depths.at(-1) ?? 0) > block.indent) close();
    if (depths.at(-1) === block.indent && (open.at(-1) !== tag || block.start)) close();
    if (depths.length === 0 || (depths.at(-1) ?? 0) < block.indent) {
      html +=
        tag === "ol" && block.number !== null && block.number !== 1
          ? `<ol${wayOf(runs)} start="${block.number}">`
          : `<${tag}${wayOf(runs)}>`;
      open.push(tag);
      depths.push(block.indent);
    } else html += "</li>";
    const check = block.kind === "task" ? `<input type="checkbox" disabled${block.done ? " checked" : ""}> ` : "";
    html += `<li${wayOf(runs)}>${check}${inline(runs)}`;
  }
  while (open.length > 0) close();
  return html;
}

const TAGS: ReadonlyArray<readonly [string, string]> = [
  ["code", "code"],
  ["strike", "s"],
  ["italic", "em"],
  ["bold", "strong"],
  ["underline", "u"],
  ["background", "mark"],
];

function inline(runs: readonly Run[]): string {
  return runs
    .map((run) => {
      const words =
        run.embed === undefined
          ? escapeHtml(run.text).split(SOFT_BREAK).join("<br>")
          : (htmlOfEmbed(run) ?? `<code>${escapeHtml(textOfEmbed(run))}</code>`);
      return marked(words, run.attributes);
    })
    .join("");
}

function marked(words: string, attributes: Attributes | undefined): string {
  let html = words;
  for (const [key, tag] of TAGS) {
    const value = attributes?.[key];
    if (value !== undefined) html = `<${tag}${tag === "mark" ? ` style="${penned(value)}"` : ""}>${html}</${tag}>`;
  }
  const href = typeof attributes?.["link"] === "string" ? safeUrl(attributes["link"]) : undefined;
  return href === undefined ? html : `<a href="${escapeHtml(href)}">${html}</a>`;
}

/** Plain text: what a person would type to say the same. */
export function toPlain(copied: readonly Copied[]): string {
  if (copied.length === 1)
    return textOf(copied[0]?.runs ?? [])
      .split(SOFT_BREAK)
      .join("\n");
  const numbers: number[] = [];
  const parts: string[] = [];
  for (let i = 0; i < copied.length; i++) {
    const { block, runs } = copied[i] as Copied;
    if (readBlock(block).cell === null) parts.push(prefix(readBlock(block), numbers) + textOf(runs).split(SOFT_BREAK).join("\n"));
    else {
      const end = endOfTable(copied, i);
      // A spreadsheet ends a cell at a tab and a row at a line's end.
      const words = (cell: readonly Run[]): string => textOf(cell).replaceAll(/[\t\u2028]/g, " ");
      parts.push(...gridOf(copied.slice(i, end)).map((cells) => cells.map(words).join("\t")));
      i = end - 1;
    }
  }
  return parts.join("\n");
}

/** What stands before a line's words in plain text. */
function prefix(block: Block, numbers: number[]): string {
  const indent = "  ".repeat(isList(block.kind) ? block.indent : 0);
  if (!isList(block.kind)) numbers.length = 0;
  else numbers.length = Math.min(numbers.length, block.indent + 1);
  if (block.kind === "ul") return `${indent}- `;
  if (block.kind === "task") return `${indent}- [${block.done ? "x" : " "}] `;
  if (block.kind === "ol") {
    const number = numbers[block.indent] === undefined ? (block.number ?? 1) : (numbers[block.indent] ?? 0) + 1;
    numbers[block.indent] = number;
    return `${indent}${number}. `;
  }
  return "";
}

function textOf(runs: readonly Run[]): string {
  return runs.map((run) => (run.embed === undefined ? run.text : textOfEmbed(run))).join("");
}

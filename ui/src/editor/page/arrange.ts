/**
 * Numbers ordered lists, gives bullets their shape by depth, finds where runs of code and quotation begin and end and what is a caption, and lays out tables. Looks at the lines that changed
 * and at what is mounted of the run around them, never at the document. What it finds is written on the elements; nothing of it is in the text.
 */
import type { EditorView } from "prosemirror-view";
import { type Block, isList, readBlock } from "../lines/block.ts";
import { figureAt, isAttachment, saysCaption } from "../lines/caption.ts";
import { calloutOf, isSameQuote } from "../lines/callout.ts";
import { isSameCode } from "../lines/code.ts";
import { directionAt } from "../lines/direction.ts";
import type { Lines } from "../lines/lines.ts";
import { type Counters, Numbering, count } from "../lines/numbering.ts";
import type { Arrangement, LineElement } from "./lineview.ts";
import type { Mounted } from "./project.ts";
import { layTables } from "./tables.ts";

const BULLETS = ["•", "◦", "▪"];

/** The numbers of lists, of whatever page. */
export const numbering = new Numbering();

/** Arranges the lines [from, to) of the text, their neighbours and what is numbered after them, as far as they are mounted. */
export function arrange(view: EditorView, lines: Lines, mounted: Mounted, from: number, to: number): void {
  const end = Math.min(mounted.to, lines.count);
  layTables(view, lines, mounted, Math.max(from, mounted.from), Math.min(to, end));
  const first = Math.max(mounted.from, from - 1);
  // What changed above reaches down into what is mounted only along a list.
  if (first >= end || (to < mounted.from && !numbering.isOneList(lines, Math.max(0, to - 1), mounted.from))) return;
  const counters = numbering.before(lines, first);
  const blocks = blocksFrom(lines, first, end + 1);
  let before = first > 0 ? readBlock(lines.line(first - 1).block) : undefined;
  let block = blocks.next().value;
  for (let index = first; index < end && block !== undefined; index++) {
    if (index > to && !isList(block.kind)) break;
    const after = blocks.next().value;
    const element = view.dom.children[index - mounted.from] as LineElement | undefined;
    element?.sheafLine?.arrange(edges(block, before, after, markerOf(block, counters)));
    element?.sheafLine?.run(directionAt(lines, index));
    if (element !== undefined) layCaption(lines, index, element);
    before = block;
    block = after;
  }
}

/** Draws a caption as one, and ties an image or a file to the caption below it, for those who have both read out. */
function layCaption(lines: Lines, index: number, element: LineElement): void {
  const line = lines.line(index);
  element.sheafLine?.caption(saysCaption(line) && figureAt(lines, index) !== undefined);
  if (!isAttachment(line)) return;
  const below = element.nextElementSibling as LineElement | null;
  const isBelow = index + 1 < lines.count && saysCaption(lines.line(index + 1));
  const caption = isBelow ? below?.sheafLine?.caption(true) : undefined;
  const attachment = element.querySelector("[data-embed]");
  if (caption === undefined) attachment?.removeAttribute("aria-describedby");
  else attachment?.setAttribute("aria-describedby", caption);
}

function* blocksFrom(lines: Lines, from: number, to: number): Generator<Block, undefined> {
  for (const line of lines.between(from, Math.min(to, lines.count))) yield readBlock(line.block);
  return undefined;
}

/** What stands before a list line. `counters` holds the number reached at each depth. */
function markerOf(block: Block, counters: Counters): string {
  const number = count(block, counters);
  if (block.kind === "ul") return BULLETS[block.indent % BULLETS.length] ?? "•";
  return number === 0 ? "" : `${numeral(number, block.indent)}.`;
}

/** 1, a, i by depth, then again. */
export function numeral(number: number, depth: number): string {
  if (depth % 3 === 1) return letters(number);
  if (depth % 3 === 2) return roman(number);
  return String(number);
}

function letters(number: number): string {
  let left = number;
  let result = "";
  while (left > 0) {
    left -= 1;
    result = String.fromCharCode(97 + (left % 26)) + result;
    left = Math.floor(left / 26);
  }
  return result === "" ? "0" : result;
}

function roman(number: number): string {
  if (number <= 0 || number > 3999) return String(number);
  const signs: ReadonlyArray<readonly [number, string]> = [
    [1000, "m"],
    [900, "cm"],
    [500, "d"],
    [400, "cd"],
    [100, "c"],
    [90, "xc"],
    [50, "l"],
    [40, "xl"],
    [10, "x"],
    [9, "ix"],
    [5, "v"],
    [4, "iv"],
    [1, "i"],
  ];
  let left = number;
  let result = "";
  for (const [value, sign] of signs) {
    while (left >= value) {
      result += sign;
      left -= value;
    }
  }
  return result;
}

function edges(block: Block, before: Block | undefined, after: Block | undefined, marker: string): Arrangement {
  const isCode = block.kind === "code";
  const isSame = isCode ? isSameCode : isSameQuote;
  const first = before === undefined || !isSame(before, block);
  const last = after === undefined || !isSame(block, after);
  const isRun = isCode || block.quote > 0;
  return { marker, first: isRun && first, last: isRun && last, callout: calloutEdges(block, before, after) };
}

function calloutEdges(block: Block, before: Block | undefined, after: Block | undefined): Arrangement["callout"] {
  if (calloutOf(block) === null) return undefined;
  return { first: before === undefined || !isSameQuote(before, block), last: after === undefined || !isSameQuote(block, after) };
}

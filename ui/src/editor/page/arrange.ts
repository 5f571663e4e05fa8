/**
 * Numbers ordered lists, gives bullets their shape by depth, finds where runs of code and quotation begin and end, and lays out tables. Looks at the lines that changed
 * and at the run around them, never at the document. What it finds is written on the elements; nothing of it is in the text.
 */
import type { EditorView } from "prosemirror-view";
import { type Block, isList, readBlock } from "../lines/block.ts";
import { calloutOf, isSameQuote } from "../lines/callout.ts";
import type { Lines } from "../lines/lines.ts";
import type { Arrangement, LineElement } from "./lineview.ts";
import type { Mounted } from "./project.ts";
import { layTables } from "./tables.ts";

const BULLETS = ["•", "◦", "▪"];

/** Arranges the lines [from, to) of the text and the runs they stand in, as far as they are mounted. */
export function arrange(view: EditorView, lines: Lines, mounted: Mounted, from: number, to: number): void {
  layTables(view, lines, mounted, from, to);
  let first = Math.max(0, Math.min(from, lines.count - 1));
  while (first > 0 && isRun(lines, first - 1)) first--;
  let last = Math.min(to, lines.count);
  while (last < lines.count && isRun(lines, last)) last++;
  const counters: number[] = [];
  let before = first > 0 ? readBlock(lines.line(first - 1).block) : undefined;
  let index = first;
  const blocks = [...lines.between(first, Math.min(last + 1, lines.count))].map((line) => readBlock(line.block));
  for (const [nth, block] of blocks.entries()) {
    if (index >= last) break;
    const marker = markerOf(block, counters);
    const after = blocks[nth + 1];
    if (index >= mounted.from && index < mounted.to) {
      const element = view.dom.children[index - mounted.from] as LineElement | undefined;
      element?.sheafLine?.arrange(edges(block, before, after, marker));
    }
    before = block;
    index++;
  }
}

function isRun(lines: Lines, index: number): boolean {
  const block = readBlock(lines.line(index).block);
  return isList(block.kind) || block.kind === "code" || block.quote > 0;
}

/** What stands before a list line. `counters` holds the number reached at each depth. */
function markerOf(block: Block, counters: number[]): string {
  if (!isList(block.kind)) {
    counters.length = 0;
    return "";
  }
  counters.length = Math.min(counters.length, block.indent + 1);
  if (block.kind === "ul") {
    counters[block.indent] = 0;
    return BULLETS[block.indent % BULLETS.length] ?? "•";
  }
  if (block.kind === "task") {
    counters[block.indent] = 0;
    return "";
  }
  const begins = block.start || (counters[block.indent] ?? 0) === 0;
  const number = begins ? (block.number ?? 1) : (counters[block.indent] ?? 0) + 1;
  counters[block.indent] = number;
  return `${numeral(number, block.indent)}.`;
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

function isSameCode(above: Block, below: Block): boolean {
  return !below.start && above.kind === "code" && below.kind === "code";
}

function calloutEdges(block: Block, before: Block | undefined, after: Block | undefined): Arrangement["callout"] {
  if (calloutOf(block) === null) return undefined;
  return { first: before === undefined || !isSameQuote(before, block), last: after === undefined || !isSameQuote(block, after) };
}

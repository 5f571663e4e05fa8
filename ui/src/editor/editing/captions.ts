/** Adding a caption below an image or a file. What is written into it is a line like any other. */
import { Delta } from "../delta.ts";
import { changeBlock, isList, readBlock } from "../lines/block.ts";
import { figureAt, isAttachment } from "../lines/caption.ts";
import type { Page } from "../page/page.ts";
import { caret, ends, newline } from "./range.ts";

/** Whether what stands at an offset can have a caption. */
export function mayHaveCaption(page: Page, offset: number): boolean {
  return page.editable && isAttachment(page.lines.at(offset).line);
}

/** Puts the caret into the caption of what stands at an offset, and makes one where there is none. Answers false where there can be none. */
export function addCaption(page: Page, offset: number): boolean {
  if (!mayHaveCaption(page, offset)) return false;
  const { lines } = page;
  const { line, start, index } = lines.at(offset);
  const end = start + line.width;
  const figure = figureAt(lines, index);
  if (figure !== undefined && figure.to > index + 1) {
    page.select(caret(lines.startOf(index + 1) + lines.line(index + 1).width));
    return true;
  }
  const { kind, indent, quote, callout, note } = readBlock(line.block);
  // A caption below a list's item is a part of that item.
  const block = changeBlock("", { caption: true, indent: indent + (isList(kind) ? 1 : 0), quote, callout, note });
  const delta = line.ends ? new Delta().retain(end + 1) : new Delta().retain(end).insert("\n", newline(page, line.block));
  return page.edit(delta.insert("\n", newline(page, block)), { selection: caret(end + 1) });
}

/** The same of what the caret is at: of an image or a file in its line, or right above its empty one. */
export function captionHere(page: Page): boolean {
  const { from } = ends(page.selection);
  const { line, start } = page.lines.at(from);
  return addCaption(page, line.width === 0 ? Math.max(0, start - 1) : from);
}

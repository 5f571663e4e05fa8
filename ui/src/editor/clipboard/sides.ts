/**
 * Where the words of a foreign table's columns stand. Elsewhere every cell says it for itself, spreadsheets of every number; a column says it when all of
 * its cells that have words agree. The header is not asked: it is centred in many places.
 */
import type { Align } from "../../generated/schema.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { directionOfText } from "../lines/direction.ts";
import type { Copied } from "./lines.ts";

/** What the cells of one table say. */
export class Sides {
  private readonly said = new Map<string, Align>();
  private readonly isMirrored: boolean;

  constructor(table: HTMLTableElement) {
    const way = table.closest("[dir]")?.getAttribute("dir")?.toLowerCase();
    this.isMirrored = (way === "rtl" || way === "ltr" ? way : directionOfText(table.textContent)) === "rtl";
  }

  /** Takes note of a cell that is no header. */
  see(cell: HTMLTableCellElement, column: string): void {
    if (cell.textContent.trim() === "") return;
    const align = this.alignOf(cell);
    // Where two differ, words begin where they do anyway.
    this.said.set(column, (this.said.get(column) ?? align) === align ? align : "start");
  }

  /** A line of the table, saying where the words of its column stand, if that is elsewhere than at the start. */
  aligned(line: Copied): Copied {
    const align = this.said.get(readBlock(line.block).cell?.column ?? "");
    return align === undefined || align === "start" ? line : { ...line, block: changeBlock(line.block, { align }) };
  }

  private alignOf(cell: HTMLTableCellElement): Align {
    const side = sideOf(cell);
    if (side === "center" || side === "end") return side;
    return side === (this.isMirrored ? "left" : "right") ? "end" : "start";
  }
}

/** What a cell says, or a paragraph that all of it is. */
function sideOf(cell: HTMLElement): string {
  const own = cell.style.textAlign || cell.getAttribute("align")?.toLowerCase() || "";
  const only = cell.children.length === 1 ? cell.firstElementChild : null;
  return own === "" && only !== null && "style" in only ? sideOf(only as HTMLElement) : own;
}

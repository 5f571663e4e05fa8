/** Choosing cells with the mouse: a drag from one cell into another, or a press with Shift on another. Inside one cell words are selected as everywhere. */
import type { EditorView } from "prosemirror-view";
import { choiceOn, chooseCells, leaveCells } from "../editing/cells.ts";
import { here } from "../editing/tables.ts";
import type { At } from "../lines/cells.ts";
import { type Table, spotOf, tableAt } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import { geometryOf } from "../page/tables.ts";
import { cellAt } from "./place.ts";

/** So far above or below a table the drag has left it, and selects words again. */
const BEYOND_PX = 12;

/** Where a drag began. */
interface Begun {
  readonly element: Element;
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** The mouse on the cells of one page. */
export class Reaching {
  private begun: Begun | undefined;
  private after: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
  ) {
    // Before ProseMirror, whose own selection with Shift would go over the lines between.
    view.dom.addEventListener("mousedown", this.onDown, true);
  }

  /** Takes no presses any more. */
  stop(): void {
    this.end();
    clearTimeout(this.after);
    this.view.dom.removeEventListener("mousedown", this.onDown, true);
  }

  private readonly onDown = (event: MouseEvent): void => {
    this.end();
    if (event.button !== 0 || !(event.target instanceof Element) || event.target.closest("button, [role=checkbox], .embed")) return;
    const element = event.target.closest(".cell");
    const found = element === null ? undefined : this.find(element, event);
    if (element === null || found === undefined) return;
    if (event.shiftKey && this.extend(found.table, found.at)) {
      event.preventDefault();
      event.stopPropagation();
      this.view.focus();
      return;
    }
    const { table, at } = found;
    this.begun = { element, table: table.id, row: table.rows[at.row]?.id ?? "", column: table.columns[at.column]?.id ?? "" };
    addEventListener("mousemove", this.onMove, true);
    addEventListener("mouseup", this.onUp, true);
    addEventListener("dragstart", this.onDragStart, true);
  };

  /** Selected words are dragged by themselves. Chromium would take them along from beside them, too: there it is the cell that is meant. */
  private readonly onDragStart = (event: DragEvent): void => {
    const { clientX: x, clientY: y } = event;
    const range = this.view.dom.ownerDocument.getSelection()?.getRangeAt(0);
    const isOn = [...(range?.getClientRects() ?? [])].some(
      ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
    );
    if (isOn) this.end();
    else event.preventDefault();
  };

  /** A press with Shift on another cell of the table with the caret. */
  private extend(table: Table, to: At): boolean {
    const { page } = this;
    const from = choiceOn(page) ?? here(page);
    if (from?.table.id !== table.id || from.table.from !== table.from) return false;
    const anchor = "anchor" in from ? from.anchor : spotOf(table, page.lines.at(page.selection.anchor).index);
    if (anchor === undefined || (page.selection.cells === undefined && anchor.row === to.row && anchor.column === to.column)) return false;
    return chooseCells(page, table, anchor, to);
  }

  private readonly onMove = (event: MouseEvent): void => {
    const { page, begun } = this;
    if (begun === undefined || event.buttons === 0) return this.end();
    const found = this.find(begun.element, event);
    if (found === undefined) return;
    const { table, at, isBeyond } = found;
    const anchor = {
      row: table.rows.findIndex(({ id }) => id === begun.row),
      column: table.columns.findIndex(({ id }) => id === begun.column),
    };
    // Others took the row or column away.
    if (table.id !== begun.table || anchor.row < 0 || anchor.column < 0) return this.end();
    if (isBeyond) {
      if (page.isDraggedOver) this.release();
      return;
    }
    const { head } = choiceOn(page) ?? {};
    if (!page.isDraggedOver && at.row === anchor.row && at.column === anchor.column) return;
    page.isDraggedOver = true;
    if (head?.row !== at.row || head.column !== at.column) chooseCells(page, table, anchor, at);
    this.collapse();
  };

  private readonly onUp = (): void => {
    const wasOver = this.page.isDraggedOver;
    this.stopListening();
    if (!wasOver) return this.end();
    // The browser sets the selection of this very event a moment later.
    this.after = setTimeout(() => {
      this.collapse();
      this.after = setTimeout(() => this.end(), 0);
    }, 0);
  };

  /** The table at a line's element, and the cell at the pointer. */
  private find(element: Element, { clientX: x, clientY: y }: MouseEvent): { table: Table; at: At; isBeyond: boolean } | undefined {
    const { page, view } = this;
    // Its line may have been drawn anew, or have gone out of the window.
    const own = element.isConnected ? element : (document.elementFromPoint(x, y)?.closest(".cell") ?? undefined);
    const index = [...view.dom.children].findIndex((child) => child === own);
    const table = index < 0 ? undefined : tableAt(page.lines, page.mounted.from + index);
    const geometry = own === undefined ? undefined : geometryOf(own);
    if (table === undefined || geometry === undefined) return undefined;
    return { table, at: cellAt(geometry, x, y), isBeyond: y < geometry.top - BEYOND_PX || y > geometry.bottom + BEYOND_PX };
  }

  /** What the browser selected of the text goes back to the caret that waits. */
  private collapse(): void {
    const { page, view } = this;
    const position = page.positionOf(page.selection.head);
    if (position === undefined) return;
    const { node, offset } = view.domAtPos(position);
    view.dom.ownerDocument.getSelection()?.collapse(node, offset);
  }

  /** The drag left the table: from now on it selects words. */
  private release(): void {
    this.page.isDraggedOver = false;
    leaveCells(this.page);
  }

  private stopListening(): void {
    removeEventListener("mousemove", this.onMove, true);
    removeEventListener("mouseup", this.onUp, true);
    removeEventListener("dragstart", this.onDragStart, true);
  }

  private end(): void {
    this.stopListening();
    this.begun = undefined;
    this.page.isDraggedOver = false;
  }
}

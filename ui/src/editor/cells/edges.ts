/**
 * What a table shows to the mouse: a handle at the edge of the row and of the column under the pointer, which chooses it and opens its menu, and an edge
 * between two columns that can be dragged. All of it lies beside the text, never in it, and goes when somebody writes. Keys have the same in the table's
 * menu (Alt+Enter).
 */
import type { EditorView } from "prosemirror-view";
import { choiceOn, chooseCells } from "../editing/cells.ts";
import { caret } from "../editing/range.ts";
import type { Choice } from "../lines/cells.ts";
import { type Table, tableAt } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import { type TableGeometry, geometryOf } from "../page/tables.ts";
import type { Box } from "../screen.ts";
import type { EditorWords } from "../words.ts";
import { Widths } from "./widths.ts";

/** How large handles are, and how wide an edge is to take hold of. */
const SIZE_PX = 24;
/** So much of them lies outside of the table, where no words are. */
const OUTSIDE_PX = 18;
/** So much of an edge lies before it: behind it words begin sooner than they end before it. */
const BEFORE_EDGE_PX = 16;

/** The handles of the tables of one page. */
export class Edges {
  private readonly layer = element("div", "sheaf-cells");
  private readonly row = handle("row-handle");
  private readonly column = handle("column-handle");
  private readonly edge = element("div", "column-edge");
  private readonly widths: Widths;
  private readonly area: HTMLElement;
  /** A line of the table under the pointer, and the places there that are meant. */
  private at: { readonly line: Element; readonly row: number | undefined; readonly column: number } | undefined;
  private pointer = { x: 0, y: 0 };
  private frame: number | undefined;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    scroller: HTMLElement | undefined,
    private readonly words: () => EditorWords,
    private readonly menu: (axis: "row" | "column", box: Box) => void,
  ) {
    this.area = scroller ?? view.dom;
    this.layer.append(this.row, this.column, this.edge);
    view.dom.before(this.layer);
    this.widths = new Widths(page, this.edge, () => this.pressedThrough());
    for (const axis of ["row", "column"] as const) {
      // The focus, and the selection, stay in the text.
      this[axis].addEventListener("mousedown", (event) => event.preventDefault());
      this[axis].addEventListener("click", (event) => this.clicked(axis, event));
    }
    this.hide();
    this.area.addEventListener("pointermove", this.onPointer);
    this.area.addEventListener("pointerleave", this.onLeave);
  }

  /** Who writes does not see them. */
  keyPressed(): void {
    if (!this.widths.isDragging) this.hide();
  }

  /** The text changed: what is seen stands where it belongs now, or goes. */
  follow(): void {
    if (this.at !== undefined && !this.widths.isDragging) this.hovered();
  }

  /** Takes them away. */
  stop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.area.removeEventListener("pointermove", this.onPointer);
    this.area.removeEventListener("pointerleave", this.onLeave);
    this.widths.cancel();
    this.layer.remove();
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0) return;
    this.pointer = { x: event.clientX, y: event.clientY };
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.hovered();
    });
  };

  private readonly onLeave = (): void => {
    if (!this.widths.isDragging) this.hide();
  };

  private hovered(): void {
    const { page, view, pointer, widths } = this;
    if (widths.isDragging) return;
    const under = document.elementFromPoint(pointer.x, pointer.y);
    const isOwn = under !== null && this.layer.contains(under);
    const own = isOwn ? this.at?.line : (under?.closest(".cell") ?? undefined);
    const geometry = own === undefined || !view.dom.contains(own) ? undefined : geometryOf(own);
    if (own === undefined || geometry === undefined || !page.editable) return this.hide();
    this.stand(own, geometry);
  }

  private stand(line: Element, geometry: TableGeometry): void {
    const { x, y } = this.pointer;
    const row = [...geometry.rows].find(([, { top, bottom }]) => y >= top && y <= bottom)?.[0];
    const column = geometry.columns.findIndex(({ left, right }) => x >= left && x <= right);
    this.at = { line, row, column };
    const home = this.layer.getBoundingClientRect();
    const rows = row === undefined ? undefined : geometry.rows.get(row);
    const columns = geometry.columns[column];
    const [first, last] = geometry.isMirrored
      ? [geometry.columns.at(-1), geometry.columns[0]]
      : [geometry.columns[0], geometry.columns.at(-1)];
    this.row.hidden = rows === undefined;
    if (rows !== undefined && first !== undefined && last !== undefined) {
      const left = geometry.isMirrored ? last.right - SIZE_PX + OUTSIDE_PX : first.left - OUTSIDE_PX;
      put(this.row, { left: left - home.left, top: (rows.top + rows.bottom - SIZE_PX) / 2 - home.top });
      this.row.classList.toggle("at-right", geometry.isMirrored);
    }
    this.column.hidden = columns === undefined;
    if (columns !== undefined)
      put(this.column, { left: (columns.left + columns.right - SIZE_PX) / 2 - home.left, top: geometry.top - OUTSIDE_PX - home.top });
    this.name();
    this.standEdge(line, geometry, home);
  }

  /** The edge that the pointer is at, if it is at one that is between two columns. */
  private standEdge(line: Element, geometry: TableGeometry, home: DOMRect): void {
    const { x, y } = this.pointer;
    const before = geometry.isMirrored ? SIZE_PX - BEFORE_EDGE_PX : BEFORE_EDGE_PX;
    const edgeOf = (column: number): number | undefined => geometry.columns[column]?.[geometry.isMirrored ? "left" : "right"];
    const column = geometry.columns.findIndex((_column, nth) => {
      const edge = nth === geometry.columns.length - 1 ? undefined : edgeOf(nth);
      return edge !== undefined && x >= edge - before && x < edge - before + SIZE_PX;
    });
    const edge = edgeOf(column);
    this.edge.hidden = edge === undefined || y < geometry.top || y > geometry.bottom;
    if (edge === undefined) return;
    put(this.edge, { left: edge - before - home.left, top: geometry.top - home.top, height: geometry.bottom - geometry.top });
    this.edge.style.setProperty("--at", `${before}px`);
    this.widths.standAt(line, column);
  }

  private name(): void {
    for (const [button, name] of [
      [this.row, this.words().row],
      [this.column, this.words().column],
    ] as const) {
      if (button.title === name) continue;
      button.title = name;
      button.setAttribute("aria-label", name);
    }
  }

  private hide(): void {
    this.at = undefined;
    for (const one of [this.row, this.column, this.edge]) one.hidden = true;
  }

  /** A press that dragged nothing was meant for the text below. */
  private pressedThrough(): void {
    const { page, view, pointer } = this;
    this.hide();
    const at = view.posAtCoords({ left: pointer.x, top: pointer.y });
    if (at !== null) page.select(caret(page.offsetOf(at.pos)), false);
    view.focus();
  }

  /** Chooses the row or column, more of them with Shift, and shows what can be done to it. */
  private clicked(axis: "row" | "column", event: MouseEvent): void {
    const { page, view, at } = this;
    const index = at === undefined ? -1 : [...view.dom.children].indexOf(at.line);
    const table = index < 0 ? undefined : tableAt(page.lines, page.mounted.from + index);
    const place = at?.[axis];
    if (table === undefined || place === undefined || place < 0) return;
    view.focus();
    const choice = choiceOn(page);
    const mine = choice !== undefined && choice.table.id === table.id && isAlong(choice, axis) ? choice : undefined;
    const isAmong = mine?.[axis === "row" ? "rows" : "columns"].includes(place) === true;
    if (!isAmong) this.choose(table, axis, event.shiftKey && mine !== undefined ? mine.anchor[axis] : place, place);
    const { left, right, top, bottom } = this[axis].getBoundingClientRect();
    if (!event.shiftKey) this.menu(axis, { left, right, top, bottom });
  }

  private choose(table: Table, axis: "row" | "column", from: number, to: number): void {
    const [rows, columns] = [table.rows.length - 1, table.columns.length - 1];
    if (axis === "row") chooseCells(this.page, table, { row: from, column: 0 }, { row: to, column: columns });
    else chooseCells(this.page, table, { row: 0, column: from }, { row: rows, column: to });
  }
}

/** Whether what is chosen is whole rows, or whole columns. */
function isAlong({ table, rows, columns }: Choice, axis: "row" | "column"): boolean {
  return axis === "row" ? columns.length === table.columns.length : rows.length === table.rows.length;
}

function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function handle(name: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `cell-handle ${name}`;
  button.tabIndex = -1;
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-keyshortcuts", "Alt+Enter");
  return button;
}

function put(one: HTMLElement, styles: Readonly<Record<string, number>>): void {
  for (const [name, px] of Object.entries(styles)) one.style.setProperty(name, `${Math.round(px)}px`);
}

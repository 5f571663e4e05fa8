/**
 * Gives the lines of a table their places on the screen. Every line has an element of its own, in the order of the text; a table's lines flow at the
 * table's top without a height and are moved from there to their row and column (docs/decisions/0012-tables.md). How high a row is, the lines
 * themselves tell, before anything is painted.
 */
import type { EditorView } from "prosemirror-view";
import type { Align } from "../../generated/schema.ts";
import { readBlock } from "../lines/block.ts";
import { directionAt } from "../lines/direction.ts";
import type { Lines } from "../lines/lines.ts";
import { type Table, USUAL_WIDTH, tableAt } from "../lines/table.ts";
import { FRAME, type LineElement, type LineView } from "./lineview.ts";
import type { Mounted } from "./project.ts";

/** Free space above and below a table. */
const AROUND_PX = 10;
/** An empty cell is as high as a line of text and what is around it. */
const LEAST_ROW_PX = 40;

/** A line of the table that is mounted, and where it belongs. */
interface Standing {
  readonly view: LineView;
  readonly row: number;
  readonly column: number;
  /** Whether more lines of its cell follow. */
  readonly goesOn: boolean;
  /** How many list items the line lies inside of. */
  readonly indent: number;
}

/** Where a table stands in the window, in its pixels. */
export interface TableGeometry {
  readonly table: Table;
  /** The first column stands at the right. */
  readonly isMirrored: boolean;
  readonly top: number;
  readonly bottom: number;
  readonly columns: ReadonlyArray<{ readonly left: number; readonly right: number }>;
  /** By their places; of a table that is cut by the window's edge, those that are mounted. */
  readonly rows: ReadonlyMap<number, { readonly top: number; readonly bottom: number }>;
}

/** Where the table of a line's element stands. */
export function geometryOf(line: Element): TableGeometry | undefined {
  return laid.get(line)?.geometry();
}

/** Shows the table of a line's element with columns of other widths, by their ids; without any, as the text says. The text is not changed. */
export function previewWidths(line: Element, widths?: ReadonlyMap<string, number>): void {
  laid.get(line)?.preview(widths);
}

/** The tables of one page, by the element of each line. */
const laid = new WeakMap<Element, TableLayout>();

/** Lays out the tables that the lines [from, to) and their neighbours are parts of. */
export function layTables(view: EditorView, lines: Lines, mounted: Mounted, from: number, to: number): void {
  let index = Math.max(0, from - 1);
  while (index < Math.min(to + 1, lines.count)) {
    const table = tableAt(lines, index);
    if (table !== undefined) lay(view, table, lines, mounted);
    index = table === undefined ? index + 1 : table.to;
  }
}

function lay(view: EditorView, table: Table, lines: Lines, mounted: Mounted): void {
  const standing: Standing[] = [];
  for (const [row, { cells }] of table.rows.entries()) {
    for (const [column, { id }] of table.columns.entries()) {
      const indexes = (cells.get(id) ?? []).filter((at) => at >= mounted.from && at < mounted.to);
      for (const at of indexes) {
        const element = view.dom.children[at - mounted.from] as LineElement | undefined;
        if (element?.sheafLine?.isCell === true)
          standing.push({
            view: element.sheafLine,
            row,
            column,
            goesOn: at !== indexes.at(-1),
            indent: readBlock(lines.line(at).block).indent,
          });
      }
    }
  }
  const first = view.dom.children[Math.max(table.from, mounted.from) - mounted.from] as LineElement | undefined;
  const last = view.dom.children[Math.min(table.to, mounted.to) - 1 - mounted.from] as LineElement | undefined;
  if (first?.sheafLine === undefined || last?.sheafLine === undefined || standing.length === 0) return;
  const ids = [...lines.between(table.from, table.to)].map(({ id }) => id).join();
  const present = laid.get(first);
  const layout = new TableLayout(table, standing, first.sheafLine, last.sheafLine, ids, directionAt(lines, table.from) === "rtl");
  if (present?.isSameAs(layout) === true) return;
  layout.settle();
}

/** How one table is laid out. */
class TableLayout {
  private readonly shape: string;
  /** How many list items the whole table lies inside of: what all of its lines do. */
  private readonly inside: number;
  /** In hundredths of the page's width. */
  private columns: ReadonlyArray<{ readonly left: number; readonly width: number }>;
  /** From above, in pixels. */
  private rows = new Map<number, { readonly top: number; readonly height: number }>();

  constructor(
    private readonly table: Table,
    private readonly standing: readonly Standing[],
    private readonly first: LineView,
    private readonly last: LineView,
    ids: string,
    /** The first column stands at the right. */
    private readonly isMirrored: boolean,
  ) {
    this.shape = JSON.stringify([
      ids,
      table.columns,
      table.rows.map(({ id, head, cells }) => [id, head, [...cells]]),
      table.from,
      isMirrored,
    ]);
    this.inside = Math.min(...standing.map(({ indent }) => indent));
    this.columns = this.columnsWith(undefined);
  }

  private columnsWith(others: ReadonlyMap<string, number> | undefined): typeof this.columns {
    const widths = this.table.columns.map(({ id, width }) => others?.get(id) ?? width ?? USUAL_WIDTH);
    const all = widths.reduce((sum, width) => sum + width, 0);
    let left = 0;
    return widths.map((width) => {
      const column = { left: (100 * (this.isMirrored ? all - left - width : left)) / all, width: (100 * width) / all };
      left += width;
      return column;
    });
  }

  /** Stands as it would with columns of these widths. */
  preview(widths: ReadonlyMap<string, number> | undefined): void {
    this.columns = this.columnsWith(widths);
    this.settle();
  }

  /** Where it stands in the window. */
  geometry(): TableGeometry | undefined {
    const one = this.standing.find(({ view }) => view.dom.isConnected);
    const own = this.columns[one?.column ?? 0];
    if (one === undefined || own === undefined) return undefined;
    const rect = one.view.dom.getBoundingClientRect();
    const all = (100 * rect.width) / own.width;
    const left = rect.left - (all * own.left) / 100;
    const above = rect.top - Number.parseFloat(one.view.dom.style.top);
    const rows = new Map([...this.rows].map(([row, { top, height }]) => [row, { top: above + top, bottom: above + top + height }]));
    const tops = [...rows.values()];
    return {
      table: this.table,
      isMirrored: this.isMirrored,
      top: Math.min(...tops.map(({ top }) => top)),
      bottom: Math.max(...tops.map(({ bottom }) => bottom)),
      columns: this.columns.map((column) => ({
        left: left + (all * column.left) / 100,
        right: left + (all * (column.left + column.width)) / 100,
      })),
      rows,
    };
  }

  /** Whether the same elements would stand at the same places. */
  isSameAs(other: TableLayout): boolean {
    const [mine, theirs] = [this.standing, other.standing];
    return (
      this.shape === other.shape &&
      mine.length === theirs.length &&
      mine.every(({ view, indent }, nth) => view === theirs[nth]?.view && indent === theirs[nth].indent)
    );
  }

  /** Puts the lines into their places, and again whenever one of them grows or shrinks. */
  settle(): void {
    for (const { view, row, column, indent } of this.standing) {
      if (view !== this.first) dropFrame(view.dom);
      laid.set(view.dom, this);
      laid.set(view.contentDOM, this);
      view.stand({ role: this.table.rows[row]?.head === true ? "columnheader" : "cell", row, column });
      const { left, width } = this.columns[column] ?? { left: 0, width: 100 };
      const align = sideOf(this.table.columns[column]?.align, this.isMirrored);
      write(view.dom, {
        left: this.within(left, true),
        width: this.within(width, false),
        "text-align": align,
        "--indent": `${indent - this.inside}`,
      });
      growth?.observe(view.contentDOM);
    }
    this.place();
  }

  /** A part of the table's width, or a place in it, as CSS. A table in a list stands as far in as its items. */
  private within(percent: number, isPlace: boolean): string {
    if (this.inside === 0) return `${percent}%`;
    const step = `${this.inside} * var(--step-in)`;
    const part = `(100% - ${step}) * ${percent / 100}`;
    return isPlace && !this.isMirrored ? `calc(${step} + ${part})` : `calc(${part})`;
  }

  /** Works out the rows' heights and moves every line to its row. */
  place(): void {
    const heights = this.standing.map(({ view }) => view.contentDOM.offsetHeight);
    const cells = new Map<string, number>();
    const rows = new Map<number, number>();
    for (const [nth, { row, column }] of this.standing.entries()) {
      const key = `${row} ${column}`;
      const height = (cells.get(key) ?? 0) + (heights[nth] ?? 0);
      cells.set(key, height);
      rows.set(row, Math.max(rows.get(row) ?? LEAST_ROW_PX, height));
    }
    const tops = new Map<number, number>();
    let bottom = AROUND_PX;
    for (const row of [...rows.keys()].sort((a, b) => a - b)) {
      tops.set(row, bottom);
      bottom += rows.get(row) ?? 0;
    }
    this.rows = new Map([...tops].map(([row, top]) => [row, { top, height: rows.get(row) ?? 0 }]));
    this.move(heights, tops, rows, bottom + AROUND_PX);
    this.frame(tops, rows);
  }

  private move(heights: readonly number[], tops: ReadonlyMap<number, number>, rows: ReadonlyMap<number, number>, all: number): void {
    let above = 0;
    for (const [nth, { view, row, column, goesOn }] of this.standing.entries()) {
      const before = this.standing[nth - 1];
      above = before?.row === row && before.column === column ? above + (heights[nth - 1] ?? 0) : 0;
      const height = goesOn ? (heights[nth] ?? 0) : (rows.get(row) ?? 0) - above;
      const after = view === this.last ? all - height : -height;
      write(view.dom, { top: `${(tops.get(row) ?? 0) + above}px`, height: `${height}px`, "margin-bottom": `${after}px` });
      view.dom.classList.toggle("goes-on", goesOn);
      view.dom.classList.toggle("more", above > 0);
    }
  }

  /** What no line draws: cells that are missing, and who is a row. It hangs on the table's first line and is moved with it. */
  private frame(tops: ReadonlyMap<number, number>, rows: ReadonlyMap<number, number>): void {
    const home = this.standing.find(({ view }) => view === this.first);
    const own = this.columns[home?.column ?? 0];
    if (home === undefined || own === undefined) return;
    const frame = document.createElement("span");
    frame.className = FRAME;
    frame.contentEditable = "false";
    const roles = document.createElement("span");
    roles.setAttribute("role", "table");
    roles.setAttribute("aria-rowcount", String(this.table.rows.length));
    roles.setAttribute("aria-colcount", String(this.table.columns.length));
    for (const row of tops.keys()) roles.append(this.rowOf(row));
    frame.append(roles, this.button(home, tops.get(home.row) ?? 0));
    for (const [row, top] of tops) {
      for (const [column, { left, width }] of this.columns.entries()) {
        if (this.standing.some((one) => one.row === row && one.column === column)) continue;
        const hole = document.createElement("span");
        hole.className = "hole";
        hole.dataset["row"] = String(row);
        hole.dataset["column"] = String(column);
        write(hole, {
          top: `${top - (tops.get(home.row) ?? 0)}px`,
          height: `${rows.get(row) ?? 0}px`,
          left: `${(100 * (left - own.left)) / own.width}%`,
          width: `${(100 * width) / own.width}%`,
        });
        frame.append(hole);
      }
    }
    const present = frameOf(this.first.dom);
    keepMarks(present, frame);
    if (present?.isEqualNode(frame) === true) return;
    present?.remove();
    this.first.dom.append(frame);
  }

  /** What the mouse opens the table's menu with; the key is the text's own (Alt+Enter), so that Tab stays the way to the next cell. */
  private button(home: Standing, top: number): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table-button";
    button.tabIndex = -1;
    const name = this.first.dom.closest<HTMLElement>("[data-table-menu]")?.dataset["tableMenu"] ?? "";
    button.setAttribute("aria-label", name);
    button.setAttribute("aria-keyshortcuts", "Alt+Enter");
    button.title = `${name} (Alt+Enter)`;
    const own = this.columns[home.column] ?? { left: 0, width: 100 };
    write(button, { top: `${AROUND_PX - top}px`, left: `${(100 * (100 - own.left)) / own.width}%` });
    return button;
  }

  private rowOf(row: number): HTMLElement {
    const element = document.createElement("span");
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", String(row + 1));
    const cells = this.standing.filter((one) => one.row === row).map(({ view }) => view.dom.id);
    element.setAttribute("aria-owns", cells.join(" "));
    return element;
  }
}

/** Tells a table when one of its lines became higher or lower; before the picture is painted. */
const growth =
  typeof ResizeObserver === "undefined"
    ? undefined
    : new ResizeObserver((entries) => {
        const grown = new Set<TableLayout>();
        for (const { target } of entries) {
          const layout = laid.get(target);
          if (!target.isConnected) growth?.unobserve(target);
          else if (layout !== undefined) grown.add(layout);
        }
        for (const layout of grown) layout.place();
      });

/** On which side a column's words stand. It is the table's start and end, whichever way the words of a cell run. */
function sideOf(align: Align | null | undefined, isMirrored: boolean): string {
  if (align === null || align === undefined || align === "center") return align ?? "";
  return (align === "start") === isMirrored ? "right" : "left";
}

function frameOf(element: Element): Element | undefined {
  return [...element.children].find((child) => child.classList.contains(FRAME));
}

/** Missing cells that are chosen are drawn so by others (../cells), and stay so when the frame is made anew. */
function keepMarks(from: Element | undefined, to: Element): void {
  const holes = [...to.querySelectorAll<HTMLElement>(".hole")];
  for (const marked of from?.querySelectorAll<HTMLElement>(".hole[data-chosen-cell]") ?? []) {
    const { row, column, chosenCell } = marked.dataset;
    const hole = holes.find(({ dataset }) => dataset["row"] === row && dataset["column"] === column);
    if (hole !== undefined && chosenCell !== undefined) hole.dataset["chosenCell"] = chosenCell;
  }
}

function dropFrame(element: Element): void {
  frameOf(element)?.remove();
}

function write(element: HTMLElement, styles: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(styles)) {
    if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
  }
}

/**
 * Cells taken hold of, as the editor sees it: a rectangle of them drawn and told, the mouse and the keys that choose them, the handles beside rows and
 * columns, the edges between columns. What is chosen is a part of the page's selection and kept there (../lines/cells.ts).
 */
import { keepChoice, choiceOn } from "../editing/cells.ts";
import { here } from "../editing/tables.ts";
import { cellOf } from "../lines/table.ts";
import { type Choice } from "../lines/cells.ts";
import { directionAt } from "../lines/direction.ts";
import { COLUMN_ITEMS, ROW_ITEMS, TABLE_ITEMS, runInTable } from "../menus/table.ts";
import type { Page } from "../page/page.ts";
import type { Box } from "../screen.ts";
import type { EditorWords } from "../words.ts";
import { Edges } from "./edges.ts";
import { handleCellKey } from "./keys.ts";
import { Reaching } from "./reaching.ts";

/** How much is chosen, for those who do not see it; nothing of both when no cell is any more. */
export interface CellsTold {
  readonly rows: number;
  readonly columns: number;
}

/** What the menu of rows and columns offers, by the ids of what is done: of rows, of columns, of the table; and where it belongs. */
export interface CellMenuAsked {
  readonly groups: ReadonlyArray<readonly string[]>;
  /** How many rows and columns it would be done to. */
  readonly rows: number;
  readonly columns: number;
  readonly box: Box;
}

/** What is told of cells. */
export interface CellsListener {
  told(event: CellsTold): void;
  menu(asked: CellMenuAsked): void;
}

/** What grows while somebody drags, or holds a key, is told when it has come to rest. */
const REST_MS = 250;
const NONE: CellsTold = { rows: 0, columns: 0 };

/** Cells on one page. */
export class Cells {
  private readonly drawn = new Set<HTMLElement>();
  private last = NONE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private edges: Edges | undefined;
  private reaching: Reaching | undefined;

  constructor(
    private readonly page: Page,
    private readonly listener: CellsListener,
  ) {}

  /** Whether cells are chosen. */
  get isActive(): boolean {
    return this.page.selection.cells !== undefined;
  }

  /** Where the chosen cells stand on the screen, as far as they are mounted; undefined when none is. */
  get box(): Box | undefined {
    if (this.drawn.size === 0) return undefined;
    const boxes = [...this.drawn].map((element) => element.getBoundingClientRect());
    return {
      left: Math.min(...boxes.map(({ left }) => left)),
      right: Math.max(...boxes.map(({ right }) => right)),
      top: Math.min(...boxes.map(({ top }) => top)),
      bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
    };
  }

  /** Takes the mouse, and puts the handles beside the text. */
  mount(scroller: HTMLElement | undefined, words: () => EditorWords): void {
    const { page } = this;
    if (page.view === undefined) return;
    this.reaching = new Reaching(page, page.view);
    this.edges = new Edges(page, page.view, scroller, words, (axis, box) => this.ask([axis === "row" ? ROW_ITEMS : COLUMN_ITEMS], box));
  }

  /** A key. Answers true when it was about cells; `name` is the key's. */
  key(name: string, event: KeyboardEvent): boolean {
    this.edges?.keyPressed();
    return handleCellKey(this.page, () => this.openMenu(), name, event);
  }

  /** Does what the menu offers. */
  run(id: string): boolean {
    return runInTable(this.page, id);
  }

  /** Others changed the text, or I did. */
  textChanged(): void {
    keepChoice(this.page);
    this.draw();
    this.edges?.follow();
  }

  /** The selection went somewhere. */
  selectionChanged(): void {
    if (this.isActive || this.drawn.size > 0) this.draw();
    this.tell();
  }

  /** Lines came onto the screen. */
  mounted(): void {
    if (this.isActive) this.draw();
  }

  /** Nothing is drawn any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.edges?.stop();
    this.reaching?.stop();
  }

  private offered(items: readonly string[]): readonly string[] {
    const choice = choiceOn(this.page);
    const [isEveryRow, isEveryColumn] = [
      choice?.rows.length === choice?.table.rows.length,
      choice?.columns.length === choice?.table.columns.length,
    ];
    // All together go nowhere.
    return items.filter((id) => !(isEveryRow && MOVES_ROW.has(id)) && !(isEveryColumn && MOVES_COLUMN.has(id)));
  }

  private ask(groups: ReadonlyArray<readonly string[]>, box: Box): void {
    const { rows, columns } = here(this.page) ?? { rows: [], columns: [] };
    this.listener.menu({ groups: groups.map((items) => this.offered(items)), rows: rows.length, columns: columns.length, box });
  }

  private openMenu(): boolean {
    const { page } = this;
    const { box } = this;
    if (box !== undefined && page.editable) this.ask([ROW_ITEMS, COLUMN_ITEMS, TABLE_ITEMS], box);
    return true;
  }

  /** Draws what is chosen on the cells that are mounted, and the rectangle's edge around them. */
  private draw(): void {
    const { view } = this.page;
    const choice = choiceOn(this.page);
    const now = new Map<HTMLElement, string>();
    if (view !== undefined && choice !== undefined) for (const [element, edges] of this.elements(choice)) now.set(element, edges);
    for (const element of this.drawn) if (!now.has(element)) delete element.dataset["chosenCell"];
    this.drawn.clear();
    for (const [element, edges] of now) {
      if (element.dataset["chosenCell"] !== edges) element.dataset["chosenCell"] = edges;
      this.drawn.add(element);
    }
    view?.dom.classList.toggle("has-cells", choice !== undefined);
  }

  /** The elements of the chosen cells that are mounted, with the sides at which the rectangle ends. */
  private *elements(choice: Choice): IterableIterator<[HTMLElement, string]> {
    const { lines, mounted, view } = this.page;
    const { table, cells } = choice;
    const [rows, columns] = [new Set(cells.rows), new Set(cells.columns)];
    const isMirrored = directionAt(lines, table.from) === "rtl";
    const sides = (row: number, column: number): string => sidesOf(choice, row, column, isMirrored);
    const placeOf = (all: ReadonlyArray<{ readonly id: string }>, id: string): number => all.findIndex((one) => one.id === id);
    for (let index = Math.max(table.from, mounted.from); index < Math.min(table.to, mounted.to); index++) {
      const cell = cellOf(lines.line(index));
      const element = view?.dom.children[index - mounted.from];
      if (!(element instanceof HTMLElement)) continue;
      for (const hole of element.querySelectorAll<HTMLElement>(".hole")) {
        const [row, column] = [Number(hole.dataset["row"]), Number(hole.dataset["column"])];
        if (choice.rows.includes(row) && choice.columns.includes(column)) yield [hole, sides(row, column)];
      }
      if (cell !== null && rows.has(cell.row) && columns.has(cell.column))
        yield [element, sides(placeOf(table.rows, cell.row), placeOf(table.columns, cell.column))];
    }
  }

  private tell(): void {
    const choice = choiceOn(this.page);
    const now = choice === undefined ? NONE : { rows: choice.rows.length, columns: choice.columns.length };
    clearTimeout(this.timer);
    if (now.rows === this.last.rows && now.columns === this.last.columns) return;
    const tell = (): void => {
      this.last = now;
      this.listener.told(now);
    };
    if (choice === undefined) tell();
    else this.timer = setTimeout(tell, REST_MS);
  }
}

const MOVES_ROW: ReadonlySet<string> = new Set(["rowUp", "rowDown"]);
const MOVES_COLUMN: ReadonlySet<string> = new Set(["columnToLeft", "columnToRight"]);

function sidesOf({ rows, columns }: Choice, row: number, column: number, isMirrored: boolean): string {
  const [before, after] = isMirrored ? ["right", "left"] : ["left", "right"];
  const sides: string[] = [];
  if (!rows.includes(row - 1)) sides.push("top");
  if (!rows.includes(row + 1)) sides.push("bottom");
  if (!columns.includes(column - 1)) sides.push(before);
  if (!columns.includes(column + 1)) sides.push(after);
  return sides.join(" ");
}

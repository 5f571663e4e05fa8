/**
 * Dragging the edge between two columns: what one gets the other gives, so that the rest of the table stays. While it is dragged the page alone shows it;
 * letting go is one edit, Escape leaves everything as it was. Whose row or column goes meanwhile loses nothing by it.
 */
import { COLUMN_WIDTHS } from "../../generated/schema.ts";
import { type Follower, follow } from "../following.ts";
import { setWidths } from "../editing/tables.ts";
import { USUAL_WIDTH, tableAt } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import { geometryOf, previewWidths } from "../page/tables.ts";

/** The pointer moved so far while it was pressed: something is dragged, not pressed. */
const DRAG_PX = 3;
/** No column is made narrower: a word's beginning can be read. */
const NARROWEST_PX = 40;

/** The two columns whose edge was taken hold of, and how they were. */
interface Held {
  readonly line: Element;
  readonly x: number;
  readonly ids: readonly [string, string];
  /** Pixels of the window. */
  readonly px: readonly [number, number];
  /** Pixels for each unit of the widths that the text says, less than none where the table runs from the right. */
  readonly scale: number;
}

/** The widths of one page's columns. */
export class Widths implements Follower {
  /** An edge is being dragged. */
  isDragging = false;
  private at: { readonly line: Element; readonly column: number } | undefined;
  private held: Held | undefined;
  private now: ReadonlyMap<string, number> | undefined;
  private x = 0;
  private frame: number | undefined;
  private unfollow: (() => void) | undefined;

  constructor(
    private readonly page: Page,
    private readonly edge: HTMLElement,
    /** It was pressed, and not dragged. */
    private readonly pressed: () => void,
  ) {
    edge.addEventListener("pointerdown", (event) => this.press(event));
    // The focus, and the selection, stay in the text.
    edge.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** The edge stands behind a column, by its place, in the table of a line's element. */
  standAt(line: Element, column: number): void {
    this.at = { line, column };
  }

  private press(event: PointerEvent): void {
    const { at, page } = this;
    const geometry = at === undefined ? undefined : geometryOf(at.line);
    if (at === undefined || geometry === undefined || event.button !== 0 || !page.editable) return;
    const [one, other] = [at.column, at.column + 1];
    const [mine, next] = [geometry.table.columns[one], geometry.table.columns[other]];
    const px = [one, other].map((column) => (geometry.columns[column]?.right ?? 0) - (geometry.columns[column]?.left ?? 0));
    if (mine === undefined || next === undefined) return;
    const units = (mine.width ?? USUAL_WIDTH) + (next.width ?? USUAL_WIDTH);
    const scale = (((px[0] ?? 0) + (px[1] ?? 0)) / units) * (geometry.isMirrored ? -1 : 1);
    this.held = { line: at.line, x: event.clientX, ids: [mine.id, next.id], px: [px[0] ?? 0, px[1] ?? 0], scale };
    this.now = undefined;
    this.unfollow?.();
    this.unfollow = follow(this);
  }

  move(event: PointerEvent): void {
    if (this.held === undefined) return;
    this.x = event.clientX;
    if (!this.isDragging && Math.abs(this.x - this.held.x) < DRAG_PX) return;
    if (!this.isDragging) {
      this.isDragging = true;
      this.edge.classList.add("is-dragged");
      document.documentElement.classList.add("drags-edge");
    }
    event.preventDefault();
    this.frame ??= requestAnimationFrame(() => this.show());
  }

  up(event: PointerEvent): void {
    this.x = event.clientX;
    if (!this.isDragging) {
      this.end();
      this.pressed();
      return;
    }
    this.show();
    if (this.keep()) this.end();
    else this.cancel();
  }

  /** Shows the columns as they would be. */
  private show(): void {
    this.frame = undefined;
    const { held } = this;
    if (held === undefined || !this.isDragging) return;
    this.now = widthsAt(held, this.x);
    if (!held.line.isConnected) return;
    previewWidths(held.line, this.now);
    const { top, bottom } = geometryOf(held.line) ?? { top: 0, bottom: 0 };
    this.edge.style.height = `${bottom - top}px`;
    this.edge.style.setProperty("--moved", `${Math.round(movedBy(held, this.x) * Math.sign(held.scale))}px`);
  }

  /** Makes them so in the text. Answers false when that changed nothing, or others took one of the columns away. */
  private keep(): boolean {
    const { held, now, page } = this;
    const beside: Element[] = [...(held?.line.parentElement?.children ?? [])];
    const nth = held === undefined ? -1 : beside.indexOf(held.line);
    const table = nth < 0 ? undefined : tableAt(page.lines, page.mounted.from + nth);
    if (held === undefined || now === undefined || table === undefined) return false;
    const places = held.ids.map((id) => table.columns.findIndex((column) => column.id === id));
    if (places.some((place) => place < 0)) return false;
    return setWidths(page, table, new Map(places.map((place, one) => [place, now.get(held.ids[one] ?? "") ?? USUAL_WIDTH])));
  }

  /** Ends it; nothing is changed. */
  cancel(): void {
    const { held, isDragging } = this;
    this.end();
    if (isDragging && held?.line.isConnected === true) previewWidths(held.line);
  }

  private end(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.held = undefined;
    this.now = undefined;
    this.isDragging = false;
    this.edge.hidden = true;
    this.edge.classList.remove("is-dragged");
    this.edge.style.removeProperty("--moved");
    document.documentElement.classList.remove("drags-edge");
  }
}

/** How many pixels the first of the two columns gains. */
function movedBy({ x: from, px: [first, second], scale }: Held, x: number): number {
  const per = Math.abs(scale);
  const least = Math.min(Math.max(NARROWEST_PX, COLUMN_WIDTHS.least * per), (first + second) / 2);
  const most = Math.min(first + second - least, COLUMN_WIDTHS.most * per);
  return Math.max(least, Math.min(most, first + (x - from) * Math.sign(scale))) - first;
}

/** How wide both columns would be beside the others, by their ids. */
function widthsAt(held: Held, x: number): ReadonlyMap<string, number> {
  const { ids, px, scale } = held;
  const per = Math.abs(scale);
  const all = Math.round((px[0] + px[1]) / per);
  const first = Math.round((px[0] + movedBy(held, x)) / per);
  return new Map([
    [ids[0], first],
    [ids[1], all - first],
  ]);
}

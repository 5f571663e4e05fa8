/** Where cells stand on the screen: which one is at a place of the window, and how one is brought into view. */
import type { At } from "../lines/cells.ts";
import { type Table, linesAt } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import type { TableGeometry } from "../page/tables.ts";

/** The cell at a place of the window; beside the table, the one next to it. */
export function cellAt({ rows, columns }: TableGeometry, x: number, y: number): At {
  const row = closest(
    [...rows].map(([place, { top, bottom }]) => ({ place, from: top, to: bottom })),
    y,
  );
  return {
    row,
    column: closest(
      columns.map(({ left, right }, place) => ({ place, from: left, to: right })),
      x,
    ),
  };
}

function closest(all: ReadonlyArray<{ place: number; from: number; to: number }>, at: number): number {
  const far = ({ from, to }: { from: number; to: number }): number => Math.max(from - at, at - to, 0);
  return all.reduce((best, one) => (far(one) < far(best) ? one : best), all[0] ?? { place: 0, from: 0, to: 0 }).place;
}

/** Brings a cell into view, mounting its line when it is not; one that is missing shows as its neighbour does. */
export function showCell(page: Page, table: Table, { row, column }: At): void {
  const index = linesAt(table, row, column)[0] ?? [...(table.rows[row]?.cells.values() ?? [])].flat()[0];
  const { view } = page;
  if (index === undefined || view === undefined) return;
  page.mountAround(page.lines.startOf(index));
  view.dom.children[index - page.mounted.from]?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

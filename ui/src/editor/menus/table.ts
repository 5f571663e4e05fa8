/** What the menu offers inside a table: rows, columns, the header. Opened as the insert menu is, by `/` or by the table's button. */
import { addColumn, addRow, alignColumn, deleteColumn, deleteRow, deleteTable, toggleHeader, widenColumn } from "../editing/tables.ts";
import { chooseAll } from "../editing/cells.ts";
import { duplicateColumn, duplicateRow, moveColumn, moveRow, moveTable } from "../editing/rows.ts";
import type { Page } from "../page/page.ts";
import type { SlashItem } from "./slash.ts";

const ACTIONS: Readonly<Record<string, (page: Page) => boolean>> = {
  rowBelow: (page) => addRow(page, 1),
  rowAbove: (page) => addRow(page, -1),
  columnRight: (page) => addColumn(page, 1),
  columnLeft: (page) => addColumn(page, -1),
  rowUp: (page) => moveRow(page, -1),
  rowDown: (page) => moveRow(page, 1),
  columnToLeft: (page) => moveColumn(page, -1),
  columnToRight: (page) => moveColumn(page, 1),
  tableUp: (page) => moveTable(page, -1),
  tableDown: (page) => moveTable(page, 1),
  duplicateRow,
  duplicateColumn,
  header: toggleHeader,
  wider: (page) => widenColumn(page, 1),
  narrower: (page) => widenColumn(page, -1),
  alignStart: (page) => alignColumn(page, "start"),
  alignCentre: (page) => alignColumn(page, "center"),
  alignEnd: (page) => alignColumn(page, "end"),
  chooseRow: (page) => chooseAll(page, "row"),
  chooseColumn: (page) => chooseAll(page, "column"),
  chooseTable: (page) => chooseAll(page, "table"),
  deleteRow,
  deleteColumn,
  deleteTable,
};

/** What can be done to a table. */
export const IN_TABLE: readonly SlashItem[] = [
  { id: "rowBelow", group: "table", title: "Add row below", keywords: ["row", "insert"] },
  { id: "rowAbove", group: "table", title: "Add row above", keywords: ["row", "insert"] },
  { id: "columnRight", group: "table", title: "Add column right", keywords: ["column", "insert"] },
  { id: "columnLeft", group: "table", title: "Add column left", keywords: ["column", "insert"] },
  { id: "rowUp", group: "table", title: "Move row up", keywords: ["row"], shortcut: "Alt+Shift+↑" },
  { id: "rowDown", group: "table", title: "Move row down", keywords: ["row"], shortcut: "Alt+Shift+↓" },
  { id: "columnToLeft", group: "table", title: "Move column left", keywords: ["column"] },
  { id: "columnToRight", group: "table", title: "Move column right", keywords: ["column"] },
  { id: "duplicateRow", group: "table", title: "Duplicate row", keywords: ["row", "copy"], shortcut: "Ctrl+D" },
  { id: "duplicateColumn", group: "table", title: "Duplicate column", keywords: ["column", "copy"] },
  { id: "header", group: "table", title: "Header row on or off", keywords: ["title", "heading"] },
  { id: "wider", group: "table", title: "Wider column", keywords: ["column", "width"] },
  { id: "narrower", group: "table", title: "Narrower column", keywords: ["column", "width"] },
  { id: "alignStart", group: "table", title: "Align column at the start", keywords: ["column", "align", "left", "right"] },
  { id: "alignCentre", group: "table", title: "Centre column", keywords: ["column", "align", "center", "middle"] },
  { id: "alignEnd", group: "table", title: "Align column at the end", keywords: ["column", "align", "right", "left", "numbers"] },
  { id: "tableUp", group: "table", title: "Move table up", keywords: ["table"] },
  { id: "tableDown", group: "table", title: "Move table down", keywords: ["table"] },
  { id: "chooseRow", group: "table", title: "Select row", keywords: ["row"] },
  { id: "chooseColumn", group: "table", title: "Select column", keywords: ["column"] },
  { id: "chooseTable", group: "table", title: "Select table", keywords: ["table"] },
  { id: "deleteRow", group: "table", title: "Delete row", keywords: ["row", "remove"] },
  { id: "deleteColumn", group: "table", title: "Delete column", keywords: ["column", "remove"] },
  { id: "deleteTable", group: "table", title: "Delete table", keywords: ["remove"] },
];

/** What the handle of a row offers of it, and that of a column; and what else there is where cells are chosen. */
export const ROW_ITEMS: readonly string[] = ["rowAbove", "rowBelow", "rowUp", "rowDown", "duplicateRow", "header", "deleteRow"];
export const COLUMN_ITEMS: readonly string[] = [
  "columnLeft",
  "columnRight",
  "columnToLeft",
  "columnToRight",
  "duplicateColumn",
  "wider",
  "narrower",
  "alignStart",
  "alignCentre",
  "alignEnd",
  "deleteColumn",
];
export const TABLE_ITEMS: readonly string[] = ["chooseRow", "chooseColumn", "chooseTable", "deleteTable"];

/** Runs one of them. Answers false when it is none of them. */
export function runInTable(page: Page, id: string): boolean {
  const act = Object.hasOwn(ACTIONS, id) ? ACTIONS[id] : undefined;
  act?.(page);
  return act !== undefined;
}

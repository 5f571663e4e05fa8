/** The editor's commands by name: what the palette, the toolbar and menus run. Keys have their own table; both end in the same functions. */
import { indentAny, insertDivider, paragraphAfter, toggleQuote, toggleTask, turnLines } from "./editing/blocks.ts";
import { clearMarks, toggleMark } from "./editing/marks.ts";
import { selectAll } from "./editing/keys.ts";
import { insertTable } from "./editing/tables.ts";
import { lineBreak } from "./editing/text.ts";
import type { Page } from "./page/page.ts";

const COMMANDS = {
  bold: (page: Page) => toggleMark(page, "bold"),
  italic: (page: Page) => toggleMark(page, "italic"),
  underline: (page: Page) => toggleMark(page, "underline"),
  strike: (page: Page) => toggleMark(page, "strike"),
  code: (page: Page) => toggleMark(page, "code"),
  highlight: (page: Page) => toggleMark(page, "background", "yellow"),
  clearFormatting: clearMarks,
  paragraph: (page: Page) => turnLines(page, "p"),
  heading1: (page: Page) => turnLines(page, "h1"),
  heading2: (page: Page) => turnLines(page, "h2"),
  heading3: (page: Page) => turnLines(page, "h3"),
  heading4: (page: Page) => turnLines(page, "h4"),
  heading5: (page: Page) => turnLines(page, "h5"),
  heading6: (page: Page) => turnLines(page, "h6"),
  bulletList: (page: Page) => turnLines(page, "ul"),
  numberedList: (page: Page) => turnLines(page, "ol"),
  taskList: (page: Page) => turnLines(page, "task"),
  quote: toggleQuote,
  codeBlock: (page: Page) => turnLines(page, "code"),
  divider: (page: Page) => insertDivider(page),
  table: (page: Page) => insertTable(page),
  lineBreak,
  paragraphAfter,
  indent: (page: Page) => indentAny(page, 1),
  outdent: (page: Page) => indentAny(page, -1),
  toggleTask,
  selectAll,
} as const;

/** Commands that act on whole blocks (handle/blocks.ts). */
const BLOCK_COMMANDS = ["moveUp", "moveDown", "duplicate", "deleteBlocks", "blockMenu"] as const;

/** One of them. */
export type BlockCommand = (typeof BLOCK_COMMANDS)[number];

/** A command's name. */
export type CommandName = keyof typeof COMMANDS | "undo" | "redo" | "menuHere" | BlockCommand;

/** Runs a command of the page's. */
export function runOn(page: Page, name: keyof typeof COMMANDS): boolean {
  return COMMANDS[name](page);
}

/** Whether a name is a command on whole blocks. */
export function isBlockCommand(name: string): name is BlockCommand {
  return (BLOCK_COMMANDS as readonly string[]).includes(name);
}

/** Whether a name is a command of the page's. */
export function isPageCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

const OF_BROWSER: Readonly<Record<string, CommandName>> = {
  historyUndo: "undo",
  historyRedo: "redo",
  formatBold: "bold",
  formatItalic: "italic",
  formatUnderline: "underline",
  formatStrikeThrough: "strike",
};

/** What the browser's own menus ask for, by the type of its input event. */
export function commandOfBrowser(type: string): CommandName | undefined {
  return Object.hasOwn(OF_BROWSER, type) ? OF_BROWSER[type] : undefined;
}

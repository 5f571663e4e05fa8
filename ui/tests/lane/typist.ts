/**
 * Somebody at an editor: random typing, formatting, kinds, splits, joins, moves, tables and cells, embeds, copies, pastes, undo, through the real view and its commands,
 * and through ProseMirror's own transactions. What they do on purpose is in the ledger, noted where the view says what it did.
 */
import { Fragment, Slice } from "prosemirror-model";
import { Clipboard } from "../../src/editor/clipboard/clipboard.ts";
import { Delta } from "../../src/editor/delta.ts";
import { duplicate, indentAny, insertDivider, moveBlock, toggleQuote, toggleTask, turnLines } from "../../src/editor/editing/blocks.ts";
import { dropCallout, quoteCallout, setCallout } from "../../src/editor/editing/callouts.ts";
import { chooseAll, chooseCells, emptyCells, extendCells, leaveCells, typeIntoCells } from "../../src/editor/editing/cells.ts";
import { clearMarks, setMark, toggleMark } from "../../src/editor/editing/marks.ts";
import { backspace, deleteForward, deleteSelection, enter, lineBreak, typeText } from "../../src/editor/editing/text.ts";
import {
  addColumn,
  addRow,
  deleteColumn,
  deleteRow,
  deleteTable,
  here,
  insertTable,
  leaveTable,
  nextCell,
  setWidths,
  toggleHeader,
  widenColumn,
} from "../../src/editor/editing/tables.ts";
import { moveColumn, moveRow, moveTable } from "../../src/editor/editing/rows.ts";
import { insertFootnote } from "../../src/editor/footnotes/footnotes.ts";
import type { Lines } from "../../src/editor/lines/lines.ts";
import { cellOf } from "../../src/editor/lines/table.ts";
import { schema } from "../../src/editor/page/schema.ts";
import type { View } from "../../src/editor/view.ts";
import type { Chance } from "./chance.ts";
import type { Letters } from "./ledger.ts";

/** One person and their view. */
export class Typist {
  edits = 0;
  /** The end of a word whose beginning is typed: others may do anything in between. */
  private unfinished = "";
  private readonly clipboard: Clipboard;
  private copied = new Copied();

  constructor(
    readonly name: string,
    readonly view: View,
    private readonly chance: Chance,
    private readonly letters: Letters,
  ) {
    this.clipboard = new Clipboard(
      view.page,
      () => view.undo.interrupt(),
      {},
      () => undefined,
    );
  }

  /** Does something. */
  act(): string {
    const { page } = this.view;
    const { chance } = this;
    this.edits++;
    if (this.unfinished !== "") return this.finish();
    if (page.selection.cells !== undefined && chance.once(2)) return this.rectangle();
    if (chance.once(5)) return this.table();
    const kind = chance.below(100);
    if (kind < 74) page.select(this.somewhere(kind >= 45));
    if (kind < 30) return this.type();
    if (kind < 36) return said(typeText(page, this.word()), "type over");
    if (kind < 41) return said(enter(page), "enter");
    if (kind < 45) return said(backspace(page) || deleteForward(page) || this.deleteNatively(), "backspace");
    if (kind < 51) return said(toggleMark(page, chance.one(["bold", "italic", "code", "strike"])), "mark");
    if (kind < 53) return said(setMark(page, "link", "https://example.org/"), "link");
    if (kind < 60) return said(turnLines(page, chance.one(["h1", "h2", "ul", "ol", "task", "code", "p"])), "kind");
    if (kind < 61) return said(toggleQuote(page), "quote");
    if (kind < 62) return said(this.callout(), "callout");
    if (kind < 64) return said(indentAny(page, chance.once(2) ? 1 : -1), "indent");
    if (kind < 66) return said(chance.once(2) ? toggleTask(page) : lineBreak(page), "task or break");
    if (kind < 67) return said(deleteSelection(page), "delete");
    if (kind < 70) return said(this.copy(), "copy or cut");
    if (kind < 74) return said(this.paste(), "paste");
    if (kind < 77) return said(moveBlock(page, chance.once(2) ? 1 : -1), "move");
    if (kind < 78) return said(duplicate(page), "duplicate");
    if (kind < 79) return said(chance.once(2) ? insertDivider(page) : insertFootnote(page), "divider or footnote");
    if (kind < 81) return this.embed();
    if (kind < 84) return this.nativeReplace();
    if (kind < 91) return said(this.view.undoEdit(), "undo");
    if (kind < 94) return said(this.view.redoEdit(), "redo");
    return this.type();
  }

  private word(): string {
    return this.letters.word(1 + this.chance.below(5));
  }

  /** Types letter by letter as the browser would: transactions of ProseMirror's own. Sometimes stops in the middle of the word. */
  private type(): string {
    const word = [...this.word()];
    const stop = this.chance.once(3) ? this.chance.below(word.length) : word.length;
    this.typeNatively(word.slice(0, stop));
    this.unfinished = word.slice(stop).join("");
    if (this.unfinished === "" && this.chance.once(2)) this.typeNatively([" "]);
    return "type";
  }

  private finish(): string {
    const rest = [...this.unfinished];
    this.unfinished = "";
    this.typeNatively(rest);
    return "type on";
  }

  private typeNatively(letters: readonly string[]): void {
    const { page } = this.view;
    // As before every key: where the browser writes must be mounted.
    page.reach();
    for (const letter of letters) page.dispatch(page.state.tr.insertText(letter));
  }

  private deleteNatively(): boolean {
    const { page } = this.view;
    page.reach();
    const { from, $from } = page.state.selection;
    if ($from.parentOffset === 0) return false;
    const units = $from.nodeBefore?.isText === true && isLow($from.nodeBefore.text?.at(-1)) ? 2 : 1;
    page.dispatch(page.state.tr.delete(from - units, from));
    return true;
  }

  private copy(): boolean {
    this.copied = new Copied();
    return this.clipboard.copy(this.copied.asTransfer(), this.chance.once(2));
  }

  /** Pastes what was copied, a piece of a web page, or plain lines. */
  private paste(): boolean {
    const { chance } = this;
    if (this.copied.getData("text/html") !== "" && chance.once(3)) return this.clipboard.paste(this.copied.asTransfer());
    const data = new Copied();
    const kind = chance.below(8);
    if (kind < 4)
      data.setData(
        "text/html",
        `<h2>${this.word()}</h2><ul><li>${this.word()} <b>${this.word()}</b><ol><li>${this.word()}</li></ol></li></ul><p>${this.word()} <a href="https://example.org/">${this.word()}</a></p>`,
      );
    else if (kind < 6)
      data.setData(
        "text/html",
        `<table><tr><th>${this.word()}</th><th colspan="2">${this.word()}</th></tr><tr><td rowspan="2">${this.word()}</td><td><p>${this.word()}</p><p>${this.word()}</p></td></tr><tr><td></td><td>${this.word()}</td></tr></table>`,
      );
    else if (kind < 7) data.setData("text/plain", `${this.word()}\t${this.word()}\n\t${this.word()}`);
    else data.setData("text/plain", `${this.word()} ${this.word()}\n${this.word()}`);
    return this.clipboard.paste(data.asTransfer());
  }

  /** Begins a table, or goes into a cell, types there, and does something to rows, columns or the whole. */
  private table(): string {
    const { page } = this.view;
    const { chance } = this;
    const cells = [...page.lines.between()].flatMap((line, index) => (cellOf(line) === null ? [] : [index]));
    if (cells.length === 0 || chance.once(12)) {
      page.select(this.somewhere(false));
      return said(insertTable(page), "table");
    }
    if (chance.once(30)) return this.undoInsertion();
    const at = page.lines.startOf(chance.one(cells));
    page.select({ anchor: at, head: at });
    if (chance.once(3)) return this.rectangle();
    if (chance.once(2)) this.type();
    const by = chance.once(2) ? 1 : -1;
    const kind = chance.below(24);
    if (kind < 4) return said(addRow(page, by), "add row");
    if (kind < 8) return said(addColumn(page, by), "add column");
    if (kind < 11) return said(moveRow(page, by), "move row");
    if (kind < 14) return said(moveColumn(page, by), "move column");
    if (kind < 17) return said(moveTable(page, by), "move table");
    if (kind < 18) return said(deleteRow(page), "delete row");
    if (kind < 19) return said(deleteColumn(page), "delete column");
    if (kind < 20 && chance.once(3)) return said(deleteTable(page), "delete table");
    if (kind < 21) return said(toggleHeader(page), "header");
    if (kind < 22) return said(chance.once(2) ? widenColumn(page, by) : this.paste(), "width or paste");
    if (kind < 23) return said(leaveTable(page), "leave the table");
    return said(nextCell(page, by), "next cell");
  }

  /** Takes back what was done to a table one by one, and at last the table, whoever writes in it. */
  private undoInsertion(): string {
    for (let times = 2 + this.chance.below(8); times > 0 && this.view.undoEdit(); times--);
    return "undo the insertion";
  }

  /** Chooses cells, or goes on with those that are chosen, and does something to all of them; often they stay chosen while others go on. */
  private rectangle(): string {
    const { page } = this.view;
    const { chance } = this;
    const table = here(page)?.table;
    if (table === undefined) return said(leaveCells(page), "leave cells");
    const somewhere = (): { row: number; column: number } => ({
      row: chance.below(table.rows.length),
      column: chance.below(table.columns.length),
    });
    if (page.selection.cells === undefined) {
      if (chance.once(5)) chooseAll(page, chance.one(["row", "column", "table"]));
      else chooseCells(page, table, somewhere(), somewhere());
      if (chance.once(3)) return "choose cells";
    }
    const by = chance.once(2) ? 1 : -1;
    const kind = chance.below(23);
    if (kind < 3) return said(this.copy(), "copy or cut cells");
    if (kind < 8) return said(this.paste(), "paste over cells");
    if (kind < 10) return said(emptyCells(page), "empty cells");
    if (kind < 12) return said(chance.once(3) ? clearMarks(page) : toggleMark(page, chance.one(["bold", "italic"])), "mark cells");
    if (kind < 14) {
      typeIntoCells(page);
      return said(typeText(page, this.word()), "type into cells");
    }
    if (kind < 16) return said(extendCells(page, by, chance.below(3) - 1), "extend cells");
    if (kind < 17) return said(setWidths(page, table, new Map([[somewhere().column, 40 + chance.below(200)]])), "widths");
    if (kind < 18) return said(chance.once(2) ? deleteRow(page) : deleteColumn(page), "delete chosen rows or columns");
    if (kind < 19) return said(chance.once(2) ? addRow(page, by) : addColumn(page, by), "add beside cells");
    if (kind < 22) return said(chance.once(2) ? moveRow(page, by) : moveColumn(page, by), "move chosen rows or columns");
    return said(leaveCells(page, chance.one(["caret", "first", "last"])), "leave cells");
  }

  private callout(): boolean {
    const { page } = this.view;
    const kind = this.chance.below(4);
    if (kind === 0) return quoteCallout(page);
    return kind === 1 ? dropCallout(page) : setCallout(page, this.chance.one(["note", "warning"]));
  }

  private embed(): string {
    const { page } = this.view;
    page.edit(
      new Delta()
        .retain(this.somewhere(false).head)
        .insert({ [this.chance.one(["source", "image", "hologram", "formula", "footnote", "toc"])]: this.word() }),
    );
    return "embed";
  }

  /** A replacement such as a drop or a native deletion over lines makes it. */
  private nativeReplace(): string {
    const { page } = this.view;
    const { doc } = page.state;
    const a = doc.resolve(1 + this.chance.below(Math.max(1, doc.content.size - 1)));
    const from = page.positionOf(boundary(page.lines, page.offsetOf(a.pos)));
    const end = Math.min(page.lines.length, page.offsetOf(a.pos) + this.chance.below(12));
    const to = page.positionOf(boundary(page.lines, end));
    if (from === undefined || to === undefined || to < from) return "nothing";
    const lines = [0, 1].map(() => schema.node("line", { id: "stolen", block: this.chance.block() }, schema.text(this.word())));
    const slice = this.chance.once(2) ? Slice.empty : new Slice(Fragment.from(lines), 1, 1);
    const tr = page.state.tr.replace(from, to, slice);
    if (tr.docChanged) page.dispatch(tr);
    return "native";
  }

  private somewhere(range: boolean): { anchor: number; head: number } {
    const { lines } = this.view.page;
    const head = boundary(lines, this.chance.below(lines.length + 1));
    if (!range) return { anchor: head, head };
    return { anchor: boundary(lines, Math.max(0, Math.min(lines.length, head + this.chance.below(30) - 15))), head };
  }
}

/** What a clipboard holds. */
class Copied {
  readonly files: readonly File[] = [];
  private readonly data = new Map<string, string>();

  setData(type: string, text: string): void {
    this.data.set(type, text);
  }

  getData(type: string): string {
    return this.data.get(type) ?? "";
  }

  /** As the part of a DataTransfer that the clipboard uses. */
  asTransfer(): DataTransfer {
    return this as unknown as DataTransfer;
  }
}

/** An offset that is not inside a surrogate pair. */
function boundary(lines: Lines, offset: number): number {
  const { line, start } = lines.at(offset);
  return isLow(line.text[offset - start]) ? offset - 1 : offset;
}

function isLow(character: string | undefined): boolean {
  if (character === undefined) return false;
  const unit = character.charCodeAt(character.length - 1);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function said(done: boolean, what: string): string {
  return done ? what : `${what} (nothing)`;
}

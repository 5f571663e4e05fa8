/** Blocks, and cells, taken hold of, as the editor sees it: the choice, the handle beside them, the margin that chooses, the keys and the menu. */
import { Cells, type CellsListener } from "../cells/cells.ts";
import { duplicate, moveBlock, toggleQuote, turnLines } from "../editing/blocks.ts";
import type { BlockCommand } from "../commands.ts";
import type { Delta } from "../delta.ts";
import type { EmbedAct } from "../embeds/kind.ts";
import { actsOfLine } from "../embeds/view.ts";
import { moveSpan } from "../editing/moving.ts";
import { type Span, blockAt } from "../lines/span.ts";
import { readBlock } from "../lines/block.ts";
import { type Heading, headingOf } from "../outline/headings.ts";
import type { Page } from "../page/page.ts";
import { type Box, boxOf } from "../screen.ts";
import type { EditorWords } from "../words.ts";
import { Chosen, type ChosenTold } from "./chosen.ts";
import { Handle } from "./handle.ts";
import { handleChosenKey } from "./keys.ts";
import { Margin } from "./margin.ts";

/** What the menu of blocks is about. */
export interface BlockMenuAsked {
  /** The kind that all of the lines share, or `mixed`. */
  readonly kind: string;
  /** Whether there are cells among them, which are turned into nothing else. */
  readonly hasTable: boolean;
  /** The heading that it begins with, as where one leads by a link. */
  readonly heading: Heading | undefined;
  /** What can be done with the one image or file that it is. */
  readonly acts: readonly EmbedAct[];
  readonly box: Box;
}

/** Folded headings, as far as blocks have to know of them. */
export interface Folds {
  /** The lines that a folded heading holds together, when the line at an index is among them. */
  around(index: number): Span | undefined;
  /** Shows what hides an offset. */
  reveal(offset: number): boolean;
}

/** What is told of blocks. */
export interface BlocksListener {
  chosen(event: ChosenTold): void;
  menu(asked: BlockMenuAsked): void;
}

/** Taking hold of blocks on one page. */
export class Blocks {
  readonly chosen: Chosen;
  /** Cells of a table, chosen as a rectangle. */
  readonly cells: Cells;
  private readonly spanAt: (index: number) => Span;
  private handle: Handle | undefined;
  private margin: Margin | undefined;

  constructor(
    private readonly page: Page,
    private readonly folds: Folds,
    private readonly listener: BlocksListener,
    /** The kind that a key turns lines into. */
    private readonly kindOf: (key: string) => string | undefined,
    cells: CellsListener,
  ) {
    this.cells = new Cells(page, cells);
    this.spanAt = (index): Span => folds.around(index) ?? blockAt(page.lines, index);
    this.chosen = new Chosen(page, this.spanAt, this.moving, (event) => {
      listener.chosen(event);
      this.handle?.follow();
    });
  }

  /** Moves lines. What would be hidden by that, below a folded heading that it was not below, is shown. */
  private readonly moving = (span: Span, target: number): Span | undefined => {
    const { page, folds } = this;
    const now = moveSpan(page, span, target);
    for (const index of now === undefined ? [] : [now.from, now.to]) {
      if (index < page.lines.count && (folds.around(index)?.from ?? index) < index) folds.reveal(page.lines.startOf(index));
    }
    return now;
  };

  /** Puts the handles beside the text. The words are what a screen reader calls them. */
  mount(scroller: HTMLElement | undefined, words: EditorWords): void {
    const { page, chosen } = this;
    if (page.view === undefined) return;
    this.handle = new Handle(
      page,
      page.view,
      scroller,
      chosen,
      () => void this.openMenu(),
      () => words.handle,
    );
    this.cells.mount(scroller, () => words);
    this.margin = new Margin(page, page.view, scroller, chosen, (y) => this.handle?.indexAt(y));
  }

  /** A key. Answers true when it was about whole blocks; `name` is the key's. */
  key(name: string, event: KeyboardEvent): boolean {
    this.handle?.keyPressed();
    if (this.cells.key(name, event)) return true;
    const host = { openMenu: (): void => void this.openMenu(), kindOf: this.kindOf };
    return handleChosenKey(this.chosen, host, name, event);
  }

  /** Runs a command. */
  run(command: BlockCommand): boolean {
    if (command === "moveUp" || command === "moveDown") return this.move(command === "moveUp" ? -1 : 1);
    if (command === "duplicate") return this.duplicate();
    return command === "blockMenu" ? this.openMenu() : this.delete();
  }

  /** Puts what is chosen or selected on the clipboard. */
  copy(): void {
    this.page.view?.focus();
    document.execCommand("copy");
  }

  /** Moves what is chosen, or the lines of the selection, past the block above (-1) or below (1). */
  move(by: 1 | -1): boolean {
    if (!this.chosen.isActive) return moveBlock(this.page, by, this.spanAt, this.moving);
    this.chosen.act(by < 0 ? "up" : "down");
    return true;
  }

  /** What is chosen, or the lines of the selection, once more. */
  duplicate(): boolean {
    if (!this.chosen.isActive) return duplicate(this.page, this.spanAt);
    this.chosen.act("duplicate");
    return true;
  }

  /** Takes the chosen blocks, or the one of the caret, out. */
  delete(): boolean {
    if (!this.chosen.isActive) this.chosen.take();
    this.chosen.act("delete");
    return true;
  }

  /** Turns the chosen blocks into a kind, or quotes them. */
  turn(kind: string): boolean {
    const { chosen, page } = this;
    if (kind === "quote") return toggleQuote(page);
    if (!chosen.isActive) return turnLines(page, kind);
    chosen.turn(kind);
    return true;
  }

  /** Chooses the block of the caret when none is chosen, and shows what can be done. */
  openMenu(): boolean {
    const { chosen, page } = this;
    if (page.view === undefined) return false;
    if (!chosen.isActive) chosen.take();
    const { span, range } = chosen;
    if (span === undefined || range === undefined) return false;
    const blocks = [...page.lines.between(span.from, span.to)].map(({ block }) => readBlock(block));
    const kind = blocks.every((block) => block.kind === blocks[0]?.kind) ? (blocks[0]?.kind ?? "p") : "mixed";
    const box = this.handle?.box ?? boxOf(page.view, page, range.from, range.from);
    const heading = headingOf(page.lines.line(span.from));
    const isOne = this.spanAt(span.from).to === span.to;
    const acts = isOne ? actsOfLine(page, span.from) : [];
    if (box !== undefined) this.listener.menu({ kind, hasTable: blocks.some(({ cell }) => cell !== null), heading, acts, box });
    return true;
  }

  /** The text is about to change. */
  textChanging(delta: Delta): void {
    this.chosen.changing(delta);
  }

  /** The text changed. */
  textChanged(mine: boolean): void {
    this.chosen.textChanged(mine);
    this.cells.textChanged();
    this.handle?.follow();
  }

  /** The selection went somewhere. */
  selectionChanged(): void {
    this.chosen.selectionChanged();
    this.cells.selectionChanged();
  }

  /** Lines came onto the screen. */
  mounted(): void {
    if (this.chosen.isActive) this.chosen.draw();
    this.cells.mounted();
  }

  /** Nothing is drawn any more. */
  stop(): void {
    this.handle?.stop();
    this.margin?.stop();
    this.cells.stop();
  }
}

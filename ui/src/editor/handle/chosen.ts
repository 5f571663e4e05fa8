/**
 * Whole blocks chosen with keys, with the handle or from the margin. Kept as two places in the document, the end that stays and the end that moves;
 * the page's own selection covers the same lines, so that whatever acts on a selection acts on them. Typing never replaces a chosen block: it goes on
 * where the caret was. Nothing of it is in the text.
 */
import type { Delta } from "../delta.ts";
import { indentLines, turnLines } from "../editing/blocks.ts";
import { duplicateSpan, removeSpan } from "../editing/moving.ts";
import type { Selection } from "../lane/undo.ts";
import { OBJECT, SOFT_BREAK } from "../lines/line.ts";
import { type Span, heldCount } from "../lines/span.ts";
import type { LineElement } from "../page/lineview.ts";
import type { Page } from "../page/page.ts";

/** What is chosen, for those who do not see it. */
export interface ChosenTold {
  /** How many blocks; 0 when none is any more. */
  readonly blocks: number;
  /** The words of the first. */
  readonly words: string;
}

/** What can be done to chosen blocks, besides turning them into a kind. */
export type BlockAct = "up" | "down" | "duplicate" | "delete" | "indent" | "outdent";

interface Held {
  readonly anchor: number;
  readonly head: number;
  readonly ids: readonly [string, string];
  /** Where the caret was. */
  readonly back: Selection;
}

/** More words than this are not read out. */
const LONGEST_SAID = 80;

/** The chosen blocks of one page. */
export class Chosen {
  private held: Held | undefined;
  /** The page's selection as it was set here: another one ends the choice. */
  private set: Selection | undefined;
  private isOwn = false;
  private readonly drawn = new Set<LineElement>();

  constructor(
    private readonly page: Page,
    /** The lines that go together with the one at an index: its block, or a folded heading's section. */
    readonly spanAt: (index: number) => Span,
    private readonly moving: (span: Span, target: number) => Span | undefined,
    private readonly told: (event: ChosenTold) => void,
  ) {}

  /** Whether blocks are chosen. */
  get isActive(): boolean {
    return this.held !== undefined;
  }

  /** The chosen lines. */
  get span(): Span | undefined {
    if (this.held === undefined) return undefined;
    const [one, other] = [this.spanOf(this.held.anchor), this.spanOf(this.held.head)];
    return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
  }

  /** The chosen part of the text, newlines and all. */
  get range(): { readonly from: number; readonly to: number } | undefined {
    const { span } = this;
    return span === undefined ? undefined : { from: this.page.lines.startOf(span.from), to: this.page.lines.startOf(span.to) };
  }

  /** Chooses the blocks that the selection touches. */
  take(): void {
    const { lines, selection } = this.page;
    const ends = [selection.anchor, selection.head].map((offset) => lines.at(offset).index);
    this.choose(ends[0] ?? 0, ends[1] ?? 0);
  }

  /** Chooses from the block of one line to that of another, which then moves with Shift and the arrows. */
  choose(anchor: number, head: number, scroll = true): void {
    const { lines } = this.page;
    const most = heldCount(lines) - 1;
    const places = [anchor, head].map((index) => lines.startOf(Math.max(0, Math.min(most, index))));
    const ids = places.map((place) => lines.at(place).line.id);
    const back = this.held?.back ?? this.page.selection;
    const before = this.span;
    this.held = { anchor: places[0] ?? 0, head: places[1] ?? 0, ids: [ids[0] ?? "", ids[1] ?? ""], back };
    this.select(scroll);
    const { span } = this;
    if (before?.from !== span?.from || before?.to !== span?.to) this.tell();
  }

  /** Ends the choice; the caret goes back to where it was, or stays where it went. */
  release(returning: boolean): void {
    if (this.held === undefined) return;
    const { back } = this.held;
    this.held = undefined;
    this.set = undefined;
    this.draw();
    this.told({ blocks: 0, words: "" });
    if (returning) this.page.select(back);
  }

  /** Ends the choice and selects its words, without the last newline: what is put in their place gets a line of its own. */
  narrow(): void {
    const { range, page } = this;
    if (range === undefined) return;
    this.release(false);
    const last = page.lines.at(Math.max(range.from, range.to - 1));
    page.select({ anchor: range.from, head: Math.max(range.from, last.start + last.line.width) }, false);
  }

  /** Goes to the next block (1) or the one before (-1); extending leaves the other end where it is. */
  step(by: 1 | -1, extending: boolean): void {
    const { held, span, page } = this;
    if (held === undefined || span === undefined) return;
    const from = extending ? this.spanOf(held.head) : span;
    const index = by < 0 ? from.from - 1 : from.to;
    if (index < 0 || index >= heldCount(page.lines)) return;
    const { from: head } = this.spanAt(index);
    this.choose(extending ? page.lines.at(held.anchor).index : head, head);
  }

  /** Turns the chosen lines into a kind; cells stay the cells they are. */
  turn(kind: string): void {
    const { range } = this;
    if (range !== undefined) this.acting(() => void turnLines(this.page, kind, { anchor: range.from, head: range.to }, true));
  }

  /** Does something to all that is chosen. */
  act(act: BlockAct): void {
    const { page, span, range } = this;
    if (span === undefined || range === undefined || !page.editable) return;
    if (act === "up" || act === "down") return void this.move(act === "up" ? -1 : 1);
    if (act === "duplicate") return this.going(() => duplicateSpan(page, span));
    if (act === "delete") {
      this.release(false);
      removeSpan(page, span);
      return;
    }
    this.acting(() => void indentLines(page, act === "indent" ? 1 : -1, { anchor: range.from, head: range.to }));
  }

  /** Moves what is chosen before the line at `target`. */
  moveTo(target: number): void {
    const { span } = this;
    if (span !== undefined) this.going(() => this.moving(span, target));
  }

  /** Draws what is chosen on the lines that are mounted. */
  draw(): void {
    const { page, span } = this;
    const { view, mounted } = page;
    const now = new Set<LineElement>();
    if (view !== undefined && span !== undefined) {
      for (let index = Math.max(span.from, mounted.from); index < Math.min(span.to, mounted.to); index++) {
        const element = view.dom.children[index - mounted.from] as LineElement | undefined;
        if (element?.sheafLine !== undefined) now.add(element);
      }
    }
    for (const element of this.drawn) if (!now.has(element)) element.sheafLine?.choose(false);
    for (const element of now) element.sheafLine?.choose(true);
    this.drawn.clear();
    for (const element of now) this.drawn.add(element);
    view?.dom.classList.toggle("has-chosen", span !== undefined);
  }

  /** The text is about to change. */
  changing(delta: Delta): void {
    if (this.held === undefined) return;
    const { anchor, head, back } = this.held;
    const moved = (offset: number): number => delta.transformPosition(offset);
    this.held = {
      ...this.held,
      anchor: moved(anchor),
      head: moved(head),
      back: { anchor: moved(back.anchor), head: moved(back.head) },
    };
  }

  /** The text changed. What others took away is not chosen any more, and nothing else is chosen in its place. */
  textChanged(mine: boolean): void {
    if (this.held === undefined) return;
    if (mine) return this.draw();
    const { lines } = this.page;
    const [first, second] = this.held.ids;
    const isThere = lines.at(this.held.anchor).line.id === first && lines.at(this.held.head).line.id === second;
    if (isThere) this.select(false);
    else this.release(true);
  }

  /** The selection went somewhere. */
  selectionChanged(): void {
    if (this.held === undefined || this.isOwn) return;
    const { anchor, head } = this.page.selection;
    if (this.set?.anchor !== anchor || this.set.head !== head) this.release(false);
  }

  /** A step of the smaller of two neighbours past the other: who writes in the larger meanwhile stays where they are. */
  private move(by: 1 | -1): void {
    const { page, span, held } = this;
    if (span === undefined || held === undefined) return;
    const beside = by < 0 ? span.from - 1 : span.to;
    if (beside < 0 || beside >= heldCount(page.lines)) return;
    const other = this.spanAt(beside);
    const isSmaller = span.to - span.from <= other.to - other.from;
    const count = span.to - span.from;
    const upward = held.head < held.anchor;
    this.going(() => {
      const moved = isSmaller ? this.moving(span, by < 0 ? other.from : other.to) : this.moving(other, by < 0 ? span.to : span.from);
      const from = by < 0 ? other.from : span.from + other.to - other.from;
      return moved === undefined ? undefined : { from, to: from + count };
    }, upward);
  }

  /** Does what puts the chosen blocks, or copies of them, elsewhere, and chooses them there. The caret goes along. */
  private going(act: () => Span | undefined, upward = false): void {
    const { range, held, page } = this;
    const span = this.acting(act);
    if (span === undefined || range === undefined || held === undefined || this.held === undefined) return;
    const start = page.lines.startOf(span.from);
    const goes = (offset: number, now: number): number => (offset >= range.from && offset <= range.to ? start + offset - range.from : now);
    const { back } = this.held;
    this.held = { ...this.held, back: { anchor: goes(held.back.anchor, back.anchor), head: goes(held.back.head, back.head) } };
    if (upward) this.choose(span.to - 1, span.from);
    else this.choose(span.from, span.to - 1);
  }

  private acting<T>(act: () => T): T {
    this.isOwn = true;
    try {
      return act();
    } finally {
      this.isOwn = false;
      if (this.held !== undefined) this.select(false);
    }
  }

  private spanOf(offset: number): Span {
    return this.spanAt(this.page.lines.at(offset).index);
  }

  private select(scroll: boolean): void {
    const { range, held, page } = this;
    if (range === undefined || held === undefined) return;
    const wasOwn = this.isOwn;
    this.isOwn = true;
    page.select(held.head < held.anchor ? { anchor: range.to, head: range.from } : { anchor: range.from, head: range.to }, scroll);
    this.isOwn = wasOwn;
    this.set = page.selection;
    this.draw();
  }

  private tell(): void {
    const { span, page } = this;
    if (span === undefined) return;
    let blocks = 0;
    for (let index = span.from; index < span.to; index = this.spanAt(index).to) blocks++;
    const { text } = page.lines.line(span.from);
    this.told({ blocks, words: text.replaceAll(OBJECT, "").replaceAll(SOFT_BREAK, " ").trim().slice(0, LONGEST_SAID) });
  }
}

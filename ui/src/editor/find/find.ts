/**
 * Find and replace in the open document, as the chrome drives it: a query, the count, the way from hit to hit, replacing. Binds the search to the page and
 * to what is seen of it.
 */
import { Plugin } from "prosemirror-state";
import { type Attributes, Delta } from "../delta.ts";
import { ends } from "../editing/range.ts";
import { type Line, OBJECT, SOFT_BREAK } from "../lines/line.ts";
import type { Change } from "../lines/rewriting.ts";
import type { Page } from "../page/page.ts";
import { scrollerOf } from "../page/seen.ts";
import { boxOf, readSelection } from "../screen.ts";
import { clearPaint, paint } from "./paint.ts";
import { type Hit, type Query, replacementFor } from "./query.ts";
import { type Problem, Search } from "./search.ts";

/** What is found. */
export interface FindState {
  readonly count: number;
  /** Which one is the present hit, from 1; 0 when none is. */
  readonly nth: number;
  /** More may be found yet. */
  readonly searching: boolean;
  readonly problem: Problem | undefined;
}

const NOTHING: FindState = { count: 0, nth: 0, searching: false, problem: undefined };
/** A longer selection is a passage, not something to look for. */
const LONGEST_PREFILL = 200;
/** A hit this close to the edge is scrolled to the middle. */
const EDGE_PX = 56;

/** Finding in one document. */
export class Find {
  private search: Search | undefined;
  private readonly listeners = new Set<() => void>();
  private snapshot: FindState | undefined;
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private scroller: HTMLElement | undefined;
  /** How much of the text's top lies under the bar, in pixels. */
  covered = 0;

  constructor(private readonly pageOf: () => Page) {}

  /** Notices whatever changes on the screen while something is looked for. */
  get plugin(): Plugin {
    return new Plugin({ view: () => ({ update: () => this.paintSoon() }) });
  }

  /** What is found now. The same object until something changed. */
  get state(): FindState {
    const { search } = this;
    if (search === undefined) return NOTHING;
    const { count, nth, isSearching: searching, problem } = search;
    return (this.snapshot ??= { count, nth, searching, problem });
  }

  /** Calls back after anything in the state changed. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looking begins where the selection is, or after it. Answers the selected words when they are something to look for. */
  begin(after = false): string {
    const page = this.pageOf();
    // Asked for with the mouse, or by a key right after one that selects.
    if (page.view?.hasFocus() === true) readSelection(page.view);
    const { from, to } = ends(page.selection);
    if (this.search === undefined) {
      this.search = new Search(page.lines, {
        changed: () => this.changed(),
        moved: () => this.reveal(),
        later: (run) => (this.timer = setTimeout(run)),
        now: () => performance.now(),
      });
      this.scroller = page.view === undefined ? undefined : scrollerOf(page.view.dom);
      this.scroller?.addEventListener("scroll", this.paintSoon, { passive: true });
    }
    this.search.from(after ? to : from);
    const words = to - from > LONGEST_PREFILL ? "" : page.lines.text(from, to);
    return [OBJECT, SOFT_BREAK, "\n"].some((mark) => words.includes(mark)) ? "" : words;
  }

  /** Looks for something. */
  look(query: Query): void {
    this.search?.look(query);
  }

  /** Goes to the next hit. */
  next(): void {
    this.search?.step(1);
  }

  /** Goes to the hit before. */
  previous(): void {
    this.search?.step(-1);
  }

  /** Puts words in place of the present hit and goes to the next. Answers whether it did. */
  replace(words: string): boolean {
    const page = this.pageOf();
    const found = this.search?.current;
    if (found === undefined || this.search === undefined || !page.editable) return false;
    const { line, hit, index } = found;
    const from = page.lines.startOf(index) + hit.from;
    const delta = new Delta().retain(from);
    const length = put(delta, line, hit, words);
    page.edit(delta, { scroll: false });
    this.search.seek(from + length);
    return true;
  }

  /** Puts words in place of every hit, as one edit. Answers how many there were; nothing is done before all are known. */
  replaceAll(words: string): number {
    const page = this.pageOf();
    if (this.search === undefined || this.search.isSearching || !page.editable) return 0;
    const delta = new Delta();
    let reached = 0;
    let count = 0;
    for (const { start, line, hit } of this.search.everything()) {
      delta.retain(start + hit.from - reached);
      put(delta, line, hit, words);
      reached = start + hit.to;
      count++;
    }
    page.edit(delta, { scroll: false });
    return count;
  }

  /** Ends it. Selects the present hit and gives the focus back to the text, unless the person went elsewhere by themselves. */
  end(returning = true): void {
    const { search } = this;
    if (search === undefined) return;
    const page = this.pageOf();
    const found = search.current;
    this.stop();
    for (const listener of [...this.listeners]) listener();
    if (!returning) return;
    const start = found === undefined ? 0 : page.lines.startOf(found.index);
    if (found !== undefined) page.select({ anchor: start + found.hit.from, head: start + found.hit.to });
    page.view?.focus();
  }

  /** The text changed. */
  textChanged(delta: Delta, changes: readonly Change[]): void {
    this.search?.textChanged(delta, changes, this.pageOf().lines);
  }

  /** Stops at once, for good or until it begins again. */
  stop(): void {
    if (this.search === undefined) return;
    this.search.stop();
    this.search = undefined;
    this.snapshot = undefined;
    clearTimeout(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.scroller?.removeEventListener("scroll", this.paintSoon);
    clearPaint();
  }

  private changed(): void {
    this.snapshot = undefined;
    this.paintSoon();
    for (const listener of [...this.listeners]) listener();
  }

  /** At the next frame: what is seen is measured, and that is no work for a key. */
  private readonly paintSoon = (): void => {
    if (this.search === undefined) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const page = this.pageOf();
      if (this.search !== undefined && page.view !== undefined) paint(page, page.view, this.search, this.seen());
    });
  };

  private seen(): { top: number; bottom: number } {
    const box = this.scroller?.getBoundingClientRect();
    return { top: box?.top ?? 0, bottom: box?.bottom ?? innerHeight };
  }

  /** Scrolls the present hit to the middle, unless it is well in view. */
  private reveal(): void {
    const page = this.pageOf();
    const found = this.search?.current;
    if (found === undefined || page.view === undefined) return;
    const from = page.lines.startOf(found.index) + found.hit.from;
    page.mountAround(from);
    const box = boxOf(page.view, page, from, from);
    const { top, bottom } = this.seen();
    if (box === undefined || (box.top > top + this.covered + EDGE_PX && box.bottom < bottom - EDGE_PX)) return;
    this.scroller?.scrollBy({ top: (box.top + box.bottom - top - this.covered - bottom) / 2, behavior: "instant" });
  }
}

/** Puts words in place of a hit of a line, with the marks that its first character carries. Answers how long they are. */
function put(delta: Delta, line: Line, hit: Hit, words: string): number {
  const text = replacementFor(words, hit);
  const attributes = marksAt(line, hit.from);
  // What stays as it is is no edit of mine.
  if (text === line.text.slice(hit.from, hit.to)) delta.retain(text.length);
  else delta.insert(text, attributes === undefined ? undefined : { ...attributes }).delete(hit.to - hit.from);
  return text.length;
}

function marksAt(line: Line, at: number): Attributes | undefined {
  let end = 0;
  for (const run of line.runs) {
    end += run.text.length;
    if (at < end) return run.attributes;
  }
  return undefined;
}

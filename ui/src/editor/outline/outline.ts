/**
 * The outline of an open document: its headings, and which section one is in. That is the caret's while the caret can be seen, and what stands at the
 * top of the screen when one has scrolled away from it. Follows the text only while somebody looks.
 */
import { caret } from "../editing/range.ts";
import type { Page } from "../page/page.ts";
import { showPlace } from "../screen.ts";
import { type Heading, Headings } from "./headings.ts";

/** So far below the upper edge a line still counts as standing at the top. */
const TOP_PX = 72;

/** The outline of one page. */
export class Outline {
  /** The section one is in: which heading, or -1 before the first. */
  current = -1;
  private followed: Headings | undefined;
  private readonly listeners = new Set<() => void>();
  private scroller: HTMLElement | undefined;
  private frame: number | undefined;
  private scrolledAway = false;

  constructor(private readonly page: Page) {}

  /** The headings, in order. The same list until something in it changed. */
  get headings(): readonly Heading[] {
    return this.reading.list;
  }

  /** The offset at which a heading's line starts. */
  startOf(nth: number): number | undefined {
    return this.reading.placeOf(nth)?.start;
  }

  /** Puts the caret where a section begins, and that to the top of the screen. Answers false when it has gone. */
  goTo(nth: number): boolean {
    const start = this.startOf(nth);
    if (start === undefined) return false;
    this.page.select(caret(start), false);
    this.page.view?.focus();
    showPlace(this.page, start, "start");
    return true;
  }

  /** Calls back after the headings or the section changed, until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.reading.follow(this.page.lines);
    this.listeners.add(listener);
    this.look();
    return () => this.listeners.delete(listener);
  }

  /** The text is on a screen, in an element that scrolls. */
  mount(scroller: HTMLElement | undefined): void {
    this.scroller = scroller;
    scroller?.addEventListener("scroll", this.onScroll, { passive: true });
  }

  /** Ends it. */
  stop(): void {
    this.listeners.clear();
    this.scroller?.removeEventListener("scroll", this.onScroll);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
  }

  /** The text changed. */
  textChanged(): void {
    if (this.listeners.size === 0) return;
    const changed = this.reading.follow(this.page.lines);
    if (this.scrolledAway) this.lookSoon();
    this.settle(changed);
  }

  /** The caret went somewhere. */
  selectionChanged(): void {
    if (this.listeners.size === 0) return;
    this.scrolledAway = false;
    this.settle(false);
  }

  private get reading(): Headings {
    this.followed ??= new Headings(this.page.lines);
    if (this.listeners.size === 0) this.followed.follow(this.page.lines);
    return this.followed;
  }

  private readonly onScroll = (): void => this.lookSoon();

  private lookSoon(): void {
    if (this.listeners.size === 0) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.look();
    });
  }

  /** Measures: only after scrolling, never at a key. */
  private look(): void {
    this.scrolledAway = !this.showsCaret();
    this.settle(false);
  }

  private showsCaret(): boolean {
    const { page, scroller } = this;
    const position = page.positionOf(page.selection.head);
    if (position === undefined || page.view === undefined || scroller === undefined) return position !== undefined;
    const caret = page.view.coordsAtPos(position);
    const { top, bottom } = scroller.getBoundingClientRect();
    return caret.bottom > top && caret.top < bottom;
  }

  private settle(changed: boolean): void {
    const place = this.scrolledAway ? this.topOfScreen() : this.page.selection.head;
    const current = this.reading.sectionAt(place);
    if (!changed && current === this.current) return;
    this.current = current;
    for (const listener of [...this.listeners]) listener();
  }

  /** The offset of the last line that begins above the screen, or close below its edge. */
  private topOfScreen(): number {
    const { page, scroller } = this;
    const lines = page.view?.dom.children;
    if (lines === undefined || scroller === undefined) return 0;
    const edge = scroller.getBoundingClientRect().top + TOP_PX;
    let low = 0;
    let high = lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((lines[middle]?.getBoundingClientRect().top ?? 0) <= edge) low = middle;
      else high = middle;
    }
    return page.lines.startOf(page.mounted.from + low);
  }
}

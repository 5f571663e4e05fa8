/**
 * Mounts a long document piece by piece: some lines before the first picture, more when nobody types, and beyond a limit only what is scrolled to. What is
 * not mounted is stood in for by an empty box of about its height, so that the scrollbar tells the truth. Lines are never taken away again.
 */
import type { EditorView } from "prosemirror-view";
import type { Page } from "./page/page.ts";

/** Lines mounted before the first picture. */
export const FIRST_LINES = 40;
/** Beyond so many lines only what is scrolled to is mounted: more would cost every key (notes/window.md). */
export const MOST_UNASKED = 2000;

/** A slice should take about so long. */
const SLICE_MS = 10;
const SLICE_EVERY_MS = 24;
/** Nothing is mounted so soon after a key. */
const AFTER_KEY_MS = 500;
/** Screens below the visible one that are kept mounted. */
const SCREENS_AHEAD = 2;
const LEAST_SLICE = 20;
const LARGEST_SLICE = 400;

/** The growing of one page. */
export class Growing {
  private slice = FIRST_LINES;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly rest: HTMLElement;
  /** What the text scrolls in. */
  readonly scroller: HTMLElement | undefined;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    private readonly limit: number,
    /** Called with the lines that were mounted, to number them and the like. */
    mounted: (from: number, to: number) => void,
    /** When the last key was pressed; infinite while a composition holds everything still. */
    private readonly keyAt: () => number,
  ) {
    this.rest = document.createElement("div");
    this.rest.setAttribute("aria-hidden", "true");
    this.rest.className = "sheaf-rest";
    view.dom.after(this.rest);
    this.scroller = scrollerOf(view.dom);
    this.scroller?.addEventListener("scroll", this.onScroll, { passive: true });
    page.onMounted = (from, to) => {
      mounted(from, to);
      this.sizeRest();
    };
    this.go();
  }

  /** The text grew or shrank by lines. */
  follow(): void {
    this.sizeRest();
    this.go();
  }

  /** Stops for good. */
  stop(): void {
    clearTimeout(this.timer);
    this.scroller?.removeEventListener("scroll", this.onScroll);
    this.page.onMounted = undefined;
    this.rest.remove();
  }

  private readonly onScroll = (): void => this.go();

  private go(): void {
    if (this.timer !== undefined || this.page.isWhole) return;
    if (this.page.mounted.to - this.page.mounted.from >= this.limit && !this.isNear()) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.grow();
      this.go();
    }, SLICE_EVERY_MS);
  }

  private grow(): void {
    const keyAt = this.keyAt();
    if (keyAt === Number.POSITIVE_INFINITY) return;
    if (performance.now() - keyAt < AFTER_KEY_MS && !this.isNear()) return;
    const before = performance.now();
    this.page.grow(this.slice);
    const took = performance.now() - before;
    this.slice = Math.max(LEAST_SLICE, Math.min(LARGEST_SLICE, Math.round((this.slice * SLICE_MS) / Math.max(1, took))));
  }

  /** Whether what is scrolled to is close to what is not mounted. */
  private isNear(): boolean {
    if (this.scroller === undefined) return false;
    const { bottom, height } = this.scroller.getBoundingClientRect();
    return this.rest.getBoundingClientRect().top < bottom + SCREENS_AHEAD * height;
  }

  private sizeRest(): void {
    const { page } = this;
    const { from, to } = page.mounted;
    const left = Math.max(0, page.lines.count - to);
    const height = left === 0 ? 0 : (this.view.dom.offsetHeight / Math.max(1, to - from)) * left;
    this.rest.style.height = `${Math.round(height)}px`;
  }
}

/** What scrolls an element. */
export function scrollerOf(element: HTMLElement): HTMLElement | undefined {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return undefined;
}

/**
 * Which lines are on the page. A text that is not too long is mounted whole, piece by piece; of a longer one only what is seen and some screens around it,
 * and two empty boxes stand for the rest, so that the scrollbar tells the truth. What is seen never moves because lines came, went or were measured, and
 * nothing at all happens while somebody composes.
 */
import type { EditorView } from "prosemirror-view";
import { cellOf } from "../lines/table.ts";
import type { Extent, Page, Stillness } from "../page/page.ts";
import type { Mounted } from "../page/project.ts";
import { scrollerOf } from "../page/seen.ts";
import { readSelection } from "../screen.ts";
import { Heights, type Hidden } from "./heights.ts";

/** What an editor holds unless told otherwise: below 2,000 lines a window gains nothing (notes/window.md). */
export const USUAL_EXTENT: Extent = { first: 40, whole: 2000, size: 150 };

/** So many screens above and below what is seen are mounted before anybody scrolls there, */
const SCREENS_READY = 1.5;
/** are mounted at once when somebody does, */
const SCREENS_NEEDED = 1;
/** and are kept when lines go. */
const SCREENS_KEPT = 2;
/** Lines that a scroll mounts at a time: as many as a frame can take in WebKitGTK. */
const SCROLL_LINES = 8;
/** Lines go in a heap, not at every scroll. */
const SLACK_LINES = 30;
/** A slice should take about so long. */
const SLICE_MS = 10;
const SLICE_EVERY_MS = 24;
const LEAST_SLICE = 20;
const LARGEST_SLICE = 400;
/** Nothing is mounted so soon after a key. */
const AFTER_KEY_MS = 500;
/** Scrolling has come to rest. */
const REST_MS = 150;
/** While the mouse is held nothing goes, but a window does not grow beyond this. */
const MOST_HELD = 2000;
/** A longer table is cut. */
const LONGEST_TABLE = 300;
/** Pixels of a line that nobody reads: one of which no more shows is not what the screen is held still by. Engines place lines between whole pixels. */
const HAIR = 2;
/** Pixels by which a line has moved: less is how engines round. */
const MOVED = 0.5;

/** What a window needs to know of its editor. */
export interface WindowHost {
  /** When the last key was pressed. */
  keyAt(): number;
  /** An input method composes. */
  isComposing(): boolean;
  /** The mouse is held: something is being selected. */
  isHeld(): boolean;
  /** Lines that are folded away. */
  hidden(): readonly Hidden[];
}

/** A line that is seen, and how far below the screen's upper edge it begins. */
interface Held {
  readonly element: Element;
  readonly offset: number;
  readonly y: number;
  /** How far the screen was scrolled then. */
  readonly scrolled: number;
}

/** The window of one page. */
export class Window implements Stillness {
  readonly heights = new Heights();
  /** What the text scrolls in. */
  readonly scroller: HTMLElement | undefined;
  private readonly above = spacer();
  private readonly below = spacer();
  private readonly sizes: ResizeObserver;
  /** How high the box above is. It differs from what is thought to be above by what was put right while somebody scrolled. */
  private top = 0;
  private slice: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame: number | undefined;
  private scrolledAt = Number.NEGATIVE_INFINITY;
  private held: Held | undefined;
  private nth = 0;
  private width = 0;
  private isDirty = true;
  /** Something was asked for while somebody composed. */
  private waits = false;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    private readonly host: WindowHost,
  ) {
    this.slice = page.extent.first;
    view.dom.before(this.above);
    view.dom.after(this.below);
    // ProseMirror keeps the scroll position itself where the engine does not, and would undo what is done here (it asks for this property).
    Object.assign(view.dom.style, { overflowAnchor: "none" });
    this.scroller = scrollerOf(view.dom);
    if (this.scroller !== undefined) Object.assign(this.scroller.style, { overflowAnchor: "none" });
    this.scroller?.addEventListener("scroll", this.onScroll, { passive: true });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(view.dom);
    page.stillness = this;
    this.width = view.dom.clientWidth;
    this.measure();
    this.sizeBelow();
    this.go();
  }

  /** Stops for good. */
  stop(): void {
    clearTimeout(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    this.scroller?.removeEventListener("scroll", this.onScroll);
    this.page.stillness = undefined;
    this.above.remove();
    this.below.remove();
  }

  /** The text changed, or how much of it may be mounted. */
  follow(): void {
    if (this.page.isWhole && this.top === 0 && !this.page.isWindowed) return;
    this.isDirty = true;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.cover();
    });
    this.go();
  }

  get seen(): number {
    const { page } = this;
    return page.lines.startOf(Math.min(page.mounted.from + this.nth, page.lines.count));
  }

  read(): void {
    if (this.view.hasFocus()) readSelection(this.view);
  }

  still(change: () => void, after?: number): void {
    this.steady();
    const before = after === undefined ? this.hold() : this.holdAt(this.nth);
    change();
    this.sizeBelow();
    if (before !== undefined) this.restore(before, after ?? before.offset);
    this.held = this.hold();
  }

  elsewhere(change: () => void): void {
    this.held = undefined;
    this.nth = 0;
    change();
    this.setTop(this.heightAbove);
    this.sizeBelow();
    this.isDirty = true;
    this.go();
  }

  rounded({ from, to }: Mounted): Mounted {
    const { page } = this;
    if (!page.isWindowed) return { from, to };
    for (const hidden of this.host.hidden()) {
      if (hidden.from < from && from < hidden.to) from = Math.max(0, hidden.from - 1);
      if (hidden.from < to && to < hidden.to) to = hidden.to;
    }
    return { from: this.beforeTable(from, -1), to: this.beforeTable(to, 1) };
  }

  edited(): void {
    this.held = undefined;
  }

  /** The edge of a table that a place between two lines is in; the place itself in a table that is too long, and outside of tables. */
  private beforeTable(index: number, way: 1 | -1): number {
    const { lines } = this.page;
    const tableOf = (at: number): string | undefined => (at < 0 || at >= lines.count ? undefined : cellOf(lines.line(at))?.table);
    const table = tableOf(index);
    if (table === undefined || tableOf(index - 1) !== table) return index;
    let at = index;
    while (tableOf(at) === table && tableOf(at - 1) === table) {
      at += way;
      if (Math.abs(at - index) > LONGEST_TABLE) return index;
    }
    return at;
  }

  private readonly onScroll = (): void => {
    this.scrolledAt = performance.now();
    this.isDirty = true;
    this.steady();
    this.cover();
    if (!this.host.isComposing()) this.held = this.hold();
    this.go();
  };

  /** Mounts what is seen, and a screen around it, at once. */
  private cover(): void {
    const { page } = this;
    const screen = this.screen();
    if (screen === undefined || page.isWhole || this.host.isComposing()) return;
    const height = screen.bottom - screen.top;
    const edges = this.edges();
    const { from, to } = page.mounted;
    const isAbove = edges === undefined || edges.bottom <= screen.top;
    const isBelow = edges !== undefined && edges.top >= screen.bottom;
    // Beyond the first line and the last there is nothing to mount.
    if ((isAbove && to < page.lines.count) || (isBelow && from > 0)) return this.jump(screen.top, height);
    if (isAbove || isBelow) return;
    const need = SCREENS_NEEDED * height;
    const lacksAbove = from > 0 ? need - (screen.top - edges.top) : 0;
    const lacksBelow = to < page.lines.count ? need - (edges.bottom - screen.bottom) : 0;
    // Keys that go on and on bring lines of their own.
    if (lacksAbove <= 0 && lacksBelow <= 0) return this.trim();
    this.isDirty = true;
    // Far behind, it catches up; else as many as a frame can take.
    const count = (lacks: number): number =>
      lacks <= 0 ? 0 : lacks < need / 2 ? SCROLL_LINES : Math.max(SCROLL_LINES, Math.ceil(lacks / this.heights.usual));
    page.showLines(from - count(lacksAbove), to + count(lacksBelow));
    this.trim();
  }

  /** What is seen is far from what is mounted: other lines are mounted, those that the scrollbar says stand here. */
  private jump(edge: number, height: number): void {
    const { page, heights } = this;
    const hidden = this.host.hidden();
    const place = heights.at(page.lines, edge - this.above.getBoundingClientRect().top, hidden);
    const screen = Math.ceil(height / heights.usual);
    const [before, after] = [Math.ceil(screen / 2), Math.max(page.extent.first, Math.ceil(1.5 * screen))];
    const y = this.above.getBoundingClientRect().top + place.top;
    page.showLines(place.index - before, place.index + after);
    const { from } = page.mounted;
    const element = this.view.dom.children[place.index - from];
    if (from > 0 && element !== undefined && isThere(element)) this.setTop(Math.max(0, this.top + y - element.getBoundingClientRect().top));
    this.held = this.hold();
  }

  /** Goes on in a moment, as long as there is something to do. */
  private go(): void {
    if (this.timer !== undefined) return;
    const { page } = this;
    if (!this.isDirty && (page.isWhole || page.isWindowed)) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.work()) this.go();
    }, SLICE_EVERY_MS);
  }

  /** One slice. Answers whether there is more to do. */
  private work(): boolean {
    const now = performance.now();
    if (this.host.isComposing()) {
      this.waits = true;
      return true;
    }
    if (this.waits) this.cover();
    this.waits = false;
    if (now - this.host.keyAt() < AFTER_KEY_MS || this.host.isHeld()) return true;
    if (now - this.scrolledAt < REST_MS / 2) return true;
    const began = now;
    if (this.grow()) {
      const took = performance.now() - began;
      this.slice = Math.max(LEAST_SLICE, Math.min(LARGEST_SLICE, Math.round((this.slice * SLICE_MS) / Math.max(1, took))));
      return true;
    }
    if (now - this.scrolledAt < REST_MS) return true;
    this.isDirty = false;
    this.settle();
    return false;
  }

  /** Mounts a slice of what should be ready. Answers whether it did. */
  private grow(): boolean {
    const { page, slice } = this;
    const { from, to } = page.mounted;
    const { count } = page.lines;
    if (page.isWhole) return false;
    if (!page.isWindowed) {
      page.showLines(from - slice, to + slice);
      return true;
    }
    const [screen, edges] = [this.screen(), this.edges()];
    if (screen === undefined || edges === undefined) return false;
    const ready = SCREENS_READY * (screen.bottom - screen.top);
    const isSmall = to - from < page.extent.size;
    const step = Math.min(slice, LEAST_SLICE);
    if (to < count && (edges.bottom - screen.bottom < ready || (isSmall && from === 0))) page.showLines(from, to + step);
    else if (from > 0 && (screen.top - edges.top < ready || isSmall)) page.showLines(from - step, to);
    else return false;
    return true;
  }

  /** Nothing moves any more: heights are learnt, lines go that are far away, and the boxes are made as high as what they stand for. */
  private settle(): void {
    const { page } = this;
    this.steady();
    this.measure();
    this.trim();
    // In whole pixels, which every engine scrolls by.
    const missing = page.mounted.from === 0 ? -this.top : Math.round(this.heightAbove - this.top);
    if (missing !== 0 && this.scroller !== undefined) {
      this.setTop(this.top + missing);
      this.scroller.scrollTop += missing;
    }
    this.sizeBelow();
    this.held = this.hold();
  }

  /** Takes lines away that are too many and far from what is seen. */
  private trim(): void {
    const { page } = this;
    const { from, to } = page.mounted;
    const { size } = page.extent;
    if (!page.isWindowed || to - from <= (this.host.isHeld() ? MOST_HELD : size + SLACK_LINES)) return;
    const screen = this.screen();
    if (screen === undefined) return;
    const margin = SCREENS_KEPT * (screen.bottom - screen.top);
    const { children } = this.view.dom;
    let [first, last] = [0, children.length];
    while (first < last && isBeyond(children[first], (box) => box.bottom < screen.top - margin)) first++;
    while (last > first && isBeyond(children[last - 1], (box) => box.top > screen.bottom + margin)) last--;
    const [above, below] = [first, children.length - last];
    if (first >= last) return;
    const excess = to - from - size;
    const fewer = Math.min(above, below, Math.floor(excess / 2));
    const [cutAbove, cutBelow] = above > below ? [Math.min(above, excess - fewer), fewer] : [fewer, Math.min(below, excess - fewer)];
    if (cutAbove + cutBelow < SLACK_LINES) return;
    this.measure();
    page.showLines(from + cutAbove, cutBelow === 0 ? to : Math.min(to, from + children.length) - cutBelow);
  }

  /** Learns how high the mounted lines are. A table's lines stand where the table is; its height is shared out among them. */
  private measure(): void {
    const { page, view } = this;
    const { children } = view.dom;
    const heights: number[] = [];
    let [bottom, cells] = [children[0]?.getBoundingClientRect().top ?? 0, 0];
    const share = (until: number): void => {
      for (let nth = 0; nth < cells; nth++) heights.push((until - bottom) / cells);
      cells = 0;
    };
    for (const child of children) {
      if (child.classList.contains("cell")) {
        cells++;
        continue;
      }
      const box = child.getBoundingClientRect();
      if (cells > 0) share(child.hasAttribute("hidden") ? bottom : box.top);
      heights.push(box.height);
      if (!child.hasAttribute("hidden")) bottom = box.bottom;
    }
    // A table at the window's lower edge is not measured.
    let from = page.mounted.from;
    if (heights.some((height) => height === 0)) {
      for (const height of heights) {
        if (height > 0) this.heights.learn(page.lines, from, [height]);
        from++;
      }
    } else this.heights.learn(page.lines, from, heights);
  }

  /** The box of what is seen. */
  private screen(): { top: number; bottom: number } | undefined {
    const box = this.scroller?.getBoundingClientRect();
    return box === undefined ? { top: 0, bottom: innerHeight } : { top: box.top, bottom: box.bottom };
  }

  /** Where the mounted lines begin and end. */
  private edges(): { top: number; bottom: number } | undefined {
    const { children } = this.view.dom;
    let [first, last] = [0, children.length - 1];
    while (first < last && !isThere(children[first] as Element)) first++;
    while (last > first && !isThere(children[last] as Element)) last--;
    if (last < 0) return undefined;
    return { top: children[first]?.getBoundingClientRect().top ?? 0, bottom: children[last]?.getBoundingClientRect().bottom ?? 0 };
  }

  /** The first line that is seen, looked for from the one that was. */
  private hold(): Held | undefined {
    const screen = this.screen();
    const { children } = this.view.dom;
    if (screen === undefined || children.length === 0) return undefined;
    const isSeen = (nth: number): boolean => (children[nth]?.getBoundingClientRect().bottom ?? 0) > screen.top + HAIR;
    let nth = Math.min(this.nth, children.length - 1);
    while (nth < children.length - 1 && !(isThere(children[nth] as Element) && isSeen(nth))) nth++;
    for (let at = nth - 1; at >= 0; at--) {
      if (!isThere(children[at] as Element)) continue;
      if (!isSeen(at)) break;
      nth = at;
    }
    this.nth = nth;
    return this.holdAt(nth);
  }

  private holdAt(nth: number): Held | undefined {
    const element = this.view.dom.children[nth];
    const screen = this.screen();
    if (element === undefined || screen === undefined) return undefined;
    const scrolled = this.scroller?.scrollTop ?? 0;
    return { element, offset: this.seen, y: element.getBoundingClientRect().top - screen.top, scrolled };
  }

  /** Puts the line that was at a height there again. */
  private restore(before: Held, offset: number): void {
    const { page } = this;
    const { index } = page.lines.at(Math.min(offset, page.lines.length));
    const nth = Math.max(0, Math.min(index - page.mounted.from, this.view.dom.children.length - 1));
    const element = this.view.dom.children[nth];
    const screen = this.screen();
    if (element === undefined || screen === undefined || !isThere(element)) return;
    this.nth = nth;
    this.push(before.y - (element.getBoundingClientRect().top - screen.top));
  }

  /** Moves everything down by so much: the box above grows, and where it cannot, the screen is scrolled. */
  private push(by: number): void {
    if (Math.abs(by) < 0.1 && (this.page.mounted.from > 0 || this.top === 0)) return;
    const wanted = this.top + by;
    const possible = this.page.mounted.from === 0 ? 0 : Math.max(0, wanted);
    this.setTop(possible);
    if (this.scroller !== undefined && Math.abs(possible - wanted) >= 0.5) this.scroller.scrollTop += possible - wanted;
  }

  /** Something on the page became higher or lower by itself: a picture came, or the page is as wide as it was not. */
  private resized(): void {
    const { view } = this;
    if (view.dom.clientWidth !== this.width) {
      this.width = view.dom.clientWidth;
      this.heights.forget();
      this.isDirty = true;
    }
    this.steady();
    this.held = this.hold();
    this.follow();
  }

  /**
   * Puts the line that was held where it was: something above it became higher or lower by itself, as when a font comes. Whoever looks anew which line
   * is held does this first, or what moved meanwhile stays moved.
   */
  private steady(): void {
    const { held } = this;
    const screen = this.screen();
    if (held?.element.isConnected !== true || screen === undefined || !isThere(held.element) || this.host.isComposing()) return;
    const y = held.element.getBoundingClientRect().top - screen.top;
    const by = held.y - ((this.scroller?.scrollTop ?? 0) - held.scrolled) - y;
    if (Math.abs(by) >= MOVED) this.push(by);
  }

  private get heightAbove(): number {
    const { page } = this;
    return page.mounted.from === 0 ? 0 : this.heights.before(page.lines, page.mounted.from, this.host.hidden());
  }

  private setTop(height: number): void {
    if (this.top === height) return;
    this.top = height;
    this.above.style.height = `${height}px`;
  }

  private sizeBelow(): void {
    const { page } = this;
    const { lines, mounted } = page;
    const hidden = this.host.hidden();
    const left =
      mounted.to >= lines.count ? 0 : this.heights.before(lines, lines.count, hidden) - this.heights.before(lines, mounted.to, hidden);
    this.below.style.height = `${Math.round(left)}px`;
  }
}

/** An empty box that nobody reads and nothing can be clicked in. */
function spacer(): HTMLElement {
  const box = document.createElement("div");
  box.setAttribute("aria-hidden", "true");
  box.className = "sheaf-rest";
  return box;
}

/** Whether a line is anywhere on the screen: not folded away. */
function isThere(element: Element): boolean {
  return !element.hasAttribute("hidden");
}

function isBeyond(element: Element | undefined, is: (box: DOMRect) => boolean): boolean {
  return element !== undefined && (!isThere(element) || is(element.getBoundingClientRect()));
}

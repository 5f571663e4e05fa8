/** Dragging blocks by their handle: a line shows where they would land, the text scrolls at its edges, Escape leaves everything where it was. */
import type { EditorView } from "prosemirror-view";
import { type Follower, follow } from "../following.ts";
import { type Span, heldCount } from "../lines/span.ts";
import type { Page } from "../page/page.ts";
import type { Chosen } from "./chosen.ts";
import { indexAt, reachOf } from "./place.ts";

/** The pointer moved so far while it was pressed: something is dragged, not pressed. */
const DRAG_PX = 4;
/** So close to an edge the text scrolls. */
const EDGE_PX = 56;
/** How fast, in pixels per millisecond, however seldom the screen is drawn. */
const FASTEST = 1.1;
/** A longer pause than this counts as this long. */
const LONGEST_FRAME_MS = 100;

/** Where something would land: before which line, and at which height of the window. */
interface Landing {
  readonly target: number;
  readonly y: number;
}

/** The dragging on one page. */
export class Dragging implements Follower {
  /** Something is being dragged. */
  isDragging = false;
  private readonly line: HTMLElement;
  private from: { readonly x: number; readonly y: number } | undefined;
  private at = { x: 0, y: 0 };
  private landing: Landing | undefined;
  private frame: number | undefined;
  private unfollow: (() => void) | undefined;
  private wasDragged = false;
  private scrolledAt = 0;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    private readonly scroller: HTMLElement | undefined,
    private readonly chosen: Chosen,
    private readonly layer: HTMLElement,
    /** Takes hold of what the handle stands beside. */
    private readonly take: () => Span | undefined,
  ) {
    this.line = document.createElement("div");
    this.line.className = "drop-line";
    this.line.hidden = true;
    layer.append(this.line);
  }

  /** The button went down on the handle. */
  press(event: PointerEvent): void {
    if (event.button !== 0 || !this.page.editable) return;
    this.wasDragged = false;
    this.from = { x: event.clientX, y: event.clientY };
    this.unfollow?.();
    this.unfollow = follow(this);
  }

  /** Whether the click that comes now is the end of a drag. */
  hasJustDragged(): boolean {
    const was = this.wasDragged;
    this.wasDragged = false;
    return was;
  }

  /** Ends it; nothing moves. */
  stop(): void {
    this.end();
    this.line.remove();
  }

  move(event: PointerEvent): void {
    if (this.from === undefined) return;
    this.at = { x: event.clientX, y: event.clientY };
    if (!this.isDragging) {
      if (Math.hypot(this.at.x - this.from.x, this.at.y - this.from.y) < DRAG_PX) return;
      if (this.take() === undefined) return this.end();
      this.isDragging = true;
      this.wasDragged = true;
      this.layer.classList.add("is-dragging");
      document.documentElement.classList.add("drags-block");
    }
    event.preventDefault();
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  up(event: PointerEvent): void {
    this.at = { x: event.clientX, y: event.clientY };
    if (this.isDragging) this.find();
    const landing = this.isDragging ? this.landing : undefined;
    this.end();
    if (landing !== undefined) this.chosen.moveTo(landing.target);
    this.view.focus();
  }

  /** Nothing moves. */
  cancel(): void {
    this.end();
  }

  private draw(): void {
    this.frame = undefined;
    if (!this.isDragging) return;
    const isScrolling = this.scroll();
    this.find();
    const { landing, line } = this;
    line.hidden = landing === undefined;
    if (landing !== undefined) line.style.top = `${Math.round(landing.y - this.layer.getBoundingClientRect().top)}px`;
    if (isScrolling) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Scrolls when the pointer is at an edge, faster the closer it is. Lines that come into view are mounted by that. */
  private scroll(): boolean {
    const { scroller, at } = this;
    if (scroller === undefined) return false;
    const { top, bottom } = scroller.getBoundingClientRect();
    const beyond = at.y < top + EDGE_PX ? at.y - top - EDGE_PX : at.y > bottom - EDGE_PX ? at.y - bottom + EDGE_PX : 0;
    if (beyond === 0) {
      this.scrolledAt = performance.now();
      return false;
    }
    const before = scroller.scrollTop;
    const now = performance.now();
    const passed = Math.min(LONGEST_FRAME_MS, now - this.scrolledAt);
    this.scrolledAt = now;
    scroller.scrollTop += passed * FASTEST * Math.max(-1, Math.min(1, beyond / EDGE_PX));
    return passed < 1 || scroller.scrollTop !== before;
  }

  /** Finds the edge between blocks that is closest to the pointer. */
  private find(): void {
    const { page, view, at } = this;
    const text = view.dom.getBoundingClientRect();
    const seen = this.scroller?.getBoundingClientRect() ?? text;
    const y = Math.max(seen.top + 1, Math.min(seen.bottom - 1, at.y));
    const index = indexAt(page, view, y);
    if (index === undefined) {
      const last = Math.min(page.mounted.to, heldCount(page.lines));
      const end = reachOf(page, view, this.chosen.spanAt(last - 1));
      if (end !== undefined && y > end.bottom) this.landing = { target: last, y: end.bottom };
      else if (y <= text.top) this.landing = { target: page.mounted.from, y: text.top };
      return;
    }
    const span = this.chosen.spanAt(index);
    const reach = reachOf(page, view, span);
    if (reach === undefined) return;
    const isAbove = y < (reach.top + reach.bottom) / 2;
    this.landing = isAbove ? { target: span.from, y: reach.top } : { target: span.to, y: reach.bottom };
  }

  private end(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.from = undefined;
    this.landing = undefined;
    this.isDragging = false;
    this.line.hidden = true;
    this.layer.classList.remove("is-dragging");
    document.documentElement.classList.remove("drags-block");
  }
}

/** The margin beside the text: dragging there chooses blocks. A press without a drag ends the choice and leaves the caret where it was. */
import type { EditorView } from "prosemirror-view";
import type { Page } from "../page/page.ts";
import type { Chosen } from "./chosen.ts";

/** The pointer moved so far while it was pressed. */
const DRAG_PX = 4;
/** What takes presses itself. */
const TAKEN = "button, input, textarea, select, a, label, [role]:not(main)";

/** The margins of one page. */
export class Margin {
  private from: { readonly index: number; readonly y: number } | undefined;
  private isDragging = false;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    private readonly scroller: HTMLElement | undefined,
    private readonly chosen: Chosen,
    private readonly indexAt: (y: number) => number | undefined,
  ) {
    scroller?.addEventListener("mousedown", this.onDown);
  }

  /** Takes no presses any more. */
  stop(): void {
    this.end();
    this.scroller?.removeEventListener("mousedown", this.onDown);
  }

  private readonly onDown = (event: MouseEvent): void => {
    const { scroller, view } = this;
    if (event.button !== 0 || event.defaultPrevented || scroller === undefined || !(event.target instanceof Element)) return;
    const text = view.dom.getBoundingClientRect();
    const isBeside = event.clientX < text.left || event.clientX > text.right;
    const isOnBar = event.clientX > scroller.getBoundingClientRect().left + scroller.clientWidth;
    if (!isBeside || isOnBar || view.dom.contains(event.target) || event.target.closest(TAKEN) !== null) return;
    const index = this.indexAt(event.clientY);
    if (index === undefined) return;
    event.preventDefault();
    this.from = { index, y: event.clientY };
    addEventListener("mousemove", this.onMove, true);
    addEventListener("mouseup", this.onUp, true);
  };

  private readonly onMove = (event: MouseEvent): void => {
    if (this.from === undefined) return;
    if (!this.isDragging && Math.abs(event.clientY - this.from.y) < DRAG_PX) return;
    this.isDragging = true;
    const index = this.indexAt(event.clientY);
    if (index !== undefined) this.chosen.choose(this.from.index, index, false);
    this.view.focus();
  };

  private readonly onUp = (): void => {
    const wasDragged = this.isDragging;
    this.end();
    if (wasDragged) return;
    this.chosen.release(true);
    if (this.page.editable) this.view.focus();
  };

  private end(): void {
    removeEventListener("mousemove", this.onMove, true);
    removeEventListener("mouseup", this.onUp, true);
    this.from = undefined;
    this.isDragging = false;
  }
}

/**
 * The handle: a small button in the margin beside the block under the pointer, or beside the first of those that are chosen. A press opens the menu,
 * dragging moves the block or all that are chosen. It lies beside the text, never in it; pointer events alone carry it, since the window's own dragging
 * differs from engine to engine.
 */
import type { EditorView } from "prosemirror-view";
import type { Span } from "../lines/span.ts";
import type { Page } from "../page/page.ts";
import type { Box } from "../screen.ts";
import type { Chosen } from "./chosen.ts";
import { Dragging } from "./dragging.ts";
import { elementOf, indexAt } from "./place.ts";

/** The height and width of the handle. */
const SIZE_PX = 24;
/** Below the top of a block that is one high picture, the handle stands so far at most. */
const DEEPEST_PX = 34;

/** The handle of one page. */
export class Handle {
  private readonly button: HTMLButtonElement;
  private readonly layer: HTMLElement;
  private readonly dragging: Dragging;
  private at: number | undefined;
  private frame: number | undefined;
  private pointerY = 0;

  constructor(
    private readonly page: Page,
    private readonly view: EditorView,
    private readonly scroller: HTMLElement | undefined,
    private readonly chosen: Chosen,
    private readonly openMenu: () => void,
    private readonly name: () => string,
  ) {
    this.layer = document.createElement("div");
    this.layer.className = "sheaf-handles";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "block-handle";
    this.button.tabIndex = -1;
    this.button.hidden = true;
    this.button.setAttribute("aria-haspopup", "menu");
    this.button.setAttribute("aria-keyshortcuts", "Alt+Enter");
    this.layer.append(this.button);
    view.dom.before(this.layer);
    this.dragging = new Dragging(page, view, scroller, chosen, this.layer, () => this.take());
    this.button.addEventListener("pointerdown", (event) => this.dragging.press(event));
    // The focus, and the selection, stay in the text.
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    this.button.addEventListener("click", () => this.clicked());
    this.button.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      this.clicked();
    });
    (scroller ?? view.dom).addEventListener("pointermove", this.onPointer);
    (scroller ?? view.dom).addEventListener("pointerleave", this.onLeave);
  }

  /** Where the menu belongs. */
  get box(): Box | undefined {
    this.follow();
    if (this.button.hidden) return undefined;
    const { left, right, top, bottom } = this.button.getBoundingClientRect();
    return { left, right, top, bottom };
  }

  /** The line at a height of the window. */
  indexAt(y: number): number | undefined {
    return indexAt(this.page, this.view, y);
  }

  /** Stands where it belongs now: beside the chosen blocks, else beside the one it was at. */
  follow(): void {
    const { span } = this.chosen;
    if (span !== undefined) this.stand(span.from);
    else if (this.at !== undefined) this.hide();
  }

  /** Who writes does not see it. */
  keyPressed(): void {
    if (!this.chosen.isActive) this.hide();
  }

  /** Takes it away. */
  stop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    (this.scroller ?? this.view.dom).removeEventListener("pointermove", this.onPointer);
    (this.scroller ?? this.view.dom).removeEventListener("pointerleave", this.onLeave);
    this.dragging.stop();
    this.layer.remove();
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0 || event.target === this.button) return;
    this.pointerY = event.clientY;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.hovered();
    });
  };

  private readonly onLeave = (): void => {
    if (!this.chosen.isActive && !this.dragging.isDragging) this.hide();
  };

  private hovered(): void {
    if (!this.page.editable || this.dragging.isDragging) return;
    const index = this.indexAt(this.pointerY);
    if (index !== undefined) this.stand(this.chosen.spanAt(index).from);
    else this.follow();
  }

  private stand(index: number): void {
    const element = elementOf(this.page, this.view, index);
    if (element === undefined || element.hidden || !this.page.editable) return this.hide();
    this.at = index;
    const { button } = this;
    const home = this.layer.getBoundingClientRect();
    const rect = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const lead = parseFloat(style.paddingTop) + parseFloat(style.lineHeight) / 2;
    const middle = Number.isFinite(lead) ? Math.min(lead, Math.max(DEEPEST_PX, parseFloat(style.paddingTop) + SIZE_PX)) : SIZE_PX / 2;
    button.hidden = false;
    button.style.top = `${Math.round(rect.top - home.top + middle - SIZE_PX / 2)}px`;
    // Before a heading is its triangle, before a table the handle of its row.
    button.classList.toggle("beside-heading", element.matches(".heading, .cell"));
    button.classList.toggle("at-right", style.direction === "rtl");
    const name = this.name();
    if (button.title !== name) {
      button.title = name;
      button.setAttribute("aria-label", name);
    }
  }

  private hide(): void {
    this.at = undefined;
    this.button.hidden = true;
  }

  /** What a press takes hold of: all that is chosen when this block is among them, else this block. */
  private take(): Span | undefined {
    const { at, chosen } = this;
    if (at === undefined) return undefined;
    const { span } = chosen;
    if (span === undefined || at < span.from || at >= span.to) chosen.choose(at, at, false);
    return chosen.span;
  }

  private clicked(): void {
    if (this.dragging.hasJustDragged()) return;
    if (this.take() === undefined) return;
    this.openMenu();
  }
}

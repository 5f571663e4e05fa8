/** The main mouse button on the text: whether it is down, and whether letting it go was a click in one place or the end of a drag. */

/** The mouse moved so far while it was pressed: something was dragged over, not clicked. */
const DRAG_PX = 4;

/** The pressing of one editor. */
export class Pressing {
  /** The button is down. */
  isDown = false;
  private at = { x: 0, y: 0 };
  private after: ReturnType<typeof setTimeout> | undefined;

  /** `released` is called once the browser has set the selection that the press made. */
  constructor(private readonly released: (event: MouseEvent) => void) {}

  /** The button went down. */
  press(event: MouseEvent): void {
    this.at = { x: event.clientX, y: event.clientY };
    this.isDown = true;
    const up = (released: MouseEvent): void => {
      removeEventListener("mouseup", up, true);
      this.isDown = false;
      // The browser sets the selection of this very event a moment later.
      this.after = setTimeout(() => this.released(released), 0);
    };
    addEventListener("mouseup", up, true);
  }

  /** Whether the mouse was pressed and let go in one place, once: what was selected before is so no longer, though the page may not know it yet. */
  isPlainClick(event: MouseEvent): boolean {
    return event.detail <= 1 && !event.shiftKey && Math.hypot(event.clientX - this.at.x, event.clientY - this.at.y) < DRAG_PX;
  }

  /** Nothing is told any more. */
  stop(): void {
    clearTimeout(this.after);
  }
}

/**
 * When what is owed is drawn: at once when the screen was quiet, else at the next frame, within 250 ms also in a hidden window, and never inside a
 * composition. Knows nothing of what is drawn.
 */

/** How long a frame lasts; a second drawing within it waits for the next. */
const FRAME_MS = 16;
/** A hidden window gets no frames. */
const LATEST_MS = 250;
/** ProseMirror needs a moment after a composition to read what it left. */
const AFTER_COMPOSITION_MS = 60;

/** Draws in time. */
export class Drawing {
  private drawnAt = Number.NEGATIVE_INFINITY;
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private soon = false;
  private stopped = false;

  constructor(
    private readonly draw: () => void,
    private readonly isComposing: () => boolean,
  ) {}

  /** There is something to draw. */
  due(): void {
    if (this.soon || this.frame !== undefined || this.timer !== undefined || this.stopped || this.isComposing()) return;
    if (!document.hidden && performance.now() - this.drawnAt >= FRAME_MS) {
      this.soon = true;
      queueMicrotask(() => {
        this.soon = false;
        this.now();
      });
      return;
    }
    this.frame = requestAnimationFrame(() => this.now());
    this.timer = setTimeout(() => this.now(), LATEST_MS);
  }

  /** A composition ended: what waited for it is drawn. */
  compositionEnded(): void {
    setTimeout(() => this.now(), AFTER_COMPOSITION_MS);
  }

  /** Draws now, unless a composition is under way. */
  now(): void {
    this.forget();
    if (this.stopped || this.isComposing()) return;
    this.drawnAt = performance.now();
    this.draw();
  }

  /** Draws no more. */
  stop(): void {
    this.stopped = true;
    this.forget();
  }

  private forget(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = undefined;
    this.timer = undefined;
  }
}

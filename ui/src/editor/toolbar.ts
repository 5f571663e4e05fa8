/** When the selection's toolbar is seen: after words were selected with the mouse, or when it was asked for; never while the button is down. */
import { sharedBlock } from "./editing/blocks.ts";
import { isCaret } from "./editing/range.ts";
import type { Page } from "./page/page.ts";
import { Pressing } from "./pressing.ts";

/** The toolbar of one editor, without its looks. */
export class Toolbar {
  private readonly pressing = new Pressing((event) => this.released(event));
  private asked = false;

  constructor(
    private readonly page: () => Page,
    /** Whether it is seen may have changed. */
    private readonly changed: () => void,
    /** It was asked for with keys, which go on in it. */
    private readonly wanted: () => void,
  ) {}

  /** Whether it is to be seen. In code there is nothing to format. */
  get isShown(): boolean {
    const page = this.page();
    if (!this.asked || this.pressing.isDown || isCaret(page.selection) || !page.editable) return false;
    return sharedBlock(page).kind !== "code";
  }

  /** Whether the button is down. */
  get isHeld(): boolean {
    return this.pressing.isDown;
  }

  /** Shows it although the selection was made with keys. Answers false where it has no place: at a caret, in code, where nothing can be written. */
  ask(): boolean {
    this.asked = true;
    this.asked = this.isShown;
    this.changed();
    if (this.asked) this.wanted();
    return this.asked;
  }

  /** Takes it away. */
  dismiss(): void {
    this.asked = false;
    this.changed();
  }

  /** The main button went down on the text. */
  press(event: MouseEvent): void {
    this.pressing.press(event);
    this.dismiss();
  }

  /** Whether a click was one in one place. */
  isPlainClick(event: MouseEvent): boolean {
    return this.pressing.isPlainClick(event);
  }

  /** The selection changed. */
  selectionChanged(): void {
    if (this.pressing.isDown || isCaret(this.page().selection)) this.asked = false;
  }

  /** Nothing is shown any more. */
  stop(): void {
    this.pressing.stop();
  }

  private released(event: MouseEvent): void {
    this.asked = !this.pressing.isPlainClick(event);
    this.changed();
  }
}

/** What the editor's suite needs of a browser; Chromium and WebKitGTK both give it. */

/** How long a page may take to load and to be ready, on a machine that does much else. */
export const LOADS_WITHIN_MS = 90_000;

/** One step of an input method: what it shows in the text for now and where its caret is, or what it leaves there. */
export type ImeStep = { readonly preedit: string; readonly caret?: number } | { readonly commit: string };

/** A running browser with one page. */
export interface Driver {
  readonly name: string;
  open(url: string): Promise<void>;
  /** Presses keys one after the other: letters as they are, or names such as `Enter`, `Control+b`, `Shift+Alt+ArrowUp`. */
  press(...keys: string[]): Promise<void>;
  /** Types a text key by key. */
  type(text: string): Promise<void>;
  click(selector: string, modifiers?: readonly string[]): Promise<void>;
  /** Drags from one place to another with the mouse held. */
  drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void>;
  /** Moves the mouse, presses it and lets it go, step by step; what is pressed stays so until it is let go. */
  mouse(...steps: ReadonlyArray<{ x: number; y: number } | "down" | "up">): Promise<void>;
  /** Moves the mouse to a place and lets it rest there. */
  hover(place: { x: number; y: number }): Promise<void>;
  /** Runs a function body in the page; it may return a promise. */
  evaluate<T>(body: string): Promise<T>;
  /** Composes a character as an input method does, in stages that the text shows; `between` runs at each of them. */
  compose(character: string, between: () => Promise<void>): Promise<void>;
  /** Takes a step of an input method through the engine's own door; absent where it has none. */
  readonly ime?: (step: ImeStep) => Promise<void>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Waits until a function body in the page answers true. */
export async function until(driver: Driver, body: string, within = 10_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await driver.evaluate<boolean>(body))) {
    if (Date.now() > end) throw new Error(`${driver.name}: never came true: ${body}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

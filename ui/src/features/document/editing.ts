/** Who else edits the open document, for those who do not see carets (ux.md 54): told seldom, and all of them in one sentence. */

/** Those who begin together are told together. */
const GATHERS_MS = 1000;

/** Between two tellings: whoever has a text read aloud is not interrupted more often. */
const EVERY_MS = 20_000;

/** The telling of one document. */
export class EditingTold {
  /** Who has edited since it was told last. */
  readonly #since = new Set<string>();
  #now: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `tell` is handed everybody's names, in their order; none once nobody edits any more. */
  constructor(private readonly tell: (names: readonly string[]) => void) {}

  /** Who edits at this moment. */
  heard(names: readonly string[]): void {
    this.#now = names;
    names.forEach((name) => this.#since.add(name));
    if (names.length > 0) this.#timer ??= setTimeout(() => this.#due(), GATHERS_MS);
  }

  /** Nothing is told any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #due(): void {
    const names = [...new Set([...this.#since, ...this.#now])].sort();
    this.#since.clear();
    this.#timer = names.length > 0 ? setTimeout(() => this.#due(), EVERY_MS) : undefined;
    this.tell(names);
  }
}

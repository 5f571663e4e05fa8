/** The library as the sidebar shows it: the core's list, asked for again whenever the core says it changed. */
import type { Core, LibraryEntry } from "./core.ts";

export class Library {
  documents = $state<LibraryEntry[]>([]);
  trashed = $state<LibraryEntry[]>([]);
  loaded = $state(false);

  readonly #core: Core;
  readonly #stop: () => void;
  #asking = false;
  #again = false;

  constructor(core: Core) {
    this.#core = core;
    this.#stop = core.listen("documents", () => void this.refresh());
  }

  /** One question at a time: changes that come while one is on its way cost one more, not one each. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#again) {
        this.#again = false;
        [this.documents, this.trashed] = await Promise.all([this.#core.list(false), this.#core.list(true)]);
        this.loaded = true;
      }
    } finally {
      this.#asking = false;
    }
  }

  find(document: string): LibraryEntry | undefined {
    return this.documents.find((entry) => entry.document === document);
  }

  close(): void {
    this.#stop();
  }
}

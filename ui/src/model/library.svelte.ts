/** The library as the sidebar shows it: the core's list, asked for again whenever the core says it changed. */
import { legible } from "../editor/index.ts";
import { say } from "../messages/index.ts";
import type { Core, LibraryEntry } from "./core.ts";

export class Library {
  documents = $state<LibraryEntry[]>([]);
  folders = $state<LibraryEntry[]>([]);
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
        const [kept, trashed] = await Promise.all([this.#core.list(false), this.#core.list(true)]);
        const isFolder = ({ kind }: LibraryEntry): boolean => kind === "folder";
        [this.documents, this.folders, this.trashed] = [kept.filter((entry) => !isFolder(entry)), kept.filter(isFolder), trashed];
        this.folders.sort((one, other) => one.title.localeCompare(other.title));
        this.loaded = true;
      }
    } finally {
      this.#asking = false;
    }
  }

  find(document: string): LibraryEntry | undefined {
    return this.documents.find((entry) => entry.document === document);
  }

  folder(id: string): LibraryEntry | undefined {
    return this.folders.find((entry) => entry.document === id);
  }

  /** The folder that a document is in. */
  folderOf(entry: LibraryEntry): LibraryEntry | undefined {
    return entry.folder ? this.folder(entry.folder) : undefined;
  }

  close(): void {
    this.#stop();
  }
}

/** What a document or folder is called. */
export function named(entry: LibraryEntry): string {
  return legible(entry.title) || say.untitled;
}

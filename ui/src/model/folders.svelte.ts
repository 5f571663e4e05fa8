/** What is under way about folders: whose people are shown, and which document is about to go into one, or out of one. */
import { say } from "../messages/index.ts";
import type { Core, LibraryEntry } from "./core.ts";
import { named, type Library } from "./library.svelte.ts";

/** A document on its way: into a folder, or out of every one. */
export interface Move {
  document: LibraryEntry;
  from: LibraryEntry | undefined;
  to: LibraryEntry | undefined;
}

export class Folders {
  /** The folder whose people are shown. */
  sharing = $state<string | null>(null);
  /** What waits for a word because others are concerned. */
  moving = $state.raw<Move | null>(null);
  /** A folder that has just been made, and is to be given a name. */
  fresh = $state<string | null>(null);

  constructor(
    private readonly core: Core,
    private readonly library: Library,
    private readonly tell: (words: string) => void,
  ) {}

  async create(): Promise<void> {
    const made = await this.core.createFolder(say.folders.name);
    await this.library.refresh();
    this.fresh = made;
  }

  /** Moves a document; asks first where somebody else is concerned. */
  async move(document: string, folder: string | null): Promise<void> {
    const entry = this.library.find(document);
    if (entry === undefined) return;
    const move = { document: entry, from: this.library.folderOf(entry), to: folder === null ? undefined : this.library.folder(folder) };
    if (move.from?.document === move.to?.document) return;
    if (concerns(move.from) || concerns(move.to)) this.moving = move;
    else await this.moveNow(move);
  }

  async moveNow({ document, from, to }: Move): Promise<void> {
    this.moving = null;
    if (from) await this.core.takeOut(from.document, document.document);
    if (to) await this.core.putInto(to.document, document.document);
    await this.library.refresh();
    const title = named(document);
    this.tell(to ? say.folders.moved(title, named(to)) : say.folders.movedOut(title));
  }
}

/** Whether anybody else is in a folder, or may come into it. */
function concerns(folder: LibraryEntry | undefined): boolean {
  return folder !== undefined && (folder.shared || folder.people > 1);
}

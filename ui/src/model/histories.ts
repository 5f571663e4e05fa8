/** What can be undone in documents that were left, for whoever comes back to them before Sheaf ends. */
import type { History } from "../editor/index.ts";

/** Of so many documents, the last that were left: each keeps its text, to tell by what others changed meanwhile. */
const MOST = 8;

/** Whoever comes back at once waits so long for what was typed last to be saved, for it is a part of what can be undone. */
const PATIENCE_MS = 1000;

/** The histories of documents that are not open. */
export class Histories {
  private readonly kept = new Map<string, Promise<History | undefined>>();

  /** A document is left; its history comes when all of it is saved. */
  keep(document: string, closing: Promise<History | undefined>): void {
    this.kept.delete(document);
    this.kept.set(
      document,
      closing.catch(() => undefined),
    );
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size > MOST) this.kept.delete(oldest);
  }

  /** The history of a document that is opened again, if there is one. */
  async take(document: string): Promise<History | undefined> {
    const closing = this.kept.get(document);
    if (closing === undefined) return undefined;
    this.kept.delete(document);
    const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE_MS));
    return await Promise.race([closing, late]);
  }
}

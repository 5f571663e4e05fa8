/** Tells whoever subscribed what happens in an editor, and, once per task, that its state changed. */
import type { EditorEvents } from "./snapshot.ts";

type Handler = (event: never) => void;

/** The subscribers of one editor. */
export class Telling {
  private readonly listeners = new Set<() => void>();
  private readonly handlers = new Map<keyof EditorEvents, Set<Handler>>();
  private isDue = false;

  /** Calls back, once per task, after anything in the state changed. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back when something happens. */
  on<Name extends keyof EditorEvents>(name: Name, handler: (event: EditorEvents[Name]) => void): () => void {
    const handlers = this.handlers.get(name) ?? new Set();
    this.handlers.set(name, handlers);
    handlers.add(handler as Handler);
    return () => handlers.delete(handler as Handler);
  }

  /** Something happened. */
  say<Name extends keyof EditorEvents>(name: Name, event: EditorEvents[Name]): void {
    for (const handler of [...(this.handlers.get(name) ?? [])]) (handler as (event: EditorEvents[Name]) => void)(event);
  }

  /** The state changed. */
  changed(): void {
    if (this.isDue) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      for (const listener of [...this.listeners]) listener();
    });
  }

  /** Nobody is told any more. */
  stop(): void {
    this.listeners.clear();
    this.handlers.clear();
  }
}

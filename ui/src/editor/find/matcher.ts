/**
 * Who finds a query's hits in lines: plain words here and at once; a person's own expression in a worker that is ended when it takes too long, because
 * nothing else stops an expression such as `(a+)+$`.
 */
import { type Hit, type Query, hitsIn, patternOf } from "./query.ts";

/** Finds hits, for every text in turn. */
export interface Matcher {
  match(texts: readonly string[]): ReadonlyArray<readonly Hit[]> | Promise<ReadonlyArray<readonly Hit[]>>;
  stop(): void;
}

/** An expression took longer than it may. */
export class TooSlow extends Error {}

/** A batch of lines that an honest expression reads in a few milliseconds has so long, also on a machine that is busy with other things. */
const PATIENCE_MS = 1500;

/** Whoever finds this. Throws a SyntaxError when an expression is none. */
export function matcherOf(query: Query): Matcher {
  const pattern = patternOf(query);
  if (query.regex) return new Bounded(query);
  return { match: (texts) => texts.map((text) => hitsIn(text, pattern, query)), stop: () => undefined };
}

/** An expression in a worker of its own. One batch at a time. */
class Bounded implements Matcher {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly ready: Promise<void>;
  private failed: (error: Error) => void = () => undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly query: Query) {
    this.ready = new Promise((resolve, reject) => {
      this.failed = reject;
      this.worker.addEventListener("message", () => resolve(), { once: true });
      this.worker.addEventListener("error", () => this.failed(new Error("the worker for expressions failed")));
    });
  }

  async match(texts: readonly string[]): Promise<ReadonlyArray<readonly Hit[]>> {
    await this.ready;
    return new Promise((resolve, reject) => {
      this.failed = reject;
      this.timer = setTimeout(() => {
        this.stop();
        reject(new TooSlow());
      }, PATIENCE_MS);
      this.worker.addEventListener(
        "message",
        ({ data }: MessageEvent<ReadonlyArray<readonly Hit[]>>) => {
          clearTimeout(this.timer);
          resolve(data);
        },
        { once: true },
      );
      this.worker.postMessage({ query: this.query, texts });
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.worker.terminate();
  }
}

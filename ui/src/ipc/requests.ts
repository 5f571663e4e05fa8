/**
 * Requests and events over anything that carries text both ways: numbers requests, matches answers, and fails what can never be answered.
 * Knows the shape of messages (docs/lane.md) and nothing of what they mean.
 */
import { Refusal, Unanswered, type Told, type Wire } from "../editor/lane/wire.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A `Wire` that sends with `send` and is fed with `receive`. */
export class Requests implements Wire {
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #back = new Set<() => void>();

  /** `send` may throw or reject when there is no connection. */
  constructor(private readonly send: (message: string | Uint8Array<ArrayBuffer>) => void | Promise<void>) {}

  ask(call: string, fields: Readonly<Record<string, unknown>>, bytes?: ArrayBuffer): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const failed = (error: unknown): void => {
        if (this.#waiting.delete(id)) reject(new Unanswered(String(error)));
      };
      try {
        const request = JSON.stringify({ ...fields, id, call });
        Promise.resolve(this.send(bytes === undefined ? request : withBytes(request, bytes))).catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  }

  hear(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  whenBack(listener: () => void): () => void {
    this.#back.add(listener);
    return () => this.#back.delete(listener);
  }

  /** One message came, as JSON that has been read. What is neither an answer nor an event is ignored. */
  receive(message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    const fields = message as Record<string, unknown>;
    if (typeof fields["event"] === "string") {
      for (const listener of [...this.#listeners]) listener(fields as Told);
      return;
    }
    const waiting = this.#waiting.get(Number(fields["id"]));
    if (!waiting) return;
    this.#waiting.delete(Number(fields["id"]));
    const error = fields["error"] as { code?: unknown; message?: unknown } | undefined;
    if (error === undefined) waiting.resolve(fields["ok"]);
    else waiting.reject(new Refusal(String(error.code), String(error.message)));
  }

  /** The connection went: whether the core did what is still unanswered is not known. */
  lost(why: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Unanswered(why));
    this.receive({ event: "lost" });
  }

  /** The connection is there again. */
  back(): void {
    for (const listener of [...this.#back]) listener();
  }
}

/** A request with bytes behind it, as docs/lane.md has it. */
function withBytes(request: string, bytes: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(request);
  const message = new Uint8Array(4 + json.length + bytes.byteLength);
  new DataView(message.buffer).setUint32(0, json.length, true);
  message.set(json, 4);
  message.set(new Uint8Array(bytes), 4 + json.length);
  return message;
}

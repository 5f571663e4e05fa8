/**
 * What the text lane needs of whatever carries it (Tauri IPC, a WebSocket, a model in a test): ask and be answered, and hear what comes unasked.
 * Promises neither order nor single delivery of what comes unasked. The one adapter that implements it is in ui/src/ipc.
 */

/** A refusal, with the core's code: `refused`, `reset`, or anything else that went wrong. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Thrown by `ask` when the connection went before the answer came: it is not known whether the core did what was asked. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** Something that came unasked. */
export interface Told {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A carrier of requests and events. */
export interface Wire {
  /** Asks, with bytes behind the question where there are some, and waits for the answer. Throws `Refusal` or `Unanswered`. */
  ask(call: string, fields: Readonly<Record<string, unknown>>, bytes?: ArrayBuffer): Promise<unknown>;
  /** Hears every event until the returned function is called. */
  hear(listener: (told: Told) => void): () => void;
  /** Calls back whenever the connection came back after it was lost. */
  whenBack(listener: () => void): () => void;
}

/** The core's answer to `open`. */
export interface Opened {
  readonly version: number;
  readonly role: string;
  readonly delta: unknown;
  readonly title: string;
  readonly length: number;
  readonly checksum?: number;
}

/** An item of the sequence: somebody's Delta that entered the replica. */
export interface Show {
  readonly version: number;
  readonly delta: unknown;
  readonly author?: string;
  readonly length: number;
  readonly checksum?: number;
}

/** An item of the sequence: a push of mine that entered the replica. */
export interface Saved {
  readonly version: number;
  readonly number: number;
}

/** A fresh body, because the sequence cannot go on. */
export interface Reset extends Opened {
  readonly reason: string;
}

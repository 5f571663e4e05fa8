/** The facts about where one document is, as the core last told them. Asked for again when the core says they changed. */
import type { Core, Counters, DocumentStatus, Finding, NetworkStatus } from "./core.ts";

export class Status {
  document = $state<DocumentStatus | null>(null);
  network = $state<NetworkStatus | null>(null);

  readonly #core: Core;
  readonly #id: string;
  readonly #stop: () => void;
  #asking = false;
  #again = false;

  constructor(core: Core, id: string) {
    this.#core = core;
    this.#id = id;
    this.#stop = core.listen("status", (event) => {
      if (event["document"] === undefined || event["document"] === id) void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#again) {
        this.#again = false;
        const facts = await this.#core.status(this.#id);
        this.document = facts.document;
        this.network = facts.network;
      }
    } finally {
      this.#asking = false;
    }
  }

  /** What of the connection works just now. */
  async examine(): Promise<Finding[]> {
    return await this.#core.doctor();
  }

  /** How this document and its links have done since Sheaf began. */
  async counters(): Promise<Counters> {
    return await this.#core.counters(this.#id);
  }

  close(): void {
    this.#stop();
  }
}

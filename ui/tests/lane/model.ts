/**
 * A model of the core, for the fuzz of the lane: one text, one counter of versions, a ring of Deltas; transforms pushes past what came since,
 * answers when "durable", and tells every view in the sequence. It says exactly what the contract says the Rust core says, and nothing more.
 * Between it and each view lies an IPC that delays, reorders and repeats.
 */
import type { Delta } from "../../src/editor/delta.ts";
import { pastShow, readDelta } from "../../src/editor/delta.ts";
import { checksumOf } from "../../src/editor/lane/checksum.ts";
import { Refusal, type Told, type Wire } from "../../src/editor/lane/wire.ts";
import { Lines } from "../../src/editor/lines/lines.ts";
import type { Chance } from "./chance.ts";

interface Client {
  readonly wire: ModelWire;
  readonly answers: Map<number, number>;
  role: string;
}

/** Virtual time: what is due runs in order of its moment. */
export class Clock {
  now = 0;
  private readonly due: Array<{ at: number; nth: number; run: () => void }> = [];
  private nth = 0;

  /** Runs something later. */
  later(ms: number, run: () => void): void {
    this.due.push({ at: this.now + ms, nth: this.nth++, run });
  }

  /** Runs the next thing. Answers false when there is none. */
  step(): boolean {
    if (this.due.length === 0) return false;
    let first = 0;
    for (let i = 1; i < this.due.length; i++) {
      const a = this.due[i]!;
      const b = this.due[first]!;
      if (a.at < b.at || (a.at === b.at && a.nth < b.nth)) first = i;
    }
    const [next] = this.due.splice(first, 1);
    this.now = Math.max(this.now, next!.at);
    next!.run();
    return true;
  }

  get isIdle(): boolean {
    return this.due.length === 0;
  }
}

/** The core. */
export class ModelCore {
  text: Lines;
  version = 0;
  pushes = 0;
  transformed = 0;
  private readonly ring: Delta[] = [];
  private readonly clients = new Map<string, Client>();
  /** Turns are told in order, when they are durable. */
  private durableAt = 0;

  constructor(
    body: Delta,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly ringSize = 256,
  ) {
    this.text = Lines.from(body);
  }

  /** A new way in for a view. */
  wire(slow = 60): ModelWire {
    return new ModelWire(this, this.clock, this.chance, slow);
  }

  /** Hears a request. Answers, or throws a refusal. */
  handle(wire: ModelWire, call: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    const view = String(fields["view"]);
    if (call === "open") {
      this.clients.set(view, { wire, answers: this.clients.get(view)?.answers ?? new Map<number, number>(), role: "edit" });
      return Promise.resolve(this.opened());
    }
    if (call === "close") this.clients.delete(view);
    if (call === "push") return this.push(view, fields);
    return Promise.resolve({});
  }

  /** Makes the core say Reset to every view, as it does when a text was rebuilt. */
  resetAll(reason: string): void {
    for (const [view, client] of this.clients)
      this.whenDurable(() => client.wire.tell({ event: "reset", document: "d", view, reason, ...this.opened() }));
  }

  /** A remote edit: another device's, one turn. */
  remote(delta: Delta): void {
    this.enter(delta, undefined, 0);
  }

  private opened(): Record<string, unknown> & { version: number } {
    return {
      version: this.version,
      role: "edit",
      title: "Model",
      delta: { ops: structuredClone(this.text.toDelta().ops) },
      length: this.text.length,
      checksum: checksumOf(this.text),
    };
  }

  private push(view: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    const client = this.clients.get(view);
    if (client === undefined) return Promise.reject(new Refusal("refused", "no such view"));
    const number = Number(fields["number"]);
    const known = client.answers.get(number);
    if (known !== undefined) return this.answerLater({ version: known });
    const base = Number(fields["version"]);
    if (this.version - base > this.ringSize) {
      this.whenDurable(() => client.wire.tell({ event: "reset", document: "d", view, reason: "too old", ...this.opened() }));
      return Promise.reject(new Refusal("reset", "the base is older than the ring"));
    }
    let delta = readDelta(structuredClone(fields["delta"]));
    for (const show of this.ring.slice(this.ring.length - (this.version - base))) delta = pastShow(show, delta);
    this.pushes++;
    if (base !== this.version) this.transformed++;
    this.enter(delta, view, number);
    client.answers.set(number, this.version);
    return this.answerLater({ version: this.version });
  }

  private answerLater(answer: unknown): Promise<unknown> {
    return new Promise((resolve) => this.whenDurable(() => resolve(answer)));
  }

  private enter(delta: Delta, author: string | undefined, number: number): void {
    this.text = this.text.apply(delta).lines;
    this.version++;
    this.ring.push(delta);
    if (this.ring.length > this.ringSize) this.ring.shift();
    const version = this.version;
    const length = this.text.length;
    const checksum = version % 16 === 0 ? { checksum: checksumOf(this.text) } : {};
    const json = JSON.stringify({ ops: delta.ops });
    const told = [...this.clients];
    this.whenDurable(() => {
      for (const [view, client] of told) {
        if (view === author) client.wire.tell({ event: "saved", document: "d", view, version, number });
        else
          client.wire.tell({
            event: "show",
            document: "d",
            view,
            version,
            delta: JSON.parse(json),
            author: author ?? "elsewhere",
            length,
            ...checksum,
          });
      }
    });
  }

  private whenDurable(run: () => void): void {
    this.durableAt = Math.max(this.durableAt, this.clock.now + this.chance.below(6));
    this.clock.later(this.durableAt - this.clock.now, run);
  }
}

/** An IPC that promises neither order nor single delivery. */
export class ModelWire implements Wire {
  private readonly listeners = new Set<(told: Told) => void>();
  /** A hidden window's messages wait in its queue this long at most. */
  pausedUntil = 0;

  constructor(
    private readonly core: ModelCore,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly slow: number,
  ) {}

  async ask(call: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    await this.travel();
    if (call === "push" && this.chance.below(100) < 15) {
      // The same request arrives twice; the second answer is thrown away.
      this.clock.later(this.chance.below(this.slow), () => void this.core.handle(this, call, fields).catch(() => undefined));
    }
    const answer = await this.core.handle(this, call, fields);
    await this.travel();
    return answer;
  }

  hear(listener: (told: Told) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  whenBack(): () => void {
    return () => undefined;
  }

  /** Sends an event, at some time, perhaps twice. */
  tell(told: Told): void {
    const times = this.chance.below(100) < 15 ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const delay = Math.max(1 + this.chance.below(this.slow), this.pausedUntil - this.clock.now + this.chance.below(5));
      this.clock.later(delay, () => {
        for (const listener of this.listeners) listener(structuredClone(told));
      });
    }
  }

  private travel(): Promise<void> {
    return new Promise((resolve) => this.clock.later(1 + this.chance.below(this.slow), resolve));
  }
}

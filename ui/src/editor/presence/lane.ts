/**
 * The presence lane: where I am, told at most every 50 milliseconds and latest first; where the others are, as the core tells it. Nothing here is stored.
 * Offsets travel in the core's text; on the screen they stand in mine.
 */
import type { TextLane } from "../lane/lane.ts";
import type { Selection } from "../lane/undo.ts";
import type { Told, Wire } from "../lane/wire.ts";
import { legible } from "../links/seen.ts";
import type { Peer } from "./cursors.ts";

const EVERY_MS = 50;

interface Heard {
  readonly peer?: number | string;
  readonly device?: string;
  readonly name?: string;
  readonly person?: string;
  readonly colour?: string;
  readonly anchor?: number | null;
  readonly head?: number | null;
  readonly typing?: boolean;
}

/** One view's presence. */
export class PresenceLane {
  private readonly stop: () => void;
  private next: { selection: Selection | undefined; typing: boolean } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private heard: { version: number; peers: readonly Heard[] } | undefined;
  /** My own caret stays with me when the person does not want it seen: that I am here is told all the same. */
  hidden = false;

  constructor(
    private readonly wire: Wire,
    private readonly lane: TextLane,
    private readonly onPeers: (peers: readonly Peer[]) => void,
  ) {
    this.stop = wire.hear((told) => this.hear(told));
  }

  /** I am here. */
  present(selection: Selection | undefined, typing: boolean): void {
    this.next = { selection, typing };
    if (this.timer !== undefined) return;
    this.send();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.next !== undefined) this.present(this.next.selection, this.next.typing);
    }, EVERY_MS);
  }

  /** The books went on: what was told of a version we did not have may be shown now. */
  booked(): void {
    if (this.heard !== undefined && this.heard.version <= this.lane.version) this.show();
  }

  /** Nobody hears of me any more. */
  close(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  private send(): void {
    const { next } = this;
    this.next = undefined;
    if (next === undefined) return;
    const place =
      next.selection === undefined || this.hidden
        ? { anchor: null, head: null }
        : { anchor: this.lane.toCore(next.selection.anchor), head: this.lane.toCore(next.selection.head) };
    this.wire
      .ask("present", {
        document: this.lane.document,
        view: this.lane.name,
        version: this.lane.version,
        typing: next.typing && !this.hidden,
        ...place,
      })
      .catch(() => undefined);
  }

  private hear(told: Told): void {
    if (told.event !== "presence" || told["document"] !== this.lane.document) return;
    if (told["view"] !== undefined && told["view"] !== this.lane.name) return;
    const version = typeof told["version"] === "number" ? told["version"] : this.lane.version;
    this.heard = { version, peers: Array.isArray(told["peers"]) ? (told["peers"] as Heard[]) : [] };
    if (version <= this.lane.version) this.show();
  }

  private show(): void {
    const { heard } = this;
    this.heard = undefined;
    const here = (offset: number | null | undefined): number | null => (typeof offset === "number" ? this.lane.toScreen(offset) : null);
    this.onPeers(
      (heard?.peers ?? []).map((peer) => ({
        peer: String(peer.peer ?? peer.device ?? ""),
        device: peer.device ?? "",
        name: legible(peer.name ?? peer.person ?? ""),
        colour: peer.colour ?? "",
        anchor: here(peer.anchor),
        head: here(peer.head),
        typing: peer.typing === true,
      })),
    );
  }
}

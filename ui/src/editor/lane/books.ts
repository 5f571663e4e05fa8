/**
 * The books of a view: which version of the text it has been told, what of its own is on the way or waiting, and what it owes its screen.
 * Pure: no clock, no wire, no page. Items are booked strictly in the order of their versions, early ones are held, old ones dropped.
 *
 *     told ∘ inflight ∘ waiting  =  screen ∘ owed
 *
 * Both sides of that equation are the text as it will be. It holds after every method here.
 */
import { Delta, isNothing, pastMine, pastShow, positionBefore, readDelta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { apart, difference, sizeOf } from "../lines/diff.ts";
import type { Opened, Saved, Show } from "./wire.ts";

/** A push on its way. */
export interface Push {
  readonly number: number;
  readonly version: number;
  readonly delta: Delta;
  readonly undoes: readonly [number, number] | undefined;
}

/** Words that lost the line they were written in. */
export interface Stranded {
  readonly line: string;
  readonly text: string;
}

/** What booking found out. */
export interface Booked {
  /** How many items were booked: none when the item was early or old. */
  readonly items: number;
  /** The first item that contradicts the books; a Reset is due. */
  readonly contradiction?: string;
  /** Numbers of my pushes that were booked, with their versions. */
  readonly saved: readonly Saved[];
  /** A text and the checksum it should have. */
  readonly toCheck?: { readonly lines: Lines; readonly checksum: number };
}

type Item = { readonly kind: "show"; readonly show: Show } | { readonly kind: "saved"; readonly saved: Saved };

/** Early items beyond this many mean that something in between is lost. */
const MOST_EARLY = 1024;

/** The books. */
export class Books {
  /** The newest version booked. */
  version: number;
  /** The text at that version. */
  told: Lines;

  /** Nothing beyond this version is booked: a Reset to it waits. */
  ceiling = Number.POSITIVE_INFINITY;

  private inflight: Push | undefined;
  private waiting = new Delta();
  private undoing: [number, number] | undefined;
  private owed = new Delta();
  private numbers = 0;
  private readonly early = new Map<number, Item>();

  constructor(opened: Opened) {
    this.version = opened.version;
    this.told = Lines.from(readDelta(opened.delta));
  }

  /** Whether something of mine is not saved yet. */
  get isUnsaved(): boolean {
    return this.inflight !== undefined || !isNothing(this.waiting);
  }

  /** Whether the screen is behind the books. */
  get owes(): boolean {
    return !isNothing(this.owed);
  }

  /** The number of the push that will carry the next edit. */
  get nextNumber(): number {
    return this.numbers + 1;
  }

  /** The push on its way, as it was sent and transformed since. */
  get underWay(): Push | undefined {
    return this.inflight;
  }

  /** Books an edit made on the screen. Answers the edit as it stands after what is owed. */
  edit(made: Delta, undoes?: readonly [number, number]): Delta {
    const edit = pastShow(this.owed, made);
    this.owed = pastMine(made, this.owed);
    this.waiting = this.waiting.compose(edit);
    if (undoes !== undefined) {
      this.undoing =
        this.undoing === undefined ? [...undoes] : [Math.min(this.undoing[0], undoes[0]), Math.max(this.undoing[1], undoes[1])];
    }
    return edit;
  }

  /** Takes the next push out, when none is on its way and something waits. */
  takePush(): Push | undefined {
    if (this.inflight !== undefined || isNothing(this.waiting)) {
      if (this.inflight === undefined) this.waiting = new Delta();
      return undefined;
    }
    this.inflight = { number: ++this.numbers, version: this.version, delta: this.waiting.chop(), undoes: this.undoing };
    this.waiting = new Delta();
    this.undoing = undefined;
    return this.inflight;
  }

  /** Takes out what the screen has to draw. */
  takeOwed(): Delta {
    const owed = this.owed;
    this.owed = new Delta();
    return owed;
  }

  /** Where a place in the text told is on the screen. */
  toScreen(offset: number): number {
    const inflight = this.inflight === undefined ? offset : this.inflight.delta.transformPosition(offset);
    return positionBefore(this.owed, this.waiting.transformPosition(inflight));
  }

  /** Where a place on the screen is in the text told. */
  toCore(offset: number): number {
    const waiting = positionBefore(this.waiting, this.owed.transformPosition(offset));
    const told = this.inflight === undefined ? waiting : positionBefore(this.inflight.delta, waiting);
    return Math.max(0, Math.min(told, this.told.length));
  }

  /** Books a show, or holds it, or drops it. */
  hearShow(show: Show): Booked {
    return this.hear(show.version, { kind: "show", show });
  }

  /** Books that a push of mine was saved, in the place of its show. */
  hearSaved(saved: Saved): Booked {
    return this.hear(saved.version, { kind: "saved", saved });
  }

  /**
   * Begins anew with a fresh body. `included` says whether the push on its way is in it already. What is unsaved is rebased; answers the words
   * whose line is no longer there. `afresh`: the core counts its versions from the beginning again.
   */
  reset(opened: Opened, included: boolean, afresh = false): Stranded[] {
    const fresh = Lines.from(readDelta(opened.delta));
    if (included && this.inflight !== undefined) {
      this.told = this.told.apply(this.inflight.delta).lines;
      this.inflight = undefined;
    }
    const change = difference(this.told, fresh);
    const stranded = this.strandedBy(fresh);
    this.told = fresh;
    this.version = opened.version;
    this.absorb(change);
    for (const version of [...this.early.keys()]) if (version <= this.version || afresh) this.early.delete(version);
    return stranded;
  }

  /** The push on its way did not count: what it said goes back to what waits, to be said again. */
  giveBack(): void {
    if (this.inflight === undefined) return;
    this.waiting = this.inflight.delta.compose(this.waiting);
    this.undoing ??= this.inflight.undoes === undefined ? undefined : [...this.inflight.undoes];
    this.inflight = undefined;
  }

  /** Gives up everything unsaved: the screen goes back to what was told. Answers the words that were in it. */
  giveUp(): string {
    this.giveBack();
    const undo = this.told.invert(this.waiting);
    const words = this.waiting.ops.map((op) => (typeof op.insert === "string" ? op.insert : "")).join("");
    this.owed = this.owed.compose(undo);
    this.waiting = new Delta();
    this.undoing = undefined;
    return words;
  }

  /**
   * Whether a fresh body looks as if it held the push whose fate is not known. Words first, wherever their lines stand by now: when two have moved the
   * same line, the other's move alone must not be taken for mine, with what I wrote beside it.
   */
  seemsIncluded(opened: Opened): boolean {
    if (this.inflight === undefined) return false;
    const fresh = Lines.from(readDelta(opened.delta));
    const { told } = this;
    const pushed = told.apply(this.inflight.delta).lines;
    const [without, withIt] = [apart(told, fresh), apart(pushed, fresh)];
    return without === withIt ? sizeOf(difference(pushed, fresh)) < sizeOf(difference(told, fresh)) : withIt < without;
  }

  private hear(version: number, item: Item): Booked {
    if (version <= this.version) return { items: 0, saved: [] };
    if (!this.early.has(version)) this.early.set(version, item);
    return this.hearEarly();
  }

  /** Books what came early and whose turn it is now. */
  hearEarly(): Booked {
    const saved: Saved[] = [];
    let items = 0;
    let toCheck: Booked["toCheck"];
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const contradiction = this.book(next, saved);
      if (contradiction !== undefined) return { items, saved, contradiction };
      this.early.delete(this.version);
      items++;
      if (next.kind === "show" && next.show.checksum !== undefined && next.show.checksum !== null) {
        toCheck = { lines: this.told, checksum: next.show.checksum };
      }
    }
    if (this.early.size > MOST_EARLY) return { items, saved, contradiction: `version ${this.version + 1} never came` };
    return toCheck === undefined ? { items, saved } : { items, saved, toCheck };
  }

  private next(): Item | undefined {
    return this.version < this.ceiling ? this.early.get(this.version + 1) : undefined;
  }

  private book(item: Item, saved: Saved[]): string | undefined {
    if (item.kind === "saved") return this.bookSaved(item.saved, saved);
    try {
      const delta = readDelta(item.show.delta);
      this.told = this.told.apply(delta).lines;
      this.version = item.show.version;
      this.absorb(delta);
    } catch (error) {
      return `show ${item.show.version} does not fit: ${String(error)}`;
    }
    const length = this.told.length;
    return length === item.show.length ? undefined : `show ${item.show.version} leaves ${length} units, the core has ${item.show.length}`;
  }

  private bookSaved(item: Saved, saved: Saved[]): string | undefined {
    const push = this.inflight;
    if (push === undefined || push.number !== item.number)
      return `saved names push ${item.number}, on its way is ${push?.number ?? "none"}`;
    try {
      this.told = this.told.apply(push.delta).lines;
    } catch (error) {
      return `push ${item.number} does not fit the text it was made for: ${String(error)}`;
    }
    this.inflight = undefined;
    this.version = item.version;
    saved.push(item);
    return undefined;
  }

  /** Takes in a change made to the text told: what is mine moves past it, and it, moved past what is mine, is owed to the screen. */
  private absorb(change: Delta): void {
    let show = change;
    if (this.inflight !== undefined) {
      const mine = this.inflight.delta;
      this.inflight = { ...this.inflight, delta: pastShow(show, mine) };
      show = pastMine(mine, show);
    }
    const mine = this.waiting;
    this.waiting = pastShow(show, mine);
    show = pastMine(mine, show);
    this.owed = this.owed.compose(show);
  }

  private strandedBy(fresh: Lines): Stranded[] {
    const mine = (this.inflight?.delta ?? new Delta()).compose(this.waiting);
    const stranded: Stranded[] = [];
    let offset = 0;
    for (const op of mine.ops) {
      if (op.insert === undefined) {
        offset += op.delete ?? (op.retain as number);
        continue;
      }
      if (typeof op.insert !== "string" || op.insert.trim() === "") continue;
      const { line } = this.told.at(offset);
      if (line.id !== "" && fresh.find(line.id) < 0) stranded.push({ line: line.id, text: op.insert.trim() });
    }
    return stranded;
  }
}

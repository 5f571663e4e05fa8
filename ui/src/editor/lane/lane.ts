/**
 * A view's side of the text lane: opens, pushes one Delta at a time, hears shows, confirms, and begins anew when it must. The books decide what
 * anything means; this module only talks. It never touches a page: it says when something is to be drawn.
 */
import type { Delta } from "../delta.ts";
import type { Lines } from "../lines/lines.ts";
import { Books, type Booked, type Push, type Stranded } from "./books.ts";
import { checksumOf } from "./checksum.ts";
import { type Opened, Refusal, type Reset, type Saved, type Show, type Told, Unanswered, type Wire } from "./wire.ts";

/** What the lane tells whoever holds it. */
export interface LaneListener {
  /** There is something to draw; take it with `takeOwed` when the screen can. */
  owes(): void;
  /** Something of mine became durable, or is no longer. */
  savedChanged(): void;
  /** A push of mine became this version. */
  saved(push: number, version: number): void;
  /** The role of this device changed. */
  roleChanged(role: string): void;
  /** Words of mine lost their place. */
  rescued(words: readonly Stranded[]): void;
  /** Something that should never happen did and was mended; or it is not mended yet, and why. */
  trouble(what: string): void;
}

/** Runs something later; the answer cancels it. */
export type Later = (ms: number, run: () => void) => () => void;

const byTimer: Later = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** The reason of a Reset that begins another count of versions. */
const REOPENED = "reopened";
/** How soon a push is said again when the core could not take it (a full disk). */
const AGAIN_MS = 1000;
/** Shows are confirmed this often; the core counts a view that left 256 unconfirmed as behind. */
const CONFIRM_EVERY = 32;
const CONFIRM_AFTER_MS = 1000;
/** Whoever ends a view waits so long for what is unsaved. */
const ENDS_MS = 5000;

/** One view of one document. */
export class TextLane {
  private books: Books;
  private listener: LaneListener | undefined;
  private readonly stops: Array<() => void> = [];
  private heldReset: Reset | undefined;
  /** The answer to the push on its way, when it came before its place in the sequence. */
  private answer: Saved | undefined;
  private answerUnknown = false;
  private closed = false;
  private confirmed: number;
  private confirmLater: (() => void) | undefined;
  private opening: Promise<void> | undefined;
  /** How often it began anew: an answer to a question asked before is then out of date. */
  private begins = 0;
  private untilBegun: Told[] | undefined;
  private readonly sleepers: Array<() => void> = [];

  private constructor(
    private readonly wire: Wire,
    /** The document. */
    readonly document: string,
    private view: string,
    /** What the core answered to `open`. */
    readonly opened: Opened,
    private readonly newView: () => string,
    private readonly later: Later,
  ) {
    this.books = new Books(opened);
    this.confirmed = opened.version;
    this.role = opened.role;
  }

  /** What this device may do. */
  role: string;

  /** Opens a document. Events that come before the answer are kept. */
  static async open(wire: Wire, document: string, newView: () => string, later: Later = byTimer): Promise<TextLane> {
    const view = newView();
    const heard: Told[] = [];
    let lane: TextLane | undefined;
    const stop = wire.hear((told) => {
      if (told["document"] !== document || told["view"] !== (lane?.view ?? view)) return;
      if (lane === undefined) heard.push(told);
      else lane.hear(told);
    });
    try {
      const opened = (await wire.ask("open", { document, view })) as Opened;
      lane = new TextLane(wire, document, view, opened, newView, later);
    } catch (error) {
      stop();
      throw error;
    }
    lane.stops.push(
      stop,
      wire.whenBack(() => void lane?.openAgain("the connection was lost", true)),
    );
    for (const told of heard) lane.hear(told);
    return lane;
  }

  /** Begins to tell. */
  listen(listener: LaneListener): void {
    this.listener = listener;
  }

  /** The text to show first: what was told, before anything of mine. */
  get lines(): Lines {
    return this.books.told;
  }

  /** The newest version booked. */
  get version(): number {
    return this.books.version;
  }

  /** Whether something of mine is not durable yet. */
  get isUnsaved(): boolean {
    return this.books.isUnsaved;
  }

  /** Whether the screen is behind. */
  get owes(): boolean {
    return this.books.owes;
  }

  /** The name of this instance of the view. */
  get name(): string {
    return this.view;
  }

  /** Books an edit made on the screen and sends what can be sent. */
  edit(made: Delta, undoes?: readonly [number, number]): void {
    const before = this.books.isUnsaved;
    this.books.edit(made, undoes);
    this.send();
    if (before !== this.books.isUnsaved) this.listener?.savedChanged();
  }

  /** The number of the push that will carry the next edit. */
  get nextPush(): number {
    return this.books.nextNumber;
  }

  /** Takes out what the screen has to draw now. */
  takeOwed(): Delta {
    return this.books.takeOwed();
  }

  /** Where a place in the core's text is on the screen. */
  toScreen(offset: number): number {
    return this.books.toScreen(offset);
  }

  /** Where a place on the screen is in the core's text, at the version booked. */
  toCore(offset: number): number {
    return this.books.toCore(offset);
  }

  /** Ends the view. What is unsaved is still sent; resolves when it is durable or cannot be. */
  async close(): Promise<void> {
    if (this.closed) return;
    await this.settled();
    this.closed = true;
    this.wake();
    for (const stop of this.stops) stop();
    this.confirmLater?.();
    await this.wire.ask("close", { document: this.document, view: this.view }).catch(() => undefined);
  }

  /** Resolves when nothing of mine is unsaved, or after so many milliseconds. */
  async settled(within = ENDS_MS): Promise<boolean> {
    const end = Date.now() + within;
    while (this.isUnsaved && Date.now() < end && !this.closed) await this.sleep(5);
    return !this.isUnsaved;
  }

  /** Hears an event of this view. */
  private hear(told: Told): void {
    if (this.closed) return;
    if (this.untilBegun !== undefined) this.untilBegun.push(told);
    else if (told.event === "show") this.booked(this.books.hearShow(told as unknown as Show));
    else if (told.event === "saved") this.hearSaved(told as unknown as Saved);
    else if (told.event === "reset") this.holdReset(told as unknown as Reset);
    else if (told.event === "role" && typeof told["role"] === "string") this.setRole(told["role"]);
  }

  /** That a push was saved says what its answer says, and may come first. */
  private hearSaved(saved: Saved): void {
    if (this.books.underWay?.number === saved.number) this.answered(saved.number, saved.version);
    else this.booked(this.books.hearSaved(saved));
  }

  private booked(booked: Booked): void {
    for (const { number, version } of booked.saved) this.listener?.saved(number, version);
    if (booked.toCheck !== undefined) this.check(booked.toCheck);
    if (booked.contradiction !== undefined) {
      this.trouble(booked.contradiction);
      void this.openAgain(booked.contradiction, false);
      return;
    }
    if (booked.items === 0) return;
    this.confirmSoon();
    if (booked.saved.length > 0) {
      this.send();
      if (!this.books.isUnsaved) this.listener?.savedChanged();
    }
    if (this.books.owes) this.listener?.owes();
  }

  private check(due: { lines: Lines; checksum: number }): void {
    this.later(0, () => {
      if (this.closed || checksumOf(due.lines) === due.checksum) return;
      this.trouble("the text differs from the core's by its checksum");
      void this.openAgain("checksum", false);
    });
  }

  private confirmSoon(): void {
    if (this.books.version - this.confirmed >= CONFIRM_EVERY) this.confirm();
    else this.confirmLater ??= this.later(CONFIRM_AFTER_MS, () => this.confirm());
  }

  private confirm(): void {
    this.confirmLater?.();
    this.confirmLater = undefined;
    if (this.closed || this.confirmed === this.books.version) return;
    this.confirmed = this.books.version;
    this.wire.ask("confirm", { document: this.document, view: this.view, version: this.confirmed }).catch(() => undefined);
  }

  /** Sends the next push, if none is on its way. */
  private send(): void {
    if (this.closed || this.heldReset !== undefined || this.opening !== undefined || this.answerUnknown) return;
    const push = this.books.takePush();
    if (push !== undefined) void this.say(push, push.delta);
  }

  /** Says one push until it is answered. The same number always says the same. */
  private async say(push: Push, delta: Delta): Promise<void> {
    const fields = { document: this.document, view: this.view, number: push.number, version: push.version, delta: { ops: delta.ops } };
    const request = push.undoes === undefined ? fields : { ...fields, undoes: push.undoes };
    while (!this.closed) {
      try {
        const { version } = (await this.wire.ask("push", request)) as { version: number };
        this.answered(push.number, version);
        return;
      } catch (error) {
        if (this.books.underWay?.number !== push.number) return;
        if (error instanceof Unanswered || (error instanceof Refusal && error.code === "ended")) {
          this.answerUnknown = true;
          this.wake();
          return;
        }
        if (error instanceof Refusal && ["reset", "refused", "malformed"].includes(error.code)) {
          this.refused(push, error);
          return;
        }
        this.trouble(`not saved: ${error instanceof Error ? error.message : String(error)}`);
        await this.sleep(AGAIN_MS);
      }
    }
  }

  /** The answer says what `saved` says; whichever comes first is booked, in its place in the sequence. */
  private answered(number: number, version: number): void {
    if (this.closed || this.books.underWay?.number !== number) return;
    this.answer = { number, version };
    this.wake();
    if (this.heldReset !== undefined) this.beginWith(this.heldReset);
    else this.booked(this.books.hearSaved({ number, version }));
  }

  /** Whether the fate of the push on its way is known, if there is one. */
  private get isFateKnown(): boolean {
    const underWay = this.books.underWay;
    return underWay === undefined || this.answerUnknown || this.answer?.number === underWay.number;
  }

  /**
   * Begins anew when the fresh body holds the push on its way, or there is none. When the push came after it, only a still fresher body will do:
   * how the core placed the push among what came between is not known here.
   */
  private beginWith(fresh: Opened, afresh = false): void {
    const underWay = this.books.underWay;
    if (underWay === undefined) this.begin(fresh, false, afresh);
    else if (this.answer?.number !== underWay.number) this.begin(fresh, this.books.seemsIncluded(fresh), afresh);
    else if (this.answer.version > fresh.version) void this.openAgain("a push came after the fresh body", false);
    else this.begin(fresh, true, afresh);
  }

  private refused(push: Push, refusal: Refusal): void {
    if (this.closed || this.books.underWay?.number !== push.number) return;
    if (refusal.code !== "reset") {
      this.trouble(`push ${push.number} was refused: ${refusal.message}`);
      const words = this.books.giveUp();
      if (words.trim() !== "") this.listener?.rescued([{ line: "", text: words }]);
      this.listener?.savedChanged();
      if (this.books.owes) this.listener?.owes();
    } else this.books.giveBack();
    this.wake();
    if (this.heldReset !== undefined) this.begin(this.heldReset, false);
    else void this.openAgain(refusal.message, false);
  }

  /** A Reset while a push is on its way waits for the push's answer, which says whether the fresh body holds it. */
  private holdReset(reset: Reset): void {
    if (reset.reason === REOPENED) {
      // The document was put away and taken up again: another count of versions, and whoever would have answered is gone.
      this.answerUnknown = this.books.underWay !== undefined;
      this.wake();
      this.begin(reset, this.books.seemsIncluded(reset), true);
      return;
    }
    if (reset.version < this.books.version) return;
    this.heldReset = reset;
    this.books.ceiling = Math.min(this.books.ceiling, reset.version);
    if (this.isFateKnown) this.beginWith(reset);
  }

  private begin(opened: Opened, included: boolean, afresh = false): void {
    this.heldReset = undefined;
    this.begins++;
    // A push that nobody will answer any more, and that is not in the fresh body, is said again under another number.
    if (this.answerUnknown && !included) this.books.giveBack();
    this.answerUnknown = false;
    this.books.ceiling = Number.POSITIVE_INFINITY;
    const stranded = this.books.reset(opened, included, afresh);
    this.confirmed = opened.version;
    this.booked(this.books.hearEarly());
    this.setRole(opened.role);
    if (stranded.length > 0) this.listener?.rescued(stranded);
    if (this.books.owes) this.listener?.owes();
    this.send();
    this.listener?.savedChanged();
  }

  /** Asks for a fresh body, as a new instance of the view. `lost`: the connection went, and nobody will answer what was asked over it. */
  private openAgain(why: string, lost: boolean): Promise<void> {
    this.opening ??= this.reopen(why, lost).finally(() => {
      this.opening = undefined;
      this.send();
    });
    return this.opening;
  }

  private async reopen(why: string, lost: boolean): Promise<void> {
    // Nothing more is booked on a text that is in doubt. A push that is still being said has its answer coming; only then is its fate known.
    this.books.ceiling = this.books.version;
    const begins = this.begins;
    while (!lost && !this.isFateKnown && !this.closed) await new Promise<void>((done) => this.sleepers.push(done));
    if (begins !== this.begins) return;
    const old = this.view;
    this.view = this.newView();
    while (!this.closed) {
      // What the new view is told before its body is here waits for it.
      this.untilBegun = [];
      try {
        const opened = (await this.wire.ask("open", { document: this.document, view: this.view })) as Opened;
        const heard = this.untilBegun;
        this.untilBegun = undefined;
        if (this.comesTooSoon(opened)) continue;
        this.beginWith(opened, true);
        for (const told of heard) this.hear(told);
        this.wire.ask("close", { document: this.document, view: old }).catch(() => undefined);
        return;
      } catch (error) {
        this.untilBegun = undefined;
        if (error instanceof Unanswered) return;
        this.trouble(`could not open again after "${why}": ${error instanceof Error ? error.message : String(error)}`);
        await this.sleep(AGAIN_MS);
      }
    }
  }

  /** Whether a fresh body was cut before a push of mine that has been answered since. */
  private comesTooSoon(opened: Opened): boolean {
    const underWay = this.books.underWay;
    return underWay !== undefined && this.answer?.number === underWay.number && this.answer.version > opened.version;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => this.later(ms, done));
  }

  private wake(): void {
    for (const wake of this.sleepers.splice(0)) wake();
  }

  private setRole(role: string): void {
    if (role === this.role) return;
    this.role = role;
    this.listener?.roleChanged(role);
  }

  private trouble(what: string): void {
    this.listener?.trouble(what);
  }
}

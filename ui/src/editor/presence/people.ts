/** Who is in this document with me: their carets as they come, mine as it goes, and that a key was just pressed. */
import type { Plugin } from "prosemirror-state";
import type { Delta } from "../delta.ts";
import type { TextLane } from "../lane/lane.ts";
import type { Wire } from "../lane/wire.ts";
import type { Page } from "../page/page.ts";
import type { Here } from "../snapshot.ts";
import { Cursors, type Peer } from "./cursors.ts";
import { PresenceLane } from "./lane.ts";

const IDLE_TYPING_MS = 1500;
/** A flag is looked at again so long after its time, that it is surely over. */
const AFTER_FADE_MS = 20;

/** What the people of a document need of their editor. */
export interface PeopleHost {
  readonly now: () => number;
  page(): Page;
  /** Whether the caret is in the text, to be seen there. */
  isFocused(): boolean;
  /** Nothing may be drawn while an input method composes. */
  isComposing(): boolean;
  /** Who is here changed. */
  changed(here: readonly Here[]): void;
}

/** The people of one document. */
export class People {
  private readonly cursors: Cursors;
  private readonly lane: PresenceLane;
  private typedAt = Number.NEGATIVE_INFINITY;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private fading: ReturnType<typeof setTimeout> | undefined;
  private known: readonly Here[] = [];

  constructor(
    wire: Wire,
    lane: TextLane,
    private readonly host: PeopleHost,
  ) {
    this.cursors = new Cursors(host.now);
    this.lane = new PresenceLane(wire, lane, (peers) => this.heard(peers));
  }

  /** Draws the others' carets. */
  get plugin(): Plugin {
    return this.cursors.plugin(() => this.host.page());
  }

  /** Who is here. */
  get here(): readonly Here[] {
    return this.known;
  }

  /** Where somebody's caret is. */
  placeOf(device: string): number | undefined {
    return this.cursors.placeOf(device);
  }

  /** Shows or hides everybody's carets; sends mine or not. */
  set(show: boolean, send: boolean): void {
    this.cursors.hidden = !show;
    this.cursors.fade();
    this.lane.hidden = !send;
    this.tell();
    this.redraw();
  }

  /** Tells the others where I am. */
  tell(): void {
    const selection = this.host.isFocused() ? this.host.page().selection : undefined;
    this.lane.present(selection, this.host.now() - this.typedAt < IDLE_TYPING_MS);
  }

  /** A key was pressed. Whoever looks on is told so, and told when no more come. */
  typed(): void {
    this.typedAt = this.host.now();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.tell(), IDLE_TYPING_MS);
  }

  /** The text is about to change: every caret stays at its character. */
  textChanging(delta: Delta): void {
    this.cursors.textChanged(delta);
  }

  /** The books went on: what was told of a version we did not have may be shown now. */
  booked(): void {
    this.lane.booked();
  }

  /** Nobody hears of me any more. */
  stop(): void {
    this.lane.close();
    clearTimeout(this.rest);
    clearTimeout(this.fading);
  }

  private heard(peers: readonly Peer[]): void {
    this.known = peers.map(({ peer, device, name, colour, typing, head }) => ({
      peer,
      device,
      name,
      colour,
      typing,
      inText: head !== null,
    }));
    if (this.cursors.tell(peers)) this.redraw();
    this.fadeLater();
    this.host.changed(this.known);
  }

  private fadeLater(): void {
    const next = this.cursors.nextFade;
    clearTimeout(this.fading);
    if (next === undefined) return;
    this.fading = setTimeout(
      () => {
        this.cursors.fade();
        this.redraw();
        this.fadeLater();
      },
      next - this.host.now() + AFTER_FADE_MS,
    );
  }

  /** Draws the carets again without touching text or selection. */
  private redraw(): void {
    const page = this.host.page();
    if (page.view !== undefined && !this.host.isComposing()) page.view.updateState(page.state);
  }
}

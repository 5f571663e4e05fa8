/**
 * Other people's carets and selections, kept as document offsets and projected into what is mounted. They stay at their characters while text changes
 * around them; a caret's element survives as long as its person does. A name flag shows for two seconds after a movement or a key, then on
 * hover.
 */
import type { Node } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { Delta } from "../delta.ts";
import type { Page } from "../page/page.ts";

/** Somebody else, as the core tells it, in offsets of the screen. */
export interface Peer {
  readonly peer: string;
  readonly device: string;
  readonly name: string;
  readonly colour: string;
  readonly anchor: number | null;
  readonly head: number | null;
  readonly typing: boolean;
}

interface Cursor extends Peer {
  readonly anchor: number;
  readonly head: number;
  movedAt: number;
}

/** How long a name stays after a movement. */
export const FLAG_MS = 2000;

const PALETTE = ["blue", "teal", "green", "lime", "amber", "orange", "red", "pink", "magenta", "violet"];

/** The token of a person's colour; anything unknown becomes one of the ten. */
export function colourName(colour: string, device: string): string {
  if (PALETTE.includes(colour)) return colour;
  let sum = 0;
  for (let i = 0; i < device.length; i++) sum = (sum * 31 + device.charCodeAt(i)) >>> 0;
  return PALETTE[sum % PALETTE.length] ?? "blue";
}

/** The carets of one page. */
export class Cursors {
  private cursors = new Map<string, Cursor>();
  private drawnFor: Node | undefined;
  private drawn: DecorationSet = DecorationSet.empty;
  /** Set by the reader's wish to see nobody's caret. */
  hidden = false;

  constructor(private readonly now: () => number) {}

  /** The plugin that draws them. */
  plugin(page: () => Page): Plugin {
    return new Plugin({ props: { decorations: (state) => this.decorations(page(), state.doc) } });
  }

  /** Everybody who is here now. Answers whether anything looks different. */
  tell(peers: readonly Peer[]): boolean {
    const next = new Map<string, Cursor>();
    let changed = false;
    for (const peer of peers) {
      if (peer.anchor === null || peer.head === null) continue;
      const old = this.cursors.get(peer.peer);
      const moved = old === undefined || old.anchor !== peer.anchor || old.head !== peer.head;
      // Whoever types does not move by what is told: their text has taken the caret along before.
      const active = moved || peer.typing;
      const wakes = active && (old === undefined || !this.isFresh(old));
      if (moved || wakes || old.name !== peer.name || old.colour !== peer.colour) changed = true;
      next.set(peer.peer, { ...peer, anchor: peer.anchor, head: peer.head, movedAt: active ? this.now() : old.movedAt });
    }
    changed ||= next.size !== this.cursors.size;
    this.cursors = next;
    if (changed) this.drawnFor = undefined;
    return changed;
  }

  /** The text changed: every caret stays at its character. */
  textChanged(delta: Delta): void {
    for (const [peer, cursor] of this.cursors) {
      const anchor = delta.transformPosition(cursor.anchor);
      const head = delta.transformPosition(cursor.head);
      if (anchor !== cursor.anchor || head !== cursor.head) this.cursors.set(peer, { ...cursor, anchor, head });
    }
  }

  /** Where somebody's caret is; for jumping there. */
  placeOf(device: string): number | undefined {
    for (const cursor of this.cursors.values()) if (cursor.device === device || cursor.peer === device) return cursor.head;
    return undefined;
  }

  /** Moments at which a flag goes; the earliest one after `now`. */
  get nextFade(): number | undefined {
    const moments = [...this.cursors.values()].map((cursor) => cursor.movedAt + FLAG_MS).filter((moment) => moment > this.now());
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** A flag's time may be over. */
  fade(): void {
    this.drawnFor = undefined;
  }

  private isFresh(cursor: Cursor): boolean {
    return this.now() - cursor.movedAt < FLAG_MS;
  }

  private decorations(page: Page, doc: Node): DecorationSet {
    if (this.hidden || this.cursors.size === 0) return DecorationSet.empty;
    if (this.drawnFor === doc) return this.drawn;
    const decorations: Decoration[] = [];
    for (const cursor of this.cursors.values()) this.draw(cursor, page, doc, decorations);
    this.drawn = DecorationSet.create(doc, decorations);
    this.drawnFor = doc;
    return this.drawn;
  }

  private draw(cursor: Cursor, page: Page, doc: Node, decorations: Decoration[]): void {
    const head = page.positionOf(cursor.head);
    const colour = colourName(cursor.colour, cursor.device);
    const size = doc.content.size;
    if (cursor.anchor !== cursor.head) {
      const left = Math.min(page.nearest(Math.min(cursor.anchor, cursor.head)), size);
      const right = Math.min(page.nearest(Math.max(cursor.anchor, cursor.head)), size);
      if (left < right) decorations.push(Decoration.inline(left, right, { class: `peer-selection person-${colour}` }));
    }
    if (head === undefined || head > size) return;
    const isFresh = this.isFresh(cursor);
    decorations.push(
      Decoration.widget(head, () => caretElement(cursor, colour, isFresh), {
        key: `peer ${cursor.peer} ${cursor.name} ${colour} ${String(isFresh)}`,
        side: -1,
        ignoreSelection: true,
        stopEvent: () => true,
      }),
    );
  }
}

function caretElement(cursor: Cursor, colour: string, isFresh: boolean): HTMLElement {
  const caret = document.createElement("span");
  caret.className = `peer-caret person-${colour}${isFresh ? " fresh" : ""}`;
  caret.setAttribute("aria-hidden", "true");
  caret.contentEditable = "false";
  const flag = document.createElement("span");
  flag.className = "peer-flag";
  flag.textContent = cursor.name === "" ? "Somebody" : cursor.name;
  caret.append(flag);
  return caret;
}

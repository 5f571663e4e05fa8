/** A hostile content: what somebody might paste, drop, write as Markdown or send as a Delta, so that something of theirs runs, loads or is obeyed. */

/** What a payload of a family is made with: a canary of its own. */
export interface Canary {
  /** No other payload has it. */
  readonly token: string;
  /** JavaScript, without double quotes, that makes the canary sing. */
  readonly sings: string;
  /** An address on the counting server that nobody asks for unless the payload makes them. */
  readonly url: string;
}

/** What a family says of one payload. */
export interface Shape {
  /** As the clipboard's or the drag's HTML. */
  readonly html: string;
  /** As Markdown; absent: the HTML, in it. */
  readonly markdown?: string;
  /** As an address, a name, an id, a block string; absent: the HTML. */
  readonly words?: string;
}

/** A maker of one payload. */
export type Maker = (canary: Canary) => Shape;

/** Makers that put HTML of one kind into the world. */
export const html = (...makers: Array<(canary: Canary) => string>): Maker[] => makers.map((make) => (canary) => ({ html: make(canary) }));

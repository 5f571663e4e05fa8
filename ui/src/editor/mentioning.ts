/** What can be named in a text, and what is known about what was named. The chrome hands it in; the text keeps ids and the names of the day. */

/** A document of this library. */
export interface NamedDocument {
  readonly id: string;
  readonly title: string;
}

/** Somebody who is a member here. */
export interface NamedPerson {
  readonly device: string;
  readonly name: string;
}

/** What the names in a text stand for, to this reader. */
export interface Mentioning {
  /** Documents to name, the last used first. */
  documents(): readonly NamedDocument[];
  people(): readonly NamedPerson[];
  /** Days to name, such as today, by what they are called; what was typed may be a day itself. */
  days(typed: string): readonly { readonly date: string; readonly name: string }[];
  /** What a document is called now; undefined when it is not in this library. */
  titleOf(document: string): string | undefined;
  /** A day, `2026-11-29`, as the reader's language writes it; what is no day stays as it is. */
  dayOf(date: string): string;
  /** Goes to a document of this library, to a line of it if one is meant. */
  open(document: string, line?: string): void;
  /** Makes a document and answers its id. */
  create(title: string): Promise<string>;
}

/** Where nothing is known: a text alone. */
export const NOTHING_KNOWN: Mentioning = {
  documents: () => [],
  people: () => [],
  days: () => [],
  titleOf: () => undefined,
  dayOf: (date) => date,
  open: () => undefined,
  create: () => Promise.reject(new Error("there is no library here")),
};

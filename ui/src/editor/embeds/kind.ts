/** What a kind of embed is to the editor: how it is drawn, and what stands for it where only words or plain HTML can go. */
import type { Files } from "../attachments/files.ts";
import type { Attributes } from "../delta.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Heading } from "../outline/headings.ts";
import type { EditorWords } from "../words.ts";

/** An embed as it stands in the text. What changes about it (a width, a caption) is an attribute, so that two people's changes merge. */
export interface Embedded {
  /** What the kind keeps. From anywhere: to be read with distrust. */
  readonly value: unknown;
  /** What its character carries, marks included. */
  readonly attributes: Attributes;
}

/** What an embed may know of the rest of the text, and where it may go. */
export interface EmbedReach {
  /** The same list until something in it changed. */
  headings(): readonly Heading[];
  /** Calls back when the headings may have changed, until the answer is called. */
  onHeadings(listener: () => void): () => void;
  goToSection(nth: number): boolean;
  numberOf(note: string): number | undefined;
  wordsOf(note: string): string;
  goToNote(note: string): boolean;
  /** What the names in the text stand for. */
  readonly mentioning: Mentioning;
  /** The document's images and files. */
  readonly files: Files;
}

/** Something that can be done with what an embed shows: offered beside it, and in the menu of its block. */
export interface EmbedAct {
  readonly id: string;
  /** In the reader's language. */
  readonly title: string;
  run(): void;
}

/** What an embed on the screen may ask for. */
export interface EmbedHost {
  /** In the reader's language, always as they are now. */
  words(): EditorWords;
  isEditable(): boolean;
  readonly reach: EmbedReach;
  /** Sets attributes of its character; `null` takes one away. */
  format(attributes: Record<string, string | number | boolean | null>): void;
  /** Puts another value in its place. Of two who do so at once, both stay: what two may change belongs into attributes. */
  replace(value: unknown): void;
  /** Whether a caption can stand below it. */
  mayHaveCaption(): boolean;
  /** Goes into its caption, and makes one where there is none. */
  addCaption(): void;
  /** Gives the keys back to the text, behind it. */
  leave(): void;
}

/** An embed's element. */
export interface Drawn {
  readonly dom: HTMLElement;
  /** Shows what it has become, keeping its element. Answers false when it must be drawn anew; absent says that always. */
  update?(now: Embedded): boolean;
  /** Says its words again: the reader's language changed. */
  retell?(): void;
  /** Whether an event inside is its own and not the text's. */
  stopEvent?(event: Event): boolean;
  destroy?(): void;
  /** What can be done with it now. */
  acts?(): readonly EmbedAct[];
  /** It was chosen with Enter. Answers false when there is nothing to open. */
  open?(): boolean;
}

/** A kind of embed. */
export interface EmbedKind {
  draw(embedded: Embedded, host: EmbedHost): Drawn;
  /** What stands for it in plain text and in Markdown. */
  text(embedded: Embedded): string;
  /** What stands for it in plain HTML, everything escaped; absent: its text as code. */
  html?(embedded: Embedded): string;
}

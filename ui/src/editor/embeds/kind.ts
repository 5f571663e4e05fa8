/** What a kind of embed is to the editor: how it is drawn, and what stands for it where only words or plain HTML can go. */
import type { Files } from "../attachments/files.ts";
import type { Attributes } from "../delta.ts";
import type { EditorWords } from "../words.ts";

/** An embed as it stands in the text. What changes about it (a width, a caption) is an attribute, so that two people's changes merge. */
export interface Embedded {
  /** What the kind keeps. From anywhere: to be read with distrust. */
  readonly value: unknown;
  /** What its character carries, marks included. */
  readonly attributes: Attributes;
}

/** What an embed on the screen may ask for. */
export interface EmbedHost {
  /** In the reader's language, always as they are now. */
  words(): EditorWords;
  isEditable(): boolean;
  /** The document's images and files; undefined where a page has none. */
  readonly files: Files | undefined;
  /** Sets attributes of its character; `null` takes one away. */
  format(attributes: Record<string, string | number | boolean | null>): void;
  /** Puts another value in its place. Of two who do so at once, both stay: what two may change belongs into attributes. */
  replace(value: unknown): void;
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
}

/** A kind of embed. */
export interface EmbedKind {
  draw(embedded: Embedded, host: EmbedHost): Drawn;
  /** What stands for it in plain text and in Markdown. */
  text(embedded: Embedded): string;
  /** What stands for it in plain HTML, everything escaped; absent: its text as code. */
  html?(embedded: Embedded): string;
}

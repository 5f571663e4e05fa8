/**
 * One line of the text: its runs of characters and the newline that ends it. Immutable; a line that did not change is the same object, and
 * what was computed from it once (its text, its words, the node that shows it) is kept on it.
 */
import { type Checksum, checksum } from "../../generated/schema.ts";
import { type Attributes, type Embed, sameAttributes } from "../delta.ts";

/** A run: text or one embed, with the attributes it carries. */
export interface Run {
  readonly text: string;
  /** Present for an embed; `text` is then U+FFFC. */
  readonly embed?: Embed;
  readonly attributes?: Attributes | undefined;
}

/** What stands in a plain text for an embed. */
export const OBJECT = "\uFFFC";
/** A line break inside a line. */
export const SOFT_BREAK = "\u2028";

/** Scripts in which every unit is a character: most texts are nothing else, and a long one is counted when it opens. */
const SIMPLE =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u3000-\u3029\u3030-\u3098\u309b-\u9fff\uac00-\ud7a3]*$/;
const SPACE = /\s/u;
const JOINED = /[\p{M}\p{Cf}\p{Emoji_Modifier}]/u;
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}]|['’.-](?=[\p{L}\p{N}]))*/gu;

/** One line. `attributes` are its newline's, `line` and `block` among them; undefined for the last, which only the sentinel ends. */
export class Line {
  /** Units, the newline included. */
  readonly length: number;
  /** Units before the newline. */
  readonly width: number;
  private plain: string | undefined;
  private wordCount: number | undefined;
  private characterCount: Characters | undefined;
  private sum: Checksum | undefined;
  /** What shows this line on a page, kept by the page (never read here). */
  shown: unknown = undefined;

  constructor(
    readonly runs: readonly Run[],
    readonly attributes: Attributes | undefined,
  ) {
    let width = 0;
    for (const run of runs) width += run.text.length;
    this.width = width;
    this.length = attributes === undefined ? width : width + 1;
  }

  /** Whether a newline of its own ends it. The text after the last newline is a line without one. */
  get ends(): boolean {
    return this.attributes !== undefined;
  }

  /** The id written with its newline; empty when there is none. */
  get id(): string {
    const id = this.attributes?.["line"];
    return typeof id === "string" ? id : "";
  }

  /** Its block string; empty for a plain paragraph. */
  get block(): string {
    const block = this.attributes?.["block"];
    return typeof block === "string" ? block : "";
  }

  /** The checksum of its characters and its newline. */
  get checksum(): Checksum {
    return (this.sum ??= checksum(this.ends ? `${this.text}\n` : this.text));
  }

  /** Its characters, embeds as U+FFFC, without the newline. */
  get text(): string {
    this.plain ??= this.runs.length === 1 ? (this.runs[0]?.text ?? "") : this.runs.map((run) => run.text).join("");
    return this.plain;
  }

  /** How many words it holds. */
  get words(): number {
    this.wordCount ??= countWords(this.text);
    return this.wordCount;
  }

  /** How many characters it holds. */
  get characters(): Characters {
    this.characterCount ??= countCharacters(this.text);
    return this.characterCount;
  }

  /** Whether both say the same. */
  equals(other: Line): boolean {
    if (this === other) return true;
    return this.length === other.length && sameNewline(this.attributes, other.attributes) && sameRuns(this.runs, other.runs);
  }
}

/** Words in a text: runs of letters and digits; every Han or kana character counts as one. */
export function countWords(text: string): number {
  if (text === "") return 0;
  return text.match(WORD)?.length ?? 0;
}

/** How many characters a text has, with spaces and without. */
export interface Characters {
  readonly all: number;
  readonly withoutSpaces: number;
}

/** Characters as people count them, near enough: code points, without those that only join or accent the one before, and without what is no text. */
export function countCharacters(text: string): Characters {
  if (SIMPLE.test(text)) return { all: text.length, withoutSpaces: text.length - plainSpaces(text) };
  let all = 0;
  let spaces = 0;
  for (const character of text) {
    if (character === OBJECT || character === SOFT_BREAK || JOINED.test(character)) continue;
    all++;
    if (SPACE.test(character)) spaces++;
  }
  return { all, withoutSpaces: all - spaces };
}

function plainSpaces(text: string): number {
  let spaces = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0xa0 || code === 0x3000) spaces++;
  }
  return spaces;
}

/** Whether two lists of runs, both in normal form, say the same. */
export function sameRuns(a: readonly Run[], b: readonly Run[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((run, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      run.text === other.text &&
      sameEmbed(run.embed, other.embed) &&
      sameAttributes(run.attributes, other.attributes)
    );
  });
}

/** Whether two embeds are the same, key order aside. */
export function sameEmbed(a: Embed | undefined, b: Embed | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

function sameNewline(a: Attributes | undefined, b: Attributes | undefined): boolean {
  return (a === undefined) === (b === undefined) && sameAttributes(a, b);
}

/** Collects runs in normal form: neighbours with equal attributes are one. */
export class Runs {
  readonly runs: Run[] = [];

  /** Adds text at the end. */
  text(text: string, attributes: Attributes | undefined): void {
    if (text === "") return;
    const last = this.runs.at(-1);
    if (last !== undefined && last.embed === undefined && sameAttributes(last.attributes, attributes)) {
      this.runs[this.runs.length - 1] = { text: last.text + text, attributes: last.attributes };
    } else {
      this.runs.push({ text, attributes });
    }
  }

  /** Adds a run, or a part of one. */
  add(run: Run, from = 0, to = run.text.length): void {
    if (run.embed !== undefined) this.runs.push(run);
    else this.text(from === 0 && to === run.text.length ? run.text : run.text.slice(from, to), run.attributes);
  }
}

/**
 * What a line is: the block string of design.md section 8, read and written. `h2 q=1`, `task done in=2`, `p q=1`; absent means a plain paragraph.
 * Unknown kinds and unknown tokens are kept by everything here; nothing is ever dropped because this build does not know it.
 */

/** A block string taken apart. Frozen: two lines with the same string share one. */
export interface Block {
  /** The kind token: `p` for a plain paragraph, `h1`..`h6`, `ul`, `ol`, `task`, `code`, `divider`, or something newer. */
  readonly kind: string;
  /** Indentation, 0 when the string says none. */
  readonly indent: number;
  /** Depth of quotation, 0 when none. */
  readonly quote: number;
  /** Whether a task is done. */
  readonly done: boolean;
  /** Language of a code line, empty when none. */
  readonly language: string;
  /** Begins a new list or code block though its neighbour is of the same kind. */
  readonly start: boolean;
  /** Number an ordered list starts with, if said. */
  readonly number: number | undefined;
  /** Tokens this build does not know, kept as they are. */
  readonly unknown: readonly string[];
}

/** Deepest indentation and quotation the keys make. What came from elsewhere may be deeper. */
export const DEEPEST = 8;

const KNOWN_KINDS: ReadonlySet<string> = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "task", "code", "divider"]);
const LIST_KINDS: ReadonlySet<string> = new Set(["ul", "ol", "task"]);

/** A plain paragraph: what a newline without a block string is. */
export const PLAIN: Block = Object.freeze({
  kind: "p",
  indent: 0,
  quote: 0,
  done: false,
  language: "",
  start: false,
  number: undefined,
  unknown: Object.freeze([]),
});

const read = new Map<string, Block>([["", PLAIN]]);

/** Reads a block string. The same string gives the same object. */
export function readBlock(block: string): Block {
  const known = read.get(block);
  if (known !== undefined) return known;
  const made = Object.freeze(parse(block));
  if (read.size > 5000) read.clear();
  read.set(block, made);
  return made;
}

function parse(block: string): Block {
  const [kind = "p", ...tokens] = block.split(" ").filter((token) => token !== "");
  const unknown: string[] = [];
  let indent = 0;
  let quote = 0;
  let done = false;
  let language = "";
  let start = false;
  let number: number | undefined;
  for (const token of tokens) {
    const count = /^(in|q|n)=(\d{1,6})$/.exec(token);
    if (count?.[1] === "in") indent = Number(count[2]);
    else if (count?.[1] === "q") quote = Number(count[2]);
    else if (count?.[1] === "n") number = Number(count[2]);
    else if (token === "done") done = true;
    else if (token === "start") start = true;
    else if (token.startsWith("lang=") && token.length > 5) language = token.slice(5);
    else unknown.push(token);
  }
  return { kind, indent, quote, done, language, start, number, unknown };
}

/** Writes a block string in its one spelling: kind, then the tokens sorted. Empty for a plain paragraph. */
export function writeBlock(block: Block): string {
  const tokens = [...block.unknown];
  if (block.indent > 0) tokens.push(`in=${block.indent}`);
  if (block.quote > 0) tokens.push(`q=${block.quote}`);
  if (block.done) tokens.push("done");
  if (block.start) tokens.push("start");
  if (block.language !== "") tokens.push(`lang=${block.language}`);
  if (block.number !== undefined) tokens.push(`n=${block.number}`);
  if (tokens.length === 0) return block.kind === "p" ? "" : block.kind;
  return [block.kind, ...tokens.sort()].join(" ");
}

/** The block string with some of its parts changed. */
export function changeBlock(block: string, change: Partial<Block>): string {
  return writeBlock({ ...readBlock(block), ...change });
}

/**
 * The string of a line turned into another kind. Quotation stays; indentation stays between lists; what only the old kind understands
 * (done, language, number) goes. Unknown tokens stay.
 */
export function turnInto(block: string, kind: string): string {
  const old = readBlock(block);
  const keepsIndent = isList(kind) && isList(old.kind);
  return writeBlock({
    kind,
    indent: keepsIndent ? old.indent : 0,
    quote: old.quote,
    done: kind === "task" && old.kind === "task" && old.done,
    language: kind === "code" && old.kind === "code" ? old.language : "",
    start: false,
    number: undefined,
    unknown: old.unknown,
  });
}

/** Whether this build draws the kind as itself and not as a grey card. */
export function isKnown(kind: string): boolean {
  return KNOWN_KINDS.has(kind);
}

/** Bullet, ordered or task. */
export function isList(kind: string): boolean {
  return LIST_KINDS.has(kind);
}

/** 1 to 6 for headings, 0 for everything else. */
export function headingLevel(kind: string): number {
  return /^h[1-6]$/.test(kind) ? Number(kind[1]) : 0;
}

/** The kind of the line that Enter makes after a line with this string. */
export function blockAfter(block: string): string {
  const { kind } = readBlock(block);
  if (headingLevel(kind) > 0 || kind === "divider" || !isKnown(kind)) return turnInto(block, "p");
  return changeBlock(block, { done: false, start: false, number: undefined });
}

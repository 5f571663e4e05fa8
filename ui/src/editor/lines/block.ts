/**
 * What a line is: the block string of design.md section 8, read and written. `h2 q=1`, `task done in=2`, `p q=1`; absent means a plain paragraph.
 * Unknown kinds and unknown tokens are kept by everything here; nothing is ever dropped because this build does not know it.
 */
import { type Block as Generated, ITEMS, KINDS, paragraph, parseBlock, printBlock } from "../../generated/schema.ts";

/** A line's kind and tokens. Frozen: two lines with the same string share one. */
export type Block = Readonly<Generated>;

/** Deepest indentation and quotation the keys make. What came from elsewhere may be deeper. */
export const DEEPEST = 8;

/** A plain paragraph: what a newline without a block string is. */
export const PLAIN: Block = Object.freeze(paragraph());

const read = new Map<string, Block>([["", PLAIN]]);

/** Reads a block string. The same string gives the same object. */
export function readBlock(block: string): Block {
  const known = read.get(block);
  if (known !== undefined) return known;
  const made = Object.freeze(parseBlock(block));
  if (read.size > 5000) read.clear();
  read.set(block, made);
  return made;
}

/** Writes a block string in its one spelling. Empty for a plain paragraph. */
export function writeBlock(block: Block): string {
  return printBlock({ ...block, unknown: [...block.unknown] }) ?? "";
}

/** The block string with some of its parts changed. */
export function changeBlock(block: string, change: Partial<Block>): string {
  const changed = { ...readBlock(block), ...change };
  // A callout is a quote: without one nothing is left of it.
  return writeBlock(changed.quote === 0 ? { ...changed, callout: null } : changed);
}

/**
 * The string of a line turned into another kind. Quotation stays; indentation stays between lists; what only the old kind understands
 * (done, language, number, caption) goes. Its callout, footnote, cell and unknown tokens stay.
 */
export function turnInto(block: string, kind: string): string {
  const old = readBlock(block);
  const keepsIndent = isList(kind) && isList(old.kind);
  return writeBlock({
    kind,
    indent: keepsIndent ? old.indent : 0,
    quote: old.quote,
    done: kind === "task" && old.kind === "task" && old.done,
    language: kind === "code" && old.kind === "code" ? old.language : null,
    start: false,
    number: null,
    cell: old.cell,
    head: old.head,
    width: old.width,
    callout: old.callout,
    note: old.note,
    caption: false,
    unknown: old.unknown,
  });
}

/** Whether this build draws the kind as itself and not as a grey card. */
export function isKnown(kind: string): boolean {
  return (KINDS as readonly string[]).includes(kind);
}

/** Bullet, ordered or task. */
export function isList(kind: string): boolean {
  return (ITEMS as readonly string[]).includes(kind);
}

/** 1 to 6 for headings, 0 for everything else. */
export function headingLevel(kind: string): number {
  return /^h[1-6]$/.test(kind) ? Number(kind[1]) : 0;
}

/** The kind of the line that Enter makes after a line with this string. */
export function blockAfter(block: string): string {
  const { kind, quote, callout, note, caption } = readBlock(block);
  if (headingLevel(kind) > 0 || kind === "divider" || caption || !isKnown(kind)) return writeBlock({ ...PLAIN, quote, callout, note });
  return changeBlock(block, { done: false, start: false, number: null });
}

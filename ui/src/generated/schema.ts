// The schema's table. Written by `cargo xtask codegen` from crates/schema: change it there.

/** The schema epoch this build understands; a document of a higher one is shown read-only. */
export const EPOCH = 1 as const;

/** The attribute of a newline that holds its line's id: written once, never reformatted. */
export const LINE = 'line' as const;

/** The attribute of a newline that holds its block string; absent for a plain paragraph. */
export const BLOCK = 'block' as const;

/** A line break inside a line. */
export const SOFT_BREAK = '\u2028' as const;

/** How deep lists and quotes nest; tokens that say more are kept and not drawn. */
export const MAX_DEPTH = 32 as const;

/** How narrow and how wide a column may say it is, in CSS pixels. */
export const COLUMN_WIDTHS = { least: 40, most: 2000 } as const;

/** The longest id of a table, a row, a column or a footnote, in characters. */
export const MAX_CELL_ID = 32 as const;

/** The kinds of lines. Unknown ones are kept and drawn as paragraphs. */
export const KINDS = [
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'task',
  'code',
  'divider',
] as const;

/** The kinds that are items of lists. */
export const ITEMS = [
  'ul',
  'ol',
  'task',
] as const;

/** What callouts are about. */
export const CALLOUTS = [
  'note',
  'tip',
  'important',
  'warning',
  'caution',
] as const;

/** Where the words of a column stand. */
export const ALIGNS = [
  'start',
  'center',
  'end',
] as const;

/** The tokens of a block string, by what they say. */
export const TOKENS = { indent: 'in', quote: 'q', done: 'done', start: 'start', number: 'n', language: 'lang', cell: 'cell', head: 'head', width: 'w', align: 'align', callout: 'call', note: 'note', caption: 'caption' } as const;

/** Marks on characters, outermost first where they nest. Names are Quill's. */
export const MARKS = [
  { name: 'link', value: 'address' },
  { name: 'background', value: 'colour' },
  { name: 'underline', value: 'flag' },
  { name: 'bold', value: 'flag' },
  { name: 'italic', value: 'flag' },
  { name: 'strike', value: 'flag' },
  { name: 'code', value: 'flag' },
] as const;

/** Values of the mark `background`; the first is a plain highlight's. */
export const COLOURS = [
  { name: 'yellow', css: '#fff3a3' },
  { name: 'orange', css: '#ffdcb2' },
  { name: 'pink', css: '#ffd6e7' },
  { name: 'purple', css: '#e6dbff' },
  { name: 'blue', css: '#d3e6ff' },
  { name: 'green', css: '#d5f2d0' },
] as const;

/** Links that may be opened. */
export const PROTOCOLS = [
  'http',
  'https',
  'mailto',
] as const;

/** Kinds of embeds. Unknown ones are kept and shown as a grey card. */
export const EMBEDS = [
  'source',
  'document',
  'person',
  'date',
  'formula',
  'footnote',
  'toc',
  'image',
  'file',
] as const;

/** The embed that holds Markdown the schema cannot say yet. */
export const SOURCE = 'source' as const;

/** The embed that names a document: `{id, title}`. */
export const DOCUMENT = 'document' as const;

/** The embed that names somebody: `{device, name}`. */
export const PERSON = 'person' as const;

/** The embed that is a day: `2026-11-29`. */
export const DATE = 'date' as const;

/** The embed that holds a formula, in TeX. */
export const FORMULA = 'formula' as const;

/** The embed that refers to a footnote, by its id. */
export const FOOTNOTE = 'footnote' as const;

/** The embed that is a table of contents. */
export const CONTENTS = 'toc' as const;

/** The language of code that is a formula of its own. */
export const MATH = 'math' as const;

/** The embed that is an image. */
export const IMAGE = 'image' as const;

/** The embed that is any other file. */
export const FILE = 'file' as const;

/** Types of images that are drawn. */
export const IMAGES = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/svg+xml',
] as const;

/** The most pixels of an image that is drawn. */
export const MAX_PIXELS = 50000000 as const;

/** How narrow and how wide an image may be drawn, in CSS pixels. */
export const IMAGE_WIDTHS = { least: 24, most: 4096 } as const;

/** Our block strings beside Quill's attributes; where two rows fit, the first holds. */
export const QUILL_LINES = [
  { block: 'h1', name: 'header', value: 1 },
  { block: 'h2', name: 'header', value: 2 },
  { block: 'h3', name: 'header', value: 3 },
  { block: 'h4', name: 'header', value: 4 },
  { block: 'h5', name: 'header', value: 5 },
  { block: 'h6', name: 'header', value: 6 },
  { block: 'ul', name: 'list', value: 'bullet' },
  { block: 'ol', name: 'list', value: 'ordered' },
  { block: 'task', name: 'list', value: 'unchecked' },
  { block: 'task done', name: 'list', value: 'checked' },
  { block: 'p q=1', name: 'blockquote', value: true },
  { block: 'code', name: 'code-block', value: 'plain' },
] as const;

/** Quill's attribute for our `in=N`: the same number. */
export const QUILL_INDENT = 'indent' as const;

/** Quill's attribute for code; its value is our `lang`, 'plain' or true without one. */
export const QUILL_CODE = 'code-block' as const;

/** The cell of a table that a line stands in, by three ids. */
export interface Cell {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** What a callout is about. */
export type Callout = (typeof CALLOUTS)[number];

/** Where the words of a column stand: at the start of a line, in the middle, at its end. */
export type Align = (typeof ALIGNS)[number];

/** What a line is, taken apart: the same reading and printing as `Block` in crates/schema, with the same test cases. */
export interface Block {
  kind: string;
  indent: number;
  quote: number;
  done: boolean;
  start: boolean;
  number: number | null;
  language: string | null;
  cell: Cell | null;
  /** The cell's row is a header; the row's first line speaks for it. */
  head: boolean;
  /** How wide the cell's column is, in CSS pixels; the column's first line that says it speaks for it. */
  width: number | null;
  /** Where the words of the cell's column stand; the column's first line that says it speaks for it. */
  align: Align | null;
  /** What the callout is about that the outermost quote is; without a quote it says nothing. */
  callout: Callout | null;
  /** The footnote that the line stands in. */
  note: string | null;
  /** The line says what the image or file alone in the line above is; below anything else it says nothing. */
  caption: boolean;
  /** Tokens of a newer version, as they were. */
  unknown: string[];
}

export function paragraph(): Block {
  const plain = { kind: 'p', indent: 0, quote: 0, done: false, start: false, number: null, language: null };
  return { ...plain, cell: null, head: false, width: null, align: null, callout: null, note: null, caption: false, unknown: [] };
}

/** Never fails: what is not understood is kept in `unknown`. */
export function parseBlock(text: string | null | undefined): Block {
  const block = paragraph();
  const [kind, ...tokens] = (text ?? '').split(' ').filter((token) => token !== '');
  if (kind === undefined) return block;
  block.kind = kind;
  for (const token of tokens.sort(byCodePoint)) if (!understand(block, token)) block.unknown.push(token);
  return block;
}

/** The value of a newline's `block` attribute; null for a plain paragraph. */
export function printBlock(block: Block): string | null {
  const tokens = [...block.unknown];
  if (block.done) tokens.push(TOKENS.done);
  if (block.start) tokens.push(TOKENS.start);
  if (block.indent > 0) tokens.push(`${TOKENS.indent}=${block.indent}`);
  if (block.quote > 0) tokens.push(`${TOKENS.quote}=${block.quote}`);
  if (block.number !== null) tokens.push(`${TOKENS.number}=${block.number}`);
  if (block.language !== null) tokens.push(`${TOKENS.language}=${encode(block.language)}`);
  if (block.cell !== null) tokens.push(`${TOKENS.cell}=${printCell(block.cell)}`);
  if (block.head) tokens.push(TOKENS.head);
  if (block.align !== null) tokens.push(`${TOKENS.align}=${block.align}`);
  if (block.caption) tokens.push(TOKENS.caption);
  if (block.width !== null) tokens.push(`${TOKENS.width}=${block.width}`);
  if (block.callout !== null) tokens.push(`${TOKENS.callout}=${block.callout}`);
  if (block.note !== null) tokens.push(`${TOKENS.note}=${block.note}`);
  if (block.kind === 'p' && tokens.length === 0) return null;
  return [block.kind, ...tokens.sort(byCodePoint)].join(' ');
}

/** Whether an address may be opened: absolute, of a known protocol, and without the blanks and controls that browsers skip. */
export function mayOpen(address: string): boolean {
  const colon = address.indexOf(':');
  const protocol = address.slice(0, Math.max(colon, 0)).toLowerCase();
  const known = (PROTOCOLS as readonly string[]).includes(protocol);
  const named = protocol === 'mailto' || address.startsWith('//', colon + 1);
  return known && named && !/[\p{White_Space}\p{Cc}]/u.test(address);
}

/** The sum of a text's UTF-16 units, embeds as U+FFFC, and the factor that a sum before it is multiplied with. */
export interface Checksum {
  readonly sum: number;
  readonly factor: number;
}

/** The checksum of a text. Pass that of what stands before it to go on. */
export function checksum(text: string, { sum, factor }: Checksum = { sum: 0, factor: 1 }): Checksum {
  for (let at = 0; at < text.length; at++) {
    sum = (Math.imul(sum, 0x9e3779b1) + text.charCodeAt(at) + 1) | 0;
    factor = Math.imul(factor, 0x9e3779b1);
  }
  return { sum, factor };
}

function understand(block: Block, token: string): boolean {
  const equals = token.indexOf('=');
  const name = equals < 0 ? token : token.slice(0, equals);
  const value = equals < 0 ? null : token.slice(equals + 1);
  if (value === null) {
    if (name === TOKENS.done && !block.done) return (block.done = true);
    if (name === TOKENS.start && !block.start) return (block.start = true);
    if (name === TOKENS.head && !block.head) return (block.head = true);
    if (name === TOKENS.caption && !block.caption) return (block.caption = true);
    return false;
  }
  if (name === TOKENS.indent && block.indent === 0) return (block.indent = whole(value, 1, MAX_DEPTH) ?? 0) > 0;
  if (name === TOKENS.quote && block.quote === 0) return (block.quote = whole(value, 1, MAX_DEPTH) ?? 0) > 0;
  if (name === TOKENS.number && block.number === null) return (block.number = whole(value, 0, 0xffffffff)) !== null;
  if (name === TOKENS.language && block.language === null) return (block.language = decode(value)) !== null;
  if (name === TOKENS.cell && block.cell === null) return (block.cell = readCell(value)) !== null;
  if (name === TOKENS.align && block.align === null) return (block.align = ALIGNS.find((align) => align === value) ?? null) !== null;
  if (name === TOKENS.callout && block.callout === null)
    return (block.callout = CALLOUTS.find((sort) => sort === value) ?? null) !== null;
  if (name === TOKENS.note && block.note === null) return (block.note = isId(value) ? value : null) !== null;
  if (name === TOKENS.width && block.width === null)
    return (block.width = whole(value, COLUMN_WIDTHS.least, COLUMN_WIDTHS.most)) !== null;
  return false;
}

function printCell({ table, row, column }: Cell): string {
  return `${table}.${row}.${column}`;
}

/** Three ids of letters, digits, `_` and `-`; null for anything else, which is kept as it is. */
function readCell(value: string): Cell | null {
  const ids = value.split('.');
  const [table, row, column] = ids;
  if (ids.length !== 3 || table === undefined || row === undefined || column === undefined) return null;
  return ids.every(isId) ? { table, row, column } : null;
}

/** Whether this can be the id of a table, a row, a column or a footnote. */
export function isId(id: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(id) && id.length <= MAX_CELL_ID;
}

/** A number in its one spelling and within its limits. */
function whole(value: string, least: number, most: number): number | null {
  return /^(0|[1-9][0-9]*)$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : null;
}

/** Percent-encodes what would end a token or be mistaken for an encoding. */
function encode(text: string): string {
  return text.replace(/[ %\p{Cc}]/gu, (character) => encodeURIComponent(character));
}

function decode(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    return text !== '' && encode(text) === value ? text : null;
  } catch {
    return null;
  }
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

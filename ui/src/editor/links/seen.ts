/**
 * What a person should see of a link before it is followed: its address with nothing hidden in it, the host it really leads to, and whether its words
 * name another one. Words may lie; the address decides, and only a person can tell whether both may stand. The same for names and titles of others.
 */
import { urlFromInput } from "./url.ts";

/** A part of an address as it is shown. */
export interface Piece {
  readonly text: string;
  /** A sign that cannot be seen, or turns what follows around: shown by its number. */
  readonly hidden: boolean;
}

/** Signs that leave no mark of their own: formats (bidi, zero width), fillers, variation selectors, the blank Braille cell, half characters. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800]/u;
const ALL_HIDDEN = new RegExp(HIDDEN.source, "gu");

/** Endings of files that no domain has: `Node.js` is a name, not an address. */
const FILES = new Set(
  "js jsx ts tsx json html htm css txt pdf doc docx xlsx pptx odt png jpg jpeg gif svg xml yaml yml toml csv exe".split(" "),
);

/** An address in pieces, its hidden signs by their numbers. */
export function revealed(address: string): Piece[] {
  const pieces: Piece[] = [];
  for (const sign of address) {
    const hidden = HIDDEN.test(sign);
    const last = pieces.at(-1);
    if (hidden) pieces.push({ text: numbered(sign), hidden });
    else if (last?.hidden === false) pieces[pieces.length - 1] = { text: last.text + sign, hidden };
    else pieces.push({ text: sign, hidden });
  }
  return pieces;
}

/**
 * Signs that have no mark of their own and are right where they stand: what makes one emoji of several, and what joins or parts letters in scripts that are
 * written so.
 */
const JOINING =
  "[\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Mong}\\p{sc=Deva}\\p{sc=Beng}\\p{sc=Guru}\\p{sc=Gujr}\\p{sc=Orya}\\p{sc=Taml}\\p{sc=Telu}\\p{sc=Knda}\\p{sc=Mlym}\\p{sc=Sinh}\\p{sc=Khmr}\\p{sc=Mymr}]";
const PICTURE = "\\p{Extended_Pictographic}[\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?";
const RIGHT = [
  "\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{2,6}\\u{E007F}",
  `${PICTURE}(?:\\u200D${PICTURE})*`,
  "[0-9#*]\\uFE0F\\u20E3",
  `(?<=${JOINING})[\\u200C\\u200D](?=${JOINING})`,
];
const HIDDEN_OR_RIGHT = new RegExp(`(${RIGHT.join("|")})|${HIDDEN.source}`, "gu");

/** A name or a title as it may be shown where somebody decides by it: signs that would not be seen, or would turn it around, by their numbers. */
export function legible(words: string): string {
  return words.replaceAll(HIDDEN_OR_RIGHT, (sign, right: string | undefined) => right ?? `[${numbered(sign)}]`);
}

function numbered(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Where an address leads: a host, or who gets the mail. Undefined for what is not an address of ours. */
export function destination(address: string): string | undefined {
  const url = urlFromInput(address);
  if (url === undefined) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return protocol === "mailto:" ? pathname.toLowerCase() : host.replace(/^www\./, "");
}

/** The destination when the address does not plainly say it: a name before an `@`, letters of another script that look like ours. */
export function disguised(address: string): string | undefined {
  const to = destination(address);
  if (to === undefined) return undefined;
  const before = /^[a-z]+:(?:\/\/)?([^/?#]*)/i.exec(address)?.[1] ?? "";
  const plain = before.toLowerCase().replace(/^www\./, "");
  return address.toLowerCase().startsWith("mailto:") || plain.replace(/:(80|443)$/, "") === to ? undefined : to;
}

/** The full stop of East Asia, where a browser would read an address. Before letters that have no blanks between words it ends a sentence. */
const STOP_OF_ADDRESS = /\u3002(?=[a-z\d])/giu;

/** Whether words name an address and the link leads to another. Signs that look like those of an address are read as those. */
export function leadsElsewhere(words: string, address: string): boolean {
  const to = destination(address);
  return words
    .replaceAll(ALL_HIDDEN, "")
    .normalize("NFKC")
    .replaceAll(STOP_OF_ADDRESS, ".")
    .split(/[\s()<>[\]{}"'“”„‘’,;]+/u)
    .map((word) => word.replace(/[.:!?…\u3002]+$/u, ""))
    .some((word) => {
      const named = isFile(word) ? undefined : destination(word);
      return named !== undefined && named !== to;
    });
}

function isFile(word: string): boolean {
  return /^[^/:@]+\.(\w+)$/.test(word) && FILES.has(word.slice(word.lastIndexOf(".") + 1).toLowerCase());
}

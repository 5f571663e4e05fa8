/**
 * What is looked for, and where it stands in one line of text. Pure, and the same here and in the worker that bounds people's own expressions.
 * Letters are compared as Unicode folds them, in code points: half a surrogate pair is never found.
 */

/** What somebody looks for. */
export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  /** The text is a regular expression. */
  readonly regex: boolean;
}

/** Where it was found: units from the line's start. */
export interface Hit {
  readonly from: number;
  readonly to: number;
  /** Of a regular expression: the whole, then what its groups caught. */
  readonly groups?: ReadonlyArray<string | undefined>;
  readonly named?: Readonly<Record<string, string | undefined>>;
}

/** Stands for an embed in what an expression sees: `.` does not match it, and nothing that holds one is found. */
export const EMBED = "\n";

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/gu;
/** A space is found however it was typed: spaces that do not break come with pasted text and cannot be told apart. */
const SPACE = "[ \\u00a0\\u202f]";

/** The expression of a query. Throws a SyntaxError when a person's own is none. */
export function patternOf({ text, matchCase, regex }: Query): RegExp {
  const source = regex ? text : text.replace(SPECIAL, "\\$&").replaceAll(" ", SPACE);
  return new RegExp(source, matchCase ? "gmu" : "gimu");
}

/** Everything found in one line. Nothing found is empty, none holds an embed. */
export function hitsIn(text: string, pattern: RegExp, query: Query): Hit[] {
  const hits: Hit[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole] = match;
    if (whole === "" || whole.includes(EMBED)) continue;
    const [from, to] = [match.index, match.index + whole.length];
    if (query.wholeWord && !standsAlone(text, from, to)) continue;
    if (!query.regex) hits.push({ from, to });
    else hits.push({ from, to, groups: [...match], ...(match.groups === undefined ? {} : { named: { ...match.groups } }) });
  }
  return hits;
}

/** What a hit becomes: the words as they are, or with what the expression caught in place of `$1`, `$&` and `$<name>`. */
export function replacementFor(words: string, { groups, named }: Hit): string {
  if (groups === undefined) return words;
  return words.replace(/\$(?:(\$)|(&)|(\d\d?)|<([^>]+)>)/gu, (said: string, dollar?: string, all?: string, nth?: string, name?: string) => {
    if (dollar !== undefined) return "$";
    if (all !== undefined) return groups[0] ?? "";
    if (name !== undefined) return named !== undefined && Object.hasOwn(named, name) ? (named[name] ?? "") : said;
    // `$12` is the twelfth group where there are so many, else the first and a 2.
    const number = Number(nth);
    if (number > 0 && number < groups.length) return groups[number] ?? "";
    const digit = Number(nth?.[0]);
    return digit > 0 && digit < groups.length ? `${groups[digit] ?? ""}${nth?.slice(1) ?? ""}` : said;
  });
}

/** No word goes on beyond either end. */
function standsAlone(text: string, from: number, to: number): boolean {
  return !(isWordAt(text, from) && isWordAt(text, before(text, from))) && !(isWordAt(text, before(text, to)) && isWordAt(text, to));
}

function isWordAt(text: string, at: number): boolean {
  const point = at < 0 ? undefined : text.codePointAt(at);
  return point !== undefined && WORD.test(String.fromCodePoint(point));
}

/** Where the code point before a place begins. */
function before(text: string, at: number): number {
  const isPair = at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff;
  return at - (isPair ? 2 : 1);
}

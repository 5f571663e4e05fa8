/**
 * Typography as it is typed, for those who chose it: quotation marks of a language, dashes, the ellipsis, arrows. As with the Markdown shortcuts the
 * literal character comes first and what it means is an undo entry of its own, so that undo right after gives the literal text back. Never in code, in
 * links or in addresses.
 */
import { Delta } from "../delta.ts";
import { readBlock } from "../lines/block.ts";
import type { Line } from "../lines/line.ts";
import type { Page } from "../page/page.ts";
import { caret } from "./range.ts";
import { typeText, typingAttributes } from "./text.ts";

/** How a language writes. */
interface Manner {
  readonly double: readonly [open: string, close: string];
  readonly single: readonly [open: string, close: string];
  readonly dash: string;
}

const ENGLISH: Manner = { double: ["“", "”"], single: ["‘", "’"], dash: "—" };
const MANNERS: Readonly<Record<string, Manner>> = {
  en: ENGLISH,
  de: { double: ["„", "“"], single: ["‚", "‘"], dash: "–" },
  "de-CH": { double: ["«", "»"], single: ["‹", "›"], dash: "–" },
};

const APOSTROPHE = "’";

/** What was typed, and what it becomes. */
interface Change {
  readonly typed: number;
  readonly becomes: string;
}

/** How quotation marks look in a language, as examples for whoever chooses. */
export function quotesOf(language: string): string {
  const [open, close] = mannerOf(language).double;
  return `${open}…${close}`;
}

function mannerOf(language: string): Manner {
  return MANNERS[language] ?? MANNERS[language.split("-")[0] ?? ""] ?? ENGLISH;
}

/** Looks at a character about to be typed at the caret. Answers true when it was typed here, as what it means in the language. */
export function typeSmart(page: Page, text: string, language: string, interrupt: () => void): boolean {
  const { anchor, head } = page.selection;
  if (anchor !== head || text.length !== 1) return false;
  const { line, start } = page.lines.at(head);
  if (readBlock(line.block).kind === "code") return false;
  const before = line.text.slice(0, head - start);
  const change = changeOf(before, text, mannerOf(language));
  const column = head - start;
  if (change === undefined || isLiteral(page, line, before, column - change.typed + 1, column)) return false;
  typeText(page, text, { joins: "typing" });
  interrupt();
  const end = head + text.length;
  const delta = new Delta()
    .retain(end - change.typed)
    .delete(change.typed)
    .insert(change.becomes, { ...typingAttributes(page) });
  page.edit(delta, { selection: caret(end - change.typed + change.becomes.length) });
  interrupt();
  return true;
}

/** What `typed` becomes behind these words of its line. */
function changeOf(before: string, typed: string, manner: Manner): Change | undefined {
  if (typed === '"') return { typed: 1, becomes: manner.double[opens(before) ? 0 : 1] };
  if (typed === "'") return { typed: 1, becomes: singleQuote(before, manner) };
  if (typed === "." && /(?<!\.)\.\.$/.test(before)) return { typed: 3, becomes: "…" };
  // At a line's start a third one makes a divider.
  if (typed === "-" && /[^-]-$/.test(before) && before !== "<-") return { typed: 2, becomes: manner.dash };
  if (typed === ">" && /(?<!-)-$/.test(before)) return { typed: 2, becomes: "→" };
  if (typed === ">" && before.endsWith("←")) return { typed: 2, becomes: "↔" };
  if (typed === "-" && before.endsWith("<")) return { typed: 2, becomes: "←" };
  return undefined;
}

/** Whether a quotation begins here: at a line's start, after a space, an opening bracket, a dash or another opening mark. */
function opens(before: string): boolean {
  return /(?:^|[\s([{–—„‚«‹]|(?<![^\s([{])[“‘])$/u.test(before);
}

function singleQuote(before: string, { single: [open, close] }: Manner): string {
  if (opens(before)) return open;
  if (close === APOSTROPHE || !/[\p{L}\p{N}]$/u.test(before)) return close;
  // Within a word, or after one that no quotation is open for, it is an apostrophe.
  return before.lastIndexOf(open) > before.lastIndexOf(close) ? close : APOSTROPHE;
}

/** Whether what would be changed is code, a link or an address. */
function isLiteral(page: Page, line: Line, before: string, from: number, to: number): boolean {
  const typing = typingAttributes(page);
  if (typing?.["code"] !== undefined || typing?.["link"] !== undefined) return true;
  if (/(?:[\w+.-]+:\/\/|www\.)\S*$/u.test(before)) return true;
  let at = 0;
  return line.runs.some((run) => {
    const start = at;
    at += run.text.length;
    return start < to && at > from && (run.attributes?.["code"] !== undefined || run.attributes?.["link"] !== undefined);
  });
}

/**
 * Markdown shortcuts as they are typed. A shortcut is two edits: the literal character first, then what it means, each an undo entry of its own, so
 * that undo right after gives the literal text back.
 */
import { CALLOUTS, CONTENTS, FORMULA, MATH } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { type Line, OBJECT } from "../lines/line.ts";
import { changeBlock, isList, readBlock, turnInto } from "../lines/block.ts";
import type { Page } from "../page/page.ts";
import { marksOf } from "../page/schema.ts";
import { safeUrl } from "../links/url.ts";
import { insertDivider } from "./blocks.ts";
import { caret, withBlocks } from "./range.ts";
import { typeText, typingAttributes } from "./text.ts";

/** What a rule made of the text before the caret. */
type Outcome = (page: Page) => void;

interface InlineRule {
  /** Ends with the character just typed. The first group is what stays. */
  readonly pattern: RegExp;
  readonly mark: string;
  readonly value: string | true;
}

/** What words are made of, in every script. */
const WORDS = "\\p{L}\\p{M}\\p{N}";
/** Scripts that put no blanks between words: a letter before a star may be the end of one there. */
const WITHOUT_BLANKS = ["Han", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"]
  .map((script) => `\\p{scx=${script}}`)
  .join("");
/** A sign inside a word is a sign, and so is one that more of it precede. */
const NOT_IN_A_WORD = { "*": `(?<![*_]|(?![${WITHOUT_BLANKS}])[${WORDS}])`, _: `(?<![_${WORDS}])` } as const;

/** Words between signs, on the same line and without more of them. */
function between(signs: "*" | "**" | "_" | "__"): RegExp {
  const sign = signs[0] === "*" ? "*" : "_";
  const quoted = signs.replaceAll("*", "\\*");
  return new RegExp(`${NOT_IN_A_WORD[sign]}${quoted}([^${sign}\\s](?:[^${sign}]*[^${sign}\\s])?)${quoted}$`, "u");
}

const INLINE: readonly InlineRule[] = [
  { pattern: between("**"), mark: "bold", value: true },
  { pattern: between("__"), mark: "bold", value: true },
  { pattern: between("*"), mark: "italic", value: true },
  { pattern: between("_"), mark: "italic", value: true },
  { pattern: /(?<!~)~~([^~\s](?:[^~]*[^~\s])?)~~$/u, mark: "strike", value: true },
  { pattern: /(?<!`)`([^`]+)`$/u, mark: "code", value: true },
  { pattern: /(?<!=)==([^=\s](?:[^=]*[^=\s])?)==$/u, mark: "background", value: "yellow" },
];

/** `[!important]`: nothing at a line's start that means something is longer. */
const LONGEST_SIGN = 12;

const LINK = /(?<!!)\[([^[\]]+)\]\(([^()\s]+)\)$/u;

/** Looks at a text about to be typed at the caret. Answers true when it was typed here, with what it means. */
export function typeWithRules(page: Page, text: string, interrupt: () => void): boolean {
  const { anchor, head } = page.selection;
  if (anchor !== head || text.length === 0 || text.includes("\n")) return false;
  const { line, start } = page.lines.at(head);
  if (readBlock(line.block).kind === "code") return false;
  const outcome = outcomeOf(page, line, start, line.text.slice(0, head - start) + text, head - start + text.length);
  if (outcome === undefined) return false;
  typeText(page, text, { joins: "typing" });
  interrupt();
  outcome(page);
  interrupt();
  return true;
}

function outcomeOf(page: Page, line: Line, start: number, before: string, column: number): Outcome | undefined {
  return blockOutcome(line, before, column) ?? inlineOutcome(page, line, start, before, column);
}

/** Shortcuts at a line's start. In a cell a sign stays a sign. */
function blockOutcome(line: Line, before: string, column: number): Outcome | undefined {
  const { kind, cell, quote } = readBlock(line.block);
  if (cell !== null) return undefined;
  if (line.text.length + 1 > column && before.length > LONGEST_SIGN) return undefined;
  const isPlain = kind === "p";
  const heading = /^(#{1,6}) $/.exec(before);
  if (heading !== null && !isList(kind)) return becoming(column, (old) => turnInto(old, `h${heading[1]?.length ?? 1}`));
  if (/^[-*+] $/.test(before) && isPlain) return becoming(column, (old) => turnInto(old, "ul"));
  const task = /^(?:[-*+] )?\[([ xX]?)\] $/.exec(before);
  if (task !== null && (isPlain || kind === "ul")) {
    const done = task[1] !== undefined && task[1].trim() !== "";
    return becoming(column, (old) => changeBlock(turnInto(old, "task"), { done }));
  }
  const ordered = /^(\d{1,9})[.)] $/.exec(before);
  if (ordered !== null && isPlain) {
    const number = Number(ordered[1]);
    return becoming(column, (old) => changeBlock(turnInto(old, "ol"), number === 1 ? {} : { number }));
  }
  if (/^> $/.test(before)) return becoming(column, (old) => changeBlock(old, { quote: readBlock(old).quote + 1 }));
  const callout = /^\[!(\w+)\]$/.exec(before);
  const sort = CALLOUTS.find((name) => name === callout?.[1]?.toLowerCase());
  if (sort !== undefined && quote > 0 && isPlain) return becoming(column, (old) => changeBlock(old, { callout: sort }));
  if (before === "```" && isPlain && line.width === 2) return becoming(column, (old) => turnInto(old, "code"));
  if (before === "$$" && isPlain && line.width === 1)
    return becoming(column, (old) => changeBlock(turnInto(old, "code"), { language: MATH }));
  if (before.toLowerCase() === "[toc]" && isPlain && line.width === 4) {
    return (page) => {
      const { start, line: now } = page.lines.at(page.selection.head);
      page.edit(
        new Delta()
          .retain(start)
          .delete(now.width)
          .insert({ [CONTENTS]: true }),
        { selection: caret(start + 1) },
      );
    };
  }
  if (before === "---" && isPlain && line.width === 2) {
    return (page) => {
      const { start, line: now } = page.lines.at(page.selection.head);
      page.edit(new Delta().retain(start).delete(now.width), { joins: "divider" });
      insertDivider(page, { joins: "divider" });
    };
  }
  return undefined;
}

/** Takes the shortcut's characters away and gives the line its kind, in one edit. */
function becoming(column: number, change: (block: string) => string): Outcome {
  return (page) => {
    const at = page.lines.at(page.selection.head);
    const cut = new Delta().retain(at.start).delete(column);
    page.edit(withBlocks(page, [{ at, block: change(at.line.block) }]).compose(cut), { selection: caret(at.start) });
  };
}

/** A formula begins and ends with a sign that touches it, so that two prices are none. */
const FORMULA_TYPED = /(?<![\\$\p{L}\p{M}\p{N}])\$([^\s$](?:[^$]*[^\s$\\])?)\$$/u;

/** Takes the signs around a formula away with it and puts the formula there. */
function formulaOutcome(page: Page, line: Line, start: number, before: string, column: number): Outcome | undefined {
  const match = FORMULA_TYPED.exec(before);
  if (match === null || hasCode(line, match.index, column - 1) || line.text.slice(match.index, column).includes(OBJECT)) return undefined;
  const from = start + match.index;
  return () => {
    const delta = new Delta()
      .retain(from)
      .delete(start + column - from)
      .insert({ [FORMULA]: match[1] ?? "" }, { ...typingAttributes(page) });
    page.edit(delta, { selection: caret(from + 1) });
  };
}

/** Shortcuts around words. */
function inlineOutcome(page: Page, line: Line, start: number, before: string, column: number): Outcome | undefined {
  if (typingAttributes(page)?.["code"] !== undefined) return undefined;
  const link = LINK.exec(before);
  const href = safeUrl(link?.[2] ?? "");
  if (link !== null && href !== undefined) return marking(start + link.index, start + column, 1, link[1]?.length ?? 0, { link: href });
  const formula = formulaOutcome(page, line, start, before, column);
  if (formula !== undefined) return formula;
  for (const { pattern, mark, value } of INLINE) {
    const match = pattern.exec(before);
    if (match === null || hasCode(line, match.index, column - 1)) continue;
    const words = match[1] ?? "";
    return marking(start + match.index, start + column, match[0].indexOf(words), words.length, { [mark]: value });
  }
  return undefined;
}

/** Takes the signs around words away and marks the words. What is typed next is plain again. */
function marking(from: number, to: number, lead: number, length: number, attributes: Record<string, string | true>): Outcome {
  return (page) => {
    const key = Object.keys(attributes)[0] ?? "";
    const { [key]: _mark, ...plain } = typingAttributes(page) ?? {};
    const delta = new Delta()
      .retain(from)
      .delete(lead)
      .retain(length, attributes)
      .delete(to - from - lead - length);
    page.edit(delta, { selection: caret(from + length), marks: marksOf(plain) });
  };
}

function hasCode(line: Line, from: number, to: number): boolean {
  let at = 0;
  return line.runs.some((run) => {
    const start = at;
    at += run.text.length;
    return start < to && at > from && run.attributes?.["code"] !== undefined;
  });
}

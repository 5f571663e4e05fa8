/** Marks: bold and its kin, highlight, links. On a selection they change characters, never newlines; without one, what is typed next. */
import { Delta, type Scalar } from "../delta.ts";
import type { Line, Run } from "../lines/line.ts";
import { readBlock } from "../lines/block.ts";
import type { Page } from "../page/page.ts";
import { attributesOf, marksOf } from "../page/schema.ts";
import { typeIntoCells } from "./cells.ts";
import { caret, ends, formatted, isCaret, partOf, touchedLines } from "./range.ts";
import { typingAttributes } from "./text.ts";

/** Whether the words of a line may carry marks. */
export const takesMarks = (line: Line): boolean => readBlock(line.block).kind !== "code";

/** Whether every character of the selection carries the attribute, or what is typed next would. */
export function isMarked(page: Page, key: string): boolean {
  const { selection, lines } = page;
  if (isCaret(selection)) return typingAttributes(page)?.[key] !== undefined;
  let any = false;
  let all = true;
  const parts = selection.cells === undefined ? [ends(selection)] : touchedLines(lines, selection).map((one) => partOf(one, selection));
  for (const { from, to } of parts) {
    lines.eachPiece(
      from,
      to,
      (run) => {
        any = true;
        if (run.attributes?.[key] === undefined) all = false;
      },
      () => undefined,
    );
  }
  return any && all;
}

/** Turns a mark on where it is not everywhere, else off. */
export function toggleMark(page: Page, key: string, value: Scalar = true): boolean {
  return setMark(page, key, isMarked(page, key) ? null : value);
}

/** Gives the selection an attribute, or takes it. */
export function setMark(page: Page, key: string, value: Scalar): boolean {
  const { selection, lines } = page;
  if (!isCaret(selection)) return page.edit(formatted(lines, selection, { [key]: value }, takesMarks), { selection, scroll: false });
  const { line } = lines.at(selection.head);
  if (!takesMarks(line) || !page.editable) return false;
  const { [key]: _old, ...rest } = typingAttributes(page) ?? {};
  page.dispatch(page.state.tr.setStoredMarks(marksOf(value === null ? rest : { ...rest, [key]: value })));
  return true;
}

/** Takes all marks this build knows away; what it does not know stays. */
export function clearMarks(page: Page): boolean {
  const none = { bold: null, italic: null, underline: null, strike: null, code: null, background: null, link: null };
  const { selection } = page;
  if (isCaret(selection)) {
    page.dispatch(page.state.tr.setStoredMarks([]));
    return true;
  }
  return page.edit(formatted(page.lines, selection, none), { selection, scroll: false });
}

/** A link in the text. */
export interface FoundLink {
  readonly from: number;
  readonly to: number;
  readonly href: string;
  readonly text: string;
}

/** The link around, or right before, an offset. */
export function linkAt(page: Page, offset: number): FoundLink | undefined {
  const { line, start } = page.lines.at(offset);
  let at = start;
  let found: { from: number; to: number; href: string } | undefined;
  for (const run of line.runs) {
    const end = at + run.text.length;
    const href = run.attributes?.["link"];
    if (typeof href === "string") {
      if (found !== undefined && found.to === at && found.href === href) found = { ...found, to: end };
      else if (found === undefined || found.to < offset) found = { from: at, to: end, href };
    }
    at = end;
    if (at > offset && (found === undefined || found.to < at)) break;
  }
  if (found === undefined || offset < found.from || offset > found.to) return undefined;
  return { ...found, text: page.lines.text(found.from, found.to) };
}

/** Where the links in the selection lead, when all of them lead there. */
export function sharedLink({ lines, selection }: Page): string | undefined {
  const found = new Set<string>();
  for (const touched of touchedLines(lines, selection)) {
    const { from, to } = partOf(touched, selection);
    const take = ({ attributes }: Run): void => {
      const href = attributes?.["link"];
      if (typeof href === "string") found.add(href);
    };
    lines.eachPiece(from, to, take, () => undefined);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/**
 * Makes the selection a link; without one the link at the caret gets the URL, or the URL itself is put in as text. All words of chosen cells become
 * one; where there are none, the URL goes into the cell in which the choice began.
 */
export function setLink(page: Page, href: string, text?: string): boolean {
  if (page.selection.cells !== undefined) {
    const linked = formatted(page.lines, page.selection, { link: href }, takesMarks);
    if (linked.ops.length > 0) return page.edit(linked, { selection: page.selection, scroll: false });
    typeIntoCells(page);
  }
  const { from, to } = ends(page.selection);
  const range = from === to ? linkAt(page, from) : { from, to };
  if (range === undefined || text !== undefined) {
    const left = range?.from ?? from;
    const label = text ?? href;
    const attributes = { ...withoutLink(page), link: href };
    const delta = new Delta()
      .retain(left)
      .insert(label, attributes)
      .delete((range?.to ?? from) - left);
    return page.edit(delta, { selection: caret(left + label.length) });
  }
  return page.edit(formatted(page.lines, { anchor: range.from, head: range.to }, { link: href }, takesMarks), { scroll: false });
}

/** Takes the link at an offset, or the links of the chosen cells, away; their words stay. */
export function unlink(page: Page, offset: number): boolean {
  const { lines, selection } = page;
  if (selection.cells !== undefined) return page.edit(formatted(lines, selection, { link: null }), { selection, scroll: false });
  const link = linkAt(page, offset);
  return link !== undefined && page.edit(formatted(page.lines, { anchor: link.from, head: link.to }, { link: null }), { scroll: false });
}

function withoutLink(page: Page): Record<string, Scalar> {
  const { link: _link, ...rest } = attributesOf(page.marksHere) ?? {};
  return rest;
}

/** The marks that the selection carries throughout. */
export function activeMarks(page: Page): ReadonlySet<string> {
  const { selection } = page;
  if (isCaret(selection)) return new Set(Object.keys(typingAttributes(page) ?? {}));
  let common: Set<string> | undefined;
  for (const touched of touchedLines(page.lines, selection)) {
    const { start, line } = touched;
    const { from, to } = partOf(touched, selection);
    let at = start;
    for (const run of line.runs) {
      const end = at + run.text.length;
      if (end > from && at < to) {
        const keys = new Set(Object.keys(run.attributes ?? {}));
        common = common === undefined ? keys : new Set([...common].filter((key) => keys.has(key)));
      }
      at = end;
    }
  }
  return common ?? new Set();
}

/**
 * Reads what ProseMirror did by itself (typing, native deletion, composition, drops) as a Delta, step by step, by the ranges the steps changed:
 * a step's own places resolve what a comparison could not ("aa|a"). Never scans the document. New newlines get fresh ids, copies too.
 */
import type { Node, ResolvedPos } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { AddMarkStep, AttrStep, RemoveMarkStep, type Step } from "prosemirror-transform";
import { type Attributes, Delta } from "../delta.ts";
import { insertContent, offsetIn } from "./project.ts";
import { attributeOf } from "./schema.ts";

/** What a transaction did, counted from the start of the first mounted line. Every node of the page counts as a line with a newline. */
export function read(tr: Transaction, newId: () => string): Delta {
  let delta = new Delta();
  for (const [nth, step] of tr.steps.entries()) {
    const before = tr.docs[nth];
    const after = tr.docs[nth + 1] ?? tr.doc;
    if (before === undefined) throw new Error("a step without the document it was made on");
    delta = delta.compose(readStep(step, before, after, newId));
  }
  return delta.chop();
}

function readStep(step: Step, before: Node, after: Node, newId: () => string): Delta {
  if (step instanceof AddMarkStep || step instanceof RemoveMarkStep) {
    const [key, value] = attributeOf(step.mark);
    return formatted(before, step.from, step.to, { [key]: step instanceof AddMarkStep ? value : null });
  }
  if (step instanceof AttrStep) {
    if (step.attr !== "block") return new Delta();
    const line = before.nodeAt(step.pos);
    const end = offsetIn(before, step.pos) + (line?.content.size ?? 0);
    return new Delta().retain(end).retain(1, { block: step.value === "" ? null : String(step.value) });
  }
  return replaced(step, before, after, newId);
}

function formatted(page: Node, from: number, to: number, attributes: Attributes): Delta {
  const delta = new Delta();
  let at = 0;
  page.nodesBetween(from, to, (node, position) => {
    if (!node.isInline) return true;
    const start = Math.max(position, from);
    const end = Math.min(position + node.nodeSize, to);
    const offset = offsetIn(page, start);
    delta.retain(offset - at).retain(end - start, { ...attributes });
    at = offset + end - start;
    return false;
  });
  return delta;
}

function replaced(step: Step, before: Node, after: Node, newId: () => string): Delta {
  let from = Number.POSITIVE_INFINITY;
  let to = -1;
  step.getMap().forEach((oldStart, oldEnd) => {
    from = Math.min(from, oldStart);
    to = Math.max(to, oldEnd);
  });
  if (to < 0) return new Delta();
  const newFrom = step.getMap().map(from, -1);
  let newTo = step.getMap().map(to, 1);
  const kept = keptAtEnd(before.resolve(to), after.resolve(newTo), Math.min(to - from, newTo - newFrom));
  to -= kept;
  newTo -= kept;
  const start = offsetIn(before, from);
  const delta = new Delta().retain(start);
  insertBetween(delta, after, newFrom, newTo, newId);
  const end = offsetIn(before, to);
  delta.delete(end - start);
  retainRest(delta, before, to, after, newTo);
  return delta;
}

/**
 * How much at the end of a replaced range is what it was. Where the browser joins lines by itself, the range reaches behind the last line, and
 * that line comes back as a part of another: it is still the same line, with its words and its id, in which others may be writing.
 */
function keptAtEnd(old: ResolvedPos, now: ResolvedPos, most: number): number {
  if (old.depth > 0 || now.depth > 0 || old.nodeBefore === null || now.nodeBefore === null || most < 1) return 0;
  const [mine, theirs] = [old.nodeBefore.content, now.nodeBefore.content];
  const differs = mine.findDiffEnd(theirs, mine.size, theirs.size);
  const same = differs === null ? Math.min(mine.size, theirs.size) : mine.size - differs.a;
  // The end of the line's own node is one more.
  let kept = Math.min(same, most - 1);
  if (kept > 0 && isLow(old.nodeBefore.textBetween(mine.size - kept, mine.size - kept + 1, "", " "))) kept--;
  return kept + 1;
}

function isLow(character: string): boolean {
  const unit = character.charCodeAt(0);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Inserts what the page shows between two positions: characters, and a newline wherever a line ends. */
function insertBetween(delta: Delta, page: Node, from: number, to: number, newId: () => string): void {
  const first = page.resolve(from);
  const last = page.resolve(to);
  for (let index = first.index(0); index <= last.index(0) && index < page.childCount; index++) {
    const line = page.child(index);
    const isFirst = index === first.index(0);
    const isLast = index === last.index(0);
    if (isLast && last.depth === 0) return;
    const start = isFirst && first.depth > 0 ? first.parentOffset : 0;
    const end = isLast ? last.parentOffset : line.content.size;
    insertContent(delta, line.content.cut(start, end));
    if (!isLast) {
      const block = String(line.attrs["block"]);
      delta.insert("\n", block === "" ? { line: newId() } : { line: newId(), block });
    }
  }
}

/** The newline after the replaced range stays, but the page may show its line as another kind now. */
function retainRest(delta: Delta, before: Node, to: number, after: Node, newTo: number): void {
  const old = before.resolve(to);
  const now = after.resolve(newTo);
  if (old.depth === 0 || now.depth === 0) return;
  const block = String(now.parent.attrs["block"]);
  if (block === String(old.parent.attrs["block"])) return;
  delta.retain(old.parent.content.size - old.parentOffset).retain(1, { block: block === "" ? null : block });
}

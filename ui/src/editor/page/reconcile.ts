/**
 * Makes the page say what the text says, line by line, where it was touched. After a draw there should be nothing to do but remember which node
 * shows which line; after ProseMirror's own edits it writes the ids of new lines. Anything else is a bug: it is healed and told.
 */
import type { Transaction } from "prosemirror-state";
import { Fragment, Slice } from "prosemirror-model";
import { AttrStep, ReplaceStep } from "prosemirror-transform";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Change } from "../lines/rewriting.ts";
import { type Mounted, isShown, nodeOf, pageOf } from "./project.ts";

/** Brings the touched lines of the page in line with the text. Answers false when their *contents* differed, which should never happen. */
export function reconcile(tr: Transaction, lines: Lines, changes: readonly Change[], mounted: Mounted): boolean {
  let right = true;
  let shift = 0;
  const base = lines.startOf(mounted.from);
  for (const change of changes) {
    const first = change.index + shift;
    // The line after a change, too: where whole lines went, ProseMirror may have kept the wrong one's attributes.
    for (const [beyond, line] of [...lines.between(first, first + change.added.length + 1)].entries()) {
      const index = first + beyond;
      if (index < mounted.from || index >= mounted.to || !isShown(lines, line)) continue;
      const nth = index - mounted.from;
      if (nth >= tr.doc.childCount) return rebuild(tr, lines, mounted);
      if (!settle(tr, line, nth, () => lines.startOf(index) - base + nth)) right = false;
    }
    shift += change.added.length - change.removed;
  }
  return right;
}

function settle(tr: Transaction, line: Line, nth: number, place: () => number): boolean {
  const node = tr.doc.child(nth);
  const wanted = nodeOf(line);
  if (node === wanted || node.eq(wanted)) {
    line.shown = node;
    return true;
  }
  const same = node.content.eq(wanted.content);
  const position = place();
  for (const name of ["id", "block"]) {
    if (node.attrs[name] !== wanted.attrs[name]) tr.step(new AttrStep(position, name, wanted.attrs[name]));
  }
  if (!same) tr.step(new ReplaceStep(position + 1, position + 1 + node.content.size, new Slice(wanted.content, 0, 0)));
  line.shown = tr.doc.child(nth);
  return same;
}

/** A transaction that carries this drew the whole page anew. */
export const REBUILT = "sheaf.rebuilt";

/** Draws the whole page anew. Lines that did not change keep their nodes, and so their place on the screen. */
export function rebuild(tr: Transaction, lines: Lines, mounted: Mounted): false {
  tr.setMeta(REBUILT, true);
  tr.step(new ReplaceStep(0, tr.doc.content.size, new Slice(Fragment.from(pageOf(lines, mounted).content), 0, 0)));
  return false;
}

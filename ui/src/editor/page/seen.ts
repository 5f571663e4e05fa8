/** Where lines and words are on the screen, for whoever draws over them. */
import type { EditorView } from "prosemirror-view";
import type { Page } from "./page.ts";

/** The mounted lines [from, to) that stand between two edges of the screen. Lines stand one below the other, so it takes few looks. */
export function linesBetween(view: EditorView, top: number, bottom: number): { from: number; to: number } {
  const { children } = view.dom;
  const firstBelow = (edge: number): number => {
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((children[middle]?.getBoundingClientRect().bottom ?? 0) < edge) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { from: firstBelow(top), to: Math.min(children.length, firstBelow(bottom) + 1) };
}

/** The words between two offsets as the browser has them; undefined where they are not mounted, or none. */
export function rangeOf(page: Page, view: EditorView, from: number, to: number): Range | undefined {
  const [left, right] = [page.positionOf(from), page.positionOf(to)];
  if (left === undefined || right === undefined || left >= right) return undefined;
  const [start, end] = [view.domAtPos(left, 1), view.domAtPos(right, -1)];
  const range = document.createRange();
  range.setStart(start.node, start.offset);
  range.setEnd(end.node, end.offset);
  return range;
}

/** What scrolls an element. */
export function scrollerOf(element: HTMLElement): HTMLElement | undefined {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return undefined;
}

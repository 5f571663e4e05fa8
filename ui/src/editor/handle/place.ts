/** Where blocks stand on the screen: which one is at a height, and from where to where one reaches. Asks what is drawn, never how it came there. */
import type { EditorView } from "prosemirror-view";
import type { Span } from "../lines/span.ts";
import type { Page } from "../page/page.ts";

/** A block longer than this is measured by its first and last line alone. */
const MOST_MEASURED = 400;

/** The index of the line at a height of the window; undefined where there is none. */
export function indexAt(page: Page, view: EditorView, y: number): number | undefined {
  const { left, right } = view.dom.getBoundingClientRect();
  const line = document.elementFromPoint((left + right) / 2, y)?.closest(".line");
  if (!(line instanceof HTMLElement) || !view.dom.contains(line)) return undefined;
  return page.lines.at(page.offsetOf(view.posAtDOM(line, 0))).index;
}

/** The element of a line; undefined when it is not mounted. */
export function elementOf(page: Page, view: EditorView, index: number): HTMLElement | undefined {
  const position = page.positionOf(page.lines.startOf(index));
  const dom = position === undefined ? null : view.nodeDOM(position - 1);
  return dom instanceof HTMLElement ? dom : undefined;
}

/** From where to where the mounted, visible part of a block reaches. */
export function reachOf(page: Page, view: EditorView, span: Span): { readonly top: number; readonly bottom: number } | undefined {
  const { mounted } = page;
  const [first, last] = [Math.max(span.from, mounted.from), Math.min(span.to, mounted.to) - 1];
  const indexes =
    last - first > MOST_MEASURED ? [first, last] : Array.from({ length: Math.max(0, last - first + 1) }, (_, nth) => first + nth);
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const index of indexes) {
    const element = elementOf(page, view, index);
    if (element === undefined || element.hidden) continue;
    const rect = element.getBoundingClientRect();
    top = Math.min(top, rect.top);
    bottom = Math.max(bottom, rect.bottom);
  }
  return top < bottom ? { top, bottom } : undefined;
}

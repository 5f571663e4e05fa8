/**
 * Shows the hits of the lines that are seen, with the engine's own highlights: nothing of it is in the text's elements, so that carets, compositions
 * and spelling marks are left alone. Every engine we run on has them (Safari 17.2, WebKitGTK 2.44, Chromium 105).
 */
import type { EditorView } from "prosemirror-view";
import type { Page } from "../page/page.ts";
import { linesBetween, rangeOf } from "../page/seen.ts";
import type { Search } from "./search.ts";

/** The names in editor.css. */
const FOUND = "sheaf-found";
const CURRENT = "sheaf-found-current";
/** Screens above and below the visible one that are painted, so that a scroll shows nothing bare. */
const SCREENS_AROUND = 1;
/** A single letter in a page of small print: more cannot be told apart, and each costs the engine. */
const MOST = 2000;

/** Paints what is seen. */
export function paint(page: Page, view: EditorView, search: Search, seen: { readonly top: number; readonly bottom: number }): void {
  const current = search.current;
  const others: Range[] = [];
  const present: Range[] = [];
  const around = (seen.bottom - seen.top) * SCREENS_AROUND;
  const { from, to } = linesBetween(view, seen.top - around, seen.bottom + around);
  let start = page.lines.startOf(page.mounted.from + from);
  for (const line of page.lines.between(page.mounted.from + from, page.mounted.from + to)) {
    for (const hit of search.hitsOf(line)) {
      if (others.length >= MOST) break;
      const range = rangeOf(page, view, start + hit.from, start + hit.to);
      if (range !== undefined) (current?.hit === hit ? present : others).push(range);
    }
    start += line.length;
  }
  CSS.highlights.set(FOUND, new Highlight(...others));
  const above = new Highlight(...present);
  above.priority = 1;
  CSS.highlights.set(CURRENT, above);
}

/** Nothing is found any more. */
export function clearPaint(): void {
  CSS.highlights.delete(FOUND);
  CSS.highlights.delete(CURRENT);
}

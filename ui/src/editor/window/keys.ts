/** What is done before the browser acts on a key by itself: it knows only what is mounted, so the place it acts at is mounted first. */
import { ends } from "../editing/range.ts";
import { deleteSelection } from "../editing/text.ts";
import type { Page } from "../page/page.ts";

/** A page up or down may go so many lines. */
const LINES_OF_A_PAGE = 60;

/** A key is about to act. Answers true when that was done here. */
export function beforeKey(page: Page, event: KeyboardEvent): boolean {
  // What keys do to chosen cells they do to the document, mounted or not.
  if (page.isWhole || event.isComposing || page.selection.cells !== undefined) return false;
  const { key } = event;
  const isMove = /^(?:Arrow|Page)(?:Up|Down|Left|Right)$|^(?:Home|End)$/.test(key);
  if (!isMove && !writes(event)) return false;
  if (isMove && page.isApart && leaveSelection(page, event)) return true;
  if (!page.isApart || isMove || isCaret(page)) page.reach(key.startsWith("Page") ? LINES_OF_A_PAGE : undefined);
  return false;
}

/** Text is about to come in by another way than a key: from an input method, a menu, a screen keyboard. */
export function beforeText(page: Page, composes: boolean): void {
  if (page.isWhole) return;
  // The browser would take out only what it sees of a selection.
  if (composes && page.isApart && !isCaret(page) && page.editable) deleteSelection(page);
  if (isCaret(page)) page.reach();
}

/** A selection with an end out of sight: an arrow goes to its true end. Answers true when nothing is left to do. */
function leaveSelection(page: Page, { key, shiftKey }: KeyboardEvent): boolean {
  const { selection } = page;
  if (shiftKey) page.select(selection);
  if (shiftKey || isCaret(page)) return false;
  const { from, to } = ends(selection);
  const isBack = key === "ArrowLeft" || key === "ArrowUp";
  const isForward = key === "ArrowRight" || key === "ArrowDown";
  const at = isBack ? from : isForward ? to : selection.head;
  page.select({ anchor: at, head: at });
  return key === "ArrowLeft" || key === "ArrowRight";
}

function isCaret({ selection }: Page): boolean {
  return selection.anchor === selection.head;
}

/** Whether the browser may write for a key: letters, and what an input method took. */
function writes({ key, keyCode, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (keyCode === 229 || ["Enter", "Backspace", "Delete", "Tab"].includes(key)) return true;
  return key.length === 1 && !ctrlKey && !metaKey;
}

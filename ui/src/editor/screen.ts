/**
 * The screen of a page: ProseMirror's view, its node views and its DOM events, turned into calls. Decides when an event is ours and hands it on; what
 * an event means is decided elsewhere.
 */
import type { Node } from "prosemirror-model";
import { EditorView } from "prosemirror-view";
import type { Page } from "./page/page.ts";
import type { EmbedReach } from "./embeds/kind.ts";
import { EmbedView } from "./embeds/view.ts";
import { LineView } from "./page/lineview.ts";
import { isShown } from "./page/project.ts";
import { arrange } from "./page/arrange.ts";
import { goToCell } from "./editing/tables.ts";
import { calloutAt } from "./lines/callout.ts";
import type { Change } from "./lines/rewriting.ts";
import { tableAt } from "./lines/table.ts";
import type { EditorWords } from "./words.ts";

/** What happens on a screen. */
export interface ScreenEvents {
  key(event: KeyboardEvent): boolean;
  /** Text is about to be typed at the selection. True when it was done here. */
  typing(text: string): boolean;
  copy(data: DataTransfer, cut: boolean): boolean;
  paste(data: DataTransfer): boolean;
  /** Something was dropped at an offset; `moved` when it is the page's own selection. */
  drop(data: DataTransfer | null, offset: number, moved: boolean): boolean;
  click(event: MouseEvent): boolean;
  check(offset: number): void;
  /** The number before a footnote was pressed. */
  footnote(offset: number): void;
  /** The triangle before a heading was pressed. */
  fold(offset: number): void;
  /** The button of the table, or the title of the callout, with the caret was pressed. */
  menuHere(): void;
  /** The main button went down. */
  pointer(event: MouseEvent): void;
  focus(focused: boolean): void;
  composition(active: boolean): void;
  /** A command from the browser's own menus. */
  browserCommand(inputType: string): boolean;
}

/** Whether what is misspelled is underlined, and in which language the text is written; null where nobody said. */
export interface Spelling {
  readonly on: boolean;
  readonly language: string | null;
}

/** What belongs to whoever reads, always as it is now. */
export interface Reader {
  readonly words: EditorWords;
  /** What embeds may know of the text and of what is around it. */
  readonly reach: EmbedReach;
  readonly spelling: () => Spelling;
}

/** Mounts a page. */
export function mountScreen(host: HTMLElement, page: Page, events: ScreenEvents, reader: Reader): EditorView {
  const { words, reach, spelling } = reader;
  const view: EditorView = new EditorView(host, {
    state: page.state,
    editable: () => page.editable,
    dispatchTransaction: (tr) => page.dispatch(tr),
    attributes: () => ({
      class: "sheaf-editor",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": words.label,
      "data-table-menu": words.table,
      style: `--caption-here: ${JSON.stringify(words.attachmentCaptionHere)}`,
      "aria-readonly": String(!page.editable),
      spellcheck: String(spelling().on),
      ...langOf(spelling()),
      autocapitalize: "sentences",
    }),
    nodeViews: {
      line: (node: Node, _view, getPos) => new LineView(node, () => check(page, events, getPos())),
      embed: (node: Node, _view, getPos) => new EmbedView(node, page, words, reach, getPos),
    },
    scrollThreshold: 48,
    scrollMargin: 64,
    handleKeyDown: (current, event) => {
      readSelection(current);
      return events.key(event);
    },
    handleTextInput: (current, from, to, text) => {
      const { selection } = current.state;
      // A correction replaces words that are not selected; ProseMirror does that well itself.
      if (current.composing || from !== selection.from || to !== selection.to) return false;
      return events.typing(text);
    },
    handleDrop: (current, event, _slice, moved) => {
      const at = current.posAtCoords({ left: event.clientX, top: event.clientY });
      return at !== null && events.drop(event.dataTransfer, page.offsetOf(at.pos), moved);
    },
    handleDOMEvents: domEvents(page, events),
  });
  page.view = view;
  return view;
}

function langOf({ language }: Spelling): { lang?: string } {
  return language === null ? {} : { lang: language };
}

/**
 * The browser tells of a new selection in a task of its own, and a key that follows at once would act on the one before. So it is read first, as
 * ProseMirror does when it is told; that function is not among its public ones (pinned with its version in package.json).
 */
export function readSelection(view: EditorView): void {
  if (!view.composing) (view as unknown as { domObserver: { flush(): void } }).domObserver.flush();
}

type DomHandlers = NonNullable<ConstructorParameters<typeof EditorView>[1]["handleDOMEvents"]>;

function domEvents(page: Page, events: ScreenEvents): DomHandlers {
  const clipboard = (event: ClipboardEvent, act: (data: DataTransfer) => boolean): boolean => {
    if (event.clipboardData === null || !act(event.clipboardData)) return false;
    event.preventDefault();
    return true;
  };
  return {
    copy: (_view, event) => clipboard(event, (data) => events.copy(data, false)),
    cut: (_view, event) => clipboard(event, (data) => events.copy(data, true)),
    paste: (_view, event) => clipboard(event, (data) => events.paste(data)),
    beforeinput: (_view, event) => {
      if (!events.browserCommand(event.inputType)) return false;
      event.preventDefault();
      return true;
    },
    mousedown: (view, event) => {
      const heading = event.button === 0 ? triangleAt(event) : undefined;
      if (heading !== undefined) {
        event.preventDefault();
        events.fold(page.offsetOf(view.posAtDOM(heading, 0)));
        return true;
      }
      if (event.button === 0 && (pressedOnTable(page, view, event, events) || pressedOnTitle(page, view, event, events))) return true;
      const note = event.button === 0 ? numberAt(event) : undefined;
      if (note !== undefined) {
        event.preventDefault();
        events.footnote(page.offsetOf(view.posAtDOM(note, 0)));
        return true;
      }
      if (event.button === 0) events.pointer(event);
      return false;
    },
    click: (_view, event) => {
      const isLink = event.target instanceof Element && event.target.closest("a[href]") !== null;
      // The page never navigates; where a link leads is shown first.
      if (isLink) event.preventDefault();
      return events.click(event);
    },
    auxclick: (_view, event) => {
      if (event.target instanceof Element && event.target.closest("a[href]") !== null) event.preventDefault();
      return false;
    },
    focus: () => {
      events.focus(true);
      return false;
    },
    blur: () => {
      events.focus(false);
      return false;
    },
    compositionstart: () => {
      events.composition(true);
      return false;
    },
    compositionend: () => {
      events.composition(false);
      return false;
    },
  };
}

/**
 * The heading whose triangle an event is on. It is drawn before the heading and no element of its own: one beside the words would keep Chromium's caret
 * from going up, or from its column going down.
 */
function triangleAt(event: MouseEvent): Element | undefined {
  const { target } = event;
  if (!(target instanceof Element) || !target.matches(".heading")) return undefined;
  return event.clientX < target.getBoundingClientRect().left ? target : undefined;
}

/** The footnote's line whose number an event is on: drawn before its words, as a heading's triangle is. */
function numberAt({ target, clientX, clientY }: MouseEvent): Element | undefined {
  if (!(target instanceof Element) || !target.matches("[data-number]")) return undefined;
  const { left, right, top } = target.getBoundingClientRect();
  const { direction, paddingInlineStart, lineHeight } = getComputedStyle(target);
  const across = direction === "rtl" ? right - clientX : clientX - left;
  return across < Number.parseFloat(paddingInlineStart) && clientY < top + 2 * Number.parseFloat(lineHeight) ? target : undefined;
}

/** A press on a cell that is missing makes it; one on the table's button asks what can be done. */
function pressedOnTable(page: Page, view: EditorView, event: MouseEvent, events: ScreenEvents): boolean {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>(".hole, .table-button") : null;
  if (target === null || !page.editable) return false;
  event.preventDefault();
  const line = [...view.dom.children].findIndex((child) => child.contains(target));
  const table = tableAt(page.lines, page.mounted.from + line);
  if (line < 0 || table === undefined) return true;
  view.focus();
  const { index } = page.lines.at(page.selection.head);
  const isIn = index >= table.from && index < table.to;
  if (target.className === "hole") goToCell(page, table, Number(target.dataset["row"]), Number(target.dataset["column"]));
  else if (!isIn) goToCell(page, table, 0, 0);
  if (target.className !== "hole") events.menuHere();
  return true;
}

/** A press on a callout's title asks what can be done. It is drawn above the first line's words and no element of its own. */
function pressedOnTitle(page: Page, view: EditorView, event: MouseEvent, events: ScreenEvents): boolean {
  const { target } = event;
  const isFirst = target instanceof HTMLElement && target.matches("[data-callout-run='first'], [data-callout-run='only']");
  if (!page.editable || !isFirst) return false;
  const above = Number.parseFloat(getComputedStyle(target).paddingTop);
  if (event.clientY > target.getBoundingClientRect().top + above) return false;
  event.preventDefault();
  view.focus();
  const line = page.mounted.from + [...view.dom.children].indexOf(target);
  const { index } = page.lines.at(page.selection.head);
  const callout = calloutAt(page.lines, line);
  const isIn = callout !== undefined && index >= callout.from && index < callout.to;
  if (!isIn) page.select({ anchor: page.lines.startOf(line), head: page.lines.startOf(line) }, false);
  events.menuHere();
  return true;
}

function check(page: Page, events: ScreenEvents, position: number | undefined): void {
  if (position !== undefined) events.check(page.offsetOf(position + 1));
}

/** Writes markers and edges on lines that changed, or on all. */
export function arrangeLines(view: EditorView, page: Page, from = page.mounted.from, to = page.mounted.to): void {
  arrange(view, page.lines, page.mounted, from, to);
}

/** Writes markers and edges on the lines that changes made. */
export function arrangeChanges(page: Page, changes: readonly Change[]): void {
  if (page.view === undefined) return;
  let shift = 0;
  for (const change of changes) {
    const first = change.index + shift;
    arrangeLines(page.view, page, first, first + change.added.length + 1);
    shift += change.added.length - change.removed;
  }
}

/** Whether there is nothing yet, so that the page says what can be done. */
export function showEmptiness(page: Page): void {
  const first = page.lines.line(0);
  const isEmpty = page.lines.length <= 1 && first.width === 0 && isShown(page.lines, first) && first.block === "";
  page.view?.dom.classList.toggle("is-empty", isEmpty);
}

/** Where something stands on the screen. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The box of a part of the text, as far as it is mounted. */
export function boxOf(view: EditorView, page: Page, from: number, to: number): Box | undefined {
  const left = page.positionOf(from);
  const right = page.positionOf(to);
  if (left === undefined || right === undefined) return undefined;
  try {
    const start = view.coordsAtPos(left, 1);
    const end = view.coordsAtPos(right, from === to ? 1 : -1);
    const oneRow = Math.abs(start.top - end.top) < 2;
    return {
      left: oneRow ? Math.min(start.left, end.left) : view.dom.getBoundingClientRect().left,
      right: oneRow ? Math.max(start.right, end.right) : view.dom.getBoundingClientRect().right,
      top: Math.min(start.top, end.top),
      bottom: Math.max(start.bottom, end.bottom),
    };
  } catch {
    return undefined;
  }
}

/** Scrolls so that a place can be seen, mounting its line when it is not. */
export function showPlace(page: Page, offset: number, block: ScrollLogicalPosition): void {
  page.mountAround(offset);
  const position = page.positionOf(offset);
  if (position === undefined || page.view === undefined) return;
  const { node } = page.view.domAtPos(position);
  (node instanceof Element ? node : node.parentElement)?.closest(".line")?.scrollIntoView({ block });
}

/**
 * Which key does what in the text (ux.md 4.2). Matches by `key`, and by `code` only for digits, brackets and on layouts without Latin letters (pressed.ts); never takes a key that wrote a character with
 * AltGr. Keys that only the chrome can answer (a link's address) are sent as events.
 */
import type { Page } from "../page/page.ts";
import { codeRange, indent, indentAny, paragraphAfter, toggleQuote, toggleTask, turnLines } from "./blocks.ts";
import { captionHere } from "./captions.ts";
import { pressed } from "./pressed.ts";
import { openSelectedEmbed } from "../embeds/view.ts";
import { clearMarks, linkAt, toggleMark } from "./marks.ts";
import { isCaret } from "./range.ts";
import { crossRow, isInTable, nextCell } from "./tables.ts";
import { backspace, deleteForward, enter, lineBreak } from "./text.ts";
import { readBlock } from "../lines/block.ts";

/** What keys need of the editor besides the page. */
export interface KeyHost {
  readonly page: Page;
  undo(): boolean;
  redo(): boolean;
  interrupt(): void;
  askForLink(): void;
  /** Shows the toolbar of the selection; false where it has none. */
  askForToolbar(): boolean;
  /** Shows where the link at the caret leads, opens the document that is named there, or goes from a footnote to its reference. False where is none. */
  reachLink(): boolean;
  /** Folds or unfolds the section of the caret. */
  fold(): boolean;
  copyAsMarkdown(): void;
  /** Shows what can be done to the table or the callout with the caret; false outside of both. */
  menuHere(): boolean;
  /** Shows what can be done to the block of the caret. */
  blockMenu(): boolean;
  /** Moves the selected lines past the block above (-1) or below (1). */
  move(by: 1 | -1): boolean;
  duplicate(): boolean;
  readonly isMac: boolean;
}

type Binding = (host: KeyHost) => boolean;

/** The kinds that keys turn lines into. */
export const TURNS: Readonly<Record<string, string>> = {
  "mod+alt+0": "p",
  "mod+alt+1": "h1",
  "mod+alt+2": "h2",
  "mod+alt+3": "h3",
  "mod+alt+4": "h4",
  "mod+alt+5": "h5",
  "mod+alt+6": "h6",
  "mod+shift+7": "ol",
  "mod+shift+8": "ul",
  "mod+shift+9": "task",
  "mod+alt+c": "code",
};

const turning = Object.entries(TURNS).map(([key, kind]): [string, Binding] => [key, ({ page }) => done(turnLines(page, kind))]);

const bindings: Readonly<Record<string, Binding>> = {
  ...Object.fromEntries(turning),
  "mod+b": ({ page }) => done(toggleMark(page, "bold")),
  "mod+i": ({ page }) => done(toggleMark(page, "italic")),
  "mod+u": ({ page }) => done(toggleMark(page, "underline")),
  "mod+shift+x": ({ page }) => done(toggleMark(page, "strike")),
  "mod+e": ({ page }) => done(toggleMark(page, "code")),
  "mod+shift+h": ({ page }) => done(toggleMark(page, "background", "yellow")),
  "mod+k": (host) => {
    const { selection } = host.page;
    if (isCaret(selection) && linkAt(host.page, selection.head) === undefined) return false;
    host.askForLink();
    return true;
  },
  // As in other editors; GNOME and Xfce maximise the window with it, so there is another.
  "alt+f10": (host) => host.askForToolbar(),
  "mod+alt+b": (host) => host.askForToolbar(),
  "mod+shift+m": (host) => done(host.fold()),
  // What the caret is in is asked from the inside out: a link, a footnote, then the table or the callout around it, then the block.
  "alt+enter": (host) => host.reachLink() || host.menuHere() || host.blockMenu(),
  "mod+alt+p": ({ page }) => captionHere(page),
  "mod+alt+\\": ({ page }) => done(clearMarks(page)),
  "mod+shift+b": ({ page }) => done(toggleQuote(page)),
  tab: ({ page }) => nextCell(page, 1) || indent(page, 1),
  "shift+tab": ({ page }) => nextCell(page, -1) || indent(page, -1),
  arrowup: ({ page }) => crossRow(page, -1),
  arrowdown: ({ page }) => crossRow(page, 1),
  "mod+]": ({ page }) => indentAny(page, 1),
  "mod+[": ({ page }) => indentAny(page, -1),
  "alt+shift+arrowup": (host) => host.move(-1),
  "alt+shift+arrowdown": (host) => host.move(1),
  "mod+d": (host) => done(host.duplicate()),
  "mod+enter": ({ page }) => {
    if (toggleTask(page)) return true;
    if (isInTable(page)) return done(paragraphAfter(page));
    const { kind } = readBlock(page.lines.at(page.selection.head).line.block);
    return kind === "code" ? done(paragraphAfter(page)) : false;
  },
  enter: (host) => {
    if (openSelectedEmbed(host.page)) return true;
    host.interrupt();
    return done(enter(host.page));
  },
  "shift+enter": ({ page }) => done(lineBreak(page)),
  backspace: ({ page }) => backspace(page),
  "mod+backspace": ({ page }) => backspace(page),
  "alt+backspace": ({ page }) => backspace(page),
  "shift+backspace": ({ page }) => backspace(page),
  delete: ({ page }) => deleteForward(page),
  "mod+delete": ({ page }) => deleteForward(page),
  "mod+z": (host) => done(host.undo()),
  "mod+shift+z": (host) => done(host.redo()),
  "mod+y": (host) => done(host.redo()),
  "mod+shift+c": (host) => {
    host.copyAsMarkdown();
    return true;
  },
  // Not left to the browser: a selection of its own, made within 20 ms of the focus, would be taken back by ProseMirror.
  "mod+home": ({ page }) => goTo(page, 0),
  "mod+end": ({ page }) => goTo(page, page.lines.length),
  // The browser knows no more of a long text than what is mounted.
  "mod+arrowup": ({ page, isMac }) => isMac && goTo(page, 0),
  "mod+arrowdown": ({ page, isMac }) => isMac && goTo(page, page.lines.length),
  "mod+shift+arrowup": ({ page, isMac }) => isMac && extendTo(page, 0),
  "mod+shift+arrowdown": ({ page, isMac }) => isMac && extendTo(page, page.lines.length),
  "mod+shift+home": ({ page }) => extendTo(page, 0),
  "mod+shift+end": ({ page }) => extendTo(page, page.lines.length),
  "mod+a": ({ page }) => selectAll(page),
};

/** Every key that does something in the text, as the tables here name it. */
export const TEXT_KEYS: readonly string[] = Object.keys(bindings);

function goTo(page: Page, offset: number): true {
  page.select({ anchor: offset, head: offset });
  return true;
}

function extendTo(page: Page, offset: number): true {
  page.select({ anchor: page.selection.anchor, head: offset });
  return true;
}

/** Everything; in code first the code. */
export function selectAll(page: Page): boolean {
  const code = codeRange(page);
  const { anchor, head } = page.selection;
  const from = Math.min(anchor, head);
  const to = Math.max(anchor, head);
  if (code !== undefined && (from > code.from || to < code.to)) page.select({ anchor: code.from, head: code.to }, false);
  else page.selectAll();
  return true;
}

/** Runs the key's command. Answers false when the browser or the chrome should have it. */
export function handleKey(host: KeyHost, event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229) return false;
  // Ctrl+Alt is AltGr on many layouts: what wrote a character was meant to.
  if (event.getModifierState("AltGraph") && event.key.length === 1) return false;
  const binding = bindings[nameOf(event, host.isMac)];
  return binding !== undefined && binding(host);
}

/** Whether a key is about to write something: a character, a dead key, an input method's first. */
export function writes(event: KeyboardEvent): boolean {
  if (event.keyCode === 229 || event.key === "Dead" || event.key === "Process") return true;
  return event.key.length === 1 && ((!event.ctrlKey && !event.metaKey) || event.getModifierState("AltGraph"));
}

/** A key as the tables here name it: `mod+shift+x`. */
export function nameOf(event: KeyboardEvent, isMac: boolean): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const parts = [mod ? "mod" : "", event.altKey ? "alt" : "", event.shiftKey ? "shift" : ""].filter((part) => part !== "");
  return [...parts, keyOf(event)].join("+");
}

/** Digits and brackets are where they are on the keyboard, everything else is what it says. */
function keyOf(event: KeyboardEvent): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit !== null && (event.ctrlKey || event.metaKey)) return digit[1] ?? "";
  if (event.code === "BracketLeft" && (event.ctrlKey || event.metaKey)) return "[";
  if (event.code === "BracketRight" && (event.ctrlKey || event.metaKey)) return "]";
  if (event.code === "Backslash" && (event.ctrlKey || event.metaKey)) return "\\";
  return pressed(event);
}

/** The key is ours even when there was nothing to do. */
function done(_changed: boolean): true {
  return true;
}

/** Whether this is a Mac, where Mod is Command. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

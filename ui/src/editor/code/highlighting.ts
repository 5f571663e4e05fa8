/**
 * Colours the code that is on the screen. Looks at visible lines only: a code block of which a line is seen is read in a worker, once for each state of
 * its lines; until the answer is there an edited line keeps its colours beside the edit.
 */
import "./code.css";

import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { readBlock } from "../lines/block.ts";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Page } from "../page/page.ts";
import { languageNamed } from "./languages.ts";
import { Painter } from "./painter.ts";
import { carried, type Token, type TokenKind } from "./tokens.ts";

/** After the last key or scroll it is looked what is visible: shorter than anybody notices, longer than the pause between keys. */
const LOOK_AFTER_MS = 80;
/** Longer code stays plain: reading it would take the worker seconds. */
const MOST_LINES = 3000;
const MOST_UNITS = 200_000;
/** A worker that takes longer for one block has met code that its grammar cannot take; it is ended and the block stays plain. */
const PATIENCE_MS = 3000;

/** A block of code as it was read, or is being read. */
interface Reading {
  readonly language: string;
  readonly lines: readonly Line[];
}

/** The colours of one page's code. */
export class Highlighting {
  private readonly tokens = new WeakMap<Line, readonly Token[]>();
  /** By the first line of a block: how it was when it was last read. */
  private readonly read = new WeakMap<Line, Reading>();
  private readonly painter = new Painter();
  private readonly asked = new Map<number, { reading: Reading; patience: ReturnType<typeof setTimeout> }>();
  private worker: Worker | undefined;
  private questions = 0;
  private looking: ReturnType<typeof setTimeout> | undefined;
  private painting: number | undefined;
  private seen = { from: 0, to: 0 };
  private shown: (Line | undefined)[] = [];

  constructor(private readonly page: () => Page) {}

  /** The plugin that watches a page. */
  plugin(): Plugin {
    return new Plugin({
      view: (view) => {
        if (!Painter.isThere) return {};
        const soon = (): void => this.lookSoon(view);
        document.addEventListener("scroll", soon, { capture: true, passive: true });
        soon();
        return {
          update: (_, before) => {
            if (before.doc === view.state.doc) return;
            this.paintSoon(view);
            this.lookSoon(view);
          },
          destroy: () => {
            document.removeEventListener("scroll", soon, { capture: true });
            this.stop();
          },
        };
      },
    });
  }

  private stop(): void {
    clearTimeout(this.looking);
    if (this.painting !== undefined) cancelAnimationFrame(this.painting);
    this.painter.paint([]);
    this.endWorker();
  }

  private lookSoon(view: EditorView): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(view), LOOK_AFTER_MS);
  }

  private paintSoon(view: EditorView): void {
    this.painting ??= requestAnimationFrame(() => {
      this.painting = undefined;
      this.paint(view);
    });
  }

  /** Finds the lines on the screen, asks about code that is new, and colours what is known. */
  private look(view: EditorView): void {
    const { lines, mounted } = this.page();
    const { from, to } = visible(view);
    this.seen = { from: mounted.from + from, to: Math.min(mounted.from + to, lines.count) };
    for (let index = this.seen.from; index < this.seen.to; index++) {
      const block = blockAround(lines, index);
      if (block === undefined) continue;
      this.ask(view, lines, block);
      index = block.to - 1;
    }
    this.paint(view);
  }

  private ask(view: EditorView, text: Lines, { from, to }: { from: number; to: number }): void {
    const lines = [...text.between(from, to)];
    const [first] = lines;
    const language = languageNamed(readBlock(first?.block ?? "").language ?? "")?.id ?? "";
    if (first === undefined || isSame(this.read.get(first), language, lines)) return;
    const reading = { language, lines };
    this.read.set(first, reading);
    const units = lines.reduce((sum, line) => sum + line.length, 0);
    if (language === "" || lines.length > MOST_LINES || units > MOST_UNITS) return this.learn(reading, []);
    const id = ++this.questions;
    const patience = setTimeout(() => {
      this.learn(reading, []);
      this.endWorker();
    }, PATIENCE_MS);
    this.asked.set(id, { reading, patience });
    this.startWorker(view).postMessage({ id, language, lines: lines.map((line) => line.text) });
  }

  private startWorker(view: EditorView): Worker {
    if (this.worker !== undefined) return this.worker;
    this.worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", (event: MessageEvent<{ id: number; tokens?: Token[][] }>) => {
      const asked = this.asked.get(event.data.id);
      if (asked === undefined) return;
      this.asked.delete(event.data.id);
      clearTimeout(asked.patience);
      this.learn(asked.reading, event.data.tokens ?? []);
      this.paintSoon(view);
    });
    return this.worker;
  }

  private endWorker(): void {
    this.worker?.terminate();
    this.worker = undefined;
    for (const { patience } of this.asked.values()) clearTimeout(patience);
    this.asked.clear();
  }

  private learn(reading: Reading, tokens: readonly (readonly Token[])[]): void {
    for (const [nth, line] of reading.lines.entries()) this.tokens.set(line, tokens[nth] ?? []);
  }

  private paint(view: EditorView): void {
    // With the system's colours every highlight looks like a selection.
    if (matchMedia("(forced-colors: active)").matches) return this.painter.paint([]);
    const { lines } = this.page();
    const before = this.shown;
    this.shown = [];
    const ranges: [TokenKind, Range][] = [];
    for (let index = this.seen.from; index < Math.min(this.seen.to, lines.count); index++) {
      const line = lines.line(index);
      const old = before[index - this.seen.from];
      this.shown.push(line);
      const known = old === undefined ? undefined : this.tokens.get(old);
      if (!this.tokens.has(line) && old !== undefined && known !== undefined && readBlock(line.block).kind === "code")
        this.tokens.set(line, carried(known, old.text, line.text));
      for (const token of this.tokens.get(line) ?? []) {
        const range = this.rangeOf(view, lines.startOf(index), token);
        if (range !== undefined) ranges.push([token.kind, range]);
      }
    }
    this.painter.paint(ranges);
  }

  private rangeOf(view: EditorView, start: number, token: Token): Range | undefined {
    const from = this.page().positionOf(start + token.from);
    const to = this.page().positionOf(start + token.to);
    if (from === undefined || to === undefined || from >= to) return undefined;
    const [first, last] = [view.domAtPos(from, 1), view.domAtPos(to, -1)];
    const range = document.createRange();
    range.setStart(first.node, first.offset);
    range.setEnd(last.node, last.offset);
    return range;
  }
}

function isSame(read: Reading | undefined, language: string, lines: readonly Line[]): boolean {
  return read?.language === language && read.lines.length === lines.length && read.lines.every((line, nth) => line === lines[nth]);
}

/** The lines of the code block that a line stands in; undefined where it is no code. */
export function blockAround(lines: Lines, index: number): { from: number; to: number } | undefined {
  const isCode = (at: number): boolean => at >= 0 && at < lines.count && readBlock(lines.line(at).block).kind === "code";
  const joins = (at: number): boolean => isCode(at) && isCode(at - 1) && !readBlock(lines.line(at).block).start;
  if (!isCode(index)) return undefined;
  let from = index;
  while (joins(from) && index - from < MOST_LINES) from--;
  let to = index + 1;
  while (joins(to) && to - index < MOST_LINES) to++;
  return { from, to };
}

/** Which of the mounted lines are on the screen, by halving: the elements stand below each other. */
function visible(view: EditorView): { from: number; to: number } {
  const elements = view.dom.children;
  const below = (edge: number): number => {
    let [low, high] = [0, elements.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((elements[middle]?.getBoundingClientRect().bottom ?? 0) < edge) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { from: below(0), to: Math.min(elements.length, below(window.innerHeight) + 1) };
}

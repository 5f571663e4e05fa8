/**
 * Colours the code that is on the screen. Looks at visible lines only: a code block of which a line is seen is read in a worker, once for each state of
 * its lines; until the answer is there an edited line keeps its colours beside the edit.
 */
import "./code.css";

import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { readBlock } from "../lines/block.ts";
import { codeAt } from "../lines/code.ts";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Page } from "../page/page.ts";
import { linesBetween, rangeOf } from "../page/seen.ts";
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
  /** The lines that were coloured last, by their ids. */
  private shown: ReadonlyMap<string, Line> = new Map();

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
    const { from, to } = linesBetween(view, 0, window.innerHeight);
    this.seen = { from: mounted.from + from, to: Math.min(mounted.from + to, lines.count) };
    for (let index = this.seen.from; index < this.seen.to; index++) {
      const block = codeAt(lines, index, MOST_LINES);
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
    const shown = new Map<string, Line>();
    const ranges: [TokenKind, Range][] = [];
    let start = lines.startOf(this.seen.from);
    for (const line of lines.between(this.seen.from, this.seen.to)) {
      const old = before.get(line.id);
      const known = old === undefined ? undefined : this.tokens.get(old);
      if (!this.tokens.has(line) && old !== undefined && known !== undefined && readBlock(line.block).kind === "code")
        this.tokens.set(line, carried(known, old.text, line.text));
      if (line.id !== "") shown.set(line.id, line);
      for (const token of this.tokens.get(line) ?? []) {
        const range = rangeOf(this.page(), view, start + token.from, start + token.to);
        if (range !== undefined) ranges.push([token.kind, range]);
      }
      start += line.length;
    }
    this.shown = shown;
    this.painter.paint(ranges);
  }
}

function isSame(read: Reading | undefined, language: string, lines: readonly Line[]): boolean {
  return read?.language === language && read.lines.length === lines.length && read.lines.every((line, nth) => line === lines[nth]);
}

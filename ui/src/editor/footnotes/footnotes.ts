/** Footnotes on a page: their numbers drawn at references and notes, the ways between both, and making one. */
import "./footnotes.css";

import { FOOTNOTE } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { caret, ends } from "../editing/range.ts";
import { retellEmbeds } from "../embeds/view.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { OBJECT, SOFT_BREAK } from "../lines/line.ts";
import type { Change } from "../lines/rewriting.ts";
import type { LineElement } from "../page/lineview.ts";
import type { How, Page } from "../page/page.ts";
import { showPlace } from "../screen.ts";
import { Notes } from "./notes.ts";

/** An id is a footnote's label in a Markdown file, and is to be short there. */
const ID_LETTERS = 5;
/** So much of a note is shown beside the pointer. */
const LONGEST_SHOWN = 600;

/** The footnotes of one page. */
export class Footnotes {
  private readonly notes: Notes;
  private numbers: ReadonlyMap<string, number>;
  /** What is drawn, in one string: nothing is drawn anew while it stays so. */
  private drawn = "";

  constructor(private readonly page: Page) {
    this.notes = new Notes(page.lines);
    this.numbers = this.notes.numbers();
  }

  /** The number of a note; undefined when nothing refers to it. */
  numberOf(note: string): number | undefined {
    return this.numbers.get(note);
  }

  /** A note's words; empty when no line stands in it. */
  wordsOf(note: string): string {
    const lines = this.notes.lines().filter(({ id }) => id === note);
    const words = lines.map(({ index }) => this.page.lines.line(index).text.replaceAll(OBJECT, "").replaceAll(SOFT_BREAK, " "));
    return words.join("\n").slice(0, LONGEST_SHOWN);
  }

  /** The text changed: by these changes. */
  textChanged(changes: readonly Change[]): void {
    this.notes.follow(this.page.lines);
    const isNote = changes.some(({ added }) => added.some(({ block }) => readBlock(block).note !== null));
    this.draw(isNote);
  }

  /** Lines came onto the screen. */
  mounted(): void {
    this.draw(true);
  }

  /** Goes from a reference to its note. Answers false when that has no line. */
  goToNote(note: string): boolean {
    const first = this.notes.lines().find(({ id }) => id === note);
    if (first === undefined) return false;
    return this.goTo(this.page.lines.startOf(first.index) + this.page.lines.line(first.index).width);
  }

  /** Goes from the note that the caret is in to the first reference to it. Answers false when there is none. */
  goToReference(): boolean {
    const { note } = readBlock(this.page.lines.at(this.page.selection.head).line.block);
    const at = note === null ? undefined : this.notes.referenceTo(note);
    return at !== undefined && this.goTo(at + 1);
  }

  private goTo(offset: number): true {
    this.page.select(caret(offset), false);
    this.page.view?.focus();
    showPlace(this.page, offset, "center");
    return true;
  }

  private draw(evenIfSame: boolean): void {
    const { view, mounted } = this.page;
    this.numbers = this.notes.numbers();
    const lines = this.notes.lines();
    const firsts = lines.filter(({ id, index }, nth) => lines[nth - 1]?.index !== index - 1 || lines[nth - 1]?.id !== id);
    const now = `${[...this.numbers.keys()].join()} ${firsts.map(({ id, index }) => `${id}@${index}`).join()}`;
    if (view === undefined || (now === this.drawn && !evenIfSame)) return;
    if (now !== this.drawn) retellEmbeds(view.dom, FOOTNOTE);
    this.drawn = now;
    const first = new Set(firsts);
    for (const line of lines) {
      const element = view.dom.children[line.index - mounted.from] as LineElement | undefined;
      if (line.index < mounted.from) continue;
      element?.sheafLine?.number(first.has(line) ? `${this.numbers.get(line.id) ?? "–"}` : undefined);
    }
  }
}

/** Puts a footnote behind the selection and goes to its note, a new line at the document's end. */
export function insertFootnote(page: Page, how: How = {}): boolean {
  const { lines } = page;
  const { to } = ends(page.selection);
  const id = newNote(page);
  const end = lines.length;
  const tail = lines.line(lines.count - 1);
  const delta = new Delta().retain(to).insert({ [FOOTNOTE]: id });
  delta.retain(end - to);
  if (!tail.ends && tail.width > 0) delta.insert("\n", { line: page.freshId() });
  // Where the caret stands in the empty text after the last newline, its line begins with the reference.
  else if (to === end) delta.insert("\n", { line: page.freshId() });
  delta.insert("\n", { line: page.freshId(), block: changeBlock("", { note: id }) });
  return page.edit(delta, { ...how, selection: caret(delta.transformPosition(end) - 1) });
}

/** An id that no note of this text has. */
export function newNote(page: Page): string {
  for (;;) {
    const id = page
      .freshId()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "")
      .slice(0, ID_LETTERS);
    const isTaken = [...page.lines.between()].some(({ block }) => readBlock(block).note === id);
    if (id.length === ID_LETTERS && !isTaken) return id;
  }
}

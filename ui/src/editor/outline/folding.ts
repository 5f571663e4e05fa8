/**
 * Folded headings: what lies below one, up to the next of its level or a higher one, is not shown in this view. The text knows nothing of it, nobody else
 * sees it, and whatever brings the caret or a jump into a folded part unfolds it. Lines stay mounted and are hidden by their element alone.
 */
import { AllSelection } from "prosemirror-state";
import { headingLevel, readBlock } from "../lines/block.ts";
import type { Change } from "../lines/rewriting.ts";
import { heldCount } from "../lines/span.ts";
import type { LineElement } from "../page/lineview.ts";
import type { Page } from "../page/page.ts";
import type { Mounted } from "../page/project.ts";
import { showPlace } from "../screen.ts";
import { Headings } from "./headings.ts";

/** The lines below a folded heading, by index. */
interface Fold {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** The folds of one page. */
export class Folding {
  private readonly folded = new Set<string>();
  private headings: Headings | undefined;
  private drawn: Mounted = { from: 0, to: 0 };

  constructor(
    private readonly page: Page,
    /** Somebody folded or unfolded a heading. */
    private readonly told: (event: { readonly heading: string; readonly folded: boolean }) => void,
  ) {
    page.onReached = (offset): void => void this.reveal(offset);
  }

  /** Folds the section of the caret, or unfolds it. Answers false when there is nothing to fold. */
  toggleHere(): boolean {
    const nth = this.read().sectionAt(this.page.selection.head);
    return nth >= 0 && this.toggle(nth);
  }

  /** The same for the heading whose line has an offset in it: its triangle was pressed. */
  toggleAt(offset: number): boolean {
    const nth = this.read().sectionAt(offset);
    return nth >= 0 && this.read().placeOf(nth)?.index === this.page.lines.at(offset).index && this.toggle(nth);
  }

  /** The lines that are hidden. */
  get hidden(): ReadonlyArray<{ readonly from: number; readonly to: number }> {
    return this.folds();
  }

  /** Unfolds whatever hides an offset. Answers whether anything did. */
  reveal(offset: number): boolean {
    if (this.folded.size === 0) return false;
    const { index } = this.page.lines.at(offset);
    const over = this.folds().filter(({ from, to }) => index >= from && index < to);
    for (const { id } of over) this.folded.delete(id);
    if (over.length > 0) this.draw();
    return over.length > 0;
  }

  /** The lines that a folded heading holds together: of the outermost one that hides the line at an index, or is it. */
  around(index: number): { readonly from: number; readonly to: number } | undefined {
    if (this.folded.size === 0) return undefined;
    const folds = this.folds().filter(({ from, to }) => index >= from - 1 && index < to);
    const from = Math.min(...folds.map((fold) => fold.from - 1));
    const to = Math.max(...folds.map((fold) => fold.to));
    return folds.length === 0 ? undefined : { from, to: Math.min(to, heldCount(this.page.lines)) };
  }

  /** A key is about to act. What it would take from a folded part, or part from its heading, is shown first. Answers true when that is all it does. */
  key(event: KeyboardEvent): boolean {
    const { page } = this;
    const { anchor, head } = page.selection;
    if (this.folded.size === 0) return false;
    const { line, start } = page.lines.at(head);
    if (anchor !== head || !page.editable) return false;
    if (event.key === "Backspace" && head === start && start > 0) return this.reveal(start - 1);
    return event.key === "Delete" && head === start + line.width && this.reveal(start + line.length);
  }

  /** The text changed: by these changes. */
  textChanged(changes: readonly Change[]): void {
    if (this.folded.size === 0) return;
    const isOther = this.headings?.follow(this.page.lines) === true;
    const { from, to } = this.page.mounted;
    const grew = changes.reduce((sum, change) => sum + change.added.length - change.removed, 0);
    const isRebuilt = from !== this.drawn.from || to !== this.drawn.to + grew;
    if (isOther || isRebuilt) return this.draw();
    this.drawn = this.page.mounted;
    let shift = 0;
    for (const change of changes) {
      this.draw(change.index + shift, change.index + shift + change.added.length + 1);
      shift += change.added.length - change.removed;
    }
  }

  /** The selection went somewhere. An end of it in a folded part unfolds that; everything at once does not. */
  selectionChanged(): void {
    const { page } = this;
    if (this.folded.size === 0 || page.state.selection instanceof AllSelection) return;
    const { anchor, head } = page.selection;
    const [first, second] = [this.reveal(anchor), this.reveal(head)];
    if (first || second) showPlace(page, head, "nearest");
  }

  /** Shows and hides the lines [from, to) as far as they are mounted. */
  draw(from = this.page.mounted.from, to = this.page.mounted.to): void {
    const { mounted, view, lines } = this.page;
    if (view === undefined) return;
    const folds = this.folds();
    if (from <= mounted.from && to >= mounted.to) this.drawn = mounted;
    let index = Math.max(from, mounted.from);
    for (const line of lines.between(index, Math.min(to, mounted.to))) {
      const element = view.dom.children[index - mounted.from] as LineElement | undefined;
      const hidden = folds.some((fold) => index >= fold.from && index < fold.to);
      element?.sheafLine?.fold(hidden, this.folded.has(line.id) && headingLevel(readBlock(line.block).kind) > 0);
      index++;
    }
  }

  private toggle(nth: number): boolean {
    const { page } = this;
    const headings = this.read();
    const heading = headings.list[nth];
    const place = headings.placeOf(nth);
    if (heading === undefined || place === undefined || heading.id === "") return false;
    if (this.folded.has(heading.id)) this.folded.delete(heading.id);
    else {
      const { line } = page.lines.at(place.start);
      const { from, to } = this.below(nth, heading.level, place.index);
      if (page.lines.startOf(to) <= place.start + line.length) return true;
      // Nobody's caret stays where it cannot be seen.
      const isWithin = [page.selection.anchor, page.selection.head].some(
        (end) => end >= page.lines.startOf(from) && end <= page.lines.startOf(to),
      );
      const end = place.start + line.width;
      if (isWithin) page.select({ anchor: end, head: end }, false);
      this.folded.add(heading.id);
    }
    this.draw();
    this.told({ heading: heading.text, folded: this.folded.has(heading.id) });
    return true;
  }

  private read(): Headings {
    this.headings ??= new Headings(this.page.lines);
    this.headings.follow(this.page.lines);
    return this.headings;
  }

  private folds(): Fold[] {
    if (this.folded.size === 0) return [];
    const headings = this.read();
    return headings.list.flatMap(({ id, level }, nth) => {
      const place = this.folded.has(id) ? headings.placeOf(nth) : undefined;
      return place === undefined ? [] : [{ id, ...this.below(nth, level, place.index) }];
    });
  }

  /** From the line after a heading to the next heading that is not below it. */
  private below(nth: number, level: number, index: number): { from: number; to: number } {
    const headings = this.read();
    const next = headings.list.findIndex((other, at) => at > nth && other.level <= level);
    return { from: index + 1, to: next < 0 ? this.page.lines.count : (headings.placeOf(next)?.index ?? this.page.lines.count) };
  }
}

/** What a typed text does before it is a letter: shortcuts, replacing a selection over lines, going on after a divider. Else the browser types it. */
import { Delta } from "../delta.ts";
import { readBlock } from "../lines/block.ts";
import type { Page } from "../page/page.ts";
import { caret, ends, newline } from "./range.ts";
import { typeWithRules } from "./rules.ts";
import { typeText } from "./text.ts";
import { typeSmart } from "./typography.ts";

/** Typing on one page. */
export class Typing {
  /** The language whose quotation marks and dashes are put for what is typed; null where it stays as it is typed. */
  typography: string | null = null;
  private typed: string | undefined;

  constructor(
    private readonly page: Page,
    private readonly interrupt: () => void,
  ) {}

  /** Text is about to be typed. Answers true when it was done here. */
  type(text: string): boolean {
    const { page } = this;
    if (!page.editable) return true;
    this.typed = text;
    const { from, to } = ends(page.selection);
    const first = page.lines.at(from);
    if (first.index !== page.lines.at(to).index || text.includes("\n")) return typeText(page, text) || true;
    if (readBlock(first.line.block).kind === "divider" && first.line.width === 0 && first.line.ends)
      return this.afterDivider(text, first.start);
    if (typeWithRules(page, text, this.interrupt)) return true;
    return this.typography !== null && typeSmart(page, text, this.typography, this.interrupt);
  }

  /** What was typed last, once. */
  takeTyped(): string | undefined {
    const { typed } = this;
    this.typed = undefined;
    return typed;
  }

  /** A divider holds no words: they go into a line after it. */
  private afterDivider(text: string, start: number): boolean {
    const delta = new Delta()
      .retain(start + 1)
      .insert(text)
      .insert("\n", newline(this.page, ""));
    return this.page.edit(delta, { selection: caret(start + 1 + text.length) }) || true;
  }
}

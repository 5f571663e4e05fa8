/**
 * The insert menu without its looks: what it offers, what is typed into it, which item is chosen. The chrome draws it and the editor's keys drive it.
 * It opens at a `/` at a line's start or after a space, filters as one types, and leaves the text alone when dismissed.
 */
import { IMAGES, MATH } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { insertContents, insertFormula } from "../embeds/insert.ts";
import { changeBlock, readBlock, turnInto } from "../lines/block.ts";
import { insertFootnote } from "../footnotes/footnotes.ts";
import type { How, Page } from "../page/page.ts";
import { insertDivider } from "../editing/blocks.ts";
import { caret, withBlocks } from "../editing/range.ts";
import { insertTable, isInTable } from "../editing/tables.ts";
import { calloutAt } from "../lines/callout.ts";
import { IN_CALLOUT, SORTS, runInCallout } from "./callout.ts";
import { IN_TABLE, runInTable } from "./table.ts";
import type { BlockWords } from "../words.ts";

/** One thing that can be inserted. `id` is stable: the chrome finds words and icons by it. */
export interface SlashItem {
  readonly id: string;
  readonly group: "basic" | "lists" | "blocks" | "callout" | "table";
  readonly title: string;
  readonly keywords: readonly string[];
  readonly shortcut?: string;
  /** Only offered to who asks for it by name, so that the menu stays short. */
  readonly onlyByName?: true;
}

/** What the menu shows. */
export interface SlashState {
  readonly query: string;
  readonly items: readonly SlashItem[];
  readonly chosen: number;
  /** Offset of the `/`. */
  readonly from: number;
}

const ITEMS: readonly SlashItem[] = [
  { id: "p", group: "basic", title: "Text", keywords: ["paragraph", "plain", "body"], shortcut: "Mod+Alt+0" },
  { id: "h1", group: "basic", title: "Heading 1", keywords: ["title", "h1", "#"], shortcut: "Mod+Alt+1" },
  { id: "h2", group: "basic", title: "Heading 2", keywords: ["subtitle", "h2", "##"], shortcut: "Mod+Alt+2" },
  { id: "h3", group: "basic", title: "Heading 3", keywords: ["h3", "###"], shortcut: "Mod+Alt+3" },
  { id: "ul", group: "lists", title: "Bullet list", keywords: ["unordered", "points", "-"], shortcut: "Mod+Shift+8" },
  { id: "ol", group: "lists", title: "Numbered list", keywords: ["ordered", "1."], shortcut: "Mod+Shift+7" },
  { id: "task", group: "lists", title: "Task list", keywords: ["todo", "checkbox", "check", "[]"], shortcut: "Mod+Shift+9" },
  { id: "quote", group: "blocks", title: "Quote", keywords: ["blockquote", "citation", ">"], shortcut: "Mod+Shift+B" },
  { id: "callout", group: "blocks", title: "Callout", keywords: ["alert", "admonition", "box", "> [!note]"] },
  ...SORTS.map((item) => ({ ...item, onlyByName: true as const })),
  { id: "code", group: "blocks", title: "Code block", keywords: ["snippet", "```", "monospace"], shortcut: "Mod+Alt+C" },
  { id: "math", group: "blocks", title: "Formula", keywords: ["equation", "tex", "latex", "katex", "$$"] },
  { id: "formula", group: "blocks", title: "Formula in a line", keywords: ["equation", "inline", "math", "tex", "$"] },
  { id: "mermaid", group: "blocks", title: "Diagram", keywords: ["chart", "flowchart", "graph"] },
  { id: "table", group: "blocks", title: "Table", keywords: ["grid", "rows", "columns", "spreadsheet"] },
  { id: "footnote", group: "blocks", title: "Footnote", keywords: ["note", "reference", "[^1]"] },
  { id: "toc", group: "blocks", title: "Table of contents", keywords: ["outline", "contents", "[toc]"] },
  { id: "divider", group: "blocks", title: "Divider", keywords: ["line", "rule", "hr", "---"] },
  { id: "image", group: "blocks", title: "Image…", keywords: ["picture", "photo", "screenshot"] },
  { id: "file", group: "blocks", title: "File…", keywords: ["attachment", "attach", "upload"] },
];

/** How far the caret may be from the `/`. */
const LONGEST_QUERY = 24;

/** The menu. */
export class SlashMenu {
  /** `sign` is 1 where a `/` opened it and what is typed behind filters, 0 where a key or a button did, to change what is there. */
  private open: { from: number; chosen: number; sign: 0 | 1 } | undefined;

  /** `named` are the blocks in the reader's language. */
  constructor(
    private readonly page: Page,
    private readonly named: () => BlockWords = () => ({}),
    private readonly pick: (accept: string) => void = () => undefined,
  ) {}

  /** What it shows; undefined when it is closed. */
  get state(): SlashState | undefined {
    if (this.open === undefined) return undefined;
    const { from, chosen, sign } = this.open;
    const query = sign === 0 ? "" : this.page.lines.text(from + 1, this.page.selection.head);
    const items = matching(query, this.offered, this.named());
    return { from, query, items, chosen: Math.min(chosen, Math.max(0, items.length - 1)) };
  }

  /** In a table the menu is about the table; opened by a key elsewhere, about the callout. */
  private get offered(): readonly SlashItem[] {
    if (isInTable(this.page)) return IN_TABLE;
    return this.open?.sign === 0 ? IN_CALLOUT : ITEMS;
  }

  /** The text or the selection changed. Answers whether the menu did. */
  follow(typed: string | undefined): boolean {
    const { anchor, head } = this.page.selection;
    if (this.open === undefined) {
      if (typed !== "/" || anchor !== head || !this.page.editable) return false;
      const { line, start } = this.page.lines.at(head);
      const before = line.text.slice(0, head - start);
      if (!/(?:^|\s)\/$/.test(before) || readBlock(line.block).kind === "code") return false;
      this.open = { from: head - 1, chosen: 0, sign: 1 };
      return true;
    }
    const { from, sign } = this.open;
    const { lines } = this.page;
    if (sign === 0) {
      if (anchor !== head || head !== from) this.open = undefined;
      return true;
    }
    const sameLine = head > from && lines.at(head).index === lines.at(from).index;
    if (anchor !== head || !sameLine || head - from > LONGEST_QUERY || lines.text(from, from + 1) !== "/") this.open = undefined;
    else if (/\s$/.test(lines.text(from + 1, head)) && matching(lines.text(from + 1, head), this.offered, this.named()).length === 0)
      this.open = undefined;
    return true;
  }

  /** Opens it at the caret, in a table or a callout. Answers false elsewhere. */
  openHere(): boolean {
    const { page } = this;
    if (!page.editable) return false;
    if (!isInTable(page) && calloutAt(page.lines, page.lines.at(page.selection.head).index) === undefined) return false;
    if (page.selection.anchor !== page.selection.head) page.select(caret(page.selection.head));
    this.open = { from: page.selection.head, chosen: 0, sign: 0 };
    return true;
  }

  /** The text is about to change: the menu stays at its sign. */
  textChanging(delta: Delta): void {
    if (this.open === undefined) return;
    // Without a sign the menu is at the caret, which what others write at it does not push on.
    this.open = { ...this.open, from: delta.transformPosition(this.open.from, this.open.sign === 0) };
  }

  /** A key while it is open. Answers whether it was the menu's. */
  key(key: string): boolean {
    const { state } = this;
    if (state === undefined || this.open === undefined) return false;
    const count = state.items.length;
    const next = stepped(key, state.chosen, count);
    if (key === "Escape") this.close();
    else if (next !== undefined) this.open.chosen = next;
    else if ((key === "Enter" || key === "Tab") && count > 0) this.choose(state.items[state.chosen]?.id ?? "");
    else return false;
    return true;
  }

  /** Closes it and leaves the text. */
  close(): void {
    this.open = undefined;
  }

  /** Inserts an item in the place of what was typed. */
  choose(id: string): void {
    const { state, page, offered } = this;
    const sign = this.open?.sign ?? 0;
    this.open = undefined;
    if (state === undefined || !offered.some((item) => item.id === id)) return;
    page.edit(new Delta().retain(state.from).delete(sign + state.query.length), { selection: caret(state.from), joins: "slash menu" });
    if (id === "image" || id === "file") this.pick(id === "image" ? IMAGES.join(",") : "");
    else insert(page, id);
  }
}

const EMBEDS: Readonly<Record<string, (page: Page, how: How) => boolean>> = {
  formula: insertFormula,
  footnote: insertFootnote,
  toc: insertContents,
};

/** Which item of a menu the arrow keys go to, round and round; undefined for another key. */
export function stepped(key: string, chosen: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === "ArrowDown") return (chosen + 1) % count;
  return key === "ArrowUp" ? (chosen + count - 1) % count : undefined;
}

function insert(page: Page, id: string): void {
  const how = { joins: "slash menu" };
  if (runInTable(page, id) || runInCallout(page, id === "callout" ? "note" : id, how)) return;
  if (id === "table") {
    insertTable(page, how);
    return;
  }
  if (Object.hasOwn(EMBEDS, id)) {
    EMBEDS[id]?.(page, how);
    return;
  }
  if (id === "divider") {
    insertDivider(page, how);
    return;
  }
  const at = page.lines.at(page.selection.head);
  const block = blockFor(id, at.line.block);
  page.edit(withBlocks(page, [{ at, block }]), how);
}

/** What the caret's line becomes. */
function blockFor(id: string, old: string): string {
  if (id === MATH || id === "mermaid") return changeBlock(turnInto(old, "code"), { language: id });
  return id === "quote" ? changeBlock(turnInto(old, "p"), { quote: 1, callout: null }) : turnInto(old, id);
}

/** What fits, by the names in the reader's language or in English, in which Markdown's words are. */
function matching(query: string, offered: readonly SlashItem[], named: BlockWords): readonly SlashItem[] {
  const wanted = query.trim().toLowerCase();
  const items = offered.map((item) => {
    const { title = item.title, also = [] } = named[item.id] ?? {};
    return { ...item, title, keywords: [...item.keywords, item.title.toLowerCase(), ...also] };
  });
  if (wanted === "") return items.filter(({ onlyByName }) => onlyByName !== true);
  const scored = items.map((item) => ({ item, score: score(item, wanted) })).filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}

function score(item: SlashItem, wanted: string): number {
  const title = item.title.toLowerCase();
  if (title.startsWith(wanted)) return 3;
  if (item.id === wanted || item.keywords.some((word) => word.startsWith(wanted))) return 2;
  return title.includes(wanted) ? 1 : 0;
}

/**
 * The insert menu without its looks: what it offers, what is typed into it, which item is chosen. The chrome draws it and the editor's keys drive it.
 * It opens at a `/` at a line's start or after a space, filters as one types, and leaves the text alone when dismissed.
 */
import { IMAGES } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { changeBlock, readBlock, turnInto } from "../lines/block.ts";
import type { Page } from "../page/page.ts";
import { insertDivider } from "../editing/blocks.ts";
import { caret, withBlocks } from "../editing/range.ts";
import { insertTable, isInTable } from "../editing/tables.ts";
import { IN_TABLE, runInTable } from "./table.ts";
import type { BlockWords } from "../words.ts";

/** One thing that can be inserted. `id` is stable: the chrome finds words and icons by it. */
export interface SlashItem {
  readonly id: string;
  readonly group: "basic" | "lists" | "blocks" | "table";
  readonly title: string;
  readonly keywords: readonly string[];
  readonly shortcut?: string;
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
  { id: "code", group: "blocks", title: "Code block", keywords: ["snippet", "```", "monospace"], shortcut: "Mod+Alt+C" },
  { id: "divider", group: "blocks", title: "Divider", keywords: ["line", "rule", "hr", "---"] },
  { id: "image", group: "blocks", title: "Image…", keywords: ["picture", "photo", "screenshot"] },
  { id: "file", group: "blocks", title: "File…", keywords: ["attachment", "attach", "upload"] },
  { id: "table", group: "blocks", title: "Table", keywords: ["grid", "rows", "columns", "spreadsheet"] },
];

/** How far the caret may be from the `/`. */
const LONGEST_QUERY = 24;

/** The menu. */
export class SlashMenu {
  /** `sign` is 1 where a `/` opened it and what is typed behind filters, 0 where a key or a button did. */
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

  /** In a table the menu is about the table. */
  private get offered(): readonly SlashItem[] {
    return isInTable(this.page) ? IN_TABLE : ITEMS;
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

  /** Opens it at the caret, in a table. Answers false elsewhere. */
  openInTable(): boolean {
    const { page } = this;
    if (!page.editable || !isInTable(page)) return false;
    if (page.selection.anchor !== page.selection.head) page.select(caret(page.selection.head));
    this.open = { from: page.selection.head, chosen: 0, sign: 0 };
    return true;
  }

  /** The text changed elsewhere: the menu stays at its sign. */
  textChanged(delta: Delta): void {
    if (this.open === undefined) return;
    // Without a sign the menu is at the caret, which what others write at it does not push on.
    this.open = { ...this.open, from: delta.transformPosition(this.open.from, this.open.sign === 0) };
  }

  /** A key while it is open. Answers whether it was the menu's. */
  key(key: string): boolean {
    const { state } = this;
    if (state === undefined || this.open === undefined) return false;
    const count = state.items.length;
    if (key === "Escape") this.close();
    else if (key === "ArrowDown" && count > 0) this.open.chosen = (state.chosen + 1) % count;
    else if (key === "ArrowUp" && count > 0) this.open.chosen = (state.chosen + count - 1) % count;
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
    const { state, page } = this;
    const sign = this.open?.sign ?? 0;
    this.open = undefined;
    if (state === undefined || !this.offered.some((item) => item.id === id)) return;
    page.edit(new Delta().retain(state.from).delete(sign + state.query.length), { selection: caret(state.from), joins: "slash menu" });
    if (id === "image" || id === "file") this.pick(id === "image" ? IMAGES.join(",") : "");
    else insert(page, id);
  }
}

function insert(page: Page, id: string): void {
  const how = { joins: "slash menu" };
  if (runInTable(page, id)) return;
  if (id === "table") {
    insertTable(page, how);
    return;
  }
  if (id === "divider") {
    insertDivider(page, how);
    return;
  }
  const at = page.lines.at(page.selection.head);
  const block = id === "quote" ? changeBlock(turnInto(at.line.block, "p"), { quote: 1 }) : turnInto(at.line.block, id);
  page.edit(withBlocks(page, [{ at, block }]), how);
}

/** What fits, by the names in the reader's language or in English, in which Markdown's words are. */
function matching(query: string, offered: readonly SlashItem[], named: BlockWords): readonly SlashItem[] {
  const wanted = query.trim().toLowerCase();
  const items = offered.map((item) => {
    const { title = item.title, also = [] } = named[item.id] ?? {};
    return { ...item, title, keywords: [...item.keywords, item.title.toLowerCase(), ...also] };
  });
  if (wanted === "") return items;
  const scored = items.map((item) => ({ item, score: score(item, wanted) })).filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}

function score(item: SlashItem, wanted: string): number {
  const title = item.title.toLowerCase();
  if (title.startsWith(wanted)) return 3;
  if (item.id === wanted || item.keywords.some((word) => word.startsWith(wanted))) return 2;
  return title.includes(wanted) ? 1 : 0;
}

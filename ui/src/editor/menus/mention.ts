/**
 * The menu of what can be named, without its looks. `@` offers people, documents and days, `[[` documents; it filters as one types and leaves the text
 * alone when dismissed. What is chosen stands in the text as an embed that keeps an id.
 */
import { DATE, DOCUMENT, PERSON } from "../../generated/schema.ts";
import { Delta, type Embed } from "../delta.ts";
import { caret, isCaret } from "../editing/range.ts";
import { readBlock } from "../lines/block.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Page } from "../page/page.ts";
import { stepped } from "./slash.ts";

/** One thing that can be named. */
export interface MentionItem {
  readonly id: string;
  readonly kind: "person" | "document" | "date" | "new";
  readonly name: string;
}

/** What the menu shows. */
export interface MentionState {
  readonly query: string;
  readonly items: readonly MentionItem[];
  /** Which of them Enter takes; -1: none. */
  readonly chosen: number;
  /** Offset of the sign that opened it. */
  readonly from: number;
}

/** How far the caret may be from the sign: a title is longer than a command. */
const LONGEST_QUERY = 60;
/** Offered at once, of each kind: who wants another types on. */
const MOST = { person: 5, document: 7, date: 3 } as const;

interface Open {
  readonly from: number;
  readonly sign: "@" | "[[";
  readonly chosen: number;
  /** An arrow key went to the document that is not there yet. */
  readonly isNew: boolean;
}

/** The menu. */
export class MentionMenu {
  private open: Open | undefined;
  /** Where documents that are being made will be named. */
  private readonly making = new Set<{ at: number }>();

  constructor(
    private readonly page: Page,
    private readonly mentioning: Mentioning,
    /** The menu changed without a key. */
    private readonly changed: () => void,
  ) {}

  /** What it shows; undefined when it is closed. */
  get state(): MentionState | undefined {
    if (this.open === undefined) return undefined;
    const { from, chosen, sign, isNew } = this.open;
    const query = this.query(this.open);
    const items = this.items(query, sign);
    // Behind an `@` may stand a word that nobody is called by: a document is made of it only by who went there.
    const takes = sign === "@" && !isNew ? items.filter(({ kind }) => kind !== "new") : items;
    return { from, query, items, chosen: Math.min(chosen, takes.length - 1) };
  }

  /** The text or the selection changed. */
  follow(typed: string | undefined): void {
    const { anchor, head } = this.page.selection;
    if (this.open === undefined) {
      if (anchor === head && this.page.editable) this.open = this.begun(typed, head);
      return;
    }
    const { from, sign } = this.open;
    const { lines } = this.page;
    const isInLine = head >= from + sign.length && lines.at(head).index === lines.at(from).index;
    const stands = isInLine && lines.text(from, from + sign.length) === sign && head - from <= LONGEST_QUERY;
    if (anchor !== head || !stands) this.open = undefined;
    else {
      const query = this.query(this.open);
      // Who types on past what there is writes a sentence.
      if (/^\s|\s\s$/.test(query) || (/\s/.test(query) && this.items(query, "@").every(({ kind }) => kind === "new") && sign === "@")) {
        this.open = undefined;
      }
    }
  }

  /** The text is about to change: the menu stays at its sign. */
  textChanging(delta: Delta): void {
    if (this.open !== undefined) this.open = { ...this.open, from: delta.transformPosition(this.open.from) };
    // What is written on meanwhile stands behind the name.
    for (const place of this.making) place.at = delta.transformPosition(place.at, true);
  }

  /** A key while it is open. Answers whether it was the menu's. */
  key(key: string): boolean {
    const { state } = this;
    if (state === undefined || this.open === undefined || state.items.length === 0) return false;
    const next = stepped(key, state.chosen, state.items.length);
    if (key === "Escape") this.close();
    else if (next !== undefined) this.open = { ...this.open, chosen: next, isNew: state.items[next]?.kind === "new" };
    else if (key !== "Enter" && key !== "Tab") return false;
    else if (state.chosen >= 0) this.choose(state.items[state.chosen]?.id ?? "");
    else {
      // The word stays a word, and the key does what it does elsewhere.
      this.close();
      this.changed();
      return false;
    }
    return true;
  }

  /** Closes it and leaves the text. */
  close(): void {
    this.open = undefined;
  }

  /** Names an item in the place of what was typed. */
  choose(id: string): void {
    const { state, page, open } = this;
    this.open = undefined;
    const item = state?.items.find((one) => one.id === id);
    if (state === undefined || open === undefined || item === undefined) return;
    page.edit(new Delta().retain(state.from).delete(open.sign.length + state.query.length), {
      selection: caret(state.from),
      joins: "mention",
    });
    if (item.kind === "new") this.make(item.name, state.from);
    else this.name(state.from, embedOf(item));
  }

  private make(title: string, at: number): void {
    const place = { at };
    this.making.add(place);
    void this.mentioning.create(title).then(
      (id) => {
        this.making.delete(place);
        this.name(place.at, { [DOCUMENT]: { id, title } });
      },
      () => {
        this.making.delete(place);
        // Nothing was made: the words stay.
        this.page.edit(new Delta().retain(place.at).insert(title));
        this.changed();
      },
    );
  }

  /** Puts it there, with a blank behind it where words go on. Whoever writes elsewhere by now stays there. */
  private name(at: number, embed: Embed): void {
    const { lines, selection } = this.page;
    const waits = isCaret(selection) && selection.head === at;
    const behind = lines.text(at, at + 1);
    const blank = behind === "" || behind === "\n" || (!waits && /[\p{L}\p{N}]/u.test(behind)) ? " " : "";
    const delta = new Delta().retain(at).insert(embed);
    if (blank !== "") delta.insert(blank);
    this.page.edit(delta, { ...(waits ? { selection: caret(at + 1 + blank.length) } : { scroll: false }), joins: "mention" });
  }

  private begun(typed: string | undefined, head: number): Open | undefined {
    if (typed !== "@" && typed !== "[") return undefined;
    const { line, start } = this.page.lines.at(head);
    if (readBlock(line.block).kind === "code") return undefined;
    const before = line.text.slice(0, head - start);
    if (typed === "@" && /(?:^|[\s(\u2028])@$/.test(before)) return { from: head - 1, sign: "@", chosen: 0, isNew: false };
    if (typed === "[" && before.endsWith("[[")) return { from: head - 2, sign: "[[", chosen: 0, isNew: false };
    return undefined;
  }

  private query({ from, sign }: Open): string {
    return this.page.lines.text(from + sign.length, this.page.selection.head);
  }

  private items(query: string, sign: Open["sign"]): readonly MentionItem[] {
    // `[[Title]]` typed to its end is the same as chosen.
    const typed = query.replace(/\]+$/, "").trim();
    const { mentioning } = this;
    const documents = best(typed, mentioning.documents(), ({ title }) => title).slice(0, MOST.document);
    const named: MentionItem[] = documents.map(({ id, title }) => ({ id, kind: "document", name: title }));
    const isKnown = documents.some(({ title }) => title.toLowerCase() === typed.toLowerCase());
    const made: MentionItem[] = typed === "" || isKnown ? [] : [{ id: "new", kind: "new", name: typed }];
    if (sign === "[[") return [...named, ...made];
    const people = best(typed, mentioning.people(), ({ name }) => name).slice(0, MOST.person);
    const days = mentioning.days(typed).slice(0, MOST.date);
    return [
      ...people.map(({ device, name }): MentionItem => ({ id: device, kind: "person", name })),
      ...days.map(({ date, name }): MentionItem => ({ id: date, kind: "date", name })),
      ...named,
      ...made,
    ];
  }
}

function embedOf({ id, kind, name }: MentionItem): Embed {
  if (kind === "person") return { [PERSON]: { device: id, name } };
  if (kind === "date") return { [DATE]: id };
  return { [DOCUMENT]: { id, title: name } };
}

/** Those whose name holds what was typed: at its beginning first, then at a word's, then anywhere; else in the order given. */
function best<T>(typed: string, all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  const wanted = typed.toLowerCase();
  if (wanted === "") return all.filter((one) => nameOf(one) !== "");
  const rank = (name: string): number => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at < 0) return 0;
    if (at === 0) return 3;
    return /\s/.test(name[at - 1] ?? "") ? 2 : 1;
  };
  const ranked = all.map((one) => ({ one, rank: rank(nameOf(one)) })).filter((each) => each.rank > 0);
  return ranked.sort((a, b) => b.rank - a.rank).map(({ one }) => one);
}

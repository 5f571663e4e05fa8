/** The node view of every embed: asks its kind to draw it, and does to the text what the kind asks for. */
import type { Node } from "prosemirror-model";
import { NodeSelection } from "prosemirror-state";
import type { EditorView, NodeView } from "prosemirror-view";
import { type Attributes, Delta, type Embed } from "../delta.ts";
import { addCaption, mayHaveCaption } from "../editing/captions.ts";
import type { Page } from "../page/page.ts";
import { attributesOf } from "../page/schema.ts";
import type { EditorWords } from "../words.ts";
import { newerCard } from "./card.ts";
import type { Drawn, EmbedAct, EmbedHost, EmbedReach, Embedded } from "./kind.ts";
import { kindOf } from "./kinds.ts";

/** The element of an embed, as others find it. */
interface EmbedElement extends HTMLElement {
  sheafEmbed?: EmbedView;
}

/** An embed on the screen. */
export class EmbedView implements NodeView {
  readonly dom: EmbedElement;
  private readonly drawn: Drawn;
  private name: string;

  constructor(node: Node, page: Page, words: EditorWords, reach: EmbedReach, getPos: () => number | undefined) {
    const { kind, name, value } = kindOf(node.attrs["value"] as Embed);
    const host = new Host(name, page, words, reach, getPos);
    this.name = name;
    this.drawn = kind?.draw({ value, attributes: attributesOf(node.marks) ?? {} }, host) ?? newerCard(name, host);
    this.dom = this.drawn.dom;
    this.dom.contentEditable = "false";
    this.dom.dataset["embed"] = name;
    this.dom.sheafEmbed = this;
  }

  update(node: Node): boolean {
    if (node.type.name !== "embed" || this.drawn.update === undefined) return false;
    const { name, value } = kindOf(node.attrs["value"] as Embed);
    const now: Embedded = { value, attributes: attributesOf(node.marks) ?? {} };
    return name === this.name && this.drawn.update(now);
  }

  /** Says its words again: the reader's language changed. */
  retell(): void {
    this.drawn.retell?.();
  }

  /** Opens what can be opened of it. */
  open(): boolean {
    return this.drawn.open?.() ?? false;
  }

  /** What can be done with it. */
  acts(): readonly EmbedAct[] {
    return this.drawn.acts?.() ?? [];
  }

  stopEvent(event: Event): boolean {
    return this.drawn.stopEvent?.(event) ?? false;
  }

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.drawn.destroy?.();
  }
}

/** Says the words of all embeds on a screen, or of those of one kind, again. */
export function retellEmbeds(screen: HTMLElement, kind?: string): void {
  for (const element of screen.querySelectorAll<EmbedElement>(kind === undefined ? "[data-embed]" : `[data-embed="${kind}"]`))
    element.sheafEmbed?.retell();
}

/** Opens the embed that is selected. Answers false when none is, or when there is nothing to open. */
export function openSelectedEmbed({ view, state }: Page): boolean {
  return state.selection instanceof NodeSelection && openEmbedAt(view, state.selection.from);
}

/** What can be done with the embed that is alone in a line; nothing where that is not on the page. */
export function actsOfLine(page: Page, index: number): readonly EmbedAct[] {
  const position = page.positionOf(page.lines.startOf(index));
  if (position === undefined || page.lines.line(index).width !== 1) return [];
  return (page.view?.nodeDOM(position) as EmbedElement | null | undefined)?.sheafEmbed?.acts() ?? [];
}

/** Opens the embed at a position of the page. */
export function openEmbedAt(view: EditorView | undefined, position: number): boolean {
  return (view?.nodeDOM(position) as EmbedElement | null | undefined)?.sheafEmbed?.open() ?? false;
}

class Host implements EmbedHost {
  constructor(
    private readonly name: string,
    private readonly page: Page,
    private readonly now: EditorWords,
    readonly reach: EmbedReach,
    private readonly getPos: () => number | undefined,
  ) {}

  words(): EditorWords {
    return this.now;
  }

  isEditable(): boolean {
    return this.page.editable;
  }

  format(attributes: Attributes): void {
    const at = this.offset();
    if (at === undefined) return;
    // It is drawn anew, and whoever is at work in it goes on where they were.
    const within = this.elementAt(at)?.querySelector(":focus")?.className;
    this.page.edit(new Delta().retain(at).retain(1, attributes), { scroll: false });
    if (within !== undefined && within !== "") this.elementAt(at)?.querySelector<HTMLElement>(`.${within}`)?.focus();
  }

  replace(value: unknown): void {
    const at = this.offset();
    if (at === undefined) return;
    const { line, start } = this.page.lines.at(at);
    let runAt = start;
    const run = line.runs.find((one) => (runAt += one.text.length) > at);
    this.page.edit(
      new Delta()
        .retain(at)
        .insert({ [this.name]: value }, run?.attributes)
        .delete(1),
      { scroll: false },
    );
  }

  mayHaveCaption(): boolean {
    const at = this.offset();
    return at !== undefined && mayHaveCaption(this.page, at);
  }

  addCaption(): void {
    const at = this.offset();
    if (at === undefined || !addCaption(this.page, at)) return;
    this.page.view?.focus();
  }

  leave(): void {
    const at = this.offset();
    if (at !== undefined) this.page.select({ anchor: at + 1, head: at + 1 });
    this.page.view?.focus();
  }

  private elementAt(offset: number): HTMLElement | undefined {
    const position = this.page.positionOf(offset);
    const found = position === undefined ? null : this.page.view?.nodeDOM(position);
    return found instanceof HTMLElement ? found : undefined;
  }

  /** Where it stands in the text now. */
  private offset(): number | undefined {
    const position = this.getPos();
    return position === undefined ? undefined : this.page.offsetOf(position);
  }
}

/**
 * Draws a line. One element per line with a class for its kind; a change of id, indentation or state changes attributes in place, so that the
 * caret, a composition and the browser's spelling marks survive. Only another tag makes another element.
 */
import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import { type Block, headingLevel, isKnown, isList, readBlock } from "../lines/block.ts";
import { calloutOf } from "../lines/callout.ts";
import { picturedAs } from "../lines/pictured.ts";

/** What stands before a line and how it meets its neighbours; worked out by the page, not by the line. */
export interface Arrangement {
  /** `1.`, `a.`, a bullet; empty when nothing stands there. */
  readonly marker: string;
  /** First line of a run of code, or of quotation. */
  readonly first: boolean;
  readonly last: boolean;
  /** The same of a callout. */
  readonly callout?: { readonly first: boolean; readonly last: boolean } | undefined;
}

/** What a line's element says of its place in a table. */
export interface TablePlace {
  readonly role: "cell" | "columnheader";
  readonly row: number;
  readonly column: number;
}

/** The element of a line, as others find it. */
export interface LineElement extends HTMLElement {
  sheafLine?: LineView;
}

/** Cells and captions that have been drawn, for names of their own. */
let named = 0;

/** A line on the screen. */
export class LineView implements NodeView {
  readonly dom: LineElement;
  readonly contentDOM: HTMLElement;
  private readonly check: HTMLElement | undefined;
  private shape: string;
  private drawn = "";
  private head = false;

  constructor(
    node: Node,
    private readonly onCheck: (view: LineView) => void,
  ) {
    const block = readBlock(String(node.attrs["block"]));
    this.shape = shapeOf(block);
    this.dom = document.createElement(tagOf(block));
    this.dom.sheafLine = this;
    this.check = block.kind === "task" ? this.makeCheck() : undefined;
    if (this.check !== undefined || block.cell !== null || picturedAs(block) !== undefined) {
      this.contentDOM = document.createElement("span");
      this.contentDOM.className = block.cell !== null ? "cell-text" : this.check !== undefined ? "task-text" : "code-text";
      if (this.check !== undefined) this.dom.append(this.check);
      this.dom.append(this.contentDOM);
    } else this.contentDOM = this.dom;
    this.draw(node, block);
  }

  update(node: Node): boolean {
    if (node.type.name !== "line") return false;
    const block = readBlock(String(node.attrs["block"]));
    if (shapeOf(block) !== this.shape) return false;
    this.draw(node, block);
    return true;
  }

  /** What we write on the element ourselves is no news to ProseMirror. */
  ignoreMutation(mutation: { type: string; target: globalThis.Node }): boolean {
    if (mutation.type === "selection") return false;
    if (isOfFrame(mutation.target) || this.check?.contains(mutation.target) === true) return true;
    if (mutation.type === "attributes") return mutation.target === this.dom;
    return (
      mutation.type === "childList" &&
      mutation.target === this.dom &&
      this.contentDOM !== this.dom &&
      isFrameAlone(mutation as MutationRecord)
    );
  }

  stopEvent(event: Event): boolean {
    return this.check !== undefined && event.target instanceof globalThis.Node && this.check.contains(event.target);
  }

  /** Whether it is drawn as a part of a table. */
  get isCell(): boolean {
    return this.contentDOM.classList.contains("cell-text");
  }

  /** Draws the number of the footnote that begins here. */
  number(number: string | undefined): void {
    setAttribute(this.dom, "data-number", number);
  }

  /** Hangs a picture of what the code says below its words, or takes away what hangs there. */
  hang(picture: HTMLElement | undefined): void {
    if (!this.contentDOM.classList.contains("code-text")) return;
    for (const child of [...this.dom.children]) if (child.classList.contains(PICTURE) && child !== picture) child.remove();
    if (picture !== undefined && picture.parentElement !== this.dom) this.dom.append(picture);
  }

  /** Takes its place in a table. */
  stand({ role, row, column }: TablePlace): void {
    setAttribute(this.dom, "role", role);
    setAttribute(this.dom, "aria-rowindex", String(row + 1));
    setAttribute(this.dom, "aria-colindex", String(column + 1));
    this.dom.classList.toggle("head", role === "columnheader");
    this.head = role === "columnheader";
  }

  /** Says what the image or file above is, or does not. Answers the name by which that refers to it. */
  caption(isCaption: boolean): string | undefined {
    this.dom.toggleAttribute("data-caption", isCaption);
    if (isCaption && this.dom.id === "") this.dom.id = `caption-${(named += 1)}`;
    return isCaption ? this.dom.id : undefined;
  }

  /** Takes on what the neighbours made of it. */
  arrange(arrangement: Arrangement): void {
    setAttribute(this.dom, "data-marker", arrangement.marker === "" ? undefined : arrangement.marker);
    setAttribute(this.dom, "data-run", partOf(arrangement));
    setAttribute(this.dom, "data-callout-run", arrangement.callout === undefined ? undefined : (partOf(arrangement.callout) ?? "inner"));
  }

  /** Takes on what folding made of it: hidden below a heading, or a heading with what is below it hidden. */
  fold(hidden: boolean, folded: boolean): void {
    this.dom.toggleAttribute("hidden", hidden);
    this.dom.toggleAttribute("data-folded", folded);
  }

  /** Runs from left to right, or from right to left. */
  run(direction: "ltr" | "rtl"): void {
    setAttribute(this.dom, "dir", direction === "rtl" ? "rtl" : undefined);
  }

  /** Shows that it is chosen as a whole, or is not. */
  choose(chosen: boolean): void {
    this.dom.toggleAttribute("data-chosen", chosen);
  }

  private draw(node: Node, block: Block): void {
    const spelled = String(node.attrs["block"]);
    // The line's own id may be anything that somebody sent.
    if (this.isCell && this.dom.id === "") this.dom.id = `cell-${(named += 1)}`;
    if (spelled === this.drawn && this.dom.className !== "") return;
    this.drawn = spelled;
    this.dom.className = this.head ? `${classOf(block)} head` : classOf(block);
    setAttribute(this.dom, "data-indent", block.indent > 0 ? String(Math.min(block.indent, 12)) : undefined);
    setAttribute(this.dom, "data-quote", block.quote > 0 ? String(Math.min(block.quote, 6)) : undefined);
    setAttribute(this.dom, "data-callout", calloutOf(block) ?? undefined);
    setAttribute(this.dom, "data-kind", isKnown(block.kind) ? undefined : block.kind);
    setAttribute(this.dom, "data-language", block.kind === "code" ? (block.language ?? undefined) : undefined);
    if (block.kind === "code") {
      for (const [name, value] of [
        ["spellcheck", "false"],
        ["autocorrect", "off"],
        ["autocapitalize", "off"],
      ] as const)
        setAttribute(this.dom, name, value);
    }
    if (block.kind === "divider") setAttribute(this.dom, "data-divider", "");
    if (this.check !== undefined) {
      this.check.setAttribute("aria-checked", String(block.done));
      this.check.setAttribute("aria-label", block.done ? "Done" : "To do");
    }
  }

  private makeCheck(): HTMLElement {
    const check = document.createElement("span");
    check.className = "check";
    check.contentEditable = "false";
    check.setAttribute("role", "checkbox");
    check.setAttribute("tabindex", "-1");
    check.addEventListener("mousedown", (event) => event.preventDefault());
    check.addEventListener("click", (event) => {
      event.preventDefault();
      this.onCheck(this);
    });
    return check;
  }
}

/** Which end of a run a line is. */
function partOf({ first, last }: { readonly first: boolean; readonly last: boolean }): string | undefined {
  return first ? (last ? "only" : "first") : last ? "last" : undefined;
}

/** What a table's frame needs, ProseMirror need not know (see tables.ts). */
export const FRAME = "table-frame";
/** The same of what hangs below code (see ../pictures). */
const PICTURE = "picture";

function isOfFrame(target: globalThis.Node): boolean {
  return (target instanceof Element ? target : target.parentElement)?.closest(`.${FRAME}, .${PICTURE}`) instanceof Element;
}

function isFrameAlone({ addedNodes, removedNodes }: MutationRecord): boolean {
  return [...addedNodes, ...removedNodes].every(
    (node) => node instanceof Element && (node.classList.contains(FRAME) || node.classList.contains(PICTURE)),
  );
}

function tagOf(block: Block): string {
  if (block.cell !== null) return "div";
  const level = headingLevel(block.kind);
  if (level > 0) return `h${level}`;
  return block.kind === "code" || isList(block.kind) || block.kind === "divider" || !isKnown(block.kind) ? "div" : "p";
}

/** Lines of one shape can become each other in place. */
function shapeOf(block: Block): string {
  if (block.cell !== null) return block.kind === "task" ? "task in a cell" : "cell";
  if (block.kind === "task") return "task";
  if (block.kind === "code") return picturedAs(block) === undefined ? "code" : "code with a picture";
  return tagOf(block);
}

function classOf(block: Block): string {
  const classes = ["line"];
  if (!isKnown(block.kind)) classes.push("unknown");
  else if (headingLevel(block.kind) > 0) classes.push("heading", block.kind);
  else classes.push(block.kind);
  if (isList(block.kind)) classes.push("list");
  if (block.quote > 0) classes.push("quote");
  if (calloutOf(block) !== null) classes.push("callout");
  if (block.note !== null) classes.push("note-line");
  if (block.cell !== null) classes.push("cell");
  if (block.done) classes.push("done");
  return classes.join(" ");
}

function setAttribute(element: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

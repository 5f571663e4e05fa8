/**
 * Draws an embed as a card: Markdown that this build cannot show yet, or something a newer version made. Either is kept byte for byte and can be
 * selected, moved, copied and deleted, never edited.
 */
import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import { SOURCE } from "../../generated/schema.ts";
import type { Embed } from "../delta.ts";

/** What a card says. The chrome hands in words of the reader's language. */
export interface CardWords {
  readonly newer: string;
  readonly source: string;
}

/** Writes on a card what it is. */
export function entitle(card: HTMLElement, words: CardWords): void {
  const title = card.classList.contains("source") ? words.source : words.newer;
  card.querySelector(".card-title")?.replaceChildren(title);
  card.setAttribute("aria-label", title);
}

/** A card on the screen. */
export class EmbedView implements NodeView {
  readonly dom: HTMLElement;

  constructor(node: Node, words: CardWords) {
    const embed = node.attrs["value"] as Embed;
    const source = embed[SOURCE];
    this.dom = document.createElement("span");
    this.dom.contentEditable = "false";
    this.dom.setAttribute("role", "group");
    const title = document.createElement("span");
    title.className = "card-title";
    this.dom.append(title);
    if (typeof source === "string") {
      this.dom.className = "card source";
      const text = document.createElement("span");
      text.className = "card-source";
      text.textContent = source;
      this.dom.append(text);
    } else {
      this.dom.className = "card newer";
      const kind = document.createElement("span");
      kind.className = "card-kind";
      kind.textContent = Object.keys(embed)[0] ?? "";
      this.dom.append(kind);
    }
    entitle(this.dom, words);
  }

  ignoreMutation(): boolean {
    return true;
  }
}

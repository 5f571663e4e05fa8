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
    if (typeof source === "string") {
      this.dom.className = "card source";
      title.textContent = words.source;
      const text = document.createElement("span");
      text.className = "card-source";
      text.textContent = source;
      this.dom.append(title, text);
    } else {
      this.dom.className = "card newer";
      title.textContent = words.newer;
      const kind = document.createElement("span");
      kind.className = "card-kind";
      kind.textContent = Object.keys(embed)[0] ?? "";
      this.dom.append(title, kind);
    }
    this.dom.setAttribute("aria-label", title.textContent);
  }

  ignoreMutation(): boolean {
    return true;
  }
}

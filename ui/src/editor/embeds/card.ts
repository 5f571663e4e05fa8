/**
 * Embeds that are cards: Markdown that this build cannot show yet, and whatever a newer version made. Either is kept byte for byte and can be
 * selected, moved, copied and deleted, never edited.
 */
import type { Drawn, EmbedHost, EmbedKind } from "./kind.ts";

/** Markdown that the schema cannot say yet. */
export const source: EmbedKind = {
  draw: ({ value }, host) => card("source", "card-source", written(value), () => host.words().source),
  text: ({ value }) => written(value),
};

/** A value as it is written down. Anybody may have sent it: `String` would call a `toString` of theirs. */
function written(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** The card of a kind that this build does not know. */
export function newerCard(kind: string, host: EmbedHost): Drawn {
  return card("newer", "card-kind", kind, () => host.words().newer);
}

function card(of: string, contentClass: string, content: string, title: () => string): Drawn {
  const dom = document.createElement("span");
  dom.className = `card ${of}`;
  dom.setAttribute("role", "group");
  const entitled = document.createElement("span");
  entitled.className = "card-title";
  const text = document.createElement("span");
  text.className = contentClass;
  text.textContent = content;
  dom.append(entitled, text);
  const retell = (): void => {
    entitled.textContent = title();
    dom.setAttribute("aria-label", title());
  };
  retell();
  return { dom, retell };
}

/** A reference to a footnote: its number, which a click or Enter follows to the note. Its value is the note's id and from anywhere. */
import { isId } from "../../generated/schema.ts";
import type { Drawn, EmbedHost, EmbedKind } from "./kind.ts";

/** A reference to a footnote. */
export const footnote: EmbedKind = {
  draw: ({ value }, host) => drawn(idOf(value), host),
  text: ({ value }) => `[^${idOf(value)}]`,
  // Where it is written as HTML, it has been counted (see ../clipboard/write.ts).
  html: ({ value, attributes }) => `<sup><a href="#note-${idOf(value)}">${Number(attributes["nth"] ?? 0)}</a></sup>`,
};

function idOf(value: unknown): string {
  return typeof value === "string" && isId(value) ? value : "";
}

function drawn(id: string, host: EmbedHost): Drawn {
  const dom = document.createElement("span");
  dom.className = "footnote";
  dom.setAttribute("role", "link");
  const open = (): boolean => host.reach.goToNote(id);
  const retell = (): void => {
    const number = host.reach.numberOf(id);
    dom.textContent = number === undefined ? "?" : String(number);
    dom.setAttribute("aria-label", host.words().footnote(number ?? 0));
  };
  retell();
  dom.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  // The note is read where it is referred to, without going there.
  dom.addEventListener("mouseenter", () => (dom.title = host.reach.wordsOf(id) || host.words().footnoteMissing));
  return { dom, retell, open };
}

/**
 * Embeds that name something: a document, somebody, a day. A document is called as it is called now in the reader's library, else as it was called when
 * it was named. All of it may come from anywhere: what is not of the right form is drawn as words that lead nowhere.
 */
import { escapeHtml } from "../clipboard/escape.ts";
import { isLine } from "../links/section.ts";
import { legible } from "../links/seen.ts";
import type { Drawn, EmbedHost, EmbedKind } from "./kind.ts";
import "./mention.css";

/** A name as long as a title may be, no longer. */
const LONGEST_NAME = 400;

/** A document that is named: `{id, title}`, and with `line` and `heading` a part of it. */
export const documentNamed: EmbedKind = {
  draw: ({ value }, host) => {
    const id = documentIn(value);
    const drawn = mention("document", host, (words) => {
      const title = id === undefined ? undefined : host.reach.mentioning.titleOf(id);
      const called = title ?? (nameIn(value, "title") || words.untitled);
      return { text: withHeading(called, value), known: title !== undefined };
    });
    if (id !== undefined) {
      drawn.dom.dataset["document"] = id;
      const open = (): boolean => {
        const { mentioning } = host.reach;
        if (mentioning.titleOf(id) === undefined) return false;
        mentioning.open(id, lineIn(value));
        return true;
      };
      drawn.dom.addEventListener("click", open);
      return { ...drawn, open };
    }
    return drawn;
  },
  text: ({ value }) => withHeading(nameIn(value, "title"), value),
  html: ({ value }) => escapeHtml(withHeading(nameIn(value, "title"), value)),
};

/** Somebody who is named: `{device, name}`. */
export const personNamed: EmbedKind = {
  draw: ({ value }, host) => mention("person", host, (words) => ({ text: `@${nameIn(value, "name") || words.somebody}`, known: true })),
  text: ({ value }) => `@${nameIn(value, "name")}`,
  html: ({ value }) => escapeHtml(`@${nameIn(value, "name")}`),
};

/** A day: `2026-11-29`. */
export const dateNamed: EmbedKind = {
  draw: ({ value }, host) => mention("date", host, () => ({ text: host.reach.mentioning.dayOf(nameOf(value)), known: true })),
  text: ({ value }) => nameOf(value),
  html: ({ value }) => escapeHtml(nameOf(value)),
};

/** The id of the document that a value names. */
export function documentIn(value: unknown): string | undefined {
  const id = fieldOf(value, "id");
  return typeof id === "string" && /^[0-9a-f]{64}$/.test(id) ? id : undefined;
}

/** The line of that document that is meant, if one is. */
export function lineIn(value: unknown): string | undefined {
  const line = fieldOf(value, "line");
  return isLine(line) ? line : undefined;
}

/** A title, and behind it the heading of the part that is meant, as it was called when it was named. */
function withHeading(title: string, value: unknown): string {
  const heading = lineIn(value) === undefined ? "" : nameIn(value, "heading");
  return heading === "" ? title : `${title} › ${heading}`;
}

function mention(
  kind: string,
  host: EmbedHost,
  told: (words: { readonly untitled: string; readonly somebody: string }) => { readonly text: string; readonly known: boolean },
): Drawn {
  const dom = document.createElement("span");
  dom.className = `mention ${kind}`;
  const name = document.createElement("bdi");
  dom.append(name);
  const retell = (): void => {
    const { text, known } = told(host.words());
    name.textContent = text;
    dom.classList.toggle("unknown", !known);
    const leads = kind === "document" && known;
    if (leads) dom.setAttribute("role", "link");
    else dom.removeAttribute("role");
    dom.title = kind === "document" && !known ? host.words().notHere : "";
  };
  retell();
  return { dom, retell };
}

/** A name in a value, on one line, with what cannot be seen by its number. */
function nameIn(value: unknown, field: string): string {
  return nameOf(fieldOf(value, field));
}

function nameOf(name: unknown): string {
  return typeof name === "string" ? legible(name.slice(0, LONGEST_NAME)) : "";
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Record<string, unknown>)[field];
}

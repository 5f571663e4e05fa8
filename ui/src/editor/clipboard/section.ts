/** A link to a heading on its way through the clipboard. */
import { DOCUMENT } from "../../generated/schema.ts";
import type { Embed } from "../delta.ts";
import { OBJECT } from "../lines/line.ts";
import { sectionAddress } from "../links/section.ts";
import { toHtml } from "./write.ts";

/** A part of a document. */
export interface Section {
  readonly document: string;
  readonly title: string;
  readonly line: string;
  /** What the heading says. */
  readonly heading: string;
}

/** Puts a link to a section on the clipboard: its address for others, and what names it for a text of ours. Answers whether it is there. */
export function copySectionLink({ document: id, title, line, heading }: Section): boolean {
  const named: Embed = { [DOCUMENT]: { id, title, line, heading } };
  const html = toHtml([{ block: "", runs: [{ text: OBJECT, embed: named }] }]);
  return putOnClipboard({ "text/html": html, "text/plain": sectionAddress(id, line) });
}

/** The one way that works in a window without asking for permission: a copy event of our own. It needs no selection. */
function putOnClipboard(data: Readonly<Record<string, string>>): boolean {
  const enabled = (event: Event): void => event.preventDefault();
  const copy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const [type, words] of Object.entries(data)) event.clipboardData?.setData(type, words);
  };
  document.addEventListener("beforecopy", enabled, true);
  document.addEventListener("copy", copy, true);
  try {
    return document.execCommand("copy");
  } finally {
    document.removeEventListener("beforecopy", enabled, true);
    document.removeEventListener("copy", copy, true);
  }
}

/**
 * Links to a heading: `sheaf://doc/ID#LINE`. In a text they are what any named document is, with the line that they lead to and what that said when the
 * link was made. The line's id is its own for life, so the link survives the heading being moved and renamed.
 */
import { DOCUMENT } from "../../generated/schema.ts";
import type { Embed } from "../delta.ts";

/** As long as a line's id may be. */
const LONGEST_LINE = 64;

const ADDRESS = /^sheaf:\/\/doc\/([0-9a-f]{64})(?:#(\S+))?$/u;

/** Where an address leads; undefined for what is no address of a document. */
export function readSectionAddress(text: string): { readonly document: string; readonly line: string | undefined } | undefined {
  const [, document, fragment] = ADDRESS.exec(text.trim()) ?? [];
  if (document === undefined) return undefined;
  try {
    const line = decodeURIComponent(fragment ?? "");
    return { document, line: isLine(line) ? line : undefined };
  } catch {
    return { document, line: undefined };
  }
}

/** Whether something can be the id of a line. */
export function isLine(line: unknown): line is string {
  return typeof line === "string" && line !== "" && line.length <= LONGEST_LINE;
}

/** The address of a line of a document. */
export function sectionAddress(document: string, line: string): string {
  return `sheaf://doc/${document}#${encodeURIComponent(line)}`;
}

/** An address as it stands in a text. */
export function sectionNamed(address: { readonly document: string; readonly line: string | undefined }): Embed {
  const { document: id, line } = address;
  return { [DOCUMENT]: line === undefined ? { id, title: "" } : { id, title: "", line } };
}

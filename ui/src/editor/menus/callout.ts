/** What the menu offers for a callout: what it is about, and the ways out. Opened by Alt+Enter, or by a press on its title. */
import { CALLOUTS } from "../../generated/schema.ts";
import { dropCallout, quoteCallout, setCallout } from "../editing/callouts.ts";
import type { How, Page } from "../page/page.ts";
import type { SlashItem } from "./slash.ts";

/** A callout for each sort. Among all blocks they are offered to who asks for them by name. */
export const SORTS: readonly SlashItem[] = [
  { id: "note", group: "callout", title: "Note", keywords: ["callout", "info", "[!note]"] },
  { id: "tip", group: "callout", title: "Tip", keywords: ["callout", "hint", "[!tip]"] },
  { id: "important", group: "callout", title: "Important", keywords: ["callout", "[!important]"] },
  { id: "warning", group: "callout", title: "Warning", keywords: ["callout", "attention", "[!warning]"] },
  { id: "caution", group: "callout", title: "Caution", keywords: ["callout", "danger", "[!caution]"] },
];

/** What can be done to a callout. */
export const IN_CALLOUT: readonly SlashItem[] = [
  ...SORTS,
  { id: "calloutToQuote", group: "callout", title: "Make it a quote", keywords: [] },
  { id: "calloutToText", group: "callout", title: "Make it plain text", keywords: [] },
];

/** Runs one of them. Answers false when it is none of them. */
export function runInCallout(page: Page, id: string, how: How = {}): boolean {
  const sort = CALLOUTS.find((name) => name === id);
  if (sort !== undefined) setCallout(page, sort, how);
  else if (id === "calloutToQuote") quoteCallout(page);
  else if (id === "calloutToText") dropCallout(page);
  else return false;
  return true;
}

/** The days of a field for dates (`2026-11-29`), and the moments in which they end here. */

import { daysFor } from "../../messages/index.ts";

/** The day that was typed, also in an engine whose field for dates is a field for words; null for what is no day. */
export function dayTyped(typed: string, now: number): string | null {
  const words = typed.trim();
  return words === "" ? null : (daysFor(words, now)[0] ?? null);
}

/** The last moment of a day; null for what is no day. */
export function endOf(date: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (year === undefined) return null;
  const end = new Date(Number(year), Number(month) - 1, Number(day), 23, 59, 59, 999);
  return end.getMonth() === Number(month) - 1 ? end.getTime() : null;
}

/** The day that a moment is in, here. */
export function dateOf(moment: number): string {
  const at = new Date(moment);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

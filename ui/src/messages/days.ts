/** Days of the calendar, `2026-11-29`, in words. Reads no clock: the caller hands in now. A day is the same day wherever it is read. */
import { language } from "./language.svelte.ts";
import { dates, relativeDays, weekdays } from "./speaking.ts";

const DAY = 24 * 60 * 60_000;

/** How many days ahead can be named by their weekday. */
const WEEK = 7;

/** A day as the language writes it. What is no day stays as it is. */
export function dayOf(date: string): string {
  const at = noonOf(date);
  return at === undefined ? date : dates(language()).format(at);
}

/** A day as it is offered: "tomorrow", "Friday", with the date behind it. */
export function dayName(date: string, now: number): string {
  const at = noonOf(date);
  if (at === undefined) return date;
  return `${called(at, now)}, ${dates(language()).format(at)}`;
}

/** The days that what was typed may mean; without it the three that are meant most. */
export function daysFor(typed: string, now: number): readonly string[] {
  const today = noonOf(dateOf(now)) ?? now;
  const near = [0, 1, -1].map((days) => today + days * DAY);
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return near.map(dateOf);
  const written = writtenDate(wanted, now);
  if (written !== undefined) return [written];
  const ahead = Array.from({ length: WEEK - 1 }, (_, days) => today + (days + 2) * DAY);
  return [...near, ...ahead].filter((at) => called(at, now).toLowerCase().startsWith(wanted)).map(dateOf);
}

/** `2026-11-29`, `29.11.2026` and `29.11.`, which is in this year. */
function writtenDate(typed: string, now: number): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed) ?? [];
  const [, day2, month2, year2] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(typed) ?? [];
  const parts = [year ?? year2 ?? dateOf(now).slice(0, 4), month ?? month2, day ?? day2];
  if (parts.some((part) => part === undefined)) return undefined;
  const date = parts.map((part) => String(part).padStart(2, "0")).join("-");
  return noonOf(date) === undefined ? undefined : date;
}

/** What a day is called as seen from now. */
function called(at: number, now: number): string {
  const days = Math.round((at - (noonOf(dateOf(now)) ?? now)) / DAY);
  return Math.abs(days) <= 1 ? relativeDays(language()).format(days, "day") : weekdays(language()).format(at);
}

/** The day of the calendar here that a moment is in. */
function dateOf(moment: number): string {
  const at = new Date(moment);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The middle of a day here; undefined for what is no day of the calendar. */
function noonOf(date: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const noon = new Date(Number(year), Number(month) - 1, Number(day), 12);
  return noon.getMonth() === Number(month) - 1 && noon.getDate() === Number(day) ? noon.getTime() : undefined;
}

/** Moments in words: relative up to seven days, then the date (ux.md section 7). Reads no clock: the caller hands in now. */
import { language, say } from "./language.svelte.ts";
import { dates, moments, relative } from "./speaking.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `when` as seen from `now`, both in milliseconds since 1970. A clock that runs ahead reads as "just now", never as the future. */
export function since(when: number, now: number): string {
  const age = Math.max(0, now - when);
  if (age < MINUTE) return say.when.now;
  const ago = relative(language());
  if (age < HOUR) return ago.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return ago.format(-Math.floor(age / HOUR), "hour");
  if (age < 7 * DAY) return ago.format(-Math.floor(age / DAY), "day");
  return say.when.on(day(when));
}

/** The day of `when`. */
export function day(when: number): string {
  return dates(language()).format(when);
}

/** The day and the minute of `when`. */
export function moment(when: number): string {
  return moments(language()).format(when);
}

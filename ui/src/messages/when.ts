/** Moments in words: relative up to seven days, then the date (ux.md section 7). Reads no clock: the caller hands in now. */

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `when` as seen from `now`, both in milliseconds since 1970. A clock that runs ahead reads as "just now", never as the future. */
export function since(when: number, now: number): string {
  const age = Math.max(0, now - when);
  if (age < MINUTE) return "just now";
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), "hour");
  if (age < 7 * DAY) return relative.format(-Math.floor(age / DAY), "day");
  return date.format(when);
}

/** The day of `when`. */
export function day(when: number): string {
  return date.format(when);
}

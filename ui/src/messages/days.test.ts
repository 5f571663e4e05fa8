/** Days are named as people name them, in both languages, and are never one that no calendar has. */
import { expect, test } from "vitest";
import { speak } from "./language.svelte.ts";
import { dayName, dayOf, daysFor } from "./days.ts";

/** A Sunday, in the evening. */
const NOW = new Date(2026, 10, 29, 22).getTime();

test("days are found by what they are called and by their dates, in the reader's language", () => {
  speak("en");
  expect(daysFor("", NOW)).toEqual(["2026-11-29", "2026-11-30", "2026-11-28"]);
  expect(daysFor("tom", NOW)).toEqual(["2026-11-30"]);
  expect(daysFor("fri", NOW)).toEqual(["2026-12-04"]);
  expect(daysFor("2027-1-5", NOW)).toEqual(["2027-01-05"]);
  expect(daysFor("2026-02-30", NOW)).toEqual([]);
  expect(daysFor("plan", NOW)).toEqual([]);
  expect(dayName("2026-11-30", NOW)).toMatch(/^tomorrow, /);
  speak("de");
  expect(daysFor("morg", NOW)).toEqual(["2026-11-30"]);
  expect(daysFor("24.12.", NOW)).toEqual(["2026-12-24"]);
  expect(dayName("2026-12-04", NOW)).toMatch(/^Freitag, /);
  speak("en");
});

test("a day is written as the language writes it, and what is none stays as it is", () => {
  speak("de");
  expect(dayOf("2026-11-29")).toContain("29.");
  expect(dayOf("<b>2026</b>")).toBe("<b>2026</b>");
  expect(dayOf("2026-13-01")).toBe("2026-13-01");
  speak("en");
});

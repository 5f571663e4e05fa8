/** A membership ends when its day is over here, and the field shows that day again. */
import { expect, it } from "vitest";

import { dateOf, dayTyped, endOf } from "./days.ts";

it("ends with the last moment of the day", () => {
  const end = endOf("2026-11-30");
  expect(end).not.toBeNull();
  expect(dateOf(end ?? 0)).toBe("2026-11-30");
  expect(dateOf((end ?? 0) + 1)).toBe("2026-12-01");
});

it("is no day where none was typed", () => {
  expect(["", "2026-02-30", "tomorrow"].map(endOf)).toEqual([null, null, null]);
});

it("is understood as people write days, and never guessed", () => {
  const now = new Date(2026, 10, 29, 12).getTime();
  expect(["2027-01-02", " 2.1.2027 ", "tomorrow"].map((typed) => dayTyped(typed, now))).toEqual(["2027-01-02", "2027-01-02", "2026-11-30"]);
  expect(["", "some day", "2027-02-30"].map((typed) => dayTyped(typed, now))).toEqual([null, null, null]);
});

/** Headings lie below those above them, whatever their numbers. */
import { describe, expect, it } from "vitest";
import { depths, parentOf } from "./depths.ts";

describe("depths", () => {
  it("count the headings above, not the numbers", () => {
    const deep = depths([3, 1, 3, 3, 2, 4, 1].map((level) => ({ level })));
    expect(deep).toEqual([0, 0, 1, 1, 1, 2, 0]);
    expect(deep.map((_, nth) => parentOf(deep, nth))).toEqual([0, 1, 1, 1, 1, 4, 6]);
  });
});

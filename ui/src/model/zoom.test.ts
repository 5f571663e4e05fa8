/** Zoom goes by the steps of browsers and ends where they end. */
import { expect, it } from "vitest";
import { ZOOMS, readZoom, zoomed } from "./zoom.ts";

it("goes from the smallest step to the largest and back, and no further", () => {
  let percent = 50;
  const up = [percent];
  while (zoomed(percent, 1) !== percent) up.push((percent = zoomed(percent, 1)));
  expect(up).toEqual(ZOOMS);
  expect([zoomed(300, 1), zoomed(50, -1), zoomed(100, 1), zoomed(100, -1)]).toEqual([300, 50, 110, 90]);
});

it("takes what was kept only when it is a step", () => {
  expect([150, 1, "150", null, Number.NaN].map(readZoom)).toEqual([150, 100, 100, 100, 100]);
});

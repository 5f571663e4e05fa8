/** How large everything is, in percent. In Sheaf's own window the page keeps this; a browser has its own keys for it. */

/** The steps of the keys, as browsers have them. */
export const ZOOMS: readonly number[] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** One step larger (1) or smaller (-1); the ends hold. */
export function zoomed(percent: number, by: 1 | -1): number {
  const next = by > 0 ? ZOOMS.find((step) => step > percent) : ZOOMS.findLast((step) => step < percent);
  return next ?? percent;
}

/** What was kept, if it is something. */
export function readZoom(kept: unknown): number {
  return typeof kept === "number" && ZOOMS.includes(kept) ? kept : 100;
}

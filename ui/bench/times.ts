/** How the benchmarks print what they took. */

/** Median and 99th percentile, in milliseconds. */
export function show(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(3).padStart(7);
  return `${at(0.5)} / ${at(0.99)}`;
}

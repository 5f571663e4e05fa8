/** How numbers are made and shown. */
import { cpus, loadavg } from "node:os";

/** What was measured on, and how busy that is: a number without it says little. */
export function surroundings() {
  const [one] = loadavg();
  return `${cpus().length} x ${cpus()[0]?.model.trim()}, load ${one.toFixed(1)}, Node ${process.version}, ${new Date().toISOString().slice(0, 16)}`;
}

/** The value below which this share of the measurements lies. */
export function at(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** `p50 / p99` in milliseconds. */
export function show(times) {
  return `${at(times, 0.5).toFixed(2).padStart(8)} / ${at(times, 0.99).toFixed(2).padStart(8)}`;
}

/** Paragraphs of a hundred characters, so many bytes in all. */
export function paragraphs(bytes) {
  const words = "Every device holds the whole document; what you type is on your own disk before anything else happens. ";
  return Array.from({ length: Math.round(bytes / 100) }, (_, line) => `${line} ${words}`.slice(0, 99));
}

export const SIZES = [
  ["10 KB", 10_000],
  ["100 KB", 100_000],
  ["1 MB", 1_000_000],
];

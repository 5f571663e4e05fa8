/** The checksum that rides on the lane: 32-bit FNV-1a over the UTF-16 units of the text, embeds as U+FFFC. Catches a difference, not an enemy. */
import { OBJECT } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Adds a text to a checksum, a whole unit at a step (as crates/schema does). */
export function addToChecksum(sum: number, text: string): number {
  let hash = sum;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}

/** The checksum of a text. */
export function checksumOf(lines: Lines): number {
  let sum = OFFSET_BASIS;
  for (const line of lines.between()) {
    for (const run of line.runs) sum = addToChecksum(sum, run.embed === undefined ? run.text : OBJECT);
    if (line.ends) sum = addToChecksum(sum, "\n");
  }
  return sum;
}

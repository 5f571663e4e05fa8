/** The checksum that rides on the lane, over the UTF-16 units of the text, embeds as U+FFFC. Catches a difference, not an enemy. */
import type { Lines } from "../lines/lines.ts";

/** The checksum of a text: of each line it was computed once. */
export function checksumOf(lines: Lines): number {
  let sum = 0;
  for (const { checksum } of lines.between()) sum = (Math.imul(sum, checksum.factor) + checksum.sum) | 0;
  return sum >>> 0;
}

/** The checksum that rides on the lane: 32-bit FNV-1a over the UTF-16 units of the text, embeds as U+FFFC. Catches a difference, not an enemy. */
import { checksum } from "../../generated/schema.ts";
import { OBJECT } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";

/** The checksum of a text. */
export function checksumOf(lines: Lines): number {
  let sum = checksum("");
  for (const line of lines.between()) {
    for (const run of line.runs) sum = checksum(run.embed === undefined ? run.text : OBJECT, sum);
    if (line.ends) sum = checksum("\n", sum);
  }
  return sum;
}

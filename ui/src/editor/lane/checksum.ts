/** The checksum that rides on the lane, over the UTF-16 units of the text, embeds as U+FFFC. Catches a difference, not an enemy. */
import type { Checksum } from "../../generated/schema.ts";
import type { Chunk, Lines } from "../lines/lines.ts";

/** Of a piece of the text in which nothing changed it is known. */
const known = new WeakMap<Chunk, Checksum>();

/** The checksum of a text: of each line it was computed once, and added up once for its piece of the text. */
export function checksumOf(lines: Lines): number {
  let sum = 0;
  for (const chunk of lines.chunks) {
    const piece = ofChunk(chunk);
    sum = (Math.imul(sum, piece.factor) + piece.sum) | 0;
  }
  return sum >>> 0;
}

function ofChunk(chunk: Chunk): Checksum {
  const old = known.get(chunk);
  if (old !== undefined) return old;
  let [sum, factor] = [0, 1];
  for (const { checksum } of chunk.lines) {
    sum = (Math.imul(sum, checksum.factor) + checksum.sum) | 0;
    factor = Math.imul(factor, checksum.factor);
  }
  const made = { sum, factor };
  known.set(chunk, made);
  return made;
}

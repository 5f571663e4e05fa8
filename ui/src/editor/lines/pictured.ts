/** Code that says a picture: a formula or a diagram. Where such a run begins and ends among the lines. */
import { MATH } from "../../generated/schema.ts";
import { type Block, readBlock } from "./block.ts";
import type { Lines } from "./lines.ts";

/** What code in a language is drawn as besides. */
export type Pictured = "formula" | "diagram";

/** Longer code is no picture that anybody reads. */
const MOST_LINES = 400;

/** What a line's code is drawn as; undefined for what is only code. */
export function picturedAs({ kind, language, cell }: Block): Pictured | undefined {
  if (kind !== "code" || cell !== null) return undefined;
  if (language === MATH) return "formula";
  return language === "mermaid" ? "diagram" : undefined;
}

/** The lines [from, to) of the picture that a line is a part of; undefined where it is none, or too long. */
export function picturedAt(lines: Lines, index: number): { from: number; to: number; as: Pictured } | undefined {
  const blockAt = (at: number): Block | undefined => (at >= 0 && at < lines.count ? readBlock(lines.line(at).block) : undefined);
  const here = blockAt(index);
  const as = here === undefined ? undefined : picturedAs(here);
  if (here === undefined || as === undefined) return undefined;
  const isSame = (at: number): boolean => {
    const block = blockAt(at);
    return block?.kind === "code" && block.language === here.language && block.cell === null;
  };
  let from = index;
  while (blockAt(from)?.start !== true && isSame(from - 1)) if (index - --from > MOST_LINES) return undefined;
  let to = index + 1;
  while (blockAt(to)?.start !== true && isSame(to)) if (++to - index > MOST_LINES) return undefined;
  return { from, to, as };
}

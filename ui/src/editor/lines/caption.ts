/** A figure: an image or a file alone in its line, and the captions right below that say what it is. */
import { FILE, IMAGE } from "../../generated/schema.ts";
import { readBlock } from "./block.ts";
import type { Run } from "./line.ts";
import type { Lines } from "./lines.ts";

/** As much of a line as is looked at. */
interface Written {
  readonly block: string;
  readonly runs: readonly Run[];
}

/** Two people may add a caption at once; nobody writes more of them than so many. */
const MOST_CAPTIONS = 20;

/** Whether a line is an image or a file and nothing else, outside of a table. */
export function isAttachment(line: Written): boolean {
  const [only] = line.runs;
  const { embed } = only ?? {};
  if (embed === undefined || line.runs.length !== 1 || readBlock(line.block).cell !== null) return false;
  return Object.hasOwn(embed, IMAGE) || Object.hasOwn(embed, FILE);
}

/** Whether a line says that it is a caption. What it is below makes it one: see `figureAt`. */
export function saysCaption(line: Pick<Written, "block">): boolean {
  const { kind, caption, cell } = readBlock(line.block);
  return caption && kind === "p" && cell === null;
}

/** The lines [from, to) of the figure that the line at an index is a part of; undefined where it is in none. */
export function figureAt(lines: Lines, index: number): { from: number; to: number } | undefined {
  let from = index;
  while (from > 0 && index - from < MOST_CAPTIONS && saysCaption(lines.line(from))) from--;
  if (!isAttachment(lines.line(from))) return undefined;
  let to = from + 1;
  while (to < lines.count && to - from <= MOST_CAPTIONS && saysCaption(lines.line(to))) to++;
  return to > index ? { from, to } : undefined;
}

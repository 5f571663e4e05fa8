/** Which way a line runs: as the first of its characters that says so, and where none does, as the lines before it. */
import { readBlock } from "./block.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";

export type Direction = "ltr" | "rtl";

/** So far back a line without letters looks for one that has some. */
const MOST_LOOKED = 40;
const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** The way the line at an index runs. Code runs from left to right. */
export function directionAt(lines: Lines, index: number): Direction {
  if (readBlock(lines.line(index).block).kind === "code") return "ltr";
  for (let at = index; at >= 0 && index - at < MOST_LOOKED; at--) {
    const own = ownDirection(lines.line(at));
    if (own !== undefined) return own;
  }
  return "ltr";
}

function ownDirection(line: Line): Direction | undefined {
  if (readBlock(line.block).kind === "code") return undefined;
  return directionOfText(line.text);
}

/** The way a text runs by itself; undefined when nothing in it says so. */
export function directionOfText(text: string): Direction | undefined {
  const letter = LETTER.exec(text)?.[0];
  return letter === undefined ? undefined : directionOf(letter);
}

function directionOf(letter: string): Direction {
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/** What travels through the clipboard: lines with their kinds and runs, before they have ids. Knows no HTML and no page. */
import { type Attributes, Delta, type Embed, type Op, readDelta } from "../delta.ts";
import { Runs, type Run } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import { safeUrl } from "../links/url.ts";

/** A line in transit. */
export interface Copied {
  readonly block: string;
  readonly runs: readonly Run[];
}

/** Longest text that one paste brings, in units. More is cut. */
export const LONGEST_PASTE = 4_000_000;

/** The lines of a part of the text; the first and the last may be parts of lines. */
export function copiedFrom(lines: Lines, from: number, to: number): Copied[] {
  const result: Copied[] = [];
  let runs = new Runs();
  let open = false;
  lines.eachPiece(
    from,
    to,
    (run, start, end) => {
      runs.add(run, start, end);
      open = true;
    },
    (line) => {
      result.push({ block: line.block, runs: runs.runs });
      runs = new Runs();
      open = false;
    },
  );
  if (open || result.length === 0) result.push({ block: lines.at(to).line.block, runs: runs.runs });
  return result;
}

/** The lines as a Delta, each with a newline but the last. */
export function deltaOf(copied: readonly Copied[]): Delta {
  const delta = new Delta();
  for (const [nth, { block, runs }] of copied.entries()) {
    insertRuns(delta, runs);
    if (nth < copied.length - 1 || block !== "") delta.insert("\n", block === "" ? undefined : { block });
  }
  return delta;
}

/** The lines as a Delta, each with its newline. */
export function wholeLines(copied: readonly Copied[]): Delta {
  const delta = new Delta();
  for (const { block, runs } of copied) {
    insertRuns(delta, runs);
    delta.insert("\n", block === "" ? undefined : { block });
  }
  return delta;
}

/** Adds runs to a Delta as inserts. */
export function insertRuns(delta: Delta, runs: readonly Run[]): void {
  for (const run of runs) {
    const attributes = run.attributes === undefined ? undefined : { ...run.attributes };
    delta.insert(run.embed === undefined ? run.text : { ...run.embed }, attributes);
  }
}

/** Reads lines back from a Delta that another Sheaf page copied. What it says about ids is forgotten; links are looked at like any other. */
export function copiedFromJson(json: string): Copied[] | undefined {
  try {
    const delta = readDelta(JSON.parse(json));
    const result: Copied[] = [];
    let runs = new Runs();
    for (const op of delta.ops) {
      if (op.insert === undefined) return undefined;
      const attributes = harmless(op);
      if (typeof op.insert !== "string") {
        if (!isEmbed(op.insert)) return undefined;
        runs.add({ text: "\uFFFC", embed: op.insert, attributes });
        continue;
      }
      for (const [nth, part] of cleanText(op.insert).split("\n").entries()) {
        if (nth > 0) {
          const block = op.attributes?.["block"];
          result.push({ block: typeof block === "string" ? block : "", runs: runs.runs });
          runs = new Runs();
        }
        runs.text(part, attributes);
      }
    }
    if (runs.runs.length > 0 || result.length === 0) result.push({ block: "", runs: runs.runs });
    return result;
  } catch {
    return undefined;
  }
}

/** An embed is one thing with one name. */
function isEmbed(insert: unknown): insert is Embed {
  return typeof insert === "object" && insert !== null && !Array.isArray(insert) && Object.keys(insert).length === 1;
}

function harmless(op: Op): Attributes | undefined {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(op.attributes ?? {})) {
    if (key === "line" || key === "block" || !["string", "number", "boolean"].includes(typeof value)) continue;
    if (key === "link" && safeUrl(String(value)) === undefined) continue;
    kept[key] = value as string | number | boolean;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Text as it may stand in a document: line feeds only, no control characters, no half characters. */
export function cleanText(text: string): string {
  const wellFormed = text
    .slice(0, LONGEST_PASTE)
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
  // eslint-disable-next-line no-control-regex
  return wellFormed.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffc]/g, "");
}

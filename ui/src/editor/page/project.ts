/**
 * Projects document places into what is mounted. A page shows the lines [from, to) of the text; an offset in the document becomes a position in
 * the page and back by arithmetic alone, because the page is flat: position = offset + lines before it + 1.
 */
import { Fragment, type Node } from "prosemirror-model";
import type { Delta } from "../delta.ts";
import { type Embed } from "../delta.ts";
import type { Line } from "../lines/line.ts";
import { type Run, Runs, SOFT_BREAK, OBJECT } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import { attributesOf, marksOf, schema } from "./schema.ts";

/** The lines that a page shows, by index. */
export interface Mounted {
  readonly from: number;
  readonly to: number;
}

/** The node that shows a line. Made once per line. */
export function nodeOf(line: Line): Node {
  if (line.shown !== undefined) return line.shown as Node;
  const node = schema.node("line", { id: line.id, block: line.block }, contentOf(line.runs));
  line.shown = node;
  return node;
}

/** The inline nodes that show runs. */
export function contentOf(runs: readonly Run[]): Node[] {
  const nodes: Node[] = [];
  for (const run of runs) {
    const marks = marksOf(run.attributes);
    if (run.embed !== undefined) {
      nodes.push(schema.node("embed", { value: run.embed }, undefined, marks));
      continue;
    }
    for (const [index, part] of run.text.split(SOFT_BREAK).entries()) {
      if (index > 0) nodes.push(schema.node("softBreak", undefined, undefined, marks));
      if (part !== "") nodes.push(schema.text(part, marks));
    }
  }
  return nodes;
}

/** The page of the mounted lines. The empty line after the last newline is shown only when it is all there is. */
export function pageOf(lines: Lines, mounted: Mounted): Node {
  return schema.node("doc", undefined, Fragment.from(nodesOf(lines, mounted)));
}

/** The nodes of some lines. */
export function nodesOf(lines: Lines, mounted: Mounted): Node[] {
  const nodes: Node[] = [];
  for (const line of lines.between(mounted.from, mounted.to)) if (isShown(lines, line)) nodes.push(nodeOf(line));
  return nodes;
}

/** Whether a line has a node. The text after the last newline has one only when it holds something or is all there is. */
export function isShown(lines: Lines, line: Line): boolean {
  return line.ends || line.width > 0 || lines.count === 1;
}

/** How many lines of the text have a node. */
export function shownCount(lines: Lines): number {
  return isShown(lines, lines.line(lines.count - 1)) ? lines.count : lines.count - 1;
}

/** The runs that these inline nodes show. */
export function runsOf(content: Fragment): Run[] {
  const runs = new Runs();
  content.forEach((node) => {
    const attributes = attributesOf(node.marks);
    if (node.isText) runs.text(node.text ?? "", attributes);
    else if (node.type.name === "softBreak") runs.text(SOFT_BREAK, attributes);
    else runs.add({ text: OBJECT, embed: node.attrs["value"] as Embed, attributes });
  });
  return runs.runs;
}

/** Adds the content of inline nodes to a Delta as inserts. */
export function insertContent(delta: Delta, content: Fragment): void {
  for (const run of runsOf(content)) {
    const attributes = run.attributes === undefined ? undefined : { ...run.attributes };
    if (run.embed !== undefined) delta.insert({ ...run.embed }, attributes);
    else delta.insert(run.text, attributes);
  }
}

/** The offset, counted from the start of the first mounted line, of a position in a page. */
export function offsetIn(page: Node, position: number): number {
  const place = page.resolve(position);
  const index = place.index(0);
  return place.depth === 0 ? position - index : position - index - 1;
}

/** The position in a page of an offset counted from the start of the first mounted line, in the line with this index in the page. */
export function positionIn(offset: number, index: number): number {
  return offset + index + 1;
}

/**
 * The footnotes of a text, read off its chunks: which are referred to, in which order, and where their lines stand. A chunk that did not change was read
 * before, so that a key costs one chunk, however long the document is. Numbers are the order of the references and nowhere stored.
 */
import { FOOTNOTE, isId } from "../../generated/schema.ts";
import { readBlock } from "../lines/block.ts";
import type { Run } from "../lines/line.ts";
import type { Chunk, Lines } from "../lines/lines.ts";

/** What a chunk has of footnotes; offsets and indexes are counted from its start. */
interface Found {
  readonly references: ReadonlyArray<{ readonly id: string; readonly start: number }>;
  readonly lines: ReadonlyArray<{ readonly id: string; readonly index: number }>;
}

const NOTHING: Found = { references: [], lines: [] };

/** The id that a run refers to; undefined when it is no reference to a footnote. */
export function referenceIn({ embed }: Run): string | undefined {
  const id = embed?.[FOOTNOTE];
  return typeof id === "string" && isId(id) ? id : undefined;
}

/** The footnotes of one text as it changes. */
export class Notes {
  private readonly known = new WeakMap<Chunk, Found>();

  constructor(private text: Lines) {}

  /** The text is this now. */
  follow(text: Lines): void {
    this.text = text;
  }

  /** The notes' numbers by their ids, from 1, in the order in which they are first referred to. */
  numbers(): Map<string, number> {
    const numbers = new Map<string, number>();
    for (const chunk of this.text.chunks)
      for (const { id } of this.read(chunk).references) if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return numbers;
  }

  /** The lines that stand in notes, by index. */
  lines(): Array<{ readonly id: string; readonly index: number }> {
    const all: Array<{ id: string; index: number }> = [];
    let before = 0;
    for (const chunk of this.text.chunks) {
      for (const { id, index } of this.read(chunk).lines) all.push({ id, index: before + index });
      before += chunk.lines.length;
    }
    return all;
  }

  /** The offset of the first reference to a note. */
  referenceTo(note: string): number | undefined {
    let before = 0;
    for (const chunk of this.text.chunks) {
      const found = this.read(chunk).references.find(({ id }) => id === note);
      if (found !== undefined) return before + found.start;
      before += chunk.length;
    }
    return undefined;
  }

  private read(chunk: Chunk): Found {
    const known = this.known.get(chunk);
    if (known !== undefined) return known;
    const references: Array<{ id: string; start: number }> = [];
    const lines: Array<{ id: string; index: number }> = [];
    let start = 0;
    for (const [index, line] of chunk.lines.entries()) {
      const { note } = readBlock(line.block);
      if (note !== null) lines.push({ id: note, index });
      let at = start;
      for (const run of line.runs) {
        const id = run.embed === undefined ? undefined : referenceIn(run);
        if (id !== undefined) references.push({ id, start: at });
        at += run.text.length;
      }
      start += line.length;
    }
    const found = references.length + lines.length === 0 ? NOTHING : { references, lines };
    this.known.set(chunk, found);
    return found;
  }
}

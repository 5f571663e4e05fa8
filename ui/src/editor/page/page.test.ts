/** Delta to steps and steps to Delta, without a browser: the page shows the text, whatever changes, and a keystroke is one small step. */
import { Slice, Fragment } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import type { ReplaceStep } from "prosemirror-transform";
import { describe, expect, it } from "vitest";
import { Chance, randomBody, randomChange } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { draw } from "./draw.ts";
import { pageOf } from "./project.ts";
import { read } from "./read.ts";
import { reconcile } from "./reconcile.ts";
import { schema } from "./schema.ts";

const all = (lines: Lines): { from: number; to: number } => ({ from: 0, to: lines.count });

describe("draw", () => {
  it("shows every random change exactly, whole and in a window, with nothing left to reconcile", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const chance = new Chance(seed);
      let lines = Lines.from(randomBody(chance, 1 + chance.below(20)));
      let mounted = all(lines);
      if (chance.once(2)) {
        const from = chance.below(lines.count);
        mounted = { from, to: Math.min(lines.count, from + 1 + chance.below(6)) };
        if (from >= lines.count - 1) mounted = all(lines);
      }
      let state = EditorState.create({ doc: pageOf(lines, mounted) });
      for (let step = 0; step < 25; step++) {
        const change = randomChange(chance, lines.toDelta());
        const { lines: after, changes } = lines.apply(change);
        const tr = state.tr;
        const next = draw(tr, lines, after, changes, mounted);
        const label = `seed ${seed} step ${step} ${JSON.stringify(change.ops)}`;
        if (next.to === next.from) break;
        expect(reconcile(tr, after, changes, next), label).toBe(true);
        expect(tr.doc.toJSON(), label).toEqual(pageOf(after, next).toJSON());
        tr.doc.check();
        state = state.apply(tr);
        lines = after;
        mounted = next;
      }
    }
  });

  it("writes a line behind the last that is mounted, and leaves no empty one there", () => {
    const body = new Delta().insert("hello").insert("\n", { line: "a" }).insert("world").insert("\n", { line: "b" });
    const [lines, mounted] = [Lines.from(body), { from: 0, to: 1 }];
    const state = EditorState.create({ doc: pageOf(lines, mounted) });
    const change = new Delta().retain(5).retain(1, { block: "h2" }).insert("new").insert("\n", { line: "n" });
    const { lines: after, changes } = lines.apply(change);
    const tr = state.tr;
    const next = draw(tr, lines, after, changes, mounted);
    expect(tr.doc.toJSON()).toEqual(pageOf(after, next).toJSON());
  });

  it("draws a remote keystroke as one step over that character", () => {
    const lines = Lines.from(new Delta().insert("hello").insert("\n", { line: "a" }).insert("world").insert("\n", { line: "b" }));
    const state = EditorState.create({ doc: pageOf(lines, all(lines)) });
    const { lines: after, changes } = lines.apply(new Delta().retain(8).insert("x"));
    const tr = state.tr;
    draw(tr, lines, after, changes, all(lines));
    expect(tr.steps.length).toBe(1);
    const step = tr.steps[0] as ReplaceStep;
    expect([step.from, step.to, step.slice.size]).toEqual([10, 10, 1]);
  });

  it("draws Enter at a line's end as one new line, leaving the others alone", () => {
    const lines = Lines.from(new Delta().insert("hello").insert("\n", { line: "a" }));
    const state = EditorState.create({ doc: pageOf(lines, all(lines)) });
    const { lines: after, changes } = lines.apply(new Delta().retain(6).insert("\n", { line: "b" }));
    const tr = state.tr;
    draw(tr, lines, after, changes, all(lines));
    expect(tr.steps.length).toBe(1);
    expect(tr.doc.child(0)).toBe(state.doc.child(0));
    expect(tr.doc.childCount).toBe(2);
  });
});

describe("read", () => {
  it("reads random replacements so that the text says what the page shows", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = new Chance(seed);
      const body = randomBody(chance, 2 + chance.below(8));
      const lines = Lines.from(body.ops.at(-1)?.insert === "tail" ? new Delta(body.ops.slice(0, -1)) : body);
      const state = EditorState.create({ doc: pageOf(lines, all(lines)) });
      const tr = state.tr;
      for (let n = 0; n < 4; n++) {
        const size = tr.doc.content.size;
        const from = chance.below(size + 1);
        const to = Math.min(size, from + chance.below(20));
        const kind = chance.below(5);
        if (kind === 0) tr.replace(from, to);
        else if (kind === 1) tr.replace(from, to, new Slice(Fragment.from([line(chance), line(chance)]), 1, 1));
        else if (kind === 2) tr.replace(from, to, new Slice(Fragment.from([line(chance)]), 0, 0));
        else if (kind === 3) tr.addMark(from, to, schema.mark("bold"));
        else if (tr.doc.resolve(from).depth === 1) tr.insertText(chance.word(), from);
      }
      const delta = read(tr, () => chance.id());
      const { lines: after, changes } = lines.apply(delta);
      const label = `seed ${seed}`;
      expect(reconcile(tr, after, changes, all(after)), label).toBe(true);
      expect(tr.doc.toJSON(), label).toEqual(pageOf(after, all(after)).toJSON());
      const ids = [...after.between()].map((line) => line.id).filter((id) => id !== "");
      expect(new Set(ids).size, label).toBe(ids.length);
    }
  });

  it("reads a line that the browser drew into another one's element as the line it was, not as a copy", () => {
    const lines = Lines.from(
      new Delta()
        .insert("Cut the rye.")
        .insert("\n", { line: "a" })
        .insert("Borrow the cart.")
        .insert("\n", { line: "b" })
        .insert("Ask Cleo 😀.")
        .insert("\n", { line: "c" }),
    );
    const state = EditorState.create({ doc: pageOf(lines, all(lines)) });
    const [first, second, third] = [0, 1, 2].map((index) => state.doc.child(index));
    const start = first!.nodeSize + 1;
    // Chromium keeps the first line's element of a selection that is deleted, and moves what is left of the last one into it.
    const joined = schema.node("line", second!.attrs, third!.content);
    const tr = state.tr.replace(start, first!.nodeSize + second!.nodeSize + third!.nodeSize, new Slice(Fragment.from(joined), 1, 0));
    expect(tr.doc.childCount).toBe(2);
    expect(read(tr, () => "new").ops).toEqual([{ retain: 13 }, { delete: 17 }]);
  });

  it("reads a typed letter as one insert where it was typed, also between equal letters", () => {
    const lines = Lines.from(new Delta().insert("aaa").insert("\n", { line: "a" }));
    const tr = EditorState.create({ doc: pageOf(lines, all(lines)) }).tr.insertText("a", 3);
    expect(read(tr, () => "x").ops).toEqual([{ retain: 2 }, { insert: "a" }]);
  });
});

function line(chance: Chance): ReturnType<typeof schema.node> {
  return schema.node("line", { id: "copied", block: chance.block() }, schema.text(chance.word()));
}

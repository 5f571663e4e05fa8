/** Undo: one's own edits only, shows before it, the caret back, moves replayed on the present text. */
import { describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { Undo } from "./undo.ts";

/** A text with an undo stack, and nobody between. */
class Desk {
  readonly undo = new Undo();
  lines: Lines;
  time = 0;

  constructor(...texts: string[]) {
    const body = new Delta();
    for (const [index, text] of texts.entries()) body.insert(text).insert("\n", { line: `l${index}` });
    this.lines = Lines.from(body);
  }

  edit(delta: Delta, joins?: string): void {
    this.undo.edited({
      inverse: this.lines.invert(delta),
      selection: { anchor: 1, head: 1 },
      time: this.time,
      push: 1,
      ...(joins === undefined ? {} : { joins }),
    });
    this.lines = this.lines.apply(delta).lines;
  }

  show(delta: Delta): void {
    this.undo.drawn(delta);
    this.lines = this.lines.apply(delta).lines;
  }

  back(way: "undo" | "redo" = "undo"): string {
    const step = this.undo[way](this.lines);
    if (step === undefined) return "nothing";
    const inverse = this.lines.invert(step.delta);
    const old = this.lines;
    this.lines = this.lines.apply(step.delta).lines;
    this.undo.turned(old, step.delta, { inverse, selection: { anchor: 0, head: 0 }, time: this.time, push: 2 });
    return this.lines.text();
  }
}

describe("undo", () => {
  it("goes on in a later view, past what others did meanwhile, and tells no push of the earlier one", () => {
    const desk = new Desk("rye", "oats");
    desk.edit(new Delta().retain(3).insert("!"), "typing l0");
    desk.undo.saved(1, 7);
    const meanwhile = new Delta().insert("early ").retain(4).insert(" they");
    desk.lines = desk.lines.apply(meanwhile).lines;
    desk.undo.carriedOver(meanwhile);
    desk.edit(new Delta().retain(6).insert("the "), "typing l0");
    desk.undo.saved(1, 3);
    expect(desk.back()).toBe("early rye! they\noats\n");
    const step = desk.undo.undo(desk.lines);
    expect(desk.lines.apply(step?.delta ?? new Delta()).lines.text()).toBe("early rye they\noats\n");
    expect(step?.undoes).toBeUndefined();
  });

  it("joins typing within a second, not after, and goes both ways", () => {
    const desk = new Desk("");
    desk.edit(new Delta().insert("a"), "typing l0");
    desk.time = 900;
    desk.edit(new Delta().retain(1).insert("b"), "typing l0");
    desk.time = 2000;
    desk.edit(new Delta().retain(2).insert("c"), "typing l0");
    expect(desk.back()).toBe("ab\n");
    expect(desk.back()).toBe("\n");
    expect(desk.back()).toBe("nothing");
    expect(desk.back("redo")).toBe("ab\n");
    expect(desk.back("redo")).toBe("abc\n");
  });

  it("never takes another's characters, wherever they came in between", () => {
    const desk = new Desk("");
    desk.edit(new Delta().insert("mine"));
    desk.show(new Delta().retain(2).insert("THEIRS"));
    expect(desk.back()).toBe("THEIRS\n");
    expect(desk.back("redo")).toContain("THEIRS");
  });

  it("does not override a kind or a mark that somebody gave later", () => {
    const desk = new Desk("x");
    desk.edit(new Delta().retain(1).retain(1, { block: "h1" }));
    desk.show(new Delta().retain(1).retain(1, { block: "ul" }));
    expect(desk.back()).toBe("nothing");
    expect(desk.lines.line(0).block).toBe("ul");
  });

  it("skips entries that came to nothing and takes the next", () => {
    const desk = new Desk("one", "two");
    desk.edit(new Delta().insert("A"));
    desk.edit(new Delta().retain(5).insert("B"));
    desk.show(new Delta().retain(5).delete(1));
    expect(desk.back()).toBe("one\ntwo\n");
  });

  it("brings a line back once, though somebody else did before", () => {
    const desk = new Desk("one", "two");
    desk.edit(new Delta().delete(4));
    desk.show(new Delta().insert("one").insert("\n", { line: "l0" }));
    expect(desk.back()).toBe("nothing");
    expect(desk.lines.text()).toBe("one\ntwo\n");
  });

  it("moves a line back with whatever it holds now", () => {
    const desk = new Desk("one", "two", "three");
    const move = new Delta().delete(4).retain(4).insert("one").insert("\n", { line: "l0" });
    desk.undo.edited({
      inverse: desk.lines.invert(move),
      selection: { anchor: 0, head: 0 },
      time: 0,
      push: 1,
      move: { lines: ["l0"], after: "" },
    });
    desk.lines = desk.lines.apply(move).lines;
    desk.show(new Delta().retain(4).insert("number "));
    expect(desk.back()).toBe("number one\ntwo\nthree\n");
    expect(desk.back("redo")).toBe("two\nnumber one\nthree\n");
  });

  it("keeps what lies below right when the top had less to do than it thought", () => {
    const desk = new Desk("h", "p");
    desk.edit(new Delta().retain(1).delete(1).retain(1).retain(1, { block: "h1" }));
    desk.edit(new Delta().retain(2).delete(1).retain(0));
    expect(desk.back()).toBe("hp\n");
    expect(desk.back()).toBe("h\np\n");
    expect(desk.lines.line(1).block).toBe("");
  });
});

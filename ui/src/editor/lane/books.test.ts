/** The books, told by hand: order, repeats, early and late, my own pushes in their place, a Reset, and both sides of one spot. */
import { describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import type { Lines } from "../lines/lines.ts";
import { Books } from "./books.ts";
import type { Opened, Show } from "./wire.ts";

const opened = (text: string, version = 1): Opened => ({
  version,
  role: "edit",
  title: "",
  delta: new Delta().insert(text).insert("\n", { line: "a" }),
  length: text.length + 1,
});
const show = (version: number, delta: Delta, length: number): Show => ({ version, delta, length });
const insert = (at: number, text: string): Delta => new Delta().retain(at).insert(text);

/** The screen, which draws whatever is owed when told to. */
class Screen {
  lines: Lines;

  constructor(private readonly books: Books) {
    this.lines = books.told;
  }

  edit(delta: Delta): void {
    this.lines = this.lines.apply(delta).lines;
    this.books.edit(delta);
  }

  draw(): string {
    this.lines = this.lines.apply(this.books.takeOwed()).lines;
    return this.lines.text();
  }
}

describe("books", () => {
  it("hold early items, drop old ones and repeats, and book in order", () => {
    const books = new Books(opened("abc"));
    const screen = new Screen(books);
    expect(books.hearShow(show(3, insert(5, "Y"), 6)).items).toBe(0);
    expect(books.hearShow(show(2, insert(3, "X"), 5)).items).toBe(2);
    expect(books.hearShow(show(2, insert(3, "X"), 5)).items).toBe(0);
    expect(screen.draw()).toBe("abcX\nY");
  });

  it("put `saved` in the place of its show, not where it arrives", () => {
    const books = new Books(opened(""));
    const screen = new Screen(books);
    screen.edit(insert(0, "mine"));
    const push = books.takePush();
    expect(books.hearSaved({ version: 3, number: push!.number }).items).toBe(0);
    expect(books.isUnsaved).toBe(true);
    expect(books.hearShow(show(2, insert(0, "theirs "), 8)).items).toBe(2);
    expect(books.isUnsaved).toBe(false);
    expect(screen.draw()).toBe(books.told.text());
  });

  it("keep one push on its way and compose the rest", () => {
    const books = new Books(opened(""));
    const screen = new Screen(books);
    screen.edit(insert(0, "a"));
    expect(books.takePush()?.number).toBe(1);
    screen.edit(insert(1, "b"));
    screen.edit(insert(2, "c"));
    expect(books.takePush()).toBeUndefined();
    books.hearSaved({ version: 2, number: 1 });
    expect(books.takePush()?.delta.ops).toEqual([{ retain: 1 }, { insert: "bc" }]);
  });

  it("send nothing for an edit and its opposite", () => {
    const books = new Books(opened(""));
    const screen = new Screen(books);
    screen.edit(insert(0, "a"));
    screen.edit(new Delta().delete(1));
    expect(books.takePush()).toBeUndefined();
    expect(books.isUnsaved).toBe(false);
  });

  it("let mine go left and mine win, drawn late or at once", () => {
    for (const late of [false, true]) {
      const books = new Books(opened("--"));
      const screen = new Screen(books);
      screen.edit(insert(1, "A"));
      books.hearShow(show(2, insert(1, "B"), 4));
      if (!late) screen.draw();
      screen.edit(insert(2, "A"));
      books.hearShow(show(3, insert(2, "B"), 5));
      expect(screen.draw()).toBe("-AABB-\n");
      const format = new Books(opened("x"));
      const other = new Screen(format);
      other.edit(new Delta().retain(1, { background: "pink" }));
      format.hearShow(show(2, new Delta().retain(1, { background: "blue", bold: true }), 2));
      other.draw();
      expect(other.lines.toDelta().ops[0]).toEqual({ insert: "x", attributes: { background: "pink", bold: true } });
    }
  });

  it("notice a text that is not the core's", () => {
    const books = new Books(opened("abc"));
    expect(books.hearShow(show(2, insert(3, "X"), 99)).contradiction).toMatch(/99/);
    expect(new Books(opened("abc")).hearShow(show(2, new Delta().retain(50).insert("X"), 5)).contradiction).toMatch(/does not fit/);
    expect(new Books(opened("abc")).hearSaved({ version: 2, number: 7 }).contradiction).toMatch(/push 7/);
  });

  it("rebase what is unsaved on a fresh body, and name the words whose line is gone", () => {
    const books = new Books(opened("keep this"));
    const screen = new Screen(books);
    screen.edit(insert(9, " and mine"));
    const fresh = {
      ...opened("", 9),
      delta: new Delta().insert("new first").insert("\n", { line: "z" }).insert("Keep this").insert("\n", { line: "a" }),
      length: 20,
    };
    expect(books.reset(fresh, false)).toEqual([]);
    expect(screen.draw()).toBe("new first\nKeep this and mine\n");
    const stranded = books.reset({ ...opened("", 12), delta: new Delta().insert("other").insert("\n", { line: "q" }), length: 6 }, false);
    expect(stranded).toEqual([{ line: "a", text: "and mine" }]);
    expect(screen.draw()).toContain("and mine");
  });

  it("see whether a fresh body holds the push nobody answered for", () => {
    const books = new Books(opened("abc"));
    books.edit(insert(3, " mine"));
    books.takePush();
    expect(books.seemsIncluded(opened("abc mine", 5))).toBe(true);
    expect(books.seemsIncluded(opened("abc theirs", 5))).toBe(false);
  });

  it("do not take another's move of a line for mine, with what I wrote in it", () => {
    const lines = (...texts: string[]): Opened => ({
      ...opened("", 5),
      delta: texts.reduce((delta, text) => delta.insert(text).insert("\n", { line: text.slice(0, 3) }), new Delta()),
    });
    const books = new Books(lines("one", "two", "a longer row", "end"));
    const screen = new Screen(books);
    // I move the row up, and write two letters in it; somebody else has moved it, too.
    const row = new Delta().retain(4).insert("a longer row!?").insert("\n", { line: "a l" }).retain(4).delete(13);
    screen.edit(row);
    books.takePush();
    expect(books.seemsIncluded(lines("one", "a longer row", "two", "end"))).toBe(false);
    expect(books.seemsIncluded(lines("one", "a longer row!?", "two", "end"))).toBe(true);
  });

  it("translate places between the core's text and the screen", () => {
    const books = new Books(opened("abcdef"));
    const screen = new Screen(books);
    screen.edit(insert(0, "12"));
    expect(books.toScreen(3)).toBe(5);
    expect(books.toCore(5)).toBe(3);
    books.hearShow(show(2, insert(0, "XYZ"), 10));
    // Not drawn yet: the screen stands where it stood.
    expect(books.toScreen(6)).toBe(5);
    screen.draw();
    expect(books.toScreen(6)).toBe(8);
  });
});

/** A document is made of a word only by who means it, and whoever writes on while it is made is left where they write. */
import { beforeEach, describe, expect, it } from "vitest";
import { DOCUMENT } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { typeText } from "../editing/text.ts";
import { Lines } from "../lines/lines.ts";
import { NOTHING_KNOWN } from "../mentioning.ts";
import { Page } from "../page/page.ts";
import { MentionMenu } from "./mention.ts";

let page: Page;
let menu: MentionMenu;
/** Documents that are being made: each comes when it is let. */
let making: Map<string, (how?: Error) => Promise<void>>;

beforeEach(() => {
  let ids = 0;
  making = new Map();
  const listener = {
    changing: (delta: Delta) => menu.textChanging(delta),
    edited: () => undefined,
    drawn: () => undefined,
    changed: () => undefined,
    trouble: () => undefined,
  };
  page = new Page(Lines.from(new Delta().insert("\n", { line: "a" }).insert("below\n", { line: "b" })), listener, () => `n${ids++}`, []);
  const create = (title: string): Promise<string> =>
    new Promise((made, failed) =>
      making.set(title, async (how) => {
        if (how === undefined) made(title);
        else failed(how);
        await new Promise((done) => setTimeout(done));
      }),
    );
  const people = (): [{ device: string; name: string }] => [{ device: "d", name: "Mika" }];
  menu = new MentionMenu(page, { ...NOTHING_KNOWN, people, create }, () => undefined);
});

function type(words: string): void {
  for (const letter of words) {
    typeText(page, letter);
    menu.follow(letter);
  }
}

/** The text, documents by their titles, and the caret. */
function shown(): string {
  const { head } = page.selection;
  const words = page.lines.slice(0, head).insert("|").concat(page.lines.slice(head, page.lines.length)).ops;
  return words.map(({ insert }) => (typeof insert === "string" ? insert : `<${(insert?.[DOCUMENT] as { title: string }).title}>`)).join("");
}

describe("a word behind an @ that nobody is called by", () => {
  it("stays a word when Enter or Tab is pressed", () => {
    for (const key of ["Enter", "Tab"]) {
      type("@zz");
      expect(menu.state).toMatchObject({ chosen: -1, items: [{ kind: "new", name: "zz" }] });
      expect(menu.key(key)).toBe(false);
      expect(menu.state).toBeUndefined();
      type(" ");
    }
    expect([shown(), making.size]).toEqual(["@zz @zz |\nbelow\n", 0]);
  });

  it("stays one when the arrow keys went to somebody and it was typed on", () => {
    type("@mi");
    for (const key of ["ArrowDown", "ArrowDown"]) menu.key(key);
    type("x");
    expect([menu.key("Enter"), making.size]).toEqual([false, 0]);
  });

  it("becomes a document when an arrow key chose that; behind [[ at once", async () => {
    type("@zz");
    for (const key of ["ArrowDown", "Enter"]) expect(menu.key(key)).toBe(true);
    await making.get("zz")?.();
    type("[[Sowing");
    expect([menu.state?.chosen, menu.key("Enter")]).toEqual([0, true]);
    await making.get("Sowing")?.();
    expect(shown()).toBe("<zz> <Sowing> |\nbelow\n");
  });
});

describe("while a document is made", () => {
  beforeEach(() => {
    type("see [[Rye");
    menu.key("Enter");
  });

  it("whoever writes on does so behind its name", async () => {
    type("and");
    await making.get("Rye")?.();
    type("!");
    expect(shown()).toBe("see <Rye> and!|\nbelow\n");
  });

  it("whoever writes elsewhere stays there", async () => {
    page.select({ anchor: 10, head: 10 });
    await making.get("Rye")?.();
    type("!");
    expect(shown()).toBe("see <Rye> \nbelow!|\n");
  });

  it("another one can be made, and each is named in its place", async () => {
    type("and [[Oats");
    menu.key("Enter");
    await making.get("Rye")?.();
    await making.get("Oats")?.(new Error("no"));
    expect(shown()).toBe("see <Rye> and Oats|\nbelow\n");
  });
});

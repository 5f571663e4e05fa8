/** What is pasted on selected words, and Markdown that becomes what it means although others write above it meanwhile. */
import { beforeEach, describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { Page } from "../page/page.ts";
import { Clipboard } from "./clipboard.ts";

const ADDRESS = "https://a.example/b";

let page: Page;
let clipboard: Clipboard;
let accept: () => Promise<boolean>;

/** Begins with these lines: `code: x` is one of code. */
function begin(...lines: string[]): void {
  const text = new Delta();
  for (const [nth, line] of lines.entries()) {
    const [, kind, words] = /^(?:(code): )?(.*)$/.exec(line) ?? [];
    text.insert(words ?? "").insert("\n", { line: `l${nth}`, ...(kind === undefined ? {} : { block: kind }) });
  }
  let ids = 0;
  const quiet = {
    changing: (delta: Delta) => clipboard.textChanging(delta),
    edited: () => undefined,
    drawn: () => undefined,
    changed: () => undefined,
    trouble: () => undefined,
  };
  page = new Page(Lines.from(text), quiet, () => `n${ids++}`, []);
  clipboard = new Clipboard(
    page,
    () => undefined,
    { readMarkdown: () => Promise.resolve(new Delta().insert("Plan").insert("\n", { line: "m", block: "h1" })) },
    (offered) => (accept = offered),
  );
}

function paste(plain: string, html = ""): void {
  const data = { getData: (type: string) => (type === "text/plain" ? plain : html), files: [] };
  clipboard.paste(data as unknown as DataTransfer);
}

describe("an address pasted on selected words", () => {
  const links = (): unknown[] => page.lines.toDelta().ops.flatMap(({ insert, attributes }) => (attributes?.["link"] ? [insert] : []));

  beforeEach(() => {
    begin("see here", "code: see here");
    page.select({ anchor: 4, head: 8 });
  });

  it("makes them a link", () => {
    paste(ADDRESS);
    expect([page.lines.text(), links()]).toEqual(["see here\nsee here\n", ["here"]]);
  });

  it("takes their place when it is pasted as plain text", () => {
    const pressed = { ctrlKey: true, shiftKey: true, key: "V", code: "KeyV", getModifierState: () => false };
    clipboard.keyDown(pressed as unknown as KeyboardEvent);
    paste(ADDRESS);
    expect([page.lines.text(), links()]).toEqual([`see ${ADDRESS}\nsee here\n`, []]);
  });

  it("takes their place in code, whatever its HTML calls it", () => {
    page.select({ anchor: 13, head: 17 });
    paste(ADDRESS, `<a href="${ADDRESS}">A title</a>`);
    expect([page.lines.text(), links()]).toEqual([`see here\nsee ${ADDRESS}\n`, []]);
  });

  it("leaves the code among them alone", () => {
    page.select({ anchor: 4, head: 17 });
    paste(ADDRESS);
    expect([page.lines.text(), links()]).toEqual(["see here\nsee here\n", ["here"]]);
  });
});

describe("Markdown pasted as plain text", () => {
  const shown = (): string[] => [...page.lines.between(0, page.lines.count - 1)].map(({ block, text }) => `${block || "p"}: ${text}`);

  beforeEach(() => {
    begin("above", "");
    page.select({ anchor: 6, head: 6 });
    paste("# Plan");
  });

  it("becomes what it means although others write above it, before it and behind it", async () => {
    page.show(new Delta().insert("far "));
    page.edit(new Delta().retain(16).insert("!"));
    page.show(new Delta().retain(10).insert("new").insert("\n", { line: "x" }));
    expect(shown()).toEqual(["p: far above", "p: new", "p: # Plan!"]);
    expect(await accept()).toBe(true);
    expect(page.lines.text()).toBe("far above\nnew\nPlan!\n");
  });

  it("stays as it is when somebody has changed it, and says so", async () => {
    page.show(new Delta().retain(8).insert("My "));
    expect(await accept()).toBe(false);
    expect(shown()).toEqual(["p: above", "p: # My Plan"]);
  });
});

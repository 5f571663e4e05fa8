/** Stories of the clipboard: what comes from other programs, and what others get. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import type { Fixture } from "../clipboards/fixture.ts";
import { office } from "../clipboards/office.ts";
import { web } from "../clipboards/web.ts";
import { type Story, begin, settled, text } from "./story.ts";

/** Pastes HTML as another program wrote it; the engine, which may clean what goes through its own hands, does not see it before. */
async function pasteAsWritten(driver: Driver, html: string): Promise<void> {
  await driver.evaluate(`
    const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true });
    const html = ${JSON.stringify(html)};
    Object.defineProperty(event, "clipboardData", { value: { types: ["text/html"], files: [], getData: (type) => (type === "text/html" ? html : "") } });
    document.querySelector("#a .sheaf-editor").dispatchEvent(event);`);
}

const story = ({ from, html, lines, left }: Fixture): Story => ({
  name: `paste from ${from}`,
  run: async (driver) => {
    await begin(driver, "");
    await pasteAsWritten(driver, html);
    const pictures = lines.filter((line) => line.includes("<image>")).length;
    await until(driver, `return sheaf.a.text.split("\\uFFFC").length > ${pictures}`);
    const came = (await text(driver)).map((line) => line.replace(/cell=[\w.-]+/, "cell"));
    // A table is followed by a line to go on in.
    if (lines.at(-1)?.includes("cell") === true && came.at(-1) === "") came.pop();
    expect(came).toEqual(lines);
    expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'picturesLeft').map((e) => e.event)")).toEqual(
      left ? [left] : [],
    );
    await settled(driver);
  },
});

/** What a copy puts on the clipboard as HTML. */
const copied = (driver: Driver): Promise<string> =>
  driver.evaluate(`
    sheaf.a.select({ anchor: 0, head: sheaf.a.text.length });
    const data = {};
    const event = new ClipboardEvent("copy", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "clipboardData", { value: { setData: (type, value) => (data[type] = value) } });
    document.querySelector("#a .sheaf-editor").dispatchEvent(event);
    return data["text/html"];`);

const MAILED = [
  "h2: The harvest",
  "ul: rye",
  "ol in=1: sown",
  "ol in=1: cut",
  "task done: bind it",
  "task: carry it in",
  "p q=1: He who sows.",
  "code lang=js: cut();",
  "code lang=js:   bind();",
  "p cell=t.a.x head: Field",
  "p cell=t.a.y head: Grain",
  "p cell=t.b.x: north",
  "p cell=t.b.y: rye & oats",
  "The end.",
];

const mail: Story = {
  name: "a copy looks right in a mail: every look is on its element, and what a mail keeps of it reads back as the same text",
  run: async (driver) => {
    await begin(driver, ...MAILED);
    await driver.evaluate("sheaf.a.select({ anchor: 4, head: 11 }); sheaf.a.run('highlight'); sheaf.a.run('bold');");
    const html = await copied(driver);
    const looks = await driver.evaluate<Record<string, string>>(`
      const { body } = new DOMParser().parseFromString(${JSON.stringify(html)}, "text/html");
      return Object.fromEntries([...body.querySelectorAll("[style]")].map((e) => [e.tagName, e.getAttribute("style")]));`);
    expect(Object.keys(looks).sort()).toEqual(["BLOCKQUOTE", "CODE", "MARK", "PRE", "TABLE", "TD", "TH"]);
    expect(looks["TD"]).toContain("border:1px solid");
    expect(looks["TABLE"]).toContain("border-collapse:collapse");
    expect(looks["MARK"]).toMatch(/background:#\w{6};color:#/);
    expect(html).not.toMatch(/<(input|style|link|script)|class="(?!language-)/);
    // A mail program drops our own data and every attribute that it does not know.
    const kept = html.replace(/ data-sheaf="[^"]*"/, "").replaceAll(/ scope="col"/g, "");
    await begin(driver, "");
    await pasteAsWritten(driver, kept);
    const unmarked = (line: string): string => line.replace(/cell=[\w.-]+/, "cell").replace(/\{[^ ]+(?: [^ ]+=\w+)* (\w+)\}/g, "$1");
    // A table is followed by the line that it was pasted into.
    expect((await text(driver)).map(unmarked)).toEqual([...MAILED.map(unmarked), ""]);
    await settled(driver);
  },
};

/** Drags a file over the middle of a line, and answers what shows where it would land; then drops it, or goes away. */
const dragsFile = (
  driver: Driver,
  line: number,
  end: "drop" | "dragleave",
): Promise<{ line: boolean; caret: boolean; below: number } | null> =>
  driver.evaluate(`
    const { left, top, bottom } = document.querySelectorAll("#a .line")[${line}].getBoundingClientRect();
    const at = { clientX: left + 40, clientY: (top + bottom) / 2 };
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
    const fire = (name) => document.elementFromPoint(at.clientX, at.clientY).dispatchEvent(new DragEvent(name, { ...at, dataTransfer, bubbles: true, cancelable: true }));
    for (const name of ["dragenter", "dragover"]) fire(name);
    await new Promise((d) => setTimeout(d, 50));
    const shown = document.querySelector("#a .file-landing");
    const caret = document.querySelector("#a .landing");
    const found = { line: shown.hidden === false, caret: caret !== null && getComputedStyle(caret).visibility === "visible", below: Math.round(shown.getBoundingClientRect().top - bottom) };
    fire(${JSON.stringify(end)});
    await new Promise((d) => setTimeout(d, 50));
    if (shown.hidden === false) throw new Error("the line stays");
    return found;`);

const dropped: Story = {
  name: "a line shows below which block a dragged file will land, in a cell the caret does; the drop puts it there",
  run: async (driver) => {
    await begin(driver, "one", "two", "p cell=t.r.a: cell", "p cell=t.r.b: ", "three");
    expect(await dragsFile(driver, 0, "dragleave")).toMatchObject({ line: true, caret: false, below: -1 });
    expect(await dragsFile(driver, 2, "dragleave")).toMatchObject({ line: false });
    await dragsFile(driver, 0, "drop");
    await until(driver, `return sheaf.a.text.includes("\uFFFC")`);
    expect((await text(driver)).slice(0, 3)).toEqual(["one", "<image>", "two"]);
    await settled(driver);
  },
};

export const pastes: Story[] = [...[...office, ...web].map(story), mail, dropped];

/** Stories of names in the text: people, documents and days after `@`, documents after `[[`. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { ELSEWHERE, type Story, begin, caret, settled, text } from "./story.ts";

/** What the menu offers; nothing when it is closed. */
const offered = (driver: Driver): Promise<string[]> =>
  driver.evaluate("return (sheaf.a.state.mention?.items ?? []).map(({ kind, name }) => `${kind} ${name}`)");

/** What the embeds of a window say. */
const shown = (driver: Driver, window = "a"): Promise<string[]> =>
  driver.evaluate(`return [...document.querySelectorAll("#${window} .mention")].map((one) => one.textContent)`);

export const mentions: Story[] = [
  {
    name: "a name after @ is found as one types, stands as one piece, and is one step back",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("Ask @");
      expect(await offered(driver)).toEqual(["person Mika", "date today", "document Harvest plan", "document Bread recipes"]);
      await driver.type("mi");
      expect(await offered(driver)).toEqual(["person Mika", "new mi"]);
      await driver.press("Enter");
      await driver.type("about it");
      expect(await text(driver)).toEqual(["Ask <person> about it"]);
      // The other window draws it when it gets to it.
      await until(driver, `return document.querySelector("#b .mention") !== null`);
      expect(await shown(driver, "b")).toEqual(["@Mika"]);
      await driver.press("Control+z", "Control+z");
      expect((await text(driver))[0]).not.toContain("<person>");
      await settled(driver);
    },
  },
  {
    name: "Escape, an address and a sentence leave what was typed alone",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("@mi");
      await driver.press("Escape", "Enter");
      for (const words of ["ana@mi", "ka.org @ noon", " @nobody at all", " [b", "] a[1]"]) {
        await driver.type(words);
        expect(await offered(driver), words).toEqual([]);
      }
      expect(await text(driver)).toEqual(["@mi", "ana@mika.org @ noon @nobody at all [b] a[1]"]);
      await begin(driver, "");
      await driver.type("@zz");
      expect(await offered(driver)).toEqual(["new zz"]);
      await driver.press("Enter");
      await driver.type("below");
      expect(await text(driver)).toEqual(["@zz", "below"]);
      await begin(driver, "code: ");
      await driver.type("@mi[[");
      expect(await offered(driver)).toEqual([]);
    },
  },
  {
    name: "[[ names documents while others write above, a new one is made and named, and each is called as it is called now",
    run: async (driver) => {
      await begin(driver, "first", "");
      await caret(driver, 6);
      await driver.type("see [[bread");
      expect(await offered(driver)).toEqual(["document Bread recipes", "new bread"]);
      await driver.evaluate(ELSEWHERE);
      await driver.press("Enter");
      await driver.type("and [[Sowing");
      await driver.press("Enter");
      await until(driver, "return sheaf.titles['33'.repeat(32)] === 'Sowing' && document.querySelectorAll('#a .mention').length === 2");
      expect((await text(driver))[1]).toContain("see <document>");
      expect(await shown(driver)).toEqual(["Bread recipes", "Sowing"]);
      await driver.evaluate("sheaf.titles['22'.repeat(32)] = 'Bread'; sheaf.a.mentionedChanged();");
      expect(await shown(driver)).toEqual(["Bread", "Sowing"]);
      await driver.click("#a .mention");
      expect(await driver.evaluate("return sheaf.opened")).toEqual(["22".repeat(32)]);
      // Right before a name, and behind it.
      await caret(driver, 6 + 2 + 4);
      await driver.press("Alt+Enter", "ArrowRight", "Alt+Enter");
      expect(await driver.evaluate("return sheaf.opened")).toHaveLength(3);
      await driver.evaluate("delete sheaf.titles['33'.repeat(32)]; sheaf.titles['22'.repeat(32)] = 'Bread recipes';");
      await settled(driver);
    },
  },
  {
    name: "names of the wrong form are words that lead nowhere",
    run: async (driver) => {
      const hostile = [
        { document: { id: "javascript:alert(1)", title: "<img src=x onerror=alert(1)>" } },
        { document: { id: "44".repeat(32), title: "A plan we do not have\u202e" } },
        { document: "no map" },
        { person: { name: ["no", "text"] } },
        { date: "<b>today</b>" },
      ];
      await driver.evaluate(
        `await sheaf.set([...${JSON.stringify(hostile)}.map((insert) => ({ insert })), { insert: "\\n", attributes: { line: "id0" } }]); sheaf.opened.length = 0;`,
      );
      await until(driver, "return document.querySelectorAll('#a .mention').length === 5");
      expect(await shown(driver)).toEqual([
        "<img src=x onerror=alert(1)>",
        "A plan we do not have[U+202E]",
        "Untitled",
        "@Somebody",
        "<b>today</b>",
      ]);
      for (let nth = 1; nth <= 5; nth++) await driver.click(`#a .mention:nth-of-type(${nth})`);
      expect(await driver.evaluate("return [sheaf.opened, document.querySelectorAll('#a .mention :is(img, b)').length]")).toEqual([[], 0]);
    },
  },
  {
    name: "a link to a heading is pasted as what names it, or read off its address, and leads to its line",
    run: async (driver) => {
      await begin(driver, "h1: Rye", "");
      await caret(driver, 4);
      // Only what a person does may write to the clipboard.
      await driver.evaluate(
        "addEventListener('keydown', (e) => e.key === 'Escape' && (sheaf.copied = sheaf.copyLinkTo(0)), { once: true })",
      );
      await driver.press("Escape");
      expect(await driver.evaluate("return sheaf.copied")).toBe(true);
      await driver.press("Control+v");
      const line = await driver.evaluate<string>("return sheaf.a.outline.headings[0].id");
      const address = `sheaf://doc/${"22".repeat(32)}#${line}`;
      await driver.evaluate(`
        const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true });
        const data = new DataTransfer();
        data.setData("text/plain", ${JSON.stringify(` ${address}\n`)});
        Object.defineProperty(event, "clipboardData", { value: data });
        document.querySelector("#a .sheaf-editor").dispatchEvent(event);`);
      await until(driver, "return document.querySelectorAll('#a .mention').length === 2");
      expect(await shown(driver)).toEqual(["Harvest plan › Rye", "Bread recipes"]);
      await driver.evaluate("sheaf.opened.length = 0");
      for (const nth of [1, 2]) await driver.click(`#a .mention:nth-of-type(${nth})`);
      const [plan, bread] = [`${"11".repeat(32)}#${line}`, `${"22".repeat(32)}#${line}`];
      expect(await driver.evaluate("return sheaf.opened")).toEqual([plan, bread]);
      await settled(driver);
    },
  },
];

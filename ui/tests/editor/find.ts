/** Stories of find and replace below its bar: what is found and painted in the engine, what replacing keeps, and expressions that would never end. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { ELSEWHERE, type Story, begin, caret, ids, settled, text } from "./story.ts";

/** Looks for something and waits until everything has been read. */
async function look(driver: Driver, query: string, how = ""): Promise<void> {
  await driver.evaluate(`
    sheaf.a.find.begin();
    sheaf.a.find.look({ text: ${JSON.stringify(query)}, matchCase: false, wholeWord: false, regex: false, ${how} });`);
  await until(driver, "return !sheaf.a.find.state.searching");
}

/** Which hit of how many. */
const says = (driver: Driver): Promise<string> =>
  driver.evaluate("const { nth, count, problem } = sheaf.a.find.state; return problem ?? `${nth} of ${count}`;");

/** What the engine shows as found; the present hit in brackets. */
async function paints(driver: Driver, words: string): Promise<void> {
  await until(
    driver,
    `const said = (name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString());
     return [...said("sheaf-found"), "[" + said("sheaf-found-current") + "]"].join(" ") === ${JSON.stringify(words)};`,
  );
}

export const finding: Story[] = [
  {
    name: "find paints what is seen, keeps to its hit while others write, and selects it at the end",
    run: async (driver) => {
      await begin(driver, "h1: Rye and oats", "task: more rye", "no barley, ryegrass");
      await caret(driver, 5);
      await look(driver, "rye");
      expect(await says(driver)).toBe("2 of 3");
      await paints(driver, "Rye rye [rye]");
      await driver.evaluate(ELSEWHERE);
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.text.startsWith('> ')");
      expect(await says(driver)).toBe("2 of 3");
      await paints(driver, "Rye rye [rye]");
      await driver.evaluate("sheaf.a.find.next(); sheaf.a.find.end();");
      expect(await driver.evaluate("return getSelection().toString()")).toBe("rye");
      expect(await driver.evaluate("return document.activeElement.matches('#a .sheaf-editor')")).toBe(true);
      await paints(driver, "[]");
      await driver.type("wheat");
      expect((await text(driver))[2]).toBe("no barley, wheatgrass other");
      await settled(driver);
    },
  },
  {
    name: "replacing keeps marks, line ids, kinds and embeds, and is one edit for others and for undo",
    run: async (driver) => {
      await driver.evaluate(`await sheaf.set([
        { insert: "rye", attributes: { bold: true, link: "https://example.org/" } }, { insert: " r" }, { insert: "ye", attributes: { italic: true } },
        { insert: "\\n", attributes: { line: "id0", block: "h2" } },
        { insert: "r" }, { insert: { source: "x" } }, { insert: "ye rye" }, { insert: "\\n", attributes: { line: "id1", block: "task" } },
      ]); sheaf.a.focus(); sheaf.a.select({ anchor: 0, head: 0 });`);
      const before = await text(driver);
      await look(driver, "r(.)(e)", "regex: true");
      expect(await says(driver)).toBe("1 of 3");
      expect(await driver.evaluate("return sheaf.a.find.replaceAll('$2$1$$ ')")).toBe(3);
      expect(await text(driver)).toEqual(["h2: {bold link=https://example.org/ ey$ } ey$ ", "task: r<source>ye ey$ "]);
      expect(await ids(driver)).toEqual(["id0", "id1"]);
      await driver.evaluate("sheaf.a.find.end()");
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(before);
      await settled(driver);
    },
  },
  {
    name: "replacing one goes on to the next, behind what was put in",
    run: async (driver) => {
      await begin(driver, "rye, rye", "rye");
      await look(driver, "rye");
      await driver.evaluate("sheaf.a.find.replace('rye and rye')");
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.find.state.nth === 3");
      await driver.evaluate("sheaf.a.find.replace('')");
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.find.state.nth === 3");
      expect(await says(driver)).toBe("3 of 3");
      expect(await text(driver)).toEqual(["rye and rye, ", "rye"]);
      await driver.evaluate("sheaf.a.find.end()");
      await settled(driver);
    },
  },
  {
    name: "an expression that would never end is ended, and the page does not wait for it",
    run: async (driver) => {
      await begin(driver, `${"a".repeat(40)}!`);
      await driver.evaluate(`
        sheaf.a.find.begin();
        sheaf.a.find.look({ text: "(a+)+$", matchCase: false, wholeWord: false, regex: true });`);
      const stalls = await driver.evaluate<number[]>(`
        const stalls = [];
        let before = performance.now();
        const end = before + 20000;
        while (sheaf.a.find.state.problem === undefined && sheaf.a.find.state.searching && performance.now() < end) {
          await new Promise((done) => setTimeout(done));
          stalls.push(performance.now() - before);
          before = performance.now();
        }
        return stalls.sort((one, other) => other - one).slice(0, 3);`);
      // WebKit's own engine gives up after a million steps and finds nothing: on a fast machine that comes before our patience ends.
      expect(driver.name === "Chromium" ? ["slow"] : ["slow", "0 of 0"]).toContain(await says(driver));
      // A page that waited had few turns and a long one. Two of many are forgiven: a busy machine may take its time slice from anybody.
      expect(stalls[2] ?? stalls[0] ?? 0).toBeLessThan(1000);
      await look(driver, "(a)+", "regex: true");
      expect(await says(driver)).toBe("1 of 1");
      await driver.evaluate("sheaf.a.find.end()");
      await settled(driver);
    },
  },
];

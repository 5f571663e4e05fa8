/** Stories of callouts: a quote of a sort, made by keys and by the menu, changed and left, copied and pasted. */
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

/** What the menu offers, by its ids. */
const OFFERED = "return (sheaf.a.state.slash?.items ?? []).map((item) => item.id).join()";

export const callouts: Story[] = [
  {
    name: "a callout: typed, found in the menu, changed with Alt+Enter, gone on in and left with Enter like a quote",
    run: async (driver) => {
      await begin(driver, "", "next");
      await driver.type("> [!tip]");
      await driver.type("Water it");
      expect(await text(driver)).toEqual(["p call=tip q=1: Water it", "next"]);
      await driver.press("Enter");
      await driver.type("daily");
      expect((await text(driver))[1]).toBe("p call=tip q=1: daily");
      await driver.press("Alt+Enter");
      expect(await driver.evaluate(OFFERED)).toBe("note,tip,important,warning,caution,calloutToQuote,calloutToText");
      await driver.press("ArrowDown", "ArrowDown", "ArrowDown", "Enter");
      expect(await text(driver)).toEqual(["p call=warning q=1: Water it", "p call=warning q=1: daily", "next"]);
      await driver.press("Enter", "Enter");
      await driver.type("/caut");
      await driver.press("Enter");
      await driver.type("Hot");
      expect((await text(driver)).slice(2)).toEqual(["p call=caution q=1: Hot", "next"]);
      await driver.press("Control+z", "Control+z", "Control+z", "Control+z");
      await settled(driver);
    },
  },
  {
    name: "a callout's lines are one box with one title; another sort is another box, and a press on a title asks what can be done",
    run: async (driver) => {
      await begin(driver, "p call=note q=1: one", "ul call=note q=1: two", "p call=note q=1: three", "p call=tip q=1: four", "p q=1: five");
      const runs = "return [...document.querySelectorAll('#b .line')].map((l) => l.dataset.calloutRun ?? l.dataset.run).join()";
      expect(await driver.evaluate(runs)).toBe("first,inner,last,only,only");
      const title = "getComputedStyle(document.querySelectorAll('#b .line')[0], '::after').content";
      expect(await driver.evaluate(`return ${title}`)).toContain("Note");
      await driver.evaluate(`
        const first = document.querySelector('#a .line');
        const { left, top } = first.getBoundingClientRect();
        first.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0, clientX: left + 40, clientY: top + 16 }));`);
      await until(driver, `${OFFERED.replace("return ", "return (")}).startsWith('note')`);
      await driver.evaluate("sheaf.a.chooseSlash('calloutToQuote')");
      expect((await text(driver)).slice(0, 4)).toEqual(["p q=1: one", "ul q=1: two", "p q=1: three", "p call=tip q=1: four"]);
      await settled(driver);
    },
  },
  {
    name: "a callout of a newer sort is a quote and keeps its name; Backspace takes a line out of a callout; GitHub's are pasted as ours",
    run: async (driver) => {
      await begin(driver, "p call=faq q=1: asked", "p call=note q=1: said");
      await caret(driver, 6);
      await driver.press("Backspace");
      await caret(driver, 2);
      await driver.type("!");
      expect(await text(driver)).toEqual(["p call=faq q=1: as!ked", "said"]);
      await driver.press("Control+End");
      await paste(driver, {
        "text/html":
          '<p>x</p><div class="markdown-alert markdown-alert-important"><p class="markdown-alert-title">Important</p><p>read <b>it</b></p></div>',
      });
      expect((await text(driver)).slice(1)).toEqual(["saidx", "p call=important q=1: read {bold it}"]);
      await settled(driver);
    },
  },
  {
    name: "blocks that meet stand apart: a quote and a callout, two callouts, and code in two languages",
    run: async (driver) => {
      await begin(
        driver,
        "p q=1: said",
        "p q=1 call=tip: dry",
        "p q=1 call=note: wet",
        "p q=1: said again",
        "code lang=js: a",
        "code lang=py: b",
        "code lang=py: c",
      );
      const found = await driver.evaluate<{ between: boolean[]; runs: string[] }>(`
        await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
        const lines = [...document.querySelectorAll("#a .line")];
        // Right below the edge of the line above stands no part of the next box.
        const between = [1, 2, 3].map((nth) => {
          const { left, top } = lines[nth].getBoundingClientRect();
          return document.elementFromPoint(left + 2, top + 4)?.closest(".line") === lines[nth];
        });
        return { between, runs: lines.slice(4, 7).map((line) => line.dataset.run) };`);
      expect(found).toEqual({ between: [false, false, false], runs: ["only", "first", "last"] });
      await settled(driver);
    },
  },
];

/** Stories of sections: the outline that follows them, and headings that hide what is below them. */
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { type Story, begin, caret, ids, settled, text } from "./story.ts";

/** The lines of Ana's window that can be seen. */
const SEEN = "[...document.querySelectorAll('#a .line')].filter((l) => l.getClientRects().length > 0).map((l) => l.textContent).join()";

export const sections: Story[] = [
  {
    name: "the outline follows the text, the section follows the caret and the screen, and a jump brings a section to the top",
    run: async (driver) => {
      const lines = Array.from({ length: 200 }, (_, nth) => (nth % 50 === 0 ? `h2: Part ${nth}` : `Line ${nth}`));
      await begin(driver, ...lines);
      await driver.evaluate("sheaf.outlineTold = 0; sheaf.stopOutline = sheaf.a.outline.subscribe(() => sheaf.outlineTold++);");
      const now = "sheaf.a.outline.headings.map((h, nth) => h.text + (nth === sheaf.a.outline.current ? '*' : '')).join()";
      expect(await driver.evaluate(`return ${now}`)).toBe("Part 0*,Part 50,Part 100,Part 150");
      await driver.type("My ");
      expect(await driver.evaluate(`return ${now}`)).toBe("My Part 0*,Part 50,Part 100,Part 150");
      expect(await driver.evaluate("return sheaf.a.goToSection(2)")).toBe(true);
      await driver.type("x");
      await until(driver, `return ${now} === 'My Part 0,Part 50,xPart 100*,Part 150'`);
      await driver.evaluate("document.querySelector('#a .line').scrollIntoView();");
      await until(driver, `return ${now} === 'My Part 0*,Part 50,xPart 100,Part 150'`);
      await driver.evaluate("sheaf.stopOutline(); sheaf.outlineTold = 0;");
      await driver.type("y");
      expect(await driver.evaluate("return sheaf.outlineTold")).toBe(0);
      expect(await driver.evaluate("return sheaf.a.outline.headings[2].text")).toBe("xyPart 100");
      await settled(driver);
    },
  },
  {
    name: "a folded heading hides what is below it in one window; arrows pass over it, and whatever would act in it shows it first",
    run: async (driver) => {
      await begin(driver, "h1: A", "one", "h2: B", "two", "h1: C", "three");
      const seen = (lines: string): Promise<void> => until(driver, `return ${SEEN} === ${JSON.stringify(lines)}`);
      await caret(driver, 4);
      await driver.press("Control+Shift+m");
      await seen("A,C,three");
      expect(await driver.evaluate("return document.querySelectorAll('#b .line[hidden]').length")).toBe(0);
      await driver.press("ArrowDown");
      await driver.type("x");
      await seen("A,Cx,three");
      await driver.press("Home", "ArrowLeft");
      await driver.type("y");
      expect(await text(driver)).toEqual(["h1: Ay", "one", "h2: B", "two", "h1: Cx", "three"]);
      await driver.press("ArrowRight");
      await driver.type("z");
      await seen("Ay,zCx,three");

      await driver.press("Home", "Backspace");
      await seen("Ay,one,B,two,zCx,three");
      await driver.press("Control+Home", "Control+Shift+m", "Control+Shift+m", "Control+Shift+m");
      await seen("Ay,zCx,three");
      await driver.press("Control+a", "Control+x");
      expect((await text(driver)).join("")).toBe("");
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["h1: Ay", "one", "h2: B", "two", "h1: zCx", "three"]);
      await settled(driver);
    },
  },
  {
    name: "a heading is written, parted and joined like any line",
    run: async (driver) => {
      await begin(driver, "before", "h2: Rye", "after");
      await caret(driver, 7);
      await driver.type("The ");
      await driver.press("Home", "Enter");
      expect(await text(driver)).toEqual(["before", "", "h2: The Rye", "after"]);
      await driver.press("ArrowUp");
      await driver.type("New");
      expect((await text(driver))[1]).toBe("New");
      await driver.press("Control+Alt+3");
      expect((await text(driver))[1]).toBe("h3: New");
      await driver.press("Control+Alt+3");
      expect((await text(driver))[1]).toBe("New");
      await driver.press("Home", "Backspace");
      expect(await text(driver)).toEqual(["beforeNew", "h2: The Rye", "after"]);
      await driver.press("End", "ArrowRight", "Shift+End", "Delete");
      expect(await text(driver)).toEqual(["beforeNew", "h2: ", "after"]);
      await driver.type("日本");
      expect((await text(driver))[1]).toBe("h2: 日本");
      expect(new Set(await ids(driver)).size).toBe(3);
      await settled(driver);
    },
  },
];

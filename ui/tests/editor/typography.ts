/** Stories of typography: what becomes of what is typed, for those who chose it. */
import { expect } from "vitest";
import { type Story, begin, settled, text } from "./story.ts";

export const typography: Story[] = [
  {
    name: "what is misspelled is underlined, in the language that was named, or is not; never in code",
    run: async (driver) => {
      await begin(driver, "words", "code: let x");
      const asked = `return [...document.querySelectorAll("#a .sheaf-editor, #a .line")].map((e) => [e.spellcheck, e.getAttribute("lang")].join())`;
      expect(await driver.evaluate(asked)).toEqual(["true,", "true,", "false,"]);
      await driver.evaluate(`sheaf.a.setSpelling(true, "de-AT")`);
      expect(await driver.evaluate(asked)).toEqual(["true,de-AT", "true,", "false,"]);
      await driver.evaluate(`sheaf.a.setSpelling(false, null)`);
      expect(await driver.evaluate(asked)).toEqual(["false,", "false,", "false,"]);
      await driver.evaluate(`sheaf.a.setSpelling(true, null)`);
      await settled(driver);
    },
  },
  {
    name: "quotation marks, dashes, dots and arrows come as the language writes them; a step back gives what was typed",
    run: async (driver) => {
      const typed = `"a 'b' c" isn't ("d") x -- y ... <- -> <->`;
      await begin(driver, "");
      await driver.type(typed);
      expect(await text(driver)).toEqual([typed]);
      const cases = [
        ["en-GB", "“a ‘b’ c” isn’t (“d”) x — y … ← → ↔"],
        ["de", "„a ‚b‘ c“ isn’t („d“) x – y … ← → ↔"],
      ] as const;
      for (const [language, made] of cases) {
        await begin(driver, "");
        await driver.evaluate(`sheaf.a.setTypography("${language}")`);
        await driver.type(typed);
        expect(await text(driver), language).toEqual([made]);
      }
      for (const [literal, made] of [
        ['"', "„"],
        ["a--", "a–"],
        ["...", "…"],
        ["->", "→"],
      ] as const) {
        await begin(driver, "");
        await driver.type(literal);
        expect(await text(driver)).toEqual([made]);
        await driver.press("Control+z");
        expect(await text(driver)).toEqual([literal]);
      }
      await driver.evaluate("sheaf.a.setTypography(null)");
      await settled(driver);
    },
  },
  {
    name: "code, links and addresses stay as they are typed, and three dashes on a line are a divider",
    run: async (driver) => {
      await driver.evaluate(`sheaf.a.setTypography("en")`);
      await begin(driver, "code: ");
      await driver.type(`"a" -> b--`);
      expect(await text(driver)).toEqual([`code: "a" -> b--`]);
      await begin(driver, "");
      await driver.press("Control+e");
      await driver.type(`"x" ->`);
      await driver.press("Control+e");
      await driver.type(` https://example.org/a--b..."`);
      expect(await text(driver)).toEqual([`{code "x" ->} https://example.org/a--b..."`]);
      await begin(driver, "");
      await driver.type("---");
      expect(await text(driver)).toEqual(["divider: ", ""]);
      await driver.evaluate("sheaf.a.setTypography(null)");
      await settled(driver);
    },
  },
];

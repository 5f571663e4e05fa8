/** Stories of formulas and diagrams: typed, drawn, edited, hostile, copied. */
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

export const pictures: Story[] = [
  {
    name: "a formula in a line: typed between dollars, undone to what was typed, two prices are none, drawn with its words for screen readers",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("Now $x^2$ is");
      expect(await text(driver)).toEqual(["Now <formula x^2> is"]);
      await until(driver, "return document.querySelector('#b .formula math') !== null");
      expect(await driver.evaluate("return document.querySelector('#b .formula annotation').textContent")).toBe("x^2");
      await driver.press("Control+z", "Control+z");
      expect(await text(driver)).toEqual(["Now $x^2$"]);
      await driver.type(" costs $5, not 6 $ or $ 7$");
      expect(await text(driver)).toEqual(["Now $x^2$ costs $5, not 6 $ or $ 7$"]);
      await settled(driver);
    },
  },
  {
    name: "a formula is reached with an arrow, opened with Enter, changed and left with Enter, left alone with Escape, and opened with a click",
    run: async (driver) => {
      await begin(driver, "a ");
      await caret(driver, 2);
      await driver.type("$y$b");
      await driver.press("ArrowLeft", "ArrowLeft", "Enter");
      await driver.type("z^2");
      await driver.press("Enter");
      await driver.type("!");
      expect(await text(driver)).toEqual(["a <formula z^2>!b"]);
      await driver.press("ArrowLeft", "ArrowLeft", "Enter");
      await driver.type("nothing");
      await driver.press("Escape");
      await driver.type("?");
      expect(await text(driver)).toEqual(["a <formula z^2>?!b"]);
      await driver.click("#a .formula-shown");
      await until(driver, "return document.activeElement?.matches('.formula-editor textarea') === true");
      await driver.press("Escape");
      expect(await driver.evaluate("return document.querySelector('.formula-editor')")).toBe(null);
      await settled(driver);
    },
  },
  {
    name: "hostile formulas are shown as their source: a megabyte, a thousand braces, macros without end, a link",
    run: async (driver) => {
      await begin(driver, "x");
      const bs = String.fromCharCode(92);
      const hostile = [
        `"x".repeat(1e6)`,
        `"{".repeat(1000) + "x" + "}".repeat(1000)`,
        JSON.stringify(`${bs}def${bs}a{${bs}a${bs}a}${bs}a`),
        "7",
        JSON.stringify(`${bs}href{javascript:alert(1)}{y}`),
        JSON.stringify("<img src=x onerror=alert(1)>"),
        JSON.stringify(`${bs}rule{99999em}{99999em}`),
      ];
      await driver.evaluate(`
        const formulas = [${hostile.join()}];
        await sheaf.set([...formulas.map((formula) => ({ insert: { formula } })), { insert: String.fromCharCode(10), attributes: { line: "id0" } }]);`);
      await until(driver, "return document.querySelectorAll('#a .formula').length === 7");
      await new Promise((done) => setTimeout(done, 500));
      const shown = "[...document.querySelectorAll('#a .formula')]";
      const asSource = await driver.evaluate<boolean[]>(`return ${shown}.map((f) => f.classList.contains('as-source'))`);
      expect(asSource.slice(0, 4)).toEqual([true, true, true, true]);
      expect(await driver.evaluate(`return ${shown}.every((f) => f.textContent.length < 3000)`)).toBe(true);
      expect(await driver.evaluate("return document.querySelectorAll('#a .formula :is(a[href], img, script)').length")).toBe(0);
      expect(await driver.evaluate(`return ${shown}.every((f) => f.getBoundingClientRect().height < 2000)`)).toBe(true);
      await settled(driver);
    },
  },
  {
    name: "two dollars begin a formula of its own: it is drawn below its lines, follows them, and is no part of the text",
    run: async (driver) => {
      await begin(driver, "", "after");
      await driver.type("$$a+b");
      await driver.press("Enter");
      await driver.type("=c");
      expect(await text(driver)).toEqual(["code lang=math: a+b", "code lang=math: =c", "after"]);
      const drawn = "return document.querySelector('#b .line:nth-child(2) > .picture annotation')?.textContent.split(/\\s/).join(' ')";
      await until(driver, `${drawn} === 'a+b =c'`);
      expect(await driver.evaluate("return document.querySelectorAll('#b .picture').length")).toBe(1);
      await driver.type("+\\frac");
      await until(driver, "return document.querySelector('#b .picture-problem') !== null");
      await driver.type("12");
      await until(driver, `${drawn.replace("return ", "return (")})?.endsWith('frac12') === true`);
      await driver.press("ArrowDown");
      await driver.type("x");
      expect((await text(driver))[2]).toContain("x");
      await driver.press("ArrowUp");
      await driver.type("y");
      expect((await text(driver))[1]).toContain("y");
      await settled(driver);
    },
  },
  {
    name: "a diagram is a picture below its lines, without its own settings; what is none yet says so",
    run: async (driver) => {
      await begin(driver, "code lang=mermaid: graph TD", "code lang=mermaid: A[Ana] --> B");
      await until(driver, "return document.querySelector('#a .picture img')?.naturalWidth > 20", 40_000);
      expect(await driver.evaluate("return document.querySelector('#a .picture img').src.startsWith('blob:')")).toBe(true);
      expect(await driver.evaluate("return document.querySelectorAll('.diagram-stage, body > [id^=dsheaf]').length")).toBe(0);
      const svg = "(await (await fetch(document.querySelector('#a .picture img').src)).text())";
      expect(await driver.evaluate(`return ${svg}.includes('Ana')`)).toBe(true);
      await driver.press("Control+Home", "Enter", "ArrowUp");
      await driver.type('%%{init: {"theme": "forest"}}%%');
      await new Promise((done) => setTimeout(done, 1500));
      // The green of that theme.
      expect(await driver.evaluate(`return ${svg}.toLowerCase().includes('#cde498')`)).toBe(false);
      await driver.press("Control+End");
      await driver.type(" -->");
      await until(driver, "return document.querySelector('#a .picture-problem') !== null", 20_000);
      await settled(driver);
    },
  },
  {
    name: "formulas are pasted as formulas from web pages that say their TeX",
    run: async (driver) => {
      await begin(driver, "");
      const tex = "e^{i\\pi}";
      await paste(driver, {
        "text/html": `<p>So <span class="katex"><span class="katex-mathml"><math><semantics><mi>e</mi><annotation encoding="application/x-tex">${tex}</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">e</span></span> holds</p>`,
      });
      expect(await text(driver)).toEqual([`So <formula ${tex}> holds`]);
      await settled(driver);
    },
  },
];

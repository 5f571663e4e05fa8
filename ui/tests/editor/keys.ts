/** Stories of shortcuts: keys, signs at a line's start and around words, links, the clipboard's keys. */
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

export const shortcuts: Story[] = [
  {
    name: "shortcuts at a line's start make what they say",
    run: async (driver) => {
      await begin(driver, "");
      for (const typed of ["# one", "## two", "- ul", "", "1. ol", "", "[] task", "", "> quote", ""]) {
        if (typed !== "") await driver.type(typed);
        await driver.press("Enter");
      }
      await driver.type("---");
      await driver.type("```");
      await driver.type("fn()");
      expect(await text(driver)).toEqual([
        "h1: one",
        "h2: two",
        "ul: ul",
        "ol: ol",
        "task: task",
        "p q=1: quote",
        "divider: ",
        "code: fn()",
      ]);
      await settled(driver);
    },
  },
  {
    name: "shortcuts around words mark them, and what comes after is plain",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("**b** *i* _j_ ~~s~~ `c` ==h== [t](https://example.org/) e");
      expect(await text(driver)).toEqual([
        "{bold b} {italic i} {italic j} {strike s} {code c} {background=yellow h} {link=https://example.org/ t} e",
      ]);
      await settled(driver);
    },
  },
  {
    name: "undo right after a shortcut gives the literal text back, and redo the shortcut",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("# ");
      expect(await text(driver)).toEqual(["h1: "]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["# "]);
      await driver.press("Control+Shift+z");
      expect(await text(driver)).toEqual(["h1: "]);
      await begin(driver, "");
      await driver.type("**b**");
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["**b**"]);
      await settled(driver);
    },
  },
  {
    name: "keys mark the selection, and what is typed next",
    run: async (driver) => {
      await begin(driver, "hello world");
      await caret(driver, 0, 5);
      await driver.press("Control+b", "Control+i", "Control+u");
      expect(await text(driver)).toEqual(["{bold italic underline hello} world"]);
      await driver.press("Control+b");
      expect(await text(driver)).toEqual(["{italic underline hello} world"]);
      await driver.press("Control+Alt+\\");
      await caret(driver, 11);
      await driver.press("Control+e");
      await driver.type("xy");
      await driver.press("Control+e");
      await driver.type("z");
      expect(await text(driver)).toEqual(["hello world{code xy}z"]);
      await settled(driver);
    },
  },
  {
    name: "every kind of line has its key, and the key takes it away again",
    run: async (driver) => {
      await begin(driver, "words");
      const keys = [
        ["Control+Alt+1", "h1: words"],
        ["Control+Alt+2", "h2: words"],
        ["Control+Alt+3", "h3: words"],
        ["Control+Alt+4", "h4: words"],
        ["Control+Alt+5", "h5: words"],
        ["Control+Alt+6", "h6: words"],
        ["Control+Alt+0", "words"],
        ["Control+Shift+7", "ol: words"],
        ["Control+Shift+8", "ul: words"],
        ["Control+Shift+9", "task: words"],
        ["Control+Alt+c", "code: words"],
        ["Control+Alt+c", "words"],
        ["Control+Shift+b", "p q=1: words"],
        ["Control+]", "p in=1 q=1: words"],
        ["Control+[", "p q=1: words"],
        ["Control+Shift+b", "words"],
      ] as const;
      for (const [key, line] of keys) {
        await driver.press(key);
        expect(await text(driver), key).toEqual([line]);
      }
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["p q=1: words"]);
      await driver.press("Control+y");
      expect(await text(driver)).toEqual(["words"]);
      await settled(driver);
    },
  },
  {
    name: "strike and highlight have their keys; Ctrl+K asks for a link where there are words, and leaves the key alone where there are none",
    run: async (driver) => {
      await begin(driver, "hello world");
      await caret(driver, 0, 5);
      await driver.press("Control+Shift+x", "Control+Shift+h");
      expect(await text(driver)).toEqual(["{background=yellow strike hello} world"]);
      await driver.press("Control+k");
      expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'linkWanted').map((e) => e.event.text)")).toEqual([
        "hello",
      ]);
      await driver.evaluate("sheaf.a.setLink('https://example.org/')");
      await driver.press("Control+Alt+\\");
      expect(await text(driver)).toEqual(["hello world"]);
      await caret(driver, 8);
      await driver.press("Control+k");
      expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'linkWanted').length")).toBe(1);
      await settled(driver);
    },
  },
  {
    name: "every shortcut at a line's start, and one step back gives its letters again",
    run: async (driver) => {
      const rules = [
        ["# ", "h1: "],
        ["## ", "h2: "],
        ["### ", "h3: "],
        ["#### ", "h4: "],
        ["##### ", "h5: "],
        ["###### ", "h6: "],
        ["- ", "ul: "],
        ["* ", "ul: "],
        ["+ ", "ul: "],
        ["1. ", "ol: "],
        ["7) ", "ol n=7: "],
        ["[ ] ", "task: "],
        ["[x] ", "task done: "],
        ["> ", "p q=1: "],
        ["```", "code: "],
      ] as const;
      for (const [typed, made] of rules) {
        await begin(driver, "");
        await driver.type(typed);
        expect(await text(driver), typed).toEqual([made]);
        await driver.press("Control+z");
        expect(await text(driver), typed).toEqual([typed]);
      }
      await begin(driver, "");
      await driver.type("---");
      expect(await text(driver)).toEqual(["divider: ", ""]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["---"]);
      await settled(driver);
    },
  },
  {
    name: "every shortcut around words, and one step back gives its signs again",
    run: async (driver) => {
      const rules = [
        ["**b**", "{bold b}"],
        ["__b__", "{bold b}"],
        ["*i*", "{italic i}"],
        ["_i_", "{italic i}"],
        ["~~s~~", "{strike s}"],
        ["`c`", "{code c}"],
        ["==h==", "{background=yellow h}"],
        ["[t](mailto:a@example.org)", "{link=mailto:a@example.org t}"],
      ] as const;
      for (const [typed, made] of rules) {
        await begin(driver, "");
        await driver.type(typed);
        expect(await text(driver), typed).toEqual([made]);
        await driver.press("Control+z");
        expect(await text(driver), typed).toEqual([typed]);
      }
      await settled(driver);
    },
  },
  {
    name: "no link but http, https and mailto comes in: not typed, not pasted, not from another device's screen",
    run: async (driver) => {
      await begin(driver, "");
      for (const url of ["javascript:alert(1)", "ftp://example.org/", "file:///etc/passwd", "data:text/html,x"]) {
        await driver.type(`[t](${url}) `);
        await paste(driver, { "text/html": `<a href="${url}">p</a> ` });
      }
      expect(await driver.evaluate("return sheaf.a.delta.ops.some((op) => op.attributes?.link !== undefined)")).toBe(false);
      await begin(driver, "");
      await driver.evaluate(
        "await sheaf.set([{ insert: 'bad', attributes: { link: 'javascript:alert(1)' } }, { insert: '\\n', attributes: { line: 'x' } }]);",
      );
      expect(await driver.evaluate("return [...document.querySelectorAll('#a a')].map((e) => e.getAttribute('href'))")).not.toContain(
        "javascript:alert(1)",
      );
      await driver.evaluate("document.querySelector('#a .line a, #a .line').click(); await new Promise((d) => setTimeout(d, 50));");
      expect(await driver.evaluate("return sheaf.opened")).toEqual([]);
    },
  },
  {
    name: "a click on a link inside the selection shows where it goes, as any click on it does",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("go [there](https://example.org/) now");
      await caret(driver, 3, 8);
      await driver.click("#a a.link");
      await until(driver, "return sheaf.events.some((e) => e.name === 'link' && e.event.href === 'https://example.org/')");
      await settled(driver);
    },
  },
  {
    name: "Alt+Enter shows the link at the caret; Ctrl+click opens no link whose words name another address",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("go [bank.example](https://evil.example/) now");
      await caret(driver, 1);
      await driver.press("Alt+Enter");
      expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'link').length")).toBe(0);
      expect(await text(driver)).toEqual(["go {link=https://evil.example/ bank.example} now"]);
      const asked = "sheaf.events.filter((e) => e.name === 'link').map((e) => `${e.event.by} ${e.event.text} ${e.event.href}`)";
      await caret(driver, 5);
      await driver.press("Alt+Enter");
      await until(driver, `return ${asked}.join() === 'keys bank.example https://evil.example/'`);
      await driver.click("#a a.link", ["Control"]);
      await until(driver, `return ${asked}[1] === 'opening bank.example https://evil.example/'`);
      expect(await driver.evaluate("return sheaf.opened")).toEqual([]);
      await settled(driver);
    },
  },
  {
    name: "Ctrl+End and Ctrl+Home hold, however soon after the focus",
    run: async (driver) => {
      await begin(driver, "one", "two", "three");
      const pressed = (key: string): Promise<unknown> =>
        driver.evaluate(`
          const { dom } = sheaf.a.view.page.view;
          dom.blur(); sheaf.a.focus();
          dom.dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", code: "${key}", ctrlKey: true, bubbles: true, cancelable: true }));
          await new Promise((d) => setTimeout(d, 60));
          return sheaf.a.state.selection.head;`);
      expect(await pressed("End")).toBe(13);
      await driver.type("!");
      expect(await text(driver)).toEqual(["one", "two", "three!"]);
      expect(await pressed("Home")).toBe(0);
      await driver.press("Control+End");
      await driver.type("?");
      await driver.press("Control+Home");
      await driver.type("-");
      expect(await text(driver)).toEqual(["-one", "two", "three!?"]);
      await settled(driver);
    },
  },
  {
    name: "copy gives HTML and plain text, and the plain paste takes only the words",
    run: async (driver) => {
      await begin(driver, "h2: Head", "ul: one", "end");
      await driver.evaluate(`
        sheaf.copies = [];
        document.addEventListener("copy", (e) => sheaf.copies.push({ html: e.clipboardData.getData("text/html"), plain: e.clipboardData.getData("text/plain") }));`);
      await caret(driver, 0, 8);
      await driver.press("Control+c");
      const [both] = await driver.evaluate<Array<{ html: string; plain: string }>>("return sheaf.copies");
      expect(both?.html).toContain("<h2>Head</h2>");
      expect(both?.html).toContain("<li>one</li>");
      expect(both?.plain).toContain("Head\n");
      await caret(driver, 0, 4);
      await driver.press("Control+c");
      await caret(driver, 12);
      await driver.press("Control+Shift+v");
      await new Promise((done) => setTimeout(done, 200));
      expect(await text(driver)).toEqual(["h2: Head", "ul: one", "endHead"]);
      await settled(driver);
    },
  },
  {
    name: "words are counted as they come and go, and those selected for themselves",
    run: async (driver) => {
      await begin(driver, "h1: one two", "three");
      expect(await driver.evaluate("return sheaf.a.state.words")).toBe(3);
      await caret(driver, 13);
      await driver.type(" four 日本");
      const { words } = await driver.evaluate<{ words: number }>("return sheaf.a.state");
      expect(words).toBeGreaterThanOrEqual(5);
      await driver.press("Control+z");
      await caret(driver, 0, 7);
      expect(await driver.evaluate("return [sheaf.a.state.words, sheaf.a.state.selectedWords]")).toEqual([3, 2]);
      expect(await driver.evaluate("return sheaf.a.counts")).toEqual({
        all: { words: 3, characters: 12, withoutSpaces: 11 },
        selected: { words: 2, characters: 7, withoutSpaces: 6 },
      });
      await settled(driver);
    },
  },
];

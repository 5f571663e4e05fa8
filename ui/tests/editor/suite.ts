/** The editor's suite: what a person does with real keys, and what must be in the text afterwards. The same in every engine. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { wholeBlocks } from "./blocks.ts";
import { directions } from "./direction.ts";
import { inputMethods } from "../ime/stories.ts";
import { finding } from "./find.ts";
import { captions } from "./captions.ts";
import { callouts } from "./callouts.ts";
import { cells } from "./cells.ts";
import { composing } from "./composing.ts";
import { shortcuts } from "./keys.ts";
import { mentions } from "./mentions.ts";
import { pastes } from "./pastes.ts";
import { notes } from "./notes.ts";
import { pictures } from "./pictures.ts";
import { sections } from "./sections.ts";
import { ELSEWHERE, type Story, begin, caret, ids, paste, settled, text } from "./story.ts";
import { tables } from "./tables.ts";
import { typography } from "./typography.ts";
import { windows } from "./window.ts";

export const stories: Story[] = [
  // First: what they undo must not be an edit of another story.
  ...inputMethods,
  ...composing,
  ...shortcuts,
  ...finding,
  ...mentions,
  ...sections,
  ...pastes,
  ...tables,
  ...cells,
  ...wholeBlocks,
  ...typography,
  ...directions,
  ...callouts,
  ...captions,
  ...pictures,
  ...notes,
  {
    name: "Enter at a line's end puts the new newline after the line's own; elsewhere what is before the caret gets it",
    run: async (driver) => {
      await begin(driver, "abcd", "next");
      await caret(driver, 4);
      await driver.press("Enter");
      await driver.type("new");
      expect((await ids(driver))[0]).toBe("id0");
      expect((await ids(driver))[2]).toBe("id1");
      await caret(driver, 2);
      await driver.press("Enter");
      expect(await text(driver)).toEqual(["ab", "cd", "new", "next"]);
      expect((await ids(driver))[1]).toBe("id0");
      await settled(driver);
    },
  },
  {
    name: "lists: Enter continues, Tab nests, Shift+Tab lifts, Enter in an empty item leaves, Backspace at the start too",
    run: async (driver) => {
      await begin(driver, "ul: one");
      await caret(driver, 3);
      await driver.press("Enter", "Tab");
      await driver.type("two");
      await driver.press("Enter", "Shift+Tab");
      await driver.type("three");
      await driver.press("Enter", "Enter");
      await driver.type("out");
      expect(await text(driver)).toEqual(["ul: one", "ul in=1: two", "ul: three", "out"]);
      await caret(driver, 4);
      await driver.press("Backspace");
      expect((await text(driver))[1]).toBe("ul: two");
      await driver.press("Backspace");
      expect((await text(driver))[1]).toBe("two");
      await driver.press("Backspace");
      expect(await text(driver)).toEqual(["ul: onetwo", "ul: three", "out"]);
      await settled(driver);
    },
  },
  {
    name: "tasks turn by click and by Ctrl+Enter",
    run: async (driver) => {
      await begin(driver, "task: first", "task: second");
      await driver.click("#a .line.task .check");
      expect(await text(driver)).toEqual(["task done: first", "task: second"]);
      await caret(driver, 8);
      await driver.press("Control+Enter");
      expect(await text(driver)).toEqual(["task done: first", "task done: second"]);
      expect(await driver.evaluate("return document.querySelector('#b .check').getAttribute('aria-checked')")).toBe("true");
      await settled(driver);
    },
  },
  {
    name: "code: Tab puts spaces, Enter a line, Ctrl+A first the code, Ctrl+Enter goes out",
    run: async (driver) => {
      await begin(driver, "before", "code: a");
      await caret(driver, 8);
      await driver.press("Enter", "Tab");
      await driver.type("**b** ");
      expect(await text(driver)).toEqual(["before", "code: a", "code:   **b** "]);
      await driver.press("Control+a");
      expect(await driver.evaluate("return sheaf.a.state.selection")).toEqual({ anchor: 7, head: 17 });
      await driver.press("Control+a");
      expect(await driver.evaluate("return sheaf.a.state.selection.anchor")).toBe(0);
      await caret(driver, 8);
      await driver.press("Control+Enter");
      await driver.type("out");
      expect(await text(driver)).toEqual(["before", "code: a", "out", "code:   **b** "]);
      await settled(driver);
    },
  },
  {
    name: "Backspace and Delete join lines; the rest is what the first line was, unless it was empty",
    run: async (driver) => {
      await begin(driver, "h1: head", "para", "", "h2: last");
      await caret(driver, 5);
      await driver.press("Backspace");
      expect(await text(driver)).toEqual(["h1: headpara", "", "h2: last"]);
      await caret(driver, 9);
      await driver.press("Delete");
      expect(await text(driver)).toEqual(["h1: headpara", "h2: last"]);
      await caret(driver, 8);
      await driver.press("Delete");
      expect(await text(driver)).toEqual(["h1: headparalast"]);
      await driver.press("Control+z", "Control+z", "Control+z");
      expect(await text(driver)).toEqual(["h1: head", "para", "", "h2: last"]);
      await settled(driver);
    },
  },
  {
    name: "typing over a selection of several lines, and deleting everything",
    run: async (driver) => {
      await begin(driver, "h1: first", "second", "third");
      await caret(driver, 2, 14);
      await driver.type("X");
      expect(await text(driver)).toEqual(["h1: fiXhird"]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["h1: first", "second", "third"]);
      await driver.press("Control+a", "Backspace");
      expect(await text(driver)).toEqual([""]);
      await driver.type("new");
      expect(await text(driver)).toEqual(["new"]);
      await settled(driver);
    },
  },
  {
    name: "a line break stays inside its line",
    run: async (driver) => {
      await begin(driver, "ul: ");
      await driver.type("a");
      await driver.press("Shift+Enter");
      await driver.type("b");
      expect(await text(driver)).toEqual(["ul: a\u2028b"]);
      await driver.press("Backspace", "Backspace");
      expect(await text(driver)).toEqual(["ul: a"]);
      await settled(driver);
    },
  },
  {
    name: "blocks move and duplicate; moved lines keep their ids, copies get their own; undo moves back",
    run: async (driver) => {
      await begin(driver, "h1: one", "ul: two", "three");
      await caret(driver, 5);
      await driver.press("Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual(["h1: one", "three", "ul: two"]);
      expect(await ids(driver)).toEqual(["id0", "id2", "id1"]);
      await driver.press("Alt+Shift+ArrowUp", "Alt+Shift+ArrowUp");
      expect(await text(driver)).toEqual(["ul: two", "h1: one", "three"]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["h1: one", "ul: two", "three"]);
      await driver.press("Control+d");
      expect(await text(driver)).toEqual(["h1: one", "ul: two", "ul: two", "three"]);
      expect(new Set(await ids(driver)).size).toBe(4);
      await settled(driver);
    },
  },
  {
    name: "copy and paste keeps everything but ids",
    run: async (driver) => {
      await begin(driver, "h1: one", "ul: two", "callout tone=warm: three", "end");
      await caret(driver, 0, 13);
      await driver.press("Control+c");
      await caret(driver, 17);
      await driver.press("Enter", "Control+v");
      await new Promise((done) => setTimeout(done, 200));
      expect(await text(driver)).toEqual(
        ["h1: one", "ul: two", "callout tone=warm: three", "end"]
          .slice(0, 4)
          .concat(["h1: one", "ul: two", "callout tone=warm: three"])
          .slice(0, 7),
      );
      expect(new Set(await ids(driver)).size).toBe(7);
      await settled(driver);
    },
  },
  {
    name: "paste from the web, from Word and from Google Docs goes through the schema alone",
    run: async (driver) => {
      await begin(driver, "");
      await paste(driver, {
        "text/html":
          "<meta charset=utf-8><script>alert(1)</script><h2 style='color:red'>Head</h2><p>One <b>bold</b> <a href='javascript:alert(1)'>bad</a> <a href='https://example.org/'>good</a></p><ul><li>a<ol><li>b</li></ol></li></ul><pre><code class='language-rust'>x\n  y</code></pre><blockquote><p>said</p></blockquote><hr><table><tr><td>1</td><td>2</td></tr></table>",
      });
      expect((await text(driver)).map((line) => line.replace(/cell=[\w.]+/, "cell"))).toEqual([
        "h2: Head",
        "One {bold bold} bad {link=https://example.org/ good}",
        "ul: a",
        "ol in=1: b",
        "code lang=rust: x",
        "code lang=rust:   y",
        "p q=1: said",
        "divider: ",
        "p cell: 1",
        "p cell: 2",
        "",
      ]);
      await begin(driver, "");
      await paste(driver, {
        "text/html":
          "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><h1>Title<o:p></o:p></h1><p class=MsoNormal>Hello <b>there</b><o:p></o:p></p><p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span>dot</p><p class=MsoListParagraph style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>num</p></body></html>",
      });
      expect(await text(driver)).toEqual(["h1: Title", "Hello {bold there}", "ul: dot", "ol in=1: num"]);
      await begin(driver, "");
      await paste(driver, {
        "text/html":
          "<b style='font-weight:normal' id='docs-internal-guid-1'><p dir='ltr'><span style='font-weight:700'>Bold</span><span style='font-weight:400'> not </span><span style='font-style:italic;text-decoration:underline'>both</span></p><ul><li dir='ltr' aria-level='1'><p role='presentation'>item</p></li><ul><li aria-level='2'><p>inner</p></li></ul></ul></b>",
      });
      expect(await text(driver)).toEqual(["{bold Bold} not {italic underline both}", "ul: item", "ul in=1: inner"]);
      await settled(driver);
    },
  },
  {
    name: "plain text pastes as lines, an address on words makes a link, Markdown is offered",
    run: async (driver) => {
      await begin(driver, "see here");
      await caret(driver, 4, 8);
      await paste(driver, { "text/plain": "https://example.org/x" });
      expect(await text(driver)).toEqual(["see {link=https://example.org/x here}"]);
      await begin(driver, "");
      await paste(driver, { "text/plain": "# Head\r\n\r\n- one\r\n- two" });
      expect(await text(driver)).toEqual(["# Head", "", "- one", "- two"]);
      await driver.evaluate(
        "sheaf.events.find((e) => e.name === 'markdownPasted').event.accept(); await new Promise((d) => setTimeout(d, 100));",
      );
      expect(await text(driver)).toEqual(["h1: meant: 22"]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["# Head", "", "- one", "- two"]);
      await settled(driver);
    },
  },
  {
    name: "the insert menu opens at a slash, filters, inserts, and leaves the text when dismissed",
    run: async (driver) => {
      await begin(driver, "words");
      await caret(driver, 5);
      await driver.type(" /head");
      expect(await driver.evaluate("return sheaf.a.state.slash.items.map((i) => i.id)")).toEqual(["h1", "h2", "h3"]);
      await driver.press("ArrowDown", "Enter");
      expect(await text(driver)).toEqual(["h2: words "]);
      await driver.type("/div");
      await driver.press("Escape");
      expect(await driver.evaluate("return sheaf.a.state.slash === undefined")).toBe(true);
      expect(await text(driver)).toEqual(["h2: words /div"]);
      await begin(driver, "");
      await driver.type("and/or");
      expect(await driver.evaluate("return sheaf.a.state.slash === undefined")).toBe(true);
      await settled(driver);
    },
  },
  {
    name: "the toolbar comes with the mouse, not with keys, and not in code",
    run: async (driver) => {
      await begin(driver, "select these words", "code: not these");
      await caret(driver, 0);
      await driver.press("Shift+ArrowRight", "Shift+ArrowRight");
      expect(await driver.evaluate("return sheaf.a.state.toolbar === undefined")).toBe(true);
      await caret(driver, 0);
      const box = await driver.evaluate<{ x: number; y: number; w: number }>(
        "const r = document.querySelector('#a .line').getBoundingClientRect(); return { x: r.left + 2, y: r.top + r.height / 2, w: r.width }",
      );
      await driver.drag({ x: box.x, y: box.y }, { x: box.x + 90, y: box.y });
      await until(driver, "return sheaf.a.state.toolbar !== undefined");
      const code = await driver.evaluate<{ x: number; y: number }>(
        "const r = document.querySelector('#a .line.code').getBoundingClientRect(); return { x: r.left + 18, y: r.top + r.height / 2 }",
      );
      await driver.drag(code, { x: code.x + 60, y: code.y });
      await new Promise((done) => setTimeout(done, 100));
      expect(await driver.evaluate("return sheaf.a.state.toolbar === undefined")).toBe(true);
    },
  },
  {
    name: "the toolbar comes with keys when it is asked for, and not where there is nothing to format",
    run: async (driver) => {
      await begin(driver, "select these words", "code: not these");
      const toolbar = "return sheaf.a.state.toolbar !== undefined";
      await caret(driver, 0);
      await driver.press("Control+Alt+b");
      expect(await driver.evaluate(toolbar)).toBe(false);
      await driver.press("Shift+ArrowRight", "Shift+ArrowRight");
      expect(await driver.evaluate(toolbar)).toBe(false);
      await driver.press("Alt+F10");
      await until(driver, toolbar);
      await driver.press("Escape");
      await until(driver, "return sheaf.a.state.toolbar === undefined");
      await driver.press("Control+Alt+b");
      await until(driver, toolbar);
      await caret(driver, 21, 24);
      await driver.press("Control+Alt+b", "Shift+ArrowUp");
      expect(await driver.evaluate("return sheaf.a.state.toolbar === undefined")).toBe(true);
    },
  },
  {
    name: "a link shows where it goes; with Ctrl it is opened outside",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("go [there](https://example.org/) now");
      await driver.click("#a a.link");
      await until(
        driver,
        "return sheaf.events.some((e) => e.name === 'link' && e.event.href === 'https://example.org/' && e.event.text === 'there')",
      );
      await driver.click("#a a.link", ["Control"]);
      await until(driver, "return sheaf.opened[0] === 'https://example.org/'");
      expect(await driver.evaluate("return location.pathname.endsWith('index.html')")).toBe(true);
      await settled(driver);
    },
  },
  {
    name: "somebody else's typing leaves my selection, my undo and my words alone",
    run: async (driver) => {
      await begin(driver, "first line", "second line");
      await caret(driver, 11, 17);
      await driver.evaluate("sheaf.b.select({ anchor: 0, head: 0 }); sheaf.b.focus();");
      await driver.type("zzz ");
      await until(driver, "return sheaf.a.text.startsWith('zzz ')");
      expect(await driver.evaluate("return sheaf.a.state.selection")).toEqual({ anchor: 15, head: 21 });
      await driver.evaluate("sheaf.a.focus()");
      await driver.type("MINE");
      expect(await text(driver)).toEqual(["zzz first line", "MINE line"]);
      await driver.press("Control+z");
      expect(await text(driver)).toEqual(["zzz first line", "second line"]);
      expect(await driver.evaluate("return sheaf.a.state.selection")).toEqual({ anchor: 15, head: 21 });
      await driver.press("Control+z");
      expect((await text(driver))[0]).toBe("zzz first line");
      await settled(driver);
    },
  },
  {
    name: "emoji, accents and kanji are whole characters",
    run: async (driver) => {
      await begin(driver, "");
      await driver.type("é日本😀x");
      expect(await text(driver)).toEqual(["é日本😀x"]);
      await driver.press("Backspace", "Backspace");
      expect(await text(driver)).toEqual(["é日本"]);
      await driver.press("ArrowLeft", "ArrowLeft");
      await driver.type("-");
      expect(await text(driver)).toEqual(["é-日本"]);
      await settled(driver);
    },
  },
  {
    name: "a composition is not disturbed: what others write is booked, drawn when it ends, and it is one step back",
    run: async (driver) => {
      await begin(driver, "start ", "other");
      await caret(driver, 6);
      let stages = 0;
      await driver.compose("か", async () => {
        const before = await driver.evaluate<string>("return document.querySelector('#a .sheaf-editor').textContent");
        await driver.evaluate(ELSEWHERE);
        await until(driver, "return sheaf.a.view.lane.version === sheaf.core.version");
        expect(await driver.evaluate("return sheaf.a.view.lane.owes")).toBe(true);
        expect(await driver.evaluate("return document.querySelector('#a .sheaf-editor').textContent")).toBe(before);
        stages++;
      });
      await until(driver, `return sheaf.a.text === "> ".repeat(${stages}) + "start か\\nother${" other".repeat(stages)}\\n"`);
      await settled(driver);
      await driver.press("Control+z");
      expect((await text(driver))[0]).toBe(`${"> ".repeat(stages)}start `);
      await driver.press("Control+Shift+z");
      expect((await text(driver))[0]).toBe(`${"> ".repeat(stages)}start か`);
      await settled(driver);
    },
  },
  {
    name: "others' carets show a name for two seconds and stay at their character",
    run: async (driver) => {
      await begin(driver, "hello world");
      await driver.evaluate(`
        const told = { event: "presence", document: "d", version: sheaf.core.version, peers: [{ peer: 7, device: "dd", name: "Mika", colour: "teal", anchor: 6, head: 11, typing: false }] };
        for (const [view, client] of sheaf.core.clients) client.wire.tell({ ...told, view });
        await new Promise((d) => setTimeout(d, 80));`);
      expect(await driver.evaluate("return document.querySelector('#a .peer-flag').textContent")).toBe("Mika");
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .peer-selection')].map((e) => e.textContent).join('')")).toBe(
        "world",
      );
      await driver.evaluate("document.querySelector('#a .peer-caret').dataset.kept = 'yes'");
      await driver.type("well, ");
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .peer-selection')].map((e) => e.textContent).join('')")).toBe(
        "world",
      );
      expect(await driver.evaluate("return document.querySelector('#a .peer-caret').dataset.kept")).toBe("yes");
      await until(driver, "return document.querySelector('#a .peer-caret.fresh') === null");
      await settled(driver);
      await driver.evaluate(`for (const [view, client] of sheaf.core.clients) client.wire.tell({ event: "presence", document: "d", version: sheaf.core.version, view, peers: [] });
        await new Promise((d) => setTimeout(d, 80));`);
      expect(await driver.evaluate("return document.querySelector('.peer-caret') === null")).toBe(true);
    },
  },
  {
    name: "what a newer version made is a grey card, and stays",
    run: async (driver) => {
      await begin(driver, "x");
      await driver.evaluate(
        "await sheaf.set([{ insert: 'a' }, { insert: { hologram: { depth: 3 } } }, { insert: 'b', attributes: { glow: 'far' } }, { insert: '\\n', attributes: { line: 'q', block: 'callout tone=warm' } }, { insert: { source: '| a | b |' } }, { insert: '\\n', attributes: { line: 'r' } }]);",
      );
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .card-title')].map((e) => e.textContent)")).toEqual([
        "Made with a newer version",
        "Markdown",
      ]);
      await caret(driver, 3);
      await driver.type("c");
      await driver.press("Enter");
      await driver.type("d");
      expect(await text(driver)).toEqual(["callout tone=warm: a<hologram>{glow=far b}c", "d", "<source>"]);
      await settled(driver);
    },
  },
  {
    name: "list numbers and nesting are drawn as they are",
    run: async (driver) => {
      await begin(driver, "ol: a", "ol in=1: b", "ol in=1: c", "ol: d", "x", "ol n=7: e", "ol: f");
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .line')].map((e) => e.dataset.marker ?? '')")).toEqual([
        "1.",
        "a.",
        "b.",
        "2.",
        "",
        "7.",
        "8.",
      ]);
      await caret(driver, 2);
      await driver.press("Control+Shift+8");
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .line')].map((e) => e.dataset.marker ?? '')")).toEqual([
        "1.",
        "◦",
        "a.",
        "2.",
        "",
        "7.",
        "8.",
      ]);
    },
  },
  {
    name: "a long document shows its first lines at once and grows to all of them",
    run: async (driver) => {
      const url = await driver.evaluate<string>("return location.href.split('?')[0]");
      await driver.open(`${url}?lines=1500&one`);
      const atOnce = await driver.evaluate<number>("return sheaf.mounted.linesAtOnce");
      expect(atOnce).toBeGreaterThan(0);
      expect(atOnce).toBeLessThan(1000);
      const before = await driver.evaluate<number>("return document.querySelector('#a').scrollHeight");
      await until(driver, "return document.querySelectorAll('#a .line').length === 1500", 60_000);
      const after = await driver.evaluate<number>("return document.querySelector('#a').scrollHeight");
      // The scrollbar knew of what was not mounted yet.
      expect(Math.abs(after / before - 1)).toBeLessThan(0.2);
      expect(await driver.evaluate("return sheaf.a.verify()")).toBe(true);
      await driver.press("Control+End");
      await driver.type("the end");
      expect(await driver.evaluate("return sheaf.a.text.trimEnd().endsWith('the end')")).toBe(true);
      await driver.open(url);
    },
  },
  {
    name: "code has the colours of its language, and an edited line keeps them",
    run: async (driver) => {
      await begin(driver, "code lang=rust: fn one() {}", "code lang=rust: // two", "three");
      const coloured = `[...CSS.highlights].flatMap(([kind, ranges]) => kind.startsWith("sheaf-code-") ? [...ranges].map((range) => kind.slice(11) + ":" + range) : [])`;
      const both = (one: string) =>
        `return document.querySelectorAll('#a .code').length === 2 && ${coloured}.filter((one) => one === "${one}").length === 2`;
      // Two screens show it.
      for (const one of ["keyword:fn", "title:one", "comment:// two"]) await until(driver, both(one), 20_000);
      await caret(driver, 6);
      await driver.type("s");
      await until(driver, both("title:ones"), 20_000);
      expect(await text(driver)).toEqual(["code lang=rust: fn ones() {}", "code lang=rust: // two", "three"]);
    },
  },
  {
    name: "whatever two people do at random, both screens show their texts, character by character",
    run: async (driver) => {
      await begin(driver, "h1: one", "ul: two", "three");
      for (const seed of [1, 2, 3]) expect(await driver.evaluate(`return sheaf.scribble(${seed}, 120)`)).toEqual([]);
      await settled(driver);
    },
  },
  {
    name: "axe finds nothing",
    run: async (driver) => {
      await begin(
        driver,
        "h1: Head",
        "words",
        "ul: item",
        "task done: did",
        "code: x",
        "p q=1: said",
        "divider: ",
        "callout: new",
        "p cell=t.r1.a head: cell",
        "p cell=t.r2.b: other",
      );
      const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      await driver.evaluate(source);
      const found = await driver.evaluate<Array<{ id: string; nodes: string[] }>>(
        "const r = await axe.run(document); return r.violations.map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.html.slice(0, 120)) }))",
      );
      expect(found).toEqual([]);
    },
  },
  ...windows,
];

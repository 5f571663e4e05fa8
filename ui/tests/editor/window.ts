/**
 * Stories of long documents, of which the page holds only what is seen and some screens around it: whatever a person does reaches the whole text, and
 * nothing on the screen jumps or is blank.
 */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { type Story, caret, ids } from "./story.ts";

const LINES = 6000;

/** Begins with a text of thousands of lines, in Ana's window alone or in both. */
async function beginLong(driver: Driver, { lines = LINES, more = "&one" } = {}): Promise<void> {
  const url = await driver.evaluate<string>("return location.href.split('?')[0]");
  await driver.open(`${url}?lines=${lines}${more}`);
  await driver.evaluate(TOOLS);
}

/** What the stories look at in the page. */
export const TOOLS = `
  window.box = document.querySelector("#a");
  window.editor = document.querySelector("#a .sheaf-editor");
  window.rest = async (ms = 60) => {
    const frame = () => new Promise((d) => requestAnimationFrame(() => setTimeout(d, 0)));
    await new Promise((d) => setTimeout(d, ms));
    await frame();
    // So long that the window has settled, too, unless the machine is busy: it has when it waits for nothing more, twice in a row.
    const late = performance.now() + (ms < 300 ? 0 : 10_000);
    for (let idle = 0; idle < 2 && performance.now() < late; await frame())
      idle = sheaf.a.composing || (sheaf.a.window.timer ?? sheaf.a.window.frame) === undefined ? idle + 1 : 0;
  };
  /** The line under the middle of the screen, and where it stands. */
  window.middle = () => {
    const { left, width, top, height } = box.getBoundingClientRect();
    const line = document.elementFromPoint(left + width / 3, top + height / 2)?.closest(".line");
    return line ? { number: parseInt(line.textContent), top: line.getBoundingClientRect().top, id: line } : undefined;
  };
  window.offsetOfLine = (nth) => sheaf.a.view.page.lines.startOf(nth);
  window.number = () => middle()?.number;
  window.mountedCount = () => editor.children.length;`;

/** Everything one can see of the window is right, and the text is the core's. */
async function right(driver: Driver): Promise<void> {
  await until(driver, "return sheaf.a.state.saved && sheaf.core.text.text() === sheaf.a.text");
  expect(await driver.evaluate("return sheaf.a.verify()")).toBe(true);
  expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'trouble')")).toEqual([]);
  await until(driver, "return mountedCount() < 400");
}

const selection = (driver: Driver): Promise<{ anchor: number; head: number }> =>
  driver.evaluate("await rest(40); return sheaf.a.state.selection");

/** Scrolls in tasks of their own, as an engine does when a wheel turns, and answers what frames saw. */
async function scrolling(driver: Driver, step: string, times: number): Promise<{ frames: number; blank: number; jumps: number[] }> {
  return driver.evaluate(`
    let [frames, blank, jumps, going] = [0, 0, [], true];
    let before, scrolled = box.scrollTop;
    const look = () => {
      if (!going) return;
      frames++;
      const now = middle();
      if (now === undefined) blank++;
      else if (before && before.id.isConnected) {
        // A line goes as far as the screen was scrolled, and not a pixel further; the box above may have taken part of it.
        const moved = before.top - before.id.getBoundingClientRect().top;
        if (Math.abs(moved - (asked - before.asked)) > 1.5) jumps.push(Math.round(moved - (asked - before.asked)));
      }
      before = now && { ...now, asked };
      requestAnimationFrame(look);
    };
    let asked = 0;
    requestAnimationFrame(look);
    for (let i = 0; i < ${times}; i++) {
      const from = box.scrollTop;
      ${step}
      asked += box.scrollTop - from;
      await new Promise((d) => setTimeout(d, 20));
    }
    await rest();
    going = false;
    return { frames, blank, jumps };`);
}

export const windows: Story[] = [
  {
    name: "a long document is held in part: its first lines at once, then what is around them, never all",
    run: async (driver) => {
      await beginLong(driver);
      expect(await driver.evaluate("return mountedCount()")).toBeLessThan(200);
      await until(driver, "return mountedCount() >= 100");
      await driver.evaluate("await rest(600)");
      expect(await driver.evaluate("return mountedCount()")).toBeLessThan(250);
      const height = await driver.evaluate<number>("return box.scrollHeight");
      const real = await driver.evaluate<number>("return editor.children[60].offsetTop / 60 * 6000");
      expect(Math.abs(height / real - 1)).toBeLessThan(0.2);
      await right(driver);
    },
  },
  {
    name: "scrolling down and up shows a line in every frame, and no line jumps",
    run: async (driver) => {
      await beginLong(driver);
      await driver.evaluate("await rest(800)");
      const down = await scrolling(driver, "box.scrollTop += 160;", 150);
      expect(down.blank).toBe(0);
      expect(down.jumps).toEqual([]);
      // So far that lines have come and gone, however they wrap.
      expect(await driver.evaluate("return number()")).toBeGreaterThan(100);
      await driver.evaluate("await rest(500)");
      const up = await scrolling(driver, "box.scrollTop -= 170;", 150);
      expect(up.blank).toBe(0);
      expect(up.jumps.filter((jump) => Math.abs(jump) > 2)).toEqual([]);
      await driver.evaluate("await rest(500)");
      expect(await driver.evaluate("return [box.scrollTop < 2000, editor.previousElementSibling.offsetHeight < 2000]")).toEqual([
        true,
        true,
      ]);
      await driver.evaluate("box.scrollTop = 0; await rest(400)");
      expect(
        await driver.evaluate("return [parseInt(editor.firstElementChild.textContent), editor.previousElementSibling.offsetHeight]"),
      ).toEqual([0, 0]);
      await right(driver);
    },
  },
  {
    name: "from top to bottom in screens, and the scrollbar dragged to and fro, without a blank frame",
    run: async (driver) => {
      await beginLong(driver);
      const screens = await scrolling(driver, "box.scrollTop += 600;", 120);
      expect(screens.blank).toBe(0);
      const drag = await scrolling(driver, "box.scrollTop = box.scrollHeight * (0.5 + 0.45 * Math.sin(i / 7));", 60);
      expect(drag.blank).toBe(0);
      await driver.evaluate("box.scrollTop = box.scrollHeight / 2; await rest(500);");
      const middle = await driver.evaluate<number>("return number()");
      expect(Math.abs(middle - LINES / 2)).toBeLessThan(LINES * 0.05);
      await driver.evaluate("box.scrollTop = 1e7; await rest(500); box.scrollTop = 1e7; await rest(300);");
      expect(await driver.evaluate("return parseInt(editor.lastElementChild.textContent)")).toBe(LINES - 1);
      await right(driver);
    },
  },
  {
    name: "everything is selected, copied, typed over and brought back, mounted or not",
    run: async (driver) => {
      await beginLong(driver);
      await driver.evaluate(
        "window.copied = undefined; document.addEventListener('copy', (e) => copied = e.clipboardData.getData('text/plain')); window.all = sheaf.a.text;",
      );
      await driver.press("Control+a", "Control+c");
      expect(
        await driver.evaluate(
          "await rest(); return [copied.split('\\n').filter((l) => l !== '').length, sheaf.a.state.selection.head === all.length]",
        ),
      ).toEqual([LINES, true]);
      await driver.type("x");
      await until(driver, "return sheaf.a.text === 'x\\n'");
      await driver.press("Control+z");
      await until(driver, "return sheaf.a.text === all");
      await right(driver);
      await driver.press("Control+a", "Delete");
      await until(driver, "return sheaf.a.text === '\\n'");
      await driver.press("Control+z");
      await until(driver, "return sheaf.a.text === all");
      await right(driver);
    },
  },
  {
    name: "a shift-click thousands of lines away selects everything between; copy and delete take it all",
    run: async (driver) => {
      await beginLong(driver);
      const at = await driver.evaluate<number>("return offsetOfLine(3) + 2");
      await caret(driver, at);
      await driver.evaluate("box.scrollTop = box.scrollHeight / 2; await rest(600);");
      expect((await selection(driver)).head).toBe(at);
      await driver.evaluate("middle().id.setAttribute('data-here', '');");
      await driver.click("#a [data-here]", ["Shift"]);
      const made = await selection(driver);
      expect(made.anchor).toBe(at);
      const line = await driver.evaluate<number>("return sheaf.a.view.page.lines.at(sheaf.a.state.selection.head).index");
      expect(Math.abs(line - LINES / 2)).toBeLessThan(LINES * 0.06);
      await driver.evaluate(
        "document.addEventListener('copy', (e) => window.copied = e.clipboardData.getData('text/plain').length, { once: true }); window.before = sheaf.a.text;",
      );
      await driver.press("Control+c");
      expect(await driver.evaluate<number>("await rest(); return copied")).toBeGreaterThan((made.head - made.anchor) * 0.9);
      // Also from where nothing of the selection is mounted.
      await driver.evaluate(
        "copied = 0; document.addEventListener('copy', (e) => window.copied = e.clipboardData.getData('text/plain').length, { once: true }); box.scrollTop = 1e7; await rest(700);",
      );
      expect(await selection(driver)).toEqual(made);
      await driver.press("Control+c");
      expect(await driver.evaluate<number>("await rest(); return copied")).toBeGreaterThan((made.head - made.anchor) * 0.9);
      await driver.press("Backspace");
      await until(driver, `return sheaf.a.text.length === before.length - ${made.head - made.anchor}`);
      expect(await selection(driver)).toEqual({ anchor: at, head: at });
      await driver.type("!");
      await until(driver, `return sheaf.a.text[${at}] === "!"`);
      await driver.press("Control+z", "Control+z");
      await until(driver, "return sheaf.a.text === before");
      expect(await selection(driver)).toEqual(made);
      await right(driver);
    },
  },
  {
    name: "Ctrl+Home and End, with Shift, by pages and by rows over the window's edge: the selection is what it says",
    run: async (driver) => {
      await beginLong(driver);
      await driver.press("Control+End");
      await driver.type("end");
      await until(driver, "return sheaf.a.text.endsWith('end\\n')");
      await driver.press("Control+Home");
      await driver.type("begin ");
      await until(driver, "return sheaf.a.text.startsWith('begin 0 ')");
      await driver.press("Control+Shift+End");
      expect(await selection(driver)).toEqual({ anchor: 6, head: await driver.evaluate("return sheaf.a.text.length") });
      await driver.press("ArrowLeft");
      expect(await selection(driver)).toEqual({ anchor: 6, head: 6 });
      for (let page = 0; page < 12; page++) await driver.press("Shift+PageDown");
      const pages = await selection(driver);
      expect(pages.anchor).toBe(6);
      expect(await driver.evaluate("return sheaf.a.view.page.lines.at(sheaf.a.state.selection.head).index")).toBeGreaterThan(25);
      await driver.press("ArrowRight");
      // What a key selected holds although the window moves before the browser has told of it.
      expect(
        await driver.evaluate(`
          const { head } = sheaf.a.state.selection;
          getSelection().collapse(editor.lastElementChild.firstChild, 3);
          sheaf.a.view.page.showLines(sheaf.a.view.page.mounted.from, sheaf.a.view.page.mounted.to + 8);
          const now = sheaf.a.state.selection;
          sheaf.a.select({ anchor: head, head });
          return now.anchor === now.head && now.head !== head;`),
      ).toBe(true);
      // The caret goes out of the window with the screen, and a key brings both back.
      await driver.evaluate("box.scrollTop = box.scrollHeight * 0.8; await rest(600);");
      const far = await selection(driver);
      expect(await driver.evaluate("return sheaf.a.view.page.positionOf(sheaf.a.state.selection.head) === undefined")).toBe(true);
      await driver.press("ArrowLeft");
      expect((await selection(driver)).head).toBe(far.head - 1);
      await driver.type("here");
      await until(driver, `return sheaf.a.text.slice(${far.head - 1}, ${far.head + 3}) === "here"`);
      expect(
        await driver.evaluate(
          "const { left, top, height } = box.getBoundingClientRect(); const c = sheaf.a.view.page.view.coordsAtPos(sheaf.a.view.page.state.selection.head); return c.top > top && c.bottom < top + height",
        ),
      ).toBe(true);
      const rows = await driver.evaluate<number>("return sheaf.a.view.page.lines.at(sheaf.a.state.selection.head).index");
      for (let row = 0; row < 60; row++) await driver.press("ArrowDown");
      // A busy engine still has keys to deal with when its driver has pressed them all.
      await until(driver, `return sheaf.a.view.page.lines.at(sheaf.a.state.selection.head).index > ${rows + 10}`);
      for (let page = 0; page < 30; page++) await driver.press("PageDown");
      expect(await driver.evaluate("return mountedCount()")).toBeLessThan(500);
      await driver.press("Home", "Shift+End");
      const row = await selection(driver);
      expect(row.head).toBeGreaterThan(row.anchor);
      await right(driver);
    },
  },
  {
    name: "undo reaches what is far outside of the window, and shows it",
    run: async (driver) => {
      await beginLong(driver);
      await caret(driver, 0);
      await driver.type("first ");
      await driver.evaluate("await rest(700)");
      await driver.press("Control+End");
      await driver.type("last");
      await driver.press("Control+z");
      await until(driver, "return !sheaf.a.text.endsWith('last\\n')");
      await driver.press("Control+z");
      await until(driver, "return sheaf.a.text.startsWith('0 ')");
      await until(driver, "return number() < 30");
      await driver.press("Control+y");
      await until(driver, "return sheaf.a.text.startsWith('first 0 ')");
      await right(driver);
    },
  },
  {
    name: "replacing everywhere, and finding what is not mounted",
    run: async (driver) => {
      await beginLong(driver);
      await driver.evaluate(
        "sheaf.a.find.begin(); sheaf.a.find.look({ text: '4321 Every', matchCase: false, wholeWord: false, regex: false });",
      );
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.find.state.nth === 1");
      await until(driver, "return [...(CSS.highlights.get('sheaf-found-current') ?? [])].join() === '4321 Every'");
      expect(await driver.evaluate("await rest(); return Math.abs(number() - 4321)")).toBeLessThan(30);
      await driver.evaluate("sheaf.a.find.look({ text: 'whole document', matchCase: false, wholeWord: false, regex: false });");
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.find.state.count > 6000");
      await driver.evaluate("window.before = sheaf.a.text; sheaf.a.find.replaceAll('half document'); sheaf.a.find.end();");
      await until(driver, "return sheaf.a.text === before.replaceAll('whole document', 'half document')");
      await right(driver);
      await driver.press("Control+z");
      await until(driver, "return sheaf.a.text === before");
      await right(driver);
    },
  },
  {
    name: "a jump to a heading and to somebody's caret mounts what is there; their carets come and go with the window",
    run: async (driver) => {
      await beginLong(driver);
      expect(await driver.evaluate("return sheaf.a.goToSection(200)")).toBe(true);
      const isAtEdge = `
        const heading = [...editor.children].find((line) => line.textContent.startsWith('4000 '));
        return heading?.tagName === 'H2' && Math.abs(heading.getBoundingClientRect().top - box.getBoundingClientRect().top) < 3;`;
      await until(driver, isAtEdge);
      // A hair of the line above it may show. Nobody reads that, and when somebody writes there the heading stays where it is.
      await driver.evaluate(`
        box.scrollTop -= 1; await rest(700);
        const Delta = sheaf.a.delta.constructor;
        sheaf.core.remote(new Delta().retain(sheaf.a.view.page.lines.startOf(3999)).insert("many words ".repeat(40)));
        await rest(300);`);
      expect(await driver.evaluate(isAtEdge)).toBe(true);
      // A font comes late, and every line is as high as it was not: whoever looks first, what one reads stays.
      await driver.evaluate("editor.style.lineHeight = '40px'; box.dispatchEvent(new Event('scroll')); await rest(700);");
      expect(await driver.evaluate(isAtEdge)).toBe(true);
      await driver.evaluate("editor.style.lineHeight = ''; await rest(700);");
      expect(await driver.evaluate(isAtEdge)).toBe(true);
      await driver.type("My ");
      await until(driver, "return sheaf.a.text.includes('\\nMy 4000 ')");
      const tell = (from: number, to: number): Promise<unknown> =>
        driver.evaluate(`
          const { lines } = sheaf.a.view.page;
          const told = { event: "presence", document: "d", version: sheaf.core.version, peers: [{ peer: 7, device: "dd", name: "Mika", colour: "teal", anchor: lines.startOf(${from}), head: lines.startOf(${to}) + 4, typing: false }] };
          for (const [view, client] of sheaf.core.clients) client.wire.tell({ ...told, view });
          await rest(80);`);
      await tell(1000, 1000);
      expect(await driver.evaluate("return document.querySelectorAll('#a .peer-caret').length")).toBe(0);
      expect(await driver.evaluate("return sheaf.a.jumpTo('dd')")).toBe(true);
      await until(driver, "return document.querySelectorAll('#a .peer-caret').length === 1 && Math.abs(number() - 1000) < 15");
      await driver.evaluate("box.scrollTop = 1e7; await rest(500)");
      expect(await driver.evaluate("return document.querySelectorAll('#a .peer-caret').length")).toBe(0);
      // What somebody selected covers the whole window although neither end of it is there.
      await tell(10, 5999);
      await driver.evaluate("box.scrollTop = box.scrollHeight / 2; await rest(500)");
      expect(await driver.evaluate("return middle().id.querySelector('.peer-selection') !== null")).toBe(true);
      await right(driver);
    },
  },
  {
    name: "what others write and delete above does not move what one reads, in the window and outside of it",
    run: async (driver) => {
      await beginLong(driver);
      await driver.evaluate(
        "box.scrollTop = box.scrollHeight / 2; await rest(700); window.was = middle(); window.line = () => [...editor.children].find((l) => parseInt(l.textContent) === was.number);",
      );
      const still = async (what: string): Promise<void> => {
        const moved = await driver.evaluate<number>(`
          const Delta = sheaf.a.delta.constructor;
          const { lines } = sheaf.a.view.page;
          const here = lines.at(sheaf.a.view.page.offsetOf(sheaf.a.view.page.view.posAtDOM(line(), 0))).index;
          ${what}
          await rest(100);
          const soon = Math.abs(line().getBoundingClientRect().top - was.top);
          await rest(600);
          return Math.max(soon, Math.abs(line().getBoundingClientRect().top - was.top));`);
        expect(moved, what).toBeLessThan(2);
      };
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(here - 10)).insert('more words and more words '.repeat(40)));");
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(here - 8)).insert('one\\ntwo\\nthree\\n'));");
      await still(
        "sheaf.core.remote(new Delta().retain(lines.startOf(here - 12)).delete(lines.startOf(here - 4) - lines.startOf(here - 12)));",
      );
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(100)).insert('far above\\n'.repeat(30)));");
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(100)).delete(lines.startOf(400) - lines.startOf(100)));");
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(here - 6)).insert('a heap of lines\\n'.repeat(700)));");
      await still("sheaf.core.remote(new Delta().retain(lines.startOf(20)).delete(lines.startOf(here - 3) - lines.startOf(20)));");
      await right(driver);
    },
  },
  {
    name: "a composition holds everything: the screen scrolls away and comes back, and what was composed is there",
    run: async (driver) => {
      await beginLong(driver);
      const at = await driver.evaluate<number>("return offsetOfLine(700) + 3");
      await caret(driver, at);
      await driver.evaluate(
        "await rest(900); window.line = editor.querySelector('.line'); window.held = { ...sheaf.a.view.page.mounted };",
      );
      let stages = 0;
      await driver.compose("か", async () => {
        stages++;
        await driver.evaluate("window.wasAt ??= box.scrollTop; box.scrollTop = wasAt + 4000; await rest(250);");
        expect(await driver.evaluate("return sheaf.a.view.page.mounted")).toEqual(await driver.evaluate("return held"));
        await driver.evaluate("box.scrollTop = wasAt; await rest(50);");
      });
      expect(stages).toBeGreaterThan(0);
      await until(driver, `return sheaf.a.text.slice(${at}, ${at + 1}) === "か"`);
      await driver.evaluate("box.scrollTop = 0; await rest(900);");
      await until(driver, "return number() < 40");
      await right(driver);
      // One that begins while the caret is far away begins at the caret.
      await driver.evaluate("box.scrollTop = 1e7; await rest(600);");
      await driver.compose("き", async () => undefined);
      await until(driver, `return sheaf.a.text.slice(${at}, ${at + 2}) === "かき"`);
      await right(driver);
    },
  },
  {
    name: "tables, lists, code and folded sections are whole wherever the window's edge is",
    run: async (driver) => {
      await beginLong(driver, { lines: 0, more: "&one" });
      await driver.evaluate(`
        const ops = [];
        const put = (text, block) => ops.push({ insert: text }, { insert: "\\n", attributes: block ? { line: "l" + ops.length, block } : { line: "l" + ops.length } });
        for (let i = 0; i < 300; i++) {
          put("Part " + i, "h2");
          for (let n = 0; n < 6; n++) put("step " + n, "ol");
          for (let n = 0; n < 6; n++) put("let x" + n + " = " + n + ";", "code lang=rust");
          for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) put("cell " + r + c, "p cell=t" + i + ".r" + r + ".c" + c);
          put("Plain words of part " + i);
        }
        await sheaf.set(ops);
        await rest(300);`);
      const whole = `
        const { page } = sheaf.a.view;
        const { from } = page.mounted;
        const wrong = [];
        const shown = [...editor.children];
        const tables = new Map();
        for (const [nth, line] of shown.entries()) {
          const table = /cell=(t\\d+)/.exec(page.lines.line(from + nth).block)?.[1];
          if (table) tables.set(table, (tables.get(table) ?? 0) + 1);
          const step = /^step (\\d)/.exec(line.textContent)?.[1];
          if (step && line.dataset.marker !== Number(step) + 1 + ".") wrong.push(line.textContent + line.dataset.marker);
          const code = /^let x(\\d)/.exec(line.textContent)?.[1];
          if (code && line.dataset.run !== (code === "0" ? "first" : code === "5" ? "last" : undefined)) wrong.push(line.textContent + line.dataset.run);
        }
        for (const [table, lines] of tables) if (lines !== 9) wrong.push(table + " has " + lines);
        if (document.querySelectorAll("#a .hole").length) wrong.push("holes");
        return wrong;`;
      for (let step = 0; step < 25; step++) {
        await driver.evaluate("box.scrollTop += 431; await rest(30);");
        expect(await driver.evaluate(whole)).toEqual([]);
      }
      await driver.evaluate("box.scrollTop = box.scrollHeight * 0.6; await rest(700);");
      expect(await driver.evaluate(whole)).toEqual([]);
      expect(await driver.evaluate("return mountedCount()")).toBeLessThan(320);
      // A fold in the middle: nothing of it is seen, what is below it is, and its lines have no height in what stands for them.
      const part = await driver.evaluate<number>("return sheaf.a.outline.headings.findIndex((h) => h.text === 'Part 150')");
      await driver.evaluate(`sheaf.a.goToSection(${part}); await rest(300);`);
      await driver.press("Control+Shift+m");
      await driver.evaluate("await rest(700)");
      expect(
        await driver.evaluate(
          "const seen = [...editor.children].filter((l) => !l.hidden).map((l) => l.textContent); return seen[seen.indexOf('Part 150') + 1]",
        ),
      ).toBe("Part 151");
      const high = (hidden: string): Promise<number> =>
        driver.evaluate(
          `const { lines } = sheaf.a.view.page; return Math.round(sheaf.a.window.heights.before(lines, lines.count, ${hidden}));`,
        );
      expect(await high("sheaf.a.folding.hidden")).toBeLessThan(await high("[]"));
      await driver.evaluate("box.scrollTop = 0; await rest(600); sheaf.a.goToSection(151); await rest(600);");
      const { blank } = await scrolling(driver, "box.scrollTop -= 90;", 30);
      expect(blank).toBe(0);
      expect(await driver.evaluate("return [...editor.children].filter((l) => l.hidden).length")).toBe(22);
      await right(driver);
    },
  },
  {
    name: "a key, mine or somebody's, looks at the lines around it and at no others, whatever is open beside",
    run: async (driver) => {
      await beginLong(driver);
      await driver.evaluate(`
        await rest(800);
        const { page } = sheaf.a.view;
        window.Delta = sheaf.a.delta.constructor;
        sheaf.a.outline.subscribe(() => undefined);
        sheaf.a.subscribe(() => sheaf.a.state);
        sheaf.a.find.begin();
        sheaf.a.find.look({ text: "device", matchCase: false, wholeWord: false, regex: false });
        window.watch = () => {
          window.visited = new Set();
          for (const chunk of page.lines.chunks) {
            const plain = chunk.lines.plain ?? chunk.lines;
            chunk.lines = new Proxy(plain, {
              get: (lines, key) => {
                if (key === "plain") return plain;
                if (typeof key === "string" && /^[0-9]+$/.test(key) && lines[key]) visited.add(lines[key]);
                return Reflect.get(lines, key);
              },
            });
          }
        };`);
      await until(driver, "return !sheaf.a.find.state.searching && sheaf.a.find.state.count > 6000");
      // The whole text is summed up once, when a checksum first comes.
      await driver.evaluate("for (let i = 0; i < 17; i++) { sheaf.core.remote(new Delta().retain(5).insert('z')); await rest(1); }");
      const looked = (): Promise<number> => driver.evaluate("await rest(700); return visited.size");
      await caret(driver, await driver.evaluate("return offsetOfLine(3000) + 5"));
      await driver.evaluate("await rest(900); watch();");
      await driver.type("x");
      // What is mounted, and the pieces of the text that it reaches into.
      expect(await looked()).toBeLessThan(900);
      await driver.evaluate("watch()");
      await driver.press("Enter");
      expect(await looked()).toBeLessThan(900);
      for (const place of [3, 3010, 5990]) {
        await driver.evaluate(
          `watch(); for (let i = 0; i < 17; i++) sheaf.core.remote(new Delta().retain(offsetOfLine(${place}) + 4).insert("y"));`,
        );
        expect(await looked(), `at line ${place}`).toBeLessThan(900);
      }
      await driver.evaluate("watch()");
      await driver.press("ArrowDown");
      expect(await looked()).toBeLessThan(900);
      await driver.evaluate("sheaf.a.find.end()");
      await right(driver);
    },
  },
  {
    name: "who has the text read out may have all of it",
    run: async (driver) => {
      await beginLong(driver, { lines: 2300 });
      await driver.evaluate("await rest(800)");
      expect(await driver.evaluate("return mountedCount()")).toBeLessThan(250);
      await driver.evaluate("sheaf.a.holdEverything(true)");
      await until(driver, "return mountedCount() === 2300", 40_000);
      expect(await driver.evaluate("return editor.nextElementSibling.offsetHeight")).toBe(0);
      await driver.evaluate("sheaf.a.holdEverything(false)");
      await until(driver, "return mountedCount() < 250");
      expect(new Set(await ids(driver)).size).toBe(2300);
      await right(driver);
    },
  },
];

/**
 * No script, no request and no call from any content, whatever way it comes in: hundreds of hostile contents, each with a canary of its own, pasted, dropped, read
 * as Markdown by the core, and sent by a peer. In both engines, without a Content Security Policy, so that the reading alone must hold. ENGINE=chromium or webkit
 * runs one. The Markdown needs a `sheaf` binary (SHEAF_BIN).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../drive/chromium.ts";
import type { Driver } from "../drive/driver.ts";
import { startWebKit } from "../drive/webkit.ts";
import { serveEditor } from "../editor/serve.ts";
import { sheafBinary } from "../lane/real.ts";
import type { Way } from "./page.ts";
import { counted, payloads } from "./payloads.ts";
import { readByCore } from "./reader.ts";
import { type Trap, setTrap } from "./trap.ts";

/** At least so many. */
const LEAST = 600;
/** Payloads that share one page before it is cleared. */
const BATCH = 20;
/** Of the payloads at least so many are alive: they sing or load when nothing holds them back. Measured: see the test. */
const ALIVE = 200;
/** What our own page loads from its server while it is used. */
const OURS = /^\/(src|node_modules|tests|@vite|@id|@fs)\b/;

/** Every payload in a document of its own that nobody watches over, and a hand that touches everything in it. */
const NAKED = `
  const sang = new Set();
  window.canary = (token) => sang.add(token);
  for (let from = 0; from < safe.count; from += 50) {
    const frames = [];
    for (let nth = from; nth < Math.min(safe.count, from + 50); nth++) {
      const frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts allow-same-origin allow-forms";
      frame.srcdoc = "<script>canary = (token) => parent.canary(token)</" + "script>" + safe.html(nth);
      document.body.append(frame);
      frames.push(frame);
    }
    await new Promise((done) => setTimeout(done, 300));
    for (const frame of frames)
      for (const element of [...(frame.contentDocument?.querySelectorAll("*") ?? [])].slice(0, 50)) {
        // Some of them take the place of what an element is asked.
        const names = Element.prototype.getAttributeNames.call(element).slice(0, 20);
        for (const name of names) if (name.startsWith("on")) EventTarget.prototype.dispatchEvent.call(element, new Event(name.slice(2)));
        if (element instanceof frame.contentWindow.HTMLElement) HTMLElement.prototype.click.call(element);
      }
    await new Promise((done) => setTimeout(done, 200));
    for (const frame of frames) frame.remove();
  }
  return [...sang];`;

const binary = sheafBinary();
const engines: ReadonlyArray<readonly [string, () => Promise<Driver>]> = [
  ["chromium", startChromium],
  ["webkit", startWebKit],
];

it("there are enough of them, no two alike, each with a canary of its own", () => {
  const all = payloads("http://127.0.0.1:1");
  expect(all.length).toBeGreaterThanOrEqual(LEAST);
  expect(new Set(all.map(({ html }) => html)).size).toBe(all.length);
  expect(new Set(all.map(({ token }) => token)).size).toBe(all.length);
  console.log(
    `${all.length} payloads: ${Object.entries(counted)
      .map(([family, count]) => `${count} ${family}`)
      .join(", ")}`,
  );
});

/** Of what is alike, the first. */
function firsts(wrong: readonly string[]): string[] {
  const kinds = new Map<string, string>();
  for (const one of wrong) {
    const kind = one
      .replace(/^\w+ c\d+–c\d+: (c\d+: )?/u, "")
      .split(/ in |[=<]/)[0]!
      .slice(0, 30);
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  return [...kinds.values()];
}

for (const [engine, start] of engines) {
  describe.skipIf(process.env["ENGINE"] !== undefined && process.env["ENGINE"] !== engine)(`hostile content in ${engine}`, () => {
    const paths: string[] = [];
    let driver: Driver;
    let trap: Trap;
    let server: Awaited<ReturnType<typeof serveEditor>>;
    let count = 0;

    beforeAll(async () => {
      trap = await setTrap();
      server = await serveEditor("tests/safe/index.html", (path) => paths.push(path));
      driver = await start();
      await driver.open(`${server.url}?server=${encodeURIComponent(trap.url)}`);
      count = await driver.evaluate<number>("return safe.count");
    }, 120_000);

    afterAll(async () => {
      await driver?.close();
      await server?.close();
      await trap?.close();
    });

    async function nothingHappens(way: Way): Promise<void> {
      paths.length = 0;
      const wrong: string[] = [];
      for (let from = 0; from < count; from += BATCH)
        wrong.push(...(await driver.evaluate<string[]>(`return safe.run(${JSON.stringify(way)}, ${from}, ${from + BATCH})`)));
      wrong.push(...(await driver.evaluate<string[]>("return safe.elsewhere")));
      wrong.push(...trap.asked, ...paths.filter((path) => !OURS.test(path)));
      expect(firsts(wrong)).toEqual([]);
    }

    it("nothing happens when it is pasted", () => nothingHappens("paste"));
    it("nothing happens when it is dropped", () => nothingHappens("drop"));
    it("nothing happens when a peer writes it", () => nothingHappens("delta"));
    it("nothing happens when a peer calls itself so", () => nothingHappens("presence"));
    it.skipIf(binary === undefined)("nothing happens when the core has read it as Markdown", async () => {
      const read = await readByCore(binary!, await driver.evaluate<string[]>("return safe.markdown"));
      const refused = read.filter(([, meaning]) => meaning === null).length;
      console.log(`${engine}: the core has read ${read.length - refused} of ${count} and refused ${refused}`);
      expect(refused).toBeLessThanOrEqual(counted["giants"]!);
      for (let from = 0; from < read.length; from += BATCH)
        await driver.evaluate(`safe.learn(${JSON.stringify(read.slice(from, from + BATCH)).replaceAll("\u2028", "\\u2028")})`);
      await nothingHappens("markdown");
    });

    it("without anybody who holds them back they sing and load: the canaries are alive", async () => {
      const songs = await driver.evaluate<string[]>(NAKED);
      const alive = new Set([...songs, ...trap.asked.map((path) => /c\d+/.exec(path)?.[0] ?? "")]);
      console.log(`${engine}: ${alive.size} of ${count} sing or load by themselves when nothing holds them back`);
      expect(alive.size).toBeGreaterThan(ALIVE);
    });
  });
}

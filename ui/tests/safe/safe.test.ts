/**
 * No script, no request and no call from any content, whatever way it comes in: hundreds of hostile contents, each with a canary of its own, pasted, dropped, read
 * as Markdown by the core, and sent by a peer. In both engines, without a Content Security Policy, so that the reading alone must hold. ENGINE=chromium or webkit
 * runs one. The Markdown needs a `sheaf` binary (SHEAF_BIN).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../drive/chromium.ts";
import type { Driver } from "../drive/driver.ts";
import { Engine } from "../drive/engine.ts";
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
/** Of the payloads at least so many are alive: they sing or load when nothing holds them back. Measured: 286 and 292, on a busy machine. */
const ALIVE = 150;
/** Documents of them at a time. */
const FRAMES = 50;
/** Their loading may take so long; what takes longer is counted as far as it has come. */
const LOADS_WITHIN_MS = 5000;
/** The number of those that are alive rests when it is the same twice, */
const LOOKS_EVERY_MS = 250;
/** and is taken as it is when it does not: some sing for ever. */
const RESTS_WITHIN_MS = 4000;
/** What our own page loads from its server while it is used. */
const OURS = /^\/(src|node_modules|tests|@vite|@id|@fs)\b/;

/** Some payloads, each in a document of its own that nobody watches over. */
const naked = (from: number): string => `
  window.sang ??= new Set();
  window.canary = (token) => sang.add(token);
  window.naked = [];
  for (let nth = ${from}; nth < Math.min(safe.count, ${from + FRAMES}); nth++) {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-same-origin allow-forms";
    frame.srcdoc = "<script>canary = (token) => parent.canary(token)</" + "script>" + safe.html(nth);
    naked.push(frame);
  }
  const loaded = Promise.all(naked.map((frame) => new Promise((done) => frame.addEventListener("load", done, { once: true }))));
  document.body.append(...naked);
  await Promise.race([loaded, new Promise((done) => setTimeout(done, ${LOADS_WITHIN_MS}))]);`;

/** A hand that touches everything in them. */
const TOUCHED = `
  for (const frame of naked)
    for (const element of [...(frame.contentDocument?.querySelectorAll("*") ?? [])].slice(0, 50)) {
      // Some of them take the place of what an element is asked.
      const names = Element.prototype.getAttributeNames.call(element).slice(0, 20);
      for (const name of names) if (name.startsWith("on")) EventTarget.prototype.dispatchEvent.call(element, new Event(name.slice(2)));
      if (element instanceof frame.contentWindow.HTMLElement) HTMLElement.prototype.click.call(element);
    }`;

const GONE = "for (const frame of naked) frame.remove();";

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
    let trap: Trap;
    let server: Awaited<ReturnType<typeof serveEditor>>;
    let count = 0;
    const browser = new Engine(engine, start, (driver) => driver.open(`${server.url}?server=${encodeURIComponent(trap.url)}`));

    /** A story, told once more if the engine ended under it. What was caught in the trap before stays there. */
    const tell = (name: string, run: (driver: Driver) => Promise<void>, { within = 180_000, skip = false } = {}): void =>
      it.skipIf(skip)(name, () => browser.tell(name, run), within);

    beforeAll(async () => {
      trap = await setTrap();
      server = await serveEditor("tests/safe/index.html", (path) => paths.push(path));
      await browser.begin();
      count = await browser.driver.evaluate<number>("return safe.count");
    }, 240_000);

    afterAll(async () => {
      await browser.close();
      await server?.close();
      await trap?.close();
    }, 60_000);

    async function nothingHappens(driver: Driver, way: Way): Promise<void> {
      paths.length = 0;
      const wrong: string[] = [];
      for (let from = 0; from < count; from += BATCH)
        wrong.push(...(await driver.evaluate<string[]>(`return safe.run(${JSON.stringify(way)}, ${from}, ${from + BATCH})`)));
      wrong.push(...(await driver.evaluate<string[]>("return safe.elsewhere")));
      wrong.push(...trap.asked, ...paths.filter((path) => !OURS.test(path)));
      expect(firsts(wrong)).toEqual([]);
    }

    /** Whose canaries were heard so far, in the page or at the trap. */
    async function alive(driver: Driver): Promise<ReadonlySet<string>> {
      const songs = await driver.evaluate<string[]>("return [...sang]");
      return new Set([...songs, ...trap.asked.map((path) => /c\d+/.exec(path)?.[0] ?? "")]);
    }

    /** Until no more of them are heard. */
    async function rests(driver: Driver): Promise<void> {
      const late = Date.now() + RESTS_WITHIN_MS;
      let [before, now] = [-1, (await alive(driver)).size];
      while (now !== before && Date.now() < late) {
        await new Promise((done) => setTimeout(done, LOOKS_EVERY_MS));
        [before, now] = [now, (await alive(driver)).size];
      }
    }

    tell("nothing happens when it is pasted", (driver) => nothingHappens(driver, "paste"));
    tell("nothing happens when it is dropped", (driver) => nothingHappens(driver, "drop"));
    tell("nothing happens when a peer writes it", (driver) => nothingHappens(driver, "delta"));
    tell("nothing happens when a peer calls itself so", (driver) => nothingHappens(driver, "presence"));
    const asMarkdown = async (driver: Driver): Promise<void> => {
      const read = await readByCore(binary!, await driver.evaluate<string[]>("return safe.markdown"));
      const refused = read.filter(([, meaning]) => meaning === null).length;
      console.log(`${engine}: the core has read ${read.length - refused} of ${count} and refused ${refused}`);
      expect(refused).toBeLessThanOrEqual(counted["giants"]!);
      for (let from = 0; from < read.length; from += BATCH)
        await driver.evaluate(`safe.learn(${JSON.stringify(read.slice(from, from + BATCH)).replaceAll("\u2028", "\\u2028")})`);
      await nothingHappens(driver, "markdown");
    };
    tell("nothing happens when the core has read it as Markdown", asMarkdown, { skip: binary === undefined });

    const sing = async (driver: Driver): Promise<void> => {
      for (let from = 0; from < count; from += FRAMES) {
        await driver.evaluate(naked(from));
        await rests(driver);
        await driver.evaluate(TOUCHED);
        await rests(driver);
        await driver.evaluate(GONE);
      }
      const { size } = await alive(driver);
      console.log(`${engine}: ${size} of ${count} sing or load by themselves when nothing holds them back`);
      expect(size).toBeGreaterThan(ALIVE);
    };
    tell("without anybody who holds them back they sing and load: the canaries are alive", sing, { within: 480_000 });
  });
}

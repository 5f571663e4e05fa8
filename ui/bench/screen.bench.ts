/**
 * Editors on a real screen, by size: first picture, everything that will be mounted, my key to the next frame, somebody else's key, memory and bundle; Sheaf
 * beside Tiptap with y-tiptap and Lexical with its Yjs binding, in Chromium and WebKitGTK, real keys, each in a browser of its own. `npm run screen` in
 * ui/bench; LINES=100,5000, ENGINE=webkit and SIDES=sheaf narrow it. An editor that lets one step wait longer than our patience is given up at that size.
 */
import { it } from "vitest";
import { loadavg } from "node:os";
import { startChromium } from "../tests/drive/chromium.ts";
import { type Driver, until } from "../tests/drive/driver.ts";
import { startWebKit } from "../tests/drive/webkit.ts";
import { pageMemory } from "./screen/memory.ts";
import { SIDES, buildApp, buildSides, serveSides } from "./screen/serve.ts";

const SIZES = (process.env["LINES"] ?? "100,1000,5000,20000").split(",").map(Number);
const WANTED = (process.env["SIDES"] ?? SIDES.join()).split(",");
const ENGINES = (
  [
    ["chromium", startChromium],
    ["webkit", startWebKit],
  ] as const
).filter(([name]) => process.env["ENGINE"] === undefined || process.env["ENGINE"] === name);
/** For opening, for all keys together, for all of the others' keys together. */
const PATIENCE_MS = Number(process.env["PATIENCE"] ?? 40_000);
const TYPED = "the quick brown fox jumps over the lazy dog";
const REMOTE_KEYS = 40;

it("the screen", async () => {
  const built = [...(await buildSides()), ["app", await buildApp()] as const];
  console.log("What is loaded before the first picture; `app` is Sheaf with its library, status and menus, the others an editor alone.");
  for (const [side, { bytes, compressed }] of built)
    console.log(`${side.padEnd(8)} bundle ${(bytes / 1000).toFixed(0)} kB, ${(compressed / 1000).toFixed(0)} kB compressed`);
  const server = await serveSides();
  console.log(
    `load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}; patience ${PATIENCE_MS / 1000} s a step`,
  );
  console.log("engine     editor   blocks  first ms  ready ms   my key p50 / p95   their key p50 / p95   memory MB");
  for (const [, start] of ENGINES)
    for (const blocks of SIZES)
      for (const side of SIDES) if (WANTED.includes(side)) console.log(await measure(start, server.url, side, blocks));
  console.log(
    `load at the end ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}`,
  );
  await server.close();
}, 3_600_000);

async function measure(start: () => Promise<Driver>, url: string, side: string, blocks: number): Promise<string> {
  const driver = await start();
  const row = [driver.name.padEnd(10), side.padEnd(8), String(blocks).padStart(6)];
  try {
    await patiently("opening", driver.open(`${url}/${side}/${side}.html?blocks=${blocks}`));
    await until(driver, "return opened.ready !== undefined", PATIENCE_MS);
    const { first, ready } = await driver.evaluate<{ first: number; ready: number }>("return opened");
    row.push(first.toFixed(0).padStart(9), ready.toFixed(0).padStart(9));
    await new Promise((done) => setTimeout(done, 1000));
    const memory = pageMemory();
    await driver.evaluate(
      "await side.caretInTheMiddle(); await new Promise((d) => setTimeout(d, 800)); window.had = side.length(); beginKeys();",
    );
    await patiently("my keys", driver.type(TYPED));
    await until(driver, `return keys.length >= ${TYPED.length}`, PATIENCE_MS);
    const written = await driver.evaluate<number>("return side.length() - had");
    if (written !== TYPED.length) throw new Error(`${TYPED.length} keys wrote ${written} characters`);
    row.push(spread((await driver.evaluate<number[]>("return keys")).slice(3)).padStart(18));
    const theirs = await patiently(
      "their keys",
      driver.evaluate<number[]>(
        `await new Promise((d) => setTimeout(d, 600)); const times = []; for (let i = 0; i < ${REMOTE_KEYS}; i++) { times.push(await side.remote()); await new Promise((d) => setTimeout(d, 30)); } return times;`,
      ),
    );
    row.push(spread(theirs.slice(3)).padStart(21), (memory ?? 0).toFixed(0).padStart(11));
  } catch (error) {
    row.push(`  given up: ${error instanceof Error ? error.message.slice(0, 90) : String(error)}`);
  } finally {
    await driver.close().catch(() => undefined);
  }
  return row.join(" ");
}

async function patiently<T>(what: string, step: Promise<T>): Promise<T> {
  let late: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, fail) => {
    late = setTimeout(() => fail(new Error(`${what} took more than ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([step, patience]);
  } finally {
    clearTimeout(late);
  }
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `${at(0.5)} / ${at(0.95)}`;
}

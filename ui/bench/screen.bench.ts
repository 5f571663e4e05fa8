/**
 * The editor on a real screen, by size: first picture, everything mounted, my key to the next frame, somebody else's key drawn. Chromium and
 * WebKitGTK, real keys. `npm run screen` in ui/bench.
 */
import { it } from "vitest";
import { startChromium } from "../tests/drive/chromium.ts";
import { type Driver, until } from "../tests/drive/driver.ts";
import { startWebKit } from "../tests/drive/webkit.ts";
import { serveEditor } from "../tests/editor/serve.ts";

const SIZES = (process.env["LINES"] ?? "100,1000,2000,5000").split(",").map(Number);

it("the screen", async () => {
  const server = await serveEditor();
  console.log("engine      lines   first ms   all ms    my key to frame p50 / p95    their key drawn p50 / p95");
  for (const start of [startChromium, startWebKit]) {
    const driver = await start();
    try {
      for (const lines of SIZES) console.log(await measure(driver, server.url, lines));
    } finally {
      await driver.close();
    }
  }
  await server.close();
}, 600_000);

async function measure(driver: Driver, url: string, lines: number): Promise<string> {
  await driver.open(`${url}?lines=${lines}&one`);
  await until(driver, `return document.querySelectorAll('#a .line').length >= ${lines}`, 120_000);
  const { first, all } = await driver.evaluate<{ first: number; all: number }>(
    "return { first: sheaf.mounted.first, all: performance.now() - sheaf.mounted.start }",
  );
  await driver.evaluate(`
    sheaf.a.select({ anchor: 40, head: 40 });
    window.keys = [];
    addEventListener("keydown", () => { const t = performance.now(); requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => keys.push(performance.now() - t); c.port2.postMessage(0); }); }, true);`);
  await driver.type("the quick brown fox jumps over the lazy dog");
  const keys = await driver.evaluate<number[]>("await new Promise((d) => setTimeout(d, 300)); return keys.slice(3)");
  const drawn = await driver.evaluate<number[]>(`
    const times = [];
    const view = sheaf.a.view;
    const draw = view.draw.bind(view);
    view.draw = () => { const t = performance.now(); const did = draw(); if (did) times.push(performance.now() - t); return did; };
    const Delta = sheaf.a.delta.constructor;
    for (let i = 0; i < 40; i++) {
      sheaf.core.remote(new Delta().retain(Math.floor(sheaf.core.text.length / 2)).insert("x"));
      await new Promise((d) => setTimeout(d, 40));
    }
    return times;`);
  return `${driver.name.padEnd(11)} ${String(lines).padStart(5)} ${first.toFixed(0).padStart(10)} ${all.toFixed(0).padStart(8)} ${spread(keys).padStart(28)} ${spread(drawn).padStart(28)}`;
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `${at(0.5)} / ${at(0.95)}`;
}

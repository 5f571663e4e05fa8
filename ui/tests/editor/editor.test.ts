/** The editor's suite in Chromium and in real WebKitGTK. ENGINE=chromium or webkit runs one. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { startChromium } from "../drive/chromium.ts";
import type { Driver } from "../drive/driver.ts";
import { startWebKit } from "../drive/webkit.ts";
import { serveEditor } from "./serve.ts";
import { stories } from "./suite.ts";

const engines: ReadonlyArray<readonly [string, () => Promise<Driver>]> = [
  ["chromium", startChromium],
  ["webkit", startWebKit],
];

for (const [engine, start] of engines) {
  describe.skipIf(process.env["ENGINE"] !== undefined && process.env["ENGINE"] !== engine)(`the editor in ${engine}`, () => {
    let driver: Driver;
    let server: Awaited<ReturnType<typeof serveEditor>>;

    beforeAll(async () => {
      server = await serveEditor();
      driver = await start();
      await driver.open(server.url);
    }, 120_000);

    afterAll(async () => {
      await driver?.close();
      await server?.close();
    });

    for (const story of stories) it(story.name, () => story.run(driver), 60_000);
  });
}

/**
 * Tells the editor's suite to one engine. Each engine has a test file of its own (`chromium.test.ts`, `webkit.test.ts`),
 * so that both are told at once.
 *
 * An engine may end under a story by a fault of its own: seen once in WebKitGTK, in some hundred runs. That story is told again in a new one, and the
 * run says so. An engine that ends twice is ended by the page: that fails.
 */
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Driver } from "../drive/driver.ts";
import { serveEditor } from "./serve.ts";
import type { Story } from "./story.ts";
import { stories } from "./suite.ts";

/** All stories, in the engine that this starts. */
export function tellAll(engine: string, start: () => Promise<Driver>): void {
  describe(`the editor in ${engine}`, () => {
    let driver: Driver;
    let server: Awaited<ReturnType<typeof serveEditor>>;
    let ended = 0;

    const begin = async (): Promise<void> => {
      driver = await start();
      await driver.open(server.url);
    };

    const tell = async (story: Story): Promise<void> => {
      try {
        await story.run(driver);
      } catch (error) {
        if (await answers(driver)) throw error;
        ended++;
        console.log(`NOTICE: ${engine} ended under "${story.name}", for the ${ended}. time: ${String(error)}`);
        await driver.close();
        await begin();
        if (ended > 1) throw error;
        await story.run(driver);
      }
    };

    beforeAll(async () => {
      server = await serveEditor();
      await begin();
    }, 120_000);

    afterAll(async () => {
      await driver?.close();
      await server?.close();
    }, 60_000);

    for (const story of stories) it(story.name, () => tell(story), 120_000);
  });
}

/** Whether the page still does. */
async function answers(driver: Driver): Promise<boolean> {
  const late = new Promise<false>((done) => setTimeout(() => done(false), 10_000));
  return Promise.race([driver.evaluate<boolean>("return true").catch(() => false), late]);
}

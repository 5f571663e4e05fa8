/**
 * Tells the editor's suite to one engine. Each engine has a test file of its own (`chromium.test.ts`, `webkit.test.ts`),
 * so that both are told at once.
 */
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Driver } from "../drive/driver.ts";
import { Engine } from "../drive/engine.ts";
import { serveEditor } from "./serve.ts";
import { stories } from "./suite.ts";

/** All stories, in the engine that this starts. */
export function tellAll(name: string, start: () => Promise<Driver>): void {
  describe(`the editor in ${name}`, () => {
    let server: Awaited<ReturnType<typeof serveEditor>>;
    const engine = new Engine(name, start, (driver) => driver.open(server.url));

    beforeAll(async () => {
      server = await serveEditor();
      await engine.begin();
    }, 240_000);

    afterAll(async () => {
      await engine.close();
      await server?.close();
    }, 60_000);

    for (const story of stories) it(story.name, () => engine.tell(story.name, (driver) => story.run(driver)), 120_000);
  });
}

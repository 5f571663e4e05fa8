/** Debian's Chromium through playwright-core. */
import { chromium } from "playwright-core";
import { type Driver, LOADS_WITHIN_MS } from "./driver.ts";

/** Starts Chromium. */
export async function startChromium(): Promise<Driver> {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--force-color-profile=srgb", "--disable-lcd-text"],
  });
  const context = await browser.newContext({ viewport: { width: 1300, height: 900 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  // The first page waits for the server to read all that it consists of.
  page.setDefaultTimeout(LOADS_WITHIN_MS);
  let imes: ReturnType<typeof context.newCDPSession> | undefined;
  page.on("pageerror", (error) => console.error("page:", error.message));
  return {
    name: "Chromium",
    open: async (url) => {
      await page.goto(url);
      await page.waitForSelector("body[data-ready]");
    },
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text) => page.keyboard.type(text),
    click: (selector, modifiers = []) => page.click(selector, { modifiers: modifiers as Array<"Control"> }),
    drag: async (from, to) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 8 });
      await page.mouse.up();
    },
    mouse: async (...steps) => {
      for (const step of steps) {
        if (step === "down") await page.mouse.down();
        else if (step === "up") await page.mouse.up();
        else await page.mouse.move(step.x, step.y, { steps: 4 });
      }
    },
    hover: (place) => page.mouse.move(place.x, place.y),
    evaluate: (body) => page.evaluate(`(async () => { ${body} })()`),
    compose: async (character, between) => {
      const session = await context.newCDPSession(page);
      for (const text of ["k", "ky", character]) {
        await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
        await between();
      }
      await session.send("Input.insertText", { text: character });
      await session.detach();
    },
    ime: async (step) => {
      imes ??= context.newCDPSession(page);
      const session = await imes;
      if ("commit" in step) await session.send("Input.insertText", { text: step.commit });
      else {
        const caret = step.caret ?? step.preedit.length;
        await session.send("Input.imeSetComposition", { text: step.preedit, selectionStart: caret, selectionEnd: caret });
      }
    },
    screenshot: async (path) => void (await page.screenshot({ path })),
    close: () => browser.close(),
  };
}

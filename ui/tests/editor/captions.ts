/** Stories of captions: added, written, left and taken away with keys; drawn, read out, moved, copied and pasted with what they are about. */
import { expect } from "vitest";
import type { Driver } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

/** A document that begins with an image, then these lines. */
async function figure(driver: Driver, ...lines: string[]): Promise<void> {
  await begin(driver, ...lines);
  const value = { hash: "ab".repeat(32), size: 12, name: "fox.png", type: "image/png", width: 64, height: 48 };
  await driver.evaluate(`
    const ops = [{ insert: { image: ${JSON.stringify(value)} } }, { insert: "\\n", attributes: { line: "picture" } }, ...sheaf.a.delta.ops];
    await sheaf.set(ops); sheaf.a.focus(); sheaf.a.select({ anchor: 1, head: 1 });`);
}

/** The words that are drawn as captions, and those that the image refers to. */
const drawn = (driver: Driver, window = "b"): Promise<unknown> =>
  driver.evaluate(`
    await new Promise((done) => setTimeout(done, 100));
    const named = document.querySelector("#${window} .attachment").getAttribute("aria-describedby");
    const captions = [...document.querySelectorAll("#${window} [data-caption]")].map((line) => line.textContent);
    return { captions, named: named === null ? null : document.getElementById(named).textContent };`);

const KEY = "Control+Alt+p";

export const captions: Story[] = [
  {
    name: "a caption: added with a key, written, gone back to; Enter leaves it, and its words behind the caret leave with it",
    run: async (driver) => {
      await figure(driver, "next");
      await driver.press(KEY);
      await driver.type("A fox, at dusk");
      expect(await text(driver)).toEqual(["<image>", "p caption: A fox, at dusk", "next"]);
      expect(await drawn(driver)).toEqual({ captions: ["A fox, at dusk"], named: "A fox, at dusk" });
      await driver.press("Enter");
      await driver.type("x");
      await caret(driver, 0);
      await driver.press(KEY);
      await driver.type("!");
      expect(await drawn(driver)).toEqual({ captions: ["A fox, at dusk!"], named: "A fox, at dusk!" });
      expect(await text(driver)).toEqual(["<image>", "p caption: A fox, at dusk!", "x", "next"]);
      await caret(driver, 9);
      await driver.press("Enter");
      expect(await text(driver)).toEqual(["<image>", "p caption: A fox, ", "at dusk!", "x", "next"]);
      await caret(driver, 2);
      await driver.press("Enter");
      expect(await text(driver)).toEqual(["<image>", "p caption: ", "A fox, ", "at dusk!", "x", "next"]);
      expect(await drawn(driver)).toEqual({ captions: [""], named: "" });
      await settled(driver);
    },
  },
  {
    name: "Backspace makes a caption a paragraph, and takes an empty one away; undo brings it back; Enter in an empty one leaves it",
    run: async (driver) => {
      await figure(driver, "p caption: Fox", "next");
      await caret(driver, 2);
      await driver.press("Backspace");
      expect(await text(driver)).toEqual(["<image>", "Fox", "next"]);
      expect(await drawn(driver)).toEqual({ captions: [], named: null });
      await driver.press("Control+z", "Shift+End", "Delete", "Backspace");
      expect(await text(driver)).toEqual(["<image>", "next"]);
      await driver.press("Control+z");
      expect((await text(driver))[1]).toBe("p caption: ");
      await driver.press("Control+z");
      expect(await drawn(driver)).toEqual({ captions: ["Fox"], named: "Fox" });
      await driver.press("Shift+End", "Delete", "Enter");
      await driver.type("y");
      expect(await text(driver)).toEqual(["<image>", "y", "next"]);
      await settled(driver);
    },
  },
  {
    name: "a caption says nothing below words; below an image it is found again, and it goes where the image goes",
    run: async (driver) => {
      await figure(driver, "p caption: Fox", "next", "p caption: no picture");
      expect(await drawn(driver, "a")).toEqual({ captions: ["Fox"], named: "Fox" });
      await driver.press("Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual(["next", "<image>", "p caption: Fox", "p caption: no picture"]);
      expect(await drawn(driver)).toEqual({ captions: ["Fox", "no picture"], named: "Fox" });
      // It is below the image now, and goes with it.
      await driver.press("Alt+Shift+ArrowUp");
      expect(await text(driver)).toEqual(["<image>", "p caption: Fox", "p caption: no picture", "next"]);
      await settled(driver);
    },
  },
  {
    name: "what is copied and printed is a figure with its caption, and comes back as one; a caption of another page keeps what it is",
    run: async (driver) => {
      await figure(driver, "p caption: A <fox>", "end");
      await driver.evaluate(`
        sheaf.copied = "";
        document.addEventListener("copy", (e) => (sheaf.copied = e.clipboardData.getData("text/html")), { once: true });`);
      await caret(driver, 0, 10);
      await driver.press("Control+c");
      const copied = await driver.evaluate<string>("return sheaf.copied");
      const written = "<figcaption>A &lt;fox&gt;</figcaption></figure>";
      expect(copied).toContain(written);
      expect(await driver.evaluate("return sheaf.a.printable")).toContain(written);
      await begin(driver, "");
      await paste(driver, { "text/html": copied });
      expect((await text(driver)).slice(0, 2)).toEqual(["<image>", "p caption: A <fox>"]);
      await begin(driver, "");
      await paste(driver, { "text/html": "<p>Seen</p><figure><img src='x' alt='A hare'><figcaption>At <b>noon</b></figcaption></figure>" });
      expect((await text(driver)).slice(0, 3)).toEqual(["Seen", "A hare", "p caption: At {bold noon}"]);
      await settled(driver);
    },
  },
];

/**
 * How the main screens look, in light and in dark: few, and always the same. Each is compared with a picture that somebody has looked at (baseline.mjs
 * says how to accept another). Size, fonts, moment and names are fixed; what chance or the network says is written over.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";

import { differs, fontsMissing } from "./baseline.mjs";
import { Person, story } from "./person.mjs";

const WIDE = { width: 1000, height: 640 };
/** What 400 % zoom leaves of a window of 1,280 pixels. */
const NARROW = { width: 320, height: 568 };
const LOOK = { viewport: WIDE, deviceScaleFactor: 1, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" };

const ada = new Person("Ada", LOOK);
const ben = new Person("Ben", LOOK);
const folder = mkdtempSync(join(tmpdir(), "sheaf-looks-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const ICON = resolve(import.meta.dirname, "../../../../icons/128.png");
const HARVEST = `We cut the rye **by hand**, as every year; the *red cart* is Cleo’s. Ask her before noon.

## What to bring

- [x] Two scythes
- [ ] Bread, ~~cheese~~ and \`water\`

> Nothing you type waits for a network.

## Who comes

1. Ada, with the horses
2. Ben, from the [mill](https://example.org/mill)
`;

const dialog = () => ada.page.getByRole("dialog");

/**
 * Writes over what chance or the network says in a dialog: short ids of devices, and how long something took; again whenever the page writes another
 * number. The text itself says nothing of the kind.
 */
const settle = (page) =>
  page.evaluate(() => {
    const write = () => {
      for (const dialog of document.querySelectorAll("[role=dialog]")) {
        const texts = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT);
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
          const settled = text.nodeValue.replace(/\b[0-9a-f]{8}\b/gu, "07070707").replace(/\d+ ms/gu, "7 ms");
          if (settled !== text.nodeValue) text.nodeValue = settled;
        }
      }
    };
    write();
    if (globalThis.settling) return;
    globalThis.settling = new MutationObserver(write);
    globalThis.settling.observe(document.body, { subtree: true, childList: true, characterData: true });
  });

/** The screens in the order in which they are opened, each left as it was found. */
async function everyScreen(look) {
  await look("document");

  await ada.presses("Control+Alt+o");
  await ada.page.locator(".outline").waitFor();
  await look("outline");
  await ada.presses("Control+Alt+o");
  await ada.page.locator(".outline").waitFor({ state: "detached" });

  await ada.presses("Control+\\");
  await ada.page.locator("nav .row-menu").first().click();
  await ada.page.getByRole("menu").waitFor();
  await look("library");
  await ada.presses("Escape", "Control+\\");

  await ada.page.locator("header .primary").click();
  await dialog().getByRole("listitem").nth(1).waitFor();
  await look("share");
  await ada.leavesDialog();

  await ada.page.locator(".status-facts").click();
  await dialog().getByText(/\d+ ms/u).first().waitFor();
  await look("people");
  await ada.presses("Escape");

  await ada.presses("Control+,");
  await dialog().locator("dl").waitFor();
  await look("settings");
  await ada.leavesDialog();

  await ada.page.setViewportSize(NARROW);
  await look("narrow");
  await ada.page.setViewportSize(WIDE);

  await ada.presses("Control+\\");
  await ada.chooses("Tools");
  await ada.isInText();
  await ada.presses("Control+\\");
  await ada.page.waitForFunction(() => document.querySelector(".attachment img")?.naturalWidth > 0);
  // The code is coloured by a worker, when it gets to it.
  await ada.page.waitForFunction(() => [...CSS.highlights.values()].some((ranges) => ranges.size > 0));
  await look("blocks");
  await ada.presses("Control+\\");
  await ada.chooses("Harvest");
  await ada.isInText();
  await ada.presses("Control+\\");
}

/** Two documents and two people, who have fixed names and colours. */
async function begins() {
  for (const [person, colour] of [[ada, "teal"], [ben, "orange"]]) {
    await person.node.command("me", "--name", person.name, "--colour", colour);
  }
  const write = (name, text) => (writeFileSync(join(folder, name), text), join(folder, name));
  await ada.node.command("new", "Tools", "--from", write("tools.md", "What stands in the barn:\n\n```js\n// How many?\nconst scythes = people.map(() => 1);\n```\n"));
  await ada.node.command("attach", "Tools", ICON);
  await ada.node.command("new", "Harvest", "--from", write("harvest.md", HARVEST));
  // A page of one moment long ago: everything has happened "just now".
  await ada.opens();
  await ada.page.clock.setFixedTime(new Date("2026-01-05T10:00:00Z"));
  await ada.chooses("Tools");
  await ada.isInText();
  await ada.presses("Control+Home", "End", "Enter");
  await ada.types("/table");
  await ada.presses("Enter");
  for (const cell of ["Tool", "Where", "", "Scythe", "Barn", "new", "Cart", "Mill"]) {
    await ada.types(cell);
    await ada.presses("Tab");
  }
  await ada.types("red");
  await ada.chooses("Harvest");
  await ada.isInText();
  const ticket = (await ada.node.command("share", "Harvest")).trim();
  await ben.node.starts();
  await ben.node.command("join", ticket);
  await ada.isTold("Up to date with Ben");
  await ada.presses("Control+\\");
  await ada.page.locator("nav.sidebar").waitFor({ state: "detached" });
}

story("the main screens look as they did, in light and in dark", async (context) => {
  await begins();
  const missing = await fontsMissing(ada.page);
  if (missing.length > 0) return context.skip(`the page did not bring ${missing.join(", ")}`);
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await ada.page.emulateMedia({ colorScheme });
    await everyScreen(async (name) => {
      await ada.page.mouse.move(1, 1);
      await settle(ada.page);
      found.push(...(await differs(ada.page, `${name}-${colorScheme}`)));
    });
  }
  assert.deepEqual(found, []);
  assert.deepEqual(ada.complaints, []);
});

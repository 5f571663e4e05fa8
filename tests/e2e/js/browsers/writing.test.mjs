/** Writing with whole blocks, shortcuts and the settings of writing: the menu of a block with mouse and keys, in two languages, read by a screen reader. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const cleo = new Person("Cleo", { locale: "de-AT", viewport: { width: 320, height: 640 } });

const lines = (person) => person.page.evaluate(() => [...document.querySelectorAll(".sheaf-editor > .line")].map((line) => `${line.className.split(" ").at(-1)}: ${line.textContent}`));
const menu = (person) => person.page.getByRole("menu").first();

async function shows(person, expected) {
  await until(`the text to be ${expected.join(" | ")}`, async () => JSON.stringify(await lines(person)) === JSON.stringify(expected));
}

/** Rests on a line of the text and answers the handle that comes beside it. */
async function handleOf(person, words) {
  await person.page.locator(".sheaf-editor .line", { hasText: words }).hover();
  const handle = person.page.locator(".block-handle");
  await handle.waitFor();
  return handle;
}

/** Asks for the menu with these keys, and waits until it has the keys. */
async function asks(person, ...keys) {
  await person.presses(...keys);
  await person.page.waitForFunction(() => document.activeElement?.closest("[role=menu]"));
}

story("a block's menu opens from its handle, turns, doubles, moves, copies and deletes it, and gives the caret back", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Rye\nOats\nBarley");
  await (await handleOf(ada, "Oats")).click();
  await menu(ada).waitFor();
  assert.deepEqual(await ada.hindrances(".block-menu"), []);
  await ada.clicks("Turn into", "menuitem");
  await ada.page.getByRole("menuitem", { name: "Heading 2" }).click();
  await shows(ada, ["p: Rye", "h2: Oats", "p: Barley"]);
  await ada.page.waitForFunction(() => document.activeElement?.matches(".sheaf-editor"));

  await asks(ada, "Enter");
  await ada.presses("ArrowDown", "Enter");
  await shows(ada, ["p: Rye", "h2: Oats", "h2: Oats", "p: Barley"]);
  await asks(ada, "Enter");
  await ada.presses("End", "Enter");
  await shows(ada, ["p: Rye", "h2: Oats", "p: Barley"]);
  await asks(ada, "Control+z", "Control+Home", "Alt+Enter");
  await ada.page.getByRole("menuitem", { name: /^Move down/ }).click();
  await shows(ada, ["h2: Oats", "p: Rye", "h2: Oats", "p: Barley"]);
  await asks(ada, "Enter");
  await ada.page.getByRole("menuitem", { name: /^Copy/ }).click();
  await until("the clipboard to hold it", async () => (await ada.page.evaluate(() => navigator.clipboard.readText())).trim() === "Rye");
  await ada.presses("Escape");
  await ada.types("!");
  await shows(ada, ["h2: Oats", "p: !Rye", "h2: Oats", "p: Barley"]);
  assert.deepEqual(ada.complaints, []);
});

story("what is chosen is told, Escape closes what is on top first, and the block last", async () => {
  await ada.presses("Escape");
  await ada.page.getByRole("status").filter({ hasText: "Block chosen: !Rye" }).waitFor({ state: "attached" });
  await ada.presses("Shift+ArrowDown");
  await ada.page.getByRole("status").filter({ hasText: "2 blocks chosen" }).waitFor({ state: "attached" });
  assert.deepEqual(await ada.hindrances(), []);
  await asks(ada, "Enter");
  await ada.presses("Escape");
  await menu(ada).waitFor({ state: "detached" });
  assert.equal(await ada.page.locator("[data-chosen]").count(), 2);
  await ada.presses("Escape");
  assert.equal(await ada.page.locator("[data-chosen]").count(), 0);

  await ada.presses("Control+f", "Escape", "Control+.");
  await ada.page.locator(".notes[hidden]").waitFor({ state: "attached" });
  await ada.presses("Escape");
  await ada.page.locator(".notes:not([hidden])").waitFor({ state: "attached" });
  assert.equal(await ada.page.locator("[data-chosen]").count(), 0, "Escape left focus mode and nothing else");
});

story("the list of shortcuts is found by key, searched, and closed", async () => {
  await ada.presses("F1");
  const list = ada.page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await list.waitFor();
  assert.deepEqual(await ada.hindrances(".dialog"), []);
  await ada.types("duplic");
  await until("one to be left", async () => (await list.locator("dt").allTextContents()).join() === "Duplicate");
  assert.equal(await list.locator("kbd").innerText(), "Ctrl+D");
  await ada.leavesDialog();
  await ada.presses("Control+/");
  await list.waitFor();
  await ada.leavesDialog();
});

story("typography, spelling and the language of a document are chosen in the settings, show at once and hold", async () => {
  const text = () => ada.page.evaluate(() => [document.querySelector(".sheaf-editor").spellcheck, document.querySelector(".sheaf-editor").lang].join());
  await ada.presses("Control+,");
  const open = ada.page.getByRole("dialog", { name: "Settings" });
  await open.getByLabel("Typographic signs as you type").check();
  await open.getByLabel("Language of this document").selectOption("de-CH");
  await open.getByText("«…»", { exact: false }).waitFor();
  await ada.leavesDialog();
  assert.equal(await text(), "true,de-CH");
  await ada.presses("Control+End", "Enter");
  await ada.types('"Hafer" -- ...');
  await ada.sees("«Hafer» – …");
  await ada.presses("Control+,");
  await open.getByLabel("Underline misspelled words").uncheck();
  await ada.leavesDialog();
  assert.equal(await text(), "false,de-CH");
  await ada.page.reload();
  await ada.chooses("Harvest");
  await until("the choices to hold", async () => (await ada.page.locator(".sheaf-editor").count()) === 1 && (await text()) === "false,de-CH");
  await ada.page.locator(".status-count").click();
  const counts = ada.page.getByRole("dialog", { name: "How long the text is" });
  await counts.waitFor();
  assert.deepEqual(await ada.hindrances(".status-counts"), []);
  assert.match(await counts.innerText(), /Words\s+5\s+Characters\s+\d+[\s\S]*under a minute/);
  await ada.presses("Escape");
});

story("settings are found by their words, and a section is reset and comes back", async () => {
  await ada.presses("Control+,");
  const open = ada.page.getByRole("dialog", { name: "Settings" });
  await open.getByRole("searchbox").fill("misspelled");
  await until("one choice to be left", async () => (await open.locator("section:visible").count()) === 1 && (await open.getByRole("checkbox").count()) === 1);
  assert.equal(await open.getByLabel("Underline misspelled words").isChecked(), false);
  await open.getByRole("button", { name: "Reset Writing" }).click();
  await until("it to be as it was first", () => open.getByLabel("Underline misspelled words").isChecked());
  assert.equal(await ada.page.evaluate(() => document.querySelector(".sheaf-editor").spellcheck), true);
  await open.getByRole("button", { name: "Undo the reset of Writing" }).click();
  await until("it to be as it was before", async () => !(await open.getByLabel("Underline misspelled words").isChecked()));
  await open.getByRole("searchbox").fill("zebra");
  await open.getByText("No setting for “zebra”").waitFor();
  await ada.leavesDialog();
});

story("with 320 pixels and in German the menu is whole and does the same", async () => {
  await cleo.opens();
  await until("a text", async () => (await cleo.page.locator(".sheaf-editor").count()) === 1);
  await cleo.page.locator(".sheaf-editor").click();
  await cleo.presses("Control+End", "Enter");
  await cleo.types("Roggen");
  await cleo.presses("Alt+Enter");
  await menu(cleo).waitFor();
  const box = await menu(cleo).boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 320, `the menu stands in the window: ${JSON.stringify(box)}`);
  assert.deepEqual(await cleo.hindrances(".block-menu"), []);
  await cleo.page.getByRole("menuitem", { name: /^Löschen/ }).click();
  await until("the block to go", async () => !(await lines(cleo)).join().includes("Roggen"));
});

/** Links to headings: copied in one document, pasted in another, followed when the heading has another name and another place, and when it has gone. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const plain = () => ada.page.evaluate(() => navigator.clipboard.readText());
const names = (...expected) =>
  until(`the names ${expected.join(", ")}`, async () => {
    const found = await ada.page.locator(".mention.document").allInnerTexts();
    return JSON.stringify(found) === JSON.stringify(expected);
  });

/** The selection is the whole of this line. */
const isAt = (words) => ada.page.waitForFunction((words) => getSelection().toString().trim() === words, words);

/** Opens the menu of the block with the caret and chooses in it. */
async function choosesForBlock(name) {
  await ada.presses("Alt+Enter");
  await ada.page.getByRole("menuitem", { name }).click();
  await ada.page.getByRole("menu").waitFor({ state: "detached" });
}

story("a heading's menu has a link to it, and pasted elsewhere it leads there", async () => {
  await ada.opens();
  await ada.begins("Almanac");
  await ada.types("# Rye\nSown in October.\n");
  for (let nth = 0; nth < 60; nth += 1) await ada.types(`Line ${nth}\n`);
  await ada.types("## Oats\nSown in March.");
  await ada.presses("Alt+Enter");
  await ada.page.getByRole("menu").waitFor();
  assert.equal(await ada.page.getByRole("menuitem", { name: "Copy link to this heading" }).count(), 0, "a paragraph has none");
  await ada.presses("Escape", "Escape");
  await ada.page.getByText("Oats").click();
  await choosesForBlock("Copy link to this heading");
  await ada.reads("The link is on the clipboard.");
  assert.match(await plain(), /^sheaf:\/\/doc\/[0-9a-f]{64}#[0-9a-z]{10}$/u);

  await ada.begins("Work");
  await ada.types("See ");
  await ada.presses("Control+v");
  await ada.types(" first.");
  await names("Almanac › Oats");
  await ada.hasSaved("Work", (text) => text.includes("first"));
  await ada.page.locator(".mention.document").click();
  await ada.seesTitle("Almanac");
  await isAt("Oats");
});

story("the outline has links, too, by key and by pointer; an address alone is enough", async () => {
  await ada.presses("Control+Alt+o");
  await ada.page.getByRole("treeitem", { name: "Rye" }).focus();
  await ada.presses("Control+c");
  await ada.reads("The link is on the clipboard.");
  assert.equal(await ada.page.evaluate(() => document.activeElement?.getAttribute("role")), "treeitem", "keys go on in the outline");
  const rye = await plain();
  await ada.page.getByRole("treeitem", { name: "Oats" }).hover();
  await ada.page.getByRole("treeitem", { name: "Oats" }).getByRole("button", { name: "Copy link to this heading" }).click();
  await until("another link", async () => (await plain()) !== rye);
  assert.deepEqual(await ada.hindrances("main, aside"), []);
  await ada.presses("Control+Alt+o");

  // As it comes in a mail: the address, and nothing else.
  await ada.page.evaluate((words) => navigator.clipboard.writeText(words), rye);
  await ada.chooses("Work");
  await ada.writes("\nAnd ");
  await ada.presses("Control+v");
  await names("Almanac › Oats", "Almanac");
  await ada.page.locator(".mention.document").last().click();
  await ada.seesTitle("Almanac");
  await isAt("Rye");
});

story("a heading that was moved and renamed is found; one that has gone is said to have gone", async () => {
  await ada.page.getByText("Oats").click();
  await ada.presses("End");
  await ada.types(" and barley");
  await ada.presses(...Array(3).fill("Alt+Shift+ArrowUp"));
  await ada.chooses("Work");
  await ada.isInText();
  await ada.page.locator(".mention.document").first().click();
  await ada.seesTitle("Almanac");
  await isAt("Oats and barley");

  await ada.page.getByText("Oats and barley").click();
  await ada.presses("Escape", "Delete");
  await ada.chooses("Work");
  await ada.isInText();
  await ada.page.locator(".mention.document").first().click();
  await ada.seesTitle("Almanac");
  await ada.reads("The part that the link leads to is not in this document any more.");
  assert.deepEqual(ada.complaints, []);
});

/** Members over real nodes: an invitation that asks first, numbers that both read, a role given while somebody writes, a removal that holds. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { Person, story, until } from "./person.mjs";

const LOOK = { locale: "en-GB", timezoneId: "UTC" };
const ada = new Person("Ada", LOOK);
const ben = new Person("Ben", LOOK);

const dialog = (person) => person.page.getByRole("dialog");

async function numbers(person, name) {
  const shown = dialog(person).getByRole("group", { name }).locator("span");
  await shown.first().waitFor();
  return await shown.allInnerTexts();
}

story("Ben asks, both read the same numbers, Ada lets him in, and he may comment and not write", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("We cut the rye.");
  await ada.clicks("Share");
  await dialog(ada).getByRole("radio", { name: "Can comment" }).check();
  await ada.clicks("Limits of this invitation");
  await dialog(ada).getByLabel("Can be used").selectOption("Once");
  await dialog(ada).getByLabel("Ask me before somebody is let in").check();
  await ada.writesName();
  await ada.clicks("Copy invitation");
  const ticket = await dialog(ada).locator("textarea").inputValue();
  await dialog(ada).getByText(/^used 0 of 1 time · asks first$/u).waitFor();
  await ada.leavesDialog();

  await ben.opens();
  await ben.clicks("Join with an invitation");
  await dialog(ben).locator("textarea").fill(ticket);
  await ben.clicks("Continue");
  await dialog(ben).getByText("You will be able to read it and comment.").waitFor();
  await dialog(ben).getByText("Ada has to let you in.").waitFor();
  await ben.writesName();
  await ben.clicks("Join");
  await dialog(ben).getByText("Waiting for Ada to let you in").waitFor();
  await ada.page.getByRole("button", { name: /^Share ?: 1 person waits/u }).click();
  assert.deepEqual(await numbers(ada, "Numbers"), await numbers(ben, "Numbers to read aloud"));
  await ada.clicks("Let Ben in");
  await ben.sees("We cut the rye.");
  await dialog(ben).waitFor({ state: "detached" });
  await ben.page.locator("header").getByText("Commenting", { exact: true }).waitFor();
  await ben.page.click(".sheaf-editor");
  await ben.types("no");
  assert.deepEqual(await ben.lines(), ["We cut the rye."]);
});

story("Ada lets Ben write, and removes him while he does: his window says so and keeps what he had", async () => {
  await dialog(ada).getByLabel("Role of Ben").selectOption("Can edit");
  await dialog(ada).getByRole("button", { name: "Change the role" }).click();
  await ben.page.locator("header").getByText("Commenting", { exact: true }).waitFor({ state: "detached" });
  await ben.writes(" And barley.");
  await ada.sees("And barley.");
  await ada.clicks("About Ben");
  await ada.clicks("Remove from the document");
  await dialog(ada).locator(".question").getByRole("button", { name: "Remove" }).click();
  await dialog(ada).getByText("Ben was removed.").waitFor();
  await ben.reads("Ada has removed you from this document");
  await ben.page.locator("header").getByText("Your own copy", { exact: true }).waitFor();
  await ben.sees("We cut the rye. And barley.");
  assert.equal(await ben.page.getAttribute(".sheaf-editor", "contenteditable"), "false");
  await ada.leavesDialog();
  await ada.writes(" And oats.");
  await ada.hasSaved("Harvest", (text) => text.includes("And oats."));
  assert.equal((await ben.node.command("show", "Harvest")).includes("oats"), false, "nothing new reaches the removed");
  await ben.picture("let-in-removed");

  await ben.clicks("Go on in a copy of my own");
  await until("Ben to be in his copy", async () => (await ben.page.locator(".removed").count()) === 0);
  await ben.writes(" Alone.");
  await ben.sees("We cut the rye. And barley. Alone.");
});

story("the history tells it, and every signature in it is checked", async () => {
  await ada.clicks("Share");
  await ada.clicks("Who was let in, and by whom");
  await dialog(ada).locator(".what").getByText("Ada removed Ben").waitFor();
  await dialog(ada).locator(".what").getByText("Ada made this document").waitFor();
  await ada.clicks("Check it");
  await dialog(ada).getByText(/^Checked \d+ records from the first one on: .* All fit\.$/u).waitFor();
  assert.deepEqual(await ada.hindrances("[role=dialog]"), []);
  await ada.picture("let-in-history");
  await ada.leavesDialog();
});

story("who was removed comes back by a new invitation, which travels as a file", async () => {
  await ada.clicks("Share");
  await ada.clicks("Copy invitation");
  const saved = ada.page.waitForEvent("download");
  await ada.clicks("Save it as a file");
  const file = await saved;
  assert.equal(file.suggestedFilename(), "Harvest.sheaf");
  const path = await file.path();

  await ben.clicks("Join with an invitation");
  const chosen = ben.page.waitForEvent("filechooser");
  await ben.clicks("Choose a file…");
  await (await chosen).setFiles({ name: "Harvest.sheaf", mimeType: "text/plain", buffer: await readFile(path) });
  await dialog(ben).getByText("You will be able to read and edit it.").waitFor();
  await ben.clicks("Join");
  await dialog(ben).waitFor({ state: "detached" });
  await ben.sees("And oats.");
  await ben.writes(" Ben is back.");
  await ada.hasSaved("Harvest", (text) => text.includes("Ben is back."));
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

/** Documents that name one another: made while one writes, called as they are called now, followed back. */
import assert from "node:assert/strict";

import { Person, story } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

story("a document that is named while one writes is there, keeps its name of today, and knows who names it", async () => {
  await ada.opens();
  await ada.seesTitle("Welcome to Sheaf");
  await ada.begins("Almanac");
  await ada.types("For bread see [[Rye");
  await ada.reads("New document “Rye”");
  await ada.presses("Enter");
  await ada.page.waitForSelector(".mention.document");
  await ada.types("first.");
  await ada.page.locator(".mention.document").click();
  await ada.seesTitle("Rye");
  await ada.clicks("Show the outline");
  await ada.reads("Named in 1 document");
  assert.deepEqual(await ada.hindrances("main, aside"), []);

  await ada.node.command("rename", "Rye", "Rye and spelt");
  await ada.page.locator(".backlinks button").click();
  await ada.seesTitle("Almanac");
  await ada.sees("For bread see Rye and spelt first.");
});

story("who has not got the named document reads what it was called, and it leads nowhere", async () => {
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Almanac");
  await ben.sees("For bread see Rye first.");
  await ben.page.locator(".mention.document").click();
  assert.equal(await ben.page.locator(".mention.document").getAttribute("title"), "This document is not in your library");
  await ben.seesTitle("Almanac");
  await ben.page.locator(".sheaf-editor").click();
  await ben.presses("Control+End", "Enter");
  await ben.types("@Ada");
  await ben.presses("Enter");
  await ben.types("sows it.");
  await ada.sees("@Ada sows it.");
  // Each calls the other document as they know it.
  await ada.sees("For bread see Rye and spelt first.");
  await ben.sees("For bread see Rye first.");
});

story("who says a title without linking it is listed below those who do, and linked when asked", async () => {
  await ada.clicks("New document");
  await ada.page.waitForFunction(() => document.activeElement?.matches("textarea.title") && document.activeElement.value === "");
  await ada.types("Seed list");
  await ada.presses("Enter");
  await ada.types("We need rye and Spelt, and a rye-and-spelter.");
  await ada.chooses("Rye and spelt");
  const said = ada.page.getByRole("region", { name: "Said without a link in 1 document" });
  await said.getByText("Seed list").waitFor();
  await said.getByText(/rye and Spelt, and a/u).waitFor();
  assert.deepEqual(await ada.hindrances("main, aside"), []);
  await said.getByRole("button", { name: "Link it in Seed list" }).click();
  await said.waitFor({ state: "detached" });
  await ada.reads("Named in 2 documents");
  await ada.page.locator(".backlinks button", { hasText: "Seed list" }).click();
  await ada.seesTitle("Seed list");
  await ada.sees("We need Rye and spelt, and a rye-and-spelter.");
  assert.deepEqual(ada.complaints, []);
});

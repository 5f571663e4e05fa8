/** Two people change one paragraph while they are apart: each is shown calmly what both had, may have it either way, and may take that back. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });
const ASIDE = { name: "Changed while you were apart" };

story("a paragraph that both changed apart is shown with what each had, and either can be chosen and taken back", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Cut the rye.\nBorrow the cart.\nAsk Cleo.");
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("Ask Cleo.");

  // Apart: each goes on in the second line.
  await ben.node.stops();
  await ada.page.getByText("Borrow the cart.").click();
  await ada.presses("End");
  await ada.types(" The red one.");
  await ada.hasSaved("Harvest", (text) => text.includes("red one"));
  await ada.node.stops();
  await ben.opensAgain("Harvest");
  await ben.page.getByText("Borrow the cart.").click();
  await ben.presses("Home");
  await ben.types("Today: ");
  await ben.hasSaved("Harvest", (text) => text.includes("Today"));
  await ben.node.stops();

  await ada.opensAgain("Harvest");
  await ben.opensAgain("Harvest");
  await ada.sees("Today: Borrow the cart. The red one.");
  const list = ada.page.getByRole("region", ASIDE);
  await list.getByText("One paragraph was changed by you and by Ben while you were apart").waitFor();
  await ben.page.getByRole("region", ASIDE).getByText("by you and by Ada").waitFor();
  await ada.picture("review-closed");

  // With keys alone, from the line to the list.
  await list.getByRole("button", { name: "Review" }).focus();
  await ada.presses("Enter");
  assert.deepEqual(await list.locator("blockquote").allInnerTexts(), ["Borrow the cart. The red one.", "Today: Borrow the cart."]);
  assert.deepEqual(await list.locator("mark").allInnerTexts(), [" The red one.", "Today: "]);
  assert.deepEqual(await ada.hindrances(".review"), []);
  await ada.picture("review-open");
  await ben.clicks("Review");
  assert.deepEqual(await ben.hindrances(".review"), [], "in the dark");
  await ben.picture("review-open-dark");

  // Ada has it as Ben had; undo gives her everything back.
  await list.getByRole("button", { name: "Use this wording of paragraph 1: Ben had" }).click();
  await until("Ben's wording to stand there", async () => (await ada.lines())[1] === "Today: Borrow the cart.");
  await ada.presses("Control+z");
  await until("all of it to be back", async () => (await ada.lines())[1] === "Today: Borrow the cart. The red one.");
  await list.getByRole("button", { name: "Show paragraph 1 in the text" }).click();
  assert.equal(await ada.page.evaluate(() => String(globalThis.getSelection())), "Today: Borrow the cart. The red one.");

  // Done: it is gone here, and nothing else is; Ben's waits for Ben.
  await list.getByRole("button", { name: "Done" }).click();
  await list.waitFor({ state: "detached" });
  assert.deepEqual(await ada.lines(), ["Cut the rye.", "Today: Borrow the cart. The red one.", "Ask Cleo."]);
  assert.equal(await ben.page.getByRole("region", ASIDE).count(), 1);
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

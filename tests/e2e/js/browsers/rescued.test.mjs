/** One person removes a line while another, apart, writes in it: the words are kept, and come back when their writer asks. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

/** What is on a person's disk, not only on their screen. */
story("words written in a line that somebody removes are kept and can be put back", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Cut the rye.\nBorrow the cart.\nAsk Cleo.");
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("Ask Cleo.");

  // Apart: Ada goes on in the second line, and Ben removes it.
  await ben.node.stops();
  await ada.page.getByText("Borrow the cart.").click();
  await ada.presses("End");
  await ada.types(" The red one.");
  await ada.hasSaved("Harvest", (text) => text.includes("red one"));
  await ada.node.stops();
  await ben.opensAgain("Harvest");
  await ben.page.getByText("Borrow the cart.").click();
  await ben.presses("Home", "Shift+ArrowDown", "Delete");
  await ben.hasSaved("Harvest", (text) => !text.includes("cart"));
  await ben.node.stops();

  await ada.opensAgain("Harvest");
  await ben.node.starts();
  await ada.reads("Kept for you");
  await ada.page.getByRole("region", { name: "Kept for you" }).getByText("The red one.").waitFor();
  assert.deepEqual(await ada.lines(), ["Cut the rye.", " The red one.Ask Cleo."]);
  await ada.clicks("Put it back");
  await until("the words to have a line of their own", async () => (await ada.lines()).length === 3);
  await ada.page.getByText("Kept for you").waitFor({ state: "detached" });
  assert.deepEqual(await ada.lines(), ["Cut the rye.", " The red one.", "Ask Cleo."]);
  await ben.hasSaved("Harvest", (text) => text.includes("The red one.\n"));
});

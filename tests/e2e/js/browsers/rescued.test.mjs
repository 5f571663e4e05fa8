/** One person removes a line while another, apart, writes in it: the words are kept, and come back when their writer asks. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

/** What is on a person's disk, not only on their screen. */
async function saved(person, fits) {
  await until(`${person.name}'s disk to have it`, async () => fits(await person.node.command("show", "Harvest")));
}

async function opensAgain(person) {
  await person.node.starts();
  await person.page.context().close();
  await person.looks();
  await person.chooses("Harvest");
  await person.isInText();
}

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
  await saved(ada, (text) => text.includes("red one"));
  await ada.node.stops();
  await opensAgain(ben);
  await ben.page.getByText("Borrow the cart.").click();
  await ben.presses("Home", "Shift+ArrowDown", "Delete");
  await saved(ben, (text) => !text.includes("cart"));
  await ben.node.stops();

  await opensAgain(ada);
  await ben.node.starts();
  await ada.reads("Kept for you");
  await ada.page.getByRole("region", { name: "Kept for you" }).getByText("The red one.").waitFor();
  assert.deepEqual(await ada.lines(), ["Cut the rye.", " The red one.Ask Cleo."]);
  await ada.clicks("Put it back");
  await until("the words to have a line of their own", async () => (await ada.lines()).length === 3);
  await ada.page.getByText("Kept for you").waitFor({ state: "detached" });
  assert.deepEqual(await ada.lines(), ["Cut the rye.", " The red one.", "Ask Cleo."]);
  await saved(ben, (text) => text.includes("The red one.\n"));
});

/** Two people, two nodes, two pages, one document; and a third who may only read. The stories build on one another, in order. */
import assert from "node:assert/strict";

import { Person, agree, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });
const cleo = new Person("Cleo");

story("Ben pastes Ada's invitation, sees what it is, joins, and both write", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("We cut the rye on Monday.");
  const ticket = await ada.shares();
  assert.match(ticket, /^sheaf[a-z2-7]+$/);
  await ada.page.locator("nav .owner", { hasText: "Ada" }).waitFor();
  await ben.opens();
  await ben.clicks("Join with an invitation");
  await ben.page.locator("[role=dialog] textarea").fill(`${ticket.slice(0, -4)}aaaa`);
  await ben.clicks("Continue");
  await ben.page.getByRole("alert").waitFor();
  await ben.leavesDialog();
  await ben.joins(ticket, "Harvest");
  await ben.sees("We cut the rye on Monday.");
  await ben.writes(" Ben bound it.");
  await ada.sees("Ben bound it.");
  await ada.writes(" Ada carried it in.");
  await ben.sees("Ada carried it in.");
  assert.deepEqual(await agree(ada, ben), ["We cut the rye on Monday. Ben bound it. Ada carried it in."]);
});

story("named cursors appear, and go when the person goes", async () => {
  await ada.writes("!");
  await ben.seesCursorOf("Ada");
  await ben.writes("?");
  await ada.seesCursorOf("Ben");
  // Whoever sees no carets is told so.
  await ada.page.getByRole("status").filter({ hasText: "Ben is editing" }).waitFor({ state: "attached" });
  await ada.page.getByRole("button", { name: "Go to where Ben is" }).waitFor();
  await ben.page.goto("about:blank");
  await ada.seesNoCursor();
  await ben.page.goto(ben.node.url);
  await ben.chooses("Harvest");
  await agree(ada, ben);
});

story("both type at once, in one place: nothing is lost and no word is torn", async () => {
  await ada.writes("\n");
  await ben.sees("\n");
  const said = (name) => Array.from({ length: 12 }, (_, at) => `${name}${at}`);
  await Promise.all([ada.writes(said("ada").join(" ")), ben.writes(said("ben").join(" "))]);
  const lines = (await agree(ada, ben)).join("\n");
  await until("all words to be there", async () => {
    const text = (await agree(ada, ben)).join("\n");
    return [...said("ada"), ...said("ben")].every((word) => text.includes(word)) || void lines;
  });
});

story("they part, both go on, they meet: both have everything", async () => {
  await ben.node.stops();
  await ada.seesNoCursor();
  await ada.writes("\nAda alone.");
  await ada.reads("Nobody else is online");
  await ada.reads("Saved on this device");
  await ada.node.stops();
  await ben.node.starts();
  await ben.page.context().close();
  await ben.looks();
  await ben.chooses("Harvest");
  await ben.writes("\nBen alone.");
  await until("Ben's words to be on his disk", async () => (await ben.node.command("show", "Harvest")).includes("Ben alone."));
  await ada.node.starts();
  await ada.page.context().close();
  await ada.looks();
  await ada.chooses("Harvest");
  await ada.sees("Ben alone.");
  await ben.sees("Ada alone.");
  const lines = await agree(ada, ben);
  assert.equal(lines.filter((line) => line === "Ada alone." || line === "Ben alone.").length, 2, lines.join("\n"));
  await ada.reads("Up to date with Ben");
});

story("who may only read sees everything and cannot type", async () => {
  const ticket = await ada.shares("Can view");
  await cleo.opens();
  await cleo.joins(ticket, "Harvest");
  await cleo.sees("Ben alone.");
  await cleo.page.getByText("Viewing", { exact: true }).waitFor();
  const before = await cleo.lines();
  assert.equal(await cleo.page.getAttribute(".sheaf-editor", "contenteditable"), "false");
  await cleo.page.click(".sheaf-editor");
  await cleo.types("Cleo was here");
  await cleo.presses("Control+b", "Enter", "Delete", "Backspace");
  await ada.writes("\nfor Cleo");
  await cleo.sees("for Cleo");
  assert.deepEqual((await agree(ada, ben, cleo)).slice(0, before.length), before);
  await cleo.clicks("Share");
  await cleo.reads("Only Ada can invite people to this document.");
  await cleo.leavesDialog();
});

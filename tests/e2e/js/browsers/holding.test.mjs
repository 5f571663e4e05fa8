/** "Who has this?", what a device has done, who is writing, and the numbers behind the facts: what a person can look up, and that it is true. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });

/** Until what comes has come to rest. */
const DRAWN_MS = 250;

const CARD = { name: "Who has this paragraph" };

const card = (person) => person.page.getByRole("dialog", CARD);

story("a paragraph says who has it: whoever has confirmed it, and not who is away", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Cut the rye.\nBorrow the cart.");
  await ada.isTold("Saved on this device");
  await ada.presses("Control+Alt+w");
  await card(ada).getByText("This document is only on this device.").waitFor();
  await ada.presses("Escape");
  await card(ada).waitFor({ state: "detached" });
  await ada.isInText();

  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("Borrow the cart.");
  await ada.reads("Up to date with Ben");
  await ada.page.getByText("Borrow the cart.").click();
  await ada.presses("Control+Alt+w");
  await card(ada).getByText(/^Has it, confirmed/).waitFor();
  await card(ada).getByText(/Last changed on this device/).waitFor();
  assert.deepEqual(await ada.hindrances(".floating"), []);
  await ada.picture("who-light");
  await ada.presses("Escape");

  // Ben is away. The paragraph that Ada changes now is not with him, the other is.
  await ben.node.stops();
  await ada.page.getByRole("button", { name: "Go to where Ben is" }).waitFor({ state: "detached" });
  await ada.page.getByText("Cut the rye.").click();
  await ada.presses("End");
  await ada.types(" On Monday.");
  await ada.page.locator(".status-facts").click();
  await ada.page.getByRole("button", { name: "Who has this paragraph?" }).click();
  await card(ada).getByText(/^Does not have it yet/).waitFor();
  await ada.reads("Nobody else is online");
  await ada.page.waitForTimeout(DRAWN_MS);
  await ada.picture("who-not-yet");
  await ada.presses("Escape");
  await card(ada).waitFor({ state: "detached" });
  await ada.isInText();
  await ada.page.getByText("Borrow the cart.").click();
  await ada.presses("Control+Alt+w");
  await card(ada).getByText(/^Has it, confirmed/).waitFor();
  await ada.presses("Escape");

  // While she looks, he comes back.
  await ada.page.getByText("Cut the rye.").click();
  await ada.presses("Control+Alt+w");
  await card(ada).getByText(/^Does not have it yet/).waitFor();
  await ben.node.starts();
  await card(ada).getByText(/^Has it, confirmed/).waitFor();
  await ada.presses("Escape");
  await ben.page.context().close();
  await ben.looks();
  await ben.chooses("Harvest");
  await ben.sees("On Monday.");
  await ben.page.getByText("Cut the rye.").click();
  await ben.presses("Control+Alt+w");
  await card(ben).getByText(/Last changed by Ada/).waitFor();
  assert.deepEqual(await ben.hindrances(".floating"), [], "in the dark");
  await ben.picture("who-dark");
  await ben.presses("Escape");
});

story("who writes is said so, and not for longer than they write", async () => {
  await ben.writes(" I have one.");
  await ada.page.locator(".writing", { hasText: "Ben is writing" }).waitFor();
  await ada.picture("writing");
  await ada.page.locator(".writing").waitFor({ state: "detached" });
});

/** Sooner than anybody's silence is noticed, which takes 6 to 8 s: it was told. */
const TOLD_MS = 4000;

story("a cursor goes at once with its person, and within twenty seconds with a machine that is gone", async () => {
  await ada.seesCursorOf("Ben");
  let left = Date.now();
  await ben.page.goto("about:blank");
  await ada.seesNoCursor();
  assert.ok(Date.now() - left < TOLD_MS, `gone after ${Date.now() - left} ms`);
  await ben.page.goto(ben.node.url);
  await ben.chooses("Harvest");
  await ben.writes("?");
  await ada.seesCursorOf("Ben");
  process.kill(ben.node.pid, "SIGSTOP");
  left = Date.now();
  try {
    // His page takes it; it is with nobody, and he is seen beside it before it is.
    await ben.types("!");
    await ada.seesNoCursor();
    assert.ok(Date.now() - left < 20_000, `gone after ${Date.now() - left} ms`);
    console.log(`a frozen machine's cursor was gone after ${Date.now() - left} ms`);
    // So long that the other end gives the link up, too.
    await ada.page.waitForTimeout(3000);
  } finally {
    process.kill(ben.node.pid, "SIGCONT");
  }
  // He does not move any more, and is seen again.
  await ada.seesCursorOf("Ben");
  await ada.sees("I have one.?!");
});

story("the numbers behind the facts are there for who wants them", async () => {
  await ada.page.locator(".status-facts").click();
  await ada.clicks("Details");
  const details = ada.page.locator("#status-details");
  await details.getByText("Connection to Ben").waitFor();
  await details.getByText(/Direct, .* there and back/).waitFor();
  await details.getByText(/sent, .* received/).waitFor();
  await details.getByText(/on average/).first().waitFor();
  const session = await details.getByText(/^Session [0-9a-f]{32}$/).innerText();
  assert.deepEqual(await ada.hindrances(".status-panel"), []);
  await ada.page.waitForTimeout(DRAWN_MS);
  await ada.picture("details-light");
  await ada.presses("Escape");
  await ben.page.locator(".status-facts").click();
  await ben.clicks("Details");
  await ben.page.locator("#status-details").getByText("Connection to Ada").waitFor();
  await ben.page.locator("#status-details").getByText(session).waitFor();
  assert.deepEqual(await ben.hindrances(".status-panel"), [], "in the dark");
  await ben.page.waitForTimeout(DRAWN_MS);
  await ben.picture("details-dark");
  await ben.presses("Escape");
});

story("what this device has done stands in the settings, and is there after a new start", async () => {
  const numbers = async (person) => {
    await person.presses("Control+,");
    const list = person.page.getByRole("dialog", { name: "Settings" }).locator("dl");
    await list.scrollIntoViewIfNeeded();
    const found = Object.fromEntries(
      await list.locator("div").evaluateAll((pairs) => pairs.map((pair) => [pair.querySelector("dt").innerText, pair.querySelector("dd").innerText])),
    );
    return found;
  };
  const before = await numbers(ada);
  assert.equal(before["People written with"], "1");
  // "Cut the rye. Borrow the cart. On Monday."; nobody has written the welcome.
  assert.equal(before["Words written"], "8");
  assert.match(before["Sent"], /KB$/);
  assert.deepEqual(await ada.hindrances("[role=dialog]"), []);
  await ada.picture("statistics-light");
  await ada.leavesDialog();
  assert.equal((await numbers(ben))["Words written"], "3", "I have one.");
  assert.deepEqual(await ben.hindrances("[role=dialog]"), [], "in the dark");
  await ben.picture("statistics-dark");
  await ben.leavesDialog();
  await ada.node.stops();
  await ada.node.starts();
  await ada.page.context().close();
  await ada.looks();
  assert.equal((await numbers(ada))["Words written"], before["Words written"]);
  await ada.leavesDialog();
  await until("no complaint", () => ada.complaints.length === 0);
});

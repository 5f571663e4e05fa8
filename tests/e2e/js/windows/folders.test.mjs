/**
 * A shared folder in two real windows: one invitation, every document in it, and the one that comes into it later.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that). The tests build on one another, in order.
 */
import assert from "node:assert/strict";

import { KEY, until } from "./driver.mjs";
import { parts } from "./parts.mjs";
import { Person, agree } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

const part = parts(ada, ben);

/** Picks what can be done with a folder from the menu at the end of its row. */
async function picks(person, item) {
  await person.clicks("Actions for the folder Allotment");
  await person.window.clickXpath(`//*[@role='menuitem'][normalize-space()=${JSON.stringify(item)}]`);
}

/** Begins a document in the folder, and puts the caret into its text. */
async function beginsInFolder(person, title) {
  await picks(person, "New document in it");
  await person.titles(title);
}

/** What stands below the folder in a person's library. */
const inFolder = (person) =>
  person.window.run("return [...document.querySelectorAll('.sidebar li:has(> .head [data-folder]) ul [data-row]')].map((row) => row.innerText.trim()).sort()");

async function untilInFolder(person, ...titles) {
  const wanted = JSON.stringify(titles);
  await until(`${person.name} to have ${wanted} in the folder`, async () => JSON.stringify(await inFolder(person)) === wanted);
}

/** Waits until this person may write in the document that is open. */
async function untilMayWrite(person) {
  await until(`${person.name} to have the folder's role`, () =>
    person.window.run("return document.querySelector('.ProseMirror')?.getAttribute('contenteditable') === 'true'"),
  );
}

part("Ada makes a folder, and a document in it", async () => {
  await ada.opens();
  // The document that a new profile begins with takes the keys once.
  await ada.seesTitle("Welcome to Sheaf");
  await ada.isInText();
  await ada.clicks("New folder");
  await ada.window.click(".sidebar input");
  await ada.window.chord(KEY.control, "a");
  await ada.window.type("Allotment");
  await ada.window.type(KEY.enter);
  await beginsInFolder(ada, "Beds");
  await ada.writes("Leeks.");
  await untilInFolder(ada, "Beds");
});

part("she shares the folder; Ben pastes the one invitation, reads that it is a folder, and has what is in it", async () => {
  await picks(ada, "Share folder…");
  await ada.reads("Share the folder “Allotment”");
  const ticket = await ada.copiesInvitation();

  await ben.opens();
  await ben.clicks("Join with an invitation");
  await ben.window.click("[role=dialog] textarea");
  await ben.window.paste("[role=dialog] textarea", ticket);
  await ben.clicks("Continue");
  await ben.reads("This is a folder with 1 document in it.");
  assert.deepEqual(await inFolder(ben), [], "nothing comes before he agrees");
  await ben.writesName();
  await ben.clicks("Join");
  await untilInFolder(ben, "Beds");
  await ben.chooses("Beds");
  await ben.sees("Leeks.");
});

part("both type in it at once, and both windows show every word of both", async () => {
  await untilMayWrite(ben);
  // Ada at the end, Ben before what is there.
  await ben.window.click(".ProseMirror");
  await ben.window.chord(KEY.control, KEY.home);
  await Promise.all([ada.writes(" Ada sowed chard and kale."), ben.window.type("Ben dug the whole plot over. ")]);
  await ada.sees("plot over. Leeks.");
  await ben.sees("and kale.");
  assert.equal(await agree(ada, ben), "Ben dug the whole plot over. Leeks. Ada sowed chard and kale.");
  await ben.picture("ben-folder");
});

part("a document that Ada adds later is in Ben's window by itself, and he writes in it, too", async () => {
  await beginsInFolder(ada, "Seeds");
  await ada.writes("Rye.");
  await untilInFolder(ben, "Beds", "Seeds");
  await ben.chooses("Seeds");
  await ben.sees("Rye.");
  await untilMayWrite(ben);
  await ben.writes(" And oats.");
  await ada.sees("Rye. And oats.");
  assert.equal(await agree(ada, ben), "Rye. And oats.");
  await ada.picture("ada-folder");
});

/**
 * Who may do what, in two real windows: let in to comment, promoted, and removed in the middle of a word.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that). The tests build on one another, in order.
 */
import assert from "node:assert/strict";

import { KEY, until } from "./driver.mjs";
import { parts } from "./parts.mjs";
import { Person } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

/** What Ben types while he is removed: a minute and a half, so that nobody removes him before or after. He stops when he is told. */
const SENTENCE = ` And Ben wrote${" on and on and on about the rye and the barley and the oats and all that grew there,".repeat(17)} until he was told that he may not.`;
/** Between two of his keys, as with a person. */
const KEYS_APART_MS = 60;

const part = parts(ada, ben);

/** Picks one of a list of choices by the value that it stands for. */
const picks = (label, value) => ada.window.click(`select[aria-label=${JSON.stringify(label)}] option[value=${value}]`);

part("Ben is invited to comment, and reads what Ada wrote", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.writes("We cut the rye.");
  const ticket = await ada.shares("comment");
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("We cut the rye.");
  await ben.reads("Commenting");
});

part("he cannot type in the text, and is told why when he tries", async () => {
  await until("Ben to be told", async () => {
    await ben.window.click(".ProseMirror");
    await ben.window.type("no");
    return (await ben.window.text("body")).includes("You can read and comment. Ask its owner to let you edit.");
  });
  assert.equal(await ben.text(), "We cut the rye.");
  await ada.writes(" On Monday.");
  await ben.sees("We cut the rye. On Monday.");
  assert.equal(await ada.text(), "We cut the rye. On Monday.");
  await ben.picture("ben-comments");
});

part("Ada promotes him, and what he types now is in both windows", async () => {
  await ada.clicks("Share");
  await picks("Role of Ben", "edit");
  await ada.clicks("Change the role");
  await ada.reads("Ben: Can edit");
  await ada.leavesDialog();
  await until("Ben to be able to write", async () => !(await ben.window.text("header")).includes("Commenting"));
  await ben.writes(" Ben bound it.");
  await ada.sees("On Monday. Ben bound it.");
});

part("removed in the middle of a word, he reads so at once, keeps what he had, and types no further; hers is what she knew", async () => {
  await ada.clicks("Share");
  await ada.clicks("About Ben");
  await ada.clicks("Remove from the document");
  await ben.window.click(".ProseMirror");
  await ben.window.chord(KEY.control, KEY.end);
  let knows = false;
  const typing = (async () => {
    // Word by word, as it takes a driver a second to press a key where nothing can be typed any more.
    for (const word of SENTENCE.split(/(?= )/u)) if (!knows) await ben.window.type(word, KEYS_APART_MS);
  })();
  await until("some of it to be with Ada", async () => (await ada.text()).includes("And Ben wrote"));
  await ada.clicks("Remove");
  await ada.reads("Ben was removed.");
  await ben.reads("Ada has removed you from this document");
  knows = true;
  await typing;
  const [his, hers] = [await ben.text(), await ada.text()];
  assert.ok(!hers.includes("may not"), `he was stopped in the middle: ${hers}`);
  assert.ok(hers.startsWith("We cut the rye. On Monday. Ben bound it. And Ben wrote"), hers);
  assert.ok(!his.includes("may not"), `his window took no more: ${his}`);
  await ada.leavesDialog();
  await ada.writes(" Ada, alone.");
  await ada.sees("Ada, alone.");
  await ben.window.click(".ProseMirror");
  await ben.window.type("no");
  // As long as it takes others to hear of something, and longer.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.equal(await ben.text(), his, "nothing comes in, and nothing more is written");
  assert.ok((await ada.text()).endsWith("Ada, alone."));
  await ben.picture("ben-removed");
  await ada.picture("ada-removed-ben");
});

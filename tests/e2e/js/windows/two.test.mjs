/**
 * Two people, two real windows, two profiles, one document: what the product promises, seen from outside.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that). The tests build on one another, in order.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { until } from "./driver.mjs";
import { APP, Person } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");
let ticket;

after(async () => {
  await ada.closes().catch(() => {});
  await ben.closes().catch(() => {});
  ada.forgets();
  ben.forgets();
});

/** One part of the story. When a part fails, those that build on it are skipped, not failed one by one. */
let broken = false;
function part(name, happens) {
  test(name, { timeout: 240_000 }, async (t) => {
    if (broken) return t.skip("an earlier part failed");
    broken = true;
    await happens();
    broken = false;
  });
}

/** Both show the same text, letter for letter. */
async function agree() {
  let texts;
  await until("both to show the same", async () => {
    texts = await Promise.all([ada.text(), ben.text()]);
    return texts[0] === texts[1];
  });
  return texts[0];
}

part("Ada writes at once, with no account and no network", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.writes("We cut the rye on Monday.");
  await ada.reads("Saved on this device");
});

part("what the window called saved survives a power cut", async () => {
  await ada.isCutOff();
  await ada.opens();
  await ada.seesTitle("Harvest");
  await ada.sees("We cut the rye on Monday.");
});

part("Ben pastes Ada's invitation and sees her text", async () => {
  ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("We cut the rye on Monday.");
});

part("each sees the other's words and named cursor as they move", async () => {
  await ben.writes(" Ben bound it.");
  await ada.sees("Ben bound it.");
  await ada.seesCursorOf("Ben");
  await ada.writes(" Ada carried it in.");
  await ben.sees("Ada carried it in.");
  await ben.seesCursorOf("Ada");
  await agree();
  await ada.picture("ada-together");
  await ben.picture("ben-together");
});

part("Ben is cut off, Ada goes on, Ben comes back: both have everything, the same", async () => {
  await ben.isCutOff();
  await ada.writes(" While Ben was away, it rained.");
  await ben.opens();
  await ben.seesTitle("Harvest");
  await ben.sees("While Ben was away, it rained.");
  await ben.writes(" Then the sun came out.");
  await ada.sees("Then the sun came out.");
  const text = await agree();
  for (const words of ["on Monday.", "Ben bound it.", "Ada carried it in.", "it rained.", "the sun came out."]) {
    assert.equal(text.split(words).length, 2, `${words} is there exactly once`);
  }
  await ada.picture("ada-again");
  await ben.picture("ben-again");
});

part("a second launch on the same profile hands its link to the window that is open, and ends", async () => {
  // Rejects unless it ends with 0, and says what it said.
  await promisify(execFile)(APP, ["--home", ben.home, `sheaf://join/${ticket}`], { timeout: 60_000, killSignal: "SIGKILL" });
  await ben.reads("You already have this document.");
});

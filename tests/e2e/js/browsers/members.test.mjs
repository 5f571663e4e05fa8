/**
 * Who may do what, as people see and do it: limits of an invitation, letting somebody in, roles, ends, removal, what the removed read, and the
 * history of all that. The other people are pretended (pretended.mjs); the document, its text and its saving are real.
 */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";
import { Pretended, harvesters, history, id, knocking } from "./pretended.mjs";
import { flaws } from "./screens.mjs";

const NOW = Date.now();
const LOOK = { locale: "en-GB", timezoneId: "UTC" };
const ada = new Person("Ada", LOOK);
const ben = new Person("Ben", LOOK);
const adas = new Pretended(ada);
const bens = new Pretended(ben);

const dialog = (person = ada) => person.page.getByRole("dialog");
const question = (person = ada) => dialog(person).locator(".question");
const acts = (pretended) => pretended.asked.filter(([call]) => !["members", "invitations", "requests", "refused", "audit"].includes(call));
const shares = async () => {
  await ada.page.locator("header .primary").click();
  await dialog().getByRole("button", { name: /^(Copy invitation|Einladung kopieren)$/u }).waitFor();
};
/** What was done is said, where the eye is and to those who do not see it. */
const isTold = async (words) => {
  const told = dialog().locator("p.told").getByText(words, { exact: true });
  await told.waitFor();
  assert.ok(await told.evaluate((said) => said.getBoundingClientRect().bottom <= innerHeight), "in sight, wherever in the dialog it was done");
};

story("an invitation has limits, stands among those that work, and is revoked after one sentence", async () => {
  adas.members = harvesters(NOW);
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("We cut the rye.");
  await shares();
  await dialog().getByText("Whoever has it can open the document.").waitFor();
  assert.deepEqual(await dialog().getByRole("radio").evaluateAll((all) => all.map((one) => one.value)), ["edit", "comment", "view", "admin"]);
  await dialog().getByRole("radio", { name: "Can comment" }).check();
  await ada.clicks("Limits of this invitation");
  await dialog().getByLabel("Can be used").selectOption("Once");
  await dialog().getByLabel("Stops working").selectOption("After a week");
  await dialog().getByLabel("A note, to tell it from others").fill("For Eve");
  await dialog().getByLabel("Ask me before somebody is let in").check();
  await dialog().getByText("This device lets people in with it, and has to be running then.").waitFor();
  await ada.writesName();
  await ada.clicks("Copy invitation");
  await dialog().locator("textarea").waitFor();
  assert.deepEqual(acts(adas), [["share", { role: "comment", uses: 1, expires_in: 7 * 24 * 60 * 60_000, approve: true, label: "For Eve" }]]);
  await dialog().getByText(/^Can comment · used 0 of 1 time · until .* · asks first$/u).waitFor();

  await ada.clicks("Revoke the invitation: For Eve");
  assert.match(await question().innerText(), /Whoever has joined stays/u);
  assert.equal(await ada.page.evaluate(() => document.activeElement.innerText), "Cancel", "the way back has the keys");
  await ada.presses("Escape");
  await question().waitFor({ state: "detached" });
  assert.equal(await dialog().count(), 1, "Esc takes back the question, not the dialog");
  await until("the keys to be where they were", () => ada.page.evaluate(() => document.activeElement.ariaLabel === "Revoke the invitation: For Eve"));
  await ada.presses("Enter");
  await question().getByRole("button", { name: "Revoke" }).click();
  await isTold("The invitation is revoked.");
  assert.equal(await dialog().getByText("For Eve").count(), 0);
  assert.deepEqual(acts(adas).at(-1), ["revoke", { invitation: id("1") }]);
  await ada.leavesDialog();
});

story("whoever waits is seen without looking for them, and let in by the numbers that both read", async () => {
  adas.requests = [knocking("Cleo of Ely", NOW)];
  adas.tells();
  await ada.page.getByRole("button", { name: /^Share ?: 1 person waits to be let in$/u }).click();
  const waits = dialog().getByRole("region", { name: "Waiting to be let in" });
  const numbers = waits.getByRole("group", { name: "Numbers" }).locator("span");
  await numbers.first().waitFor();
  assert.deepEqual(await numbers.allInnerTexts(), ["07", "42", "91"]);
  await ada.clicks("Let Cleo of Ely in");
  await isTold("Cleo of Ely was let in.");
  await until("the keys to be in the dialog still", () => ada.page.evaluate(() => document.activeElement.closest("[role=dialog]") !== null));
  await waits.waitFor({ state: "detached" });
  assert.deepEqual(acts(adas).at(-1), ["admit", { request: id("7") }]);
  adas.requests = [knocking("Eve", NOW)];
  adas.tells();
  await ada.clicks("Not now: Eve");
  await isTold("Eve was not let in.");
  await ada.leavesDialog();
  await ada.page.getByRole("button", { name: "Share", exact: true }).waitFor();
});

story("a person gets another role, an end, loses one device and is removed, each only after it was said what that does", async () => {
  adas.invitations = [{ id: id("9"), label: "", role: "edit", by: "Ada", mine: true, open: true, kind: "open", uses: 1, limit: null, expires: null, approve: false }];
  await shares();
  const role = dialog().getByLabel("Role of Ben Abernathy-Cholmondeley");
  await role.selectOption("Can view");
  assert.match(await question().innerText(), /will read and no longer write\. What is already in the text stays\./u);
  assert.equal(await role.inputValue(), "edit", "nothing has happened yet");
  await question().getByRole("button", { name: "Change the role" }).click();
  await isTold("Ben Abernathy-Cholmondeley: Can view");
  assert.equal(await role.inputValue(), "view");

  await ada.clicks("About Ben Abernathy-Cholmondeley");
  const devices = dialog().getByRole("list", { name: "Devices of Ben Abernathy-Cholmondeley" });
  assert.equal(await devices.getByRole("listitem").count(), 2);
  await dialog().getByLabel("Ends on").nth(0).fill("2031-05-04");
  await ada.presses("Enter");
  await isTold("Ben Abernathy-Cholmondeley is in until 4 May 2031.");
  await ada.clicks("Remove device eeeeeeee");
  assert.match(await question().innerText(), /keeps what it has/u);
  await question().getByRole("button", { name: "Remove" }).click();
  await isTold("Device eeeeeeee was removed.");
  assert.equal(await devices.getByRole("listitem").count(), 1);
  assert.equal(await devices.getByRole("button").count(), 0, "the last device is the person");

  await dialog().getByRole("button", { name: "Remove from the document" }).first().click();
  assert.match(await question().innerText(), /keeps the copy they already have\. Once the others know.* stops working for everybody\./u);
  await question().getByRole("button", { name: "Remove" }).click();
  await isTold("Ben Abernathy-Cholmondeley was removed.");
  assert.equal(await dialog().getByText("Ben Abernathy-Cholmondeley", { exact: true }).count(), 0);
  assert.deepEqual(
    acts(adas).slice(-4).map(([call]) => call),
    ["role", "ends", "remove", "remove"],
  );
  assert.equal(await dialog().getByLabel("Role of Ada").count(), 0, "nobody gives a role to themselves");

  // One's own lost device goes without anybody's leave.
  const [mine, ...others] = adas.members;
  adas.members = [{ ...mine, devices: [...mine.devices, { device: id("f"), short: "ffffffff", mine: false }] }, ...others];
  adas.tells();
  await ada.clicks("About Ada");
  await ada.clicks("Remove device ffffffff");
  await question().getByRole("button", { name: "Remove" }).click();
  await isTold("Device ffffffff was removed.");
  assert.equal(await dialog().getByRole("list", { name: "Devices of Ada" }).getByRole("button").count(), 0);
});

story("the keyboard alone hands the document over", async () => {
  const reach = async (name) => {
    for (let stop = 0; stop < 60; stop += 1) {
      if (await ada.page.evaluate((name) => (document.activeElement.ariaLabel ?? document.activeElement.innerText).trim() === name, name)) return;
      await ada.presses("Tab");
    }
    assert.fail(`Tab does not reach ${name}`);
  };
  await reach("About Dan");
  await ada.presses("Enter");
  await reach("Hand the document over");
  await ada.presses("Enter");
  await until("the question", async () => (await question().count()) === 1);
  await reach("Hand over");
  await ada.presses("Enter");
  await isTold("Dan owns this document now.");
  await ada.leavesDialog();
});

story("who may comment cannot type in the text, and is told why when they try", async () => {
  adas.becomes("comment");
  await ada.page.locator("header").getByText("Commenting", { exact: true }).waitFor();
  await ada.page.locator(".canvas").getByText("You can read and comment. Ask its owner to let you edit.").waitFor();
  const before = await ada.lines();
  // A dialog that has just closed may still give the focus back to its button.
  await until("her to be told", async () => {
    await ada.page.click(".sheaf-editor");
    await ada.types("no");
    return (await ada.page.locator(".toast").getByText("You can read and comment.").count()) === 1;
  });
  assert.deepEqual(await ada.lines(), before);
  assert.deepEqual(await ada.hindrances("main"), []);
  adas.becomes("edit");
  await ada.page.locator("header").getByText("Commenting", { exact: true }).waitFor({ state: "detached" });
  await ada.page.locator(".toast").waitFor({ state: "detached" });
  await ada.writes(" And barley.");
  await ada.sees("We cut the rye. And barley.");
});

story("the history says who let whom in, what does not count and why, what each rests on, and that it was checked", async () => {
  adas.audit = history(NOW);
  await shares();
  await ada.clicks("Who was let in, and by whom");
  const events = dialog().getByRole("list", { name: "Everything that happened, the last first" });
  await events.locator(".what").getByText("Ada made this document").waitFor();
  assert.equal(await events.getByRole("listitem").count(), 7);
  assert.match(await events.getByRole("listitem").first().innerText(), /^Ada removed Ben\n+.*, by the clock of Ada\n/u);
  await events.getByText("Does not count any more: what it rested on was taken away by something that did not know of it.").waitFor();
  await events.getByText("Refused: The invitation did not let anybody in.").waitFor();
  assert.equal(await dialog().getByText(/^Checked/u).count(), 0, "nothing is claimed before it was asked for");
  assert.equal(await ada.page.evaluate(() => document.activeElement.innerText.trim()), "Check it", "the keys are where the work is");
  await events.getByRole("listitem").first().getByRole("button").first().click();
  assert.match(await ada.page.evaluate(() => document.activeElement.innerText), /^Ada gave Ben another role · Can comment/u);
  await ada.clicks("Check it");
  await dialog().getByText("Checked 7 records from the first one on: 7 signatures and 19 hashes. All fit.").waitFor();
  adas.audit = { ...adas.audit, checked: { ...adas.audit.checked, failed: ["record 4 of chain 0707: its signature is not Eve’s"] } };
  await ada.clicks("Check it");
  await dialog().getByText("1 record does not fit:").waitFor();
  assert.equal(await dialog().getByText("All fit").count(), 0);
  await ada.leavesDialog();
});

story("whoever is let in by somebody reads numbers to them, and the document opens when they are in", async () => {
  const ticket = (await ada.node.command("share", "Harvest")).trim();
  await ben.opens();
  bens.preview = { kind: "approved", role: "comment", spoken: ["07", "42", "91"] };
  bens.joined = { state: "waiting", spoken: ["07", "42", "91"] };
  bens.status = { state: "waiting" };
  await ben.clicks("Join with an invitation");
  await dialog(ben).locator("textarea").fill(ticket);
  await ben.clicks("Continue");
  await dialog(ben).getByText("You will be able to read it and comment.").waitFor();
  await dialog(ben).getByText(/^Fingerprint [0-9a-f]{8}/u).waitFor();
  await dialog(ben).getByText(/^Joining contacts /u).waitFor();
  await dialog(ben).getByText("Ada has to let you in.").waitFor();
  await ben.writesName();
  await ben.clicks("Join");
  await dialog(ben).getByText("Waiting for Ada to let you in").waitFor();
  assert.deepEqual(await dialog(ben).getByRole("group", { name: "Numbers to read aloud" }).locator("span").allInnerTexts(), ["07", "42", "91"]);
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);

  // Closed, and the invitation opened again: they are still the same.
  await ben.leavesDialog();
  await ben.clicks("Join with an invitation");
  bens.preview = { ...bens.preview, known: true };
  await dialog(ben).locator("textarea").fill(ticket);
  await ben.clicks("Continue");
  await dialog(ben).getByText("Waiting for Ada to let you in").waitFor();
  bens.status = {};
  bens.tells();
  await dialog(ben).waitFor({ state: "detached" });
  await ben.sees("We cut the rye. And barley.");
});

story("who is removed reads so at once, keeps what they had, and takes along what was not accepted", async () => {
  bens.members = harvesters(NOW);
  bens.refused = [
    { at: NOW, text: "Oats, too." },
    { at: null, text: "And wheat." },
  ];
  bens.loses({ state: "removed", by: "Ada" });
  await ben.reads("Ada has removed you from this document");
  const note = ben.page.getByRole("status").filter({ hasText: "Ada has removed you" });
  await note.getByText("2 pieces of text you wrote did not get into the document.").waitFor();
  assert.equal(await ben.page.getByRole("button", { name: "Share" }).count(), 0, "there is nobody to share it with");
  const before = await ben.lines();
  await ben.page.click(".sheaf-editor");
  await ben.types("no");
  assert.deepEqual(await ben.lines(), before);
  await ben.closesToast();
  assert.deepEqual(await ben.hindrances("main"), []);
  await ben.clicks("Export what was not accepted");
  assert.match(await dialog(ben).locator("textarea").inputValue(), /^.+\nOats, too\.\n\nAnd wheat\.$/u);
  const saving = ben.page.waitForEvent("download");
  await ben.clicks("Save as a file");
  assert.equal((await saving).suggestedFilename(), "Harvest, not accepted.txt");
  await ben.clicks("Copy all of it");
  await dialog(ben).getByText("Copied", { exact: true }).waitFor();
  assert.match(await ben.page.evaluate(() => navigator.clipboard.readText()), /Oats, too/u);
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);
  await ben.leavesDialog();
  await ben.picture("members-removed");
  assert.deepEqual(ben.complaints, []);
  await ben.page.context().close();
});

/** Every part of sharing that has something to show, one after the other. */
async function everySheet(look) {
  await shares();
  await dialog().locator(".disclosure").click();
  for (const more of await dialog().locator(".more").all()) await more.click();
  await look("share");
  await dialog().locator(".remove").first().click();
  await question().waitFor();
  await look("a question");
  await ada.presses("Escape");
  await question().waitFor({ state: "detached" });
  await dialog().locator(".history").click();
  await dialog().locator("ol li").nth(6).waitFor();
  await dialog().locator(".check .button").click();
  await dialog().locator(".check [role=status] p").waitFor();
  await look("the history");
  await ada.leavesDialog();
}

for (const [language, colorScheme, width] of [["en", "light", 1280], ["de", "dark", 1280], ["de", "light", 320]]) {
  story(`all of it is whole and can be used by everybody, ${language}, ${colorScheme}, ${width} pixels`, async () => {
    adas.members = harvesters(NOW);
    adas.requests = [knocking("Cleo of Ely", NOW)];
    adas.audit = history(NOW);
    adas.invitations = [
      { id: id("1"), label: "", role: "edit", by: "Ada", mine: true, open: true, kind: "open", uses: 3, limit: null, expires: null, approve: false },
      { id: id("2"), label: "For the neighbours", role: "view", by: "Dan", mine: false, open: true, kind: "counted", uses: 2, limit: 10, expires: NOW + 86_400_000, approve: true },
      { id: id("3"), label: "Long gone", role: "view", by: "Dan", mine: false, open: false, kind: "open", uses: 2, limit: null, expires: null, approve: false },
    ];
    await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await ada.page.setViewportSize({ width: 1280, height: 860 });
    await ada.presses("Control+,");
    await dialog().locator("select").first().selectOption(language);
    await ada.leavesDialog();
    await ada.page.setViewportSize({ width, height: 860 });
    adas.tells();
    await ada.page.locator("header .asking").waitFor();
    const found = [];
    await everySheet(async (where) => {
      await ada.picture(`members-${language}-${colorScheme}-${width}-${where.replaceAll(" ", "-")}`);
      found.push(...(await ada.hindrances()).map((hindrance) => `${where}: ${hindrance}`));
      found.push(...(await ada.page.evaluate(flaws)).map((flaw) => `${where}: ${flaw}`));
    });
    assert.deepEqual(found, []);
    assert.deepEqual(ada.complaints, []);
  });
}

/** A shared folder over real nodes: made in the sidebar, shared by one invitation, filled by both, and taken away with everything in it. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const LOOK = { locale: "en-GB", timezoneId: "UTC" };
const ada = new Person("Ada", { ...LOOK, colorScheme: "light" });
const ben = new Person("Ben", { ...LOOK, colorScheme: "dark" });

const dialog = (person) => person.page.getByRole("dialog");
const folder = (person) => person.page.locator("[data-folder]");
const inside = (person) => person.page.locator("li:has(> .head [data-folder]) ul [data-row]");
const titles = async (person) => (await inside(person).allInnerTexts()).map((title) => title.trim()).sort();

async function chooses(person, actions, item) {
  await person.page.getByRole("button", { name: actions, exact: true }).focus();
  await person.presses("Enter");
  await person.page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function untilInside(person, wanted) {
  await until(`${person.name} to have ${wanted}`, async () => JSON.stringify(await titles(person)) === JSON.stringify(wanted));
}

story("Ada makes a folder with the keyboard, moves a document into it and begins another there", async () => {
  await ada.opens();
  await ada.begins("Beds");
  await ada.types("Leeks.");
  await ada.page.getByRole("button", { name: "New folder" }).focus();
  await ada.presses("Enter");
  const name = ada.page.locator(".sidebar input");
  await name.fill("Allotment");
  await name.press("Enter");
  await ada.page.getByRole("button", { name: "Folder Allotment", exact: true }).waitFor();

  await ada.page.getByRole("button", { name: "Actions for Beds", exact: true }).focus();
  await ada.presses("Enter");
  await ada.page.getByRole("menuitemradio", { name: "Allotment", exact: true }).click();
  await untilInside(ada, ["Beds"]);
  await chooses(ada, "Actions for the folder Allotment", "New document in it");
  await until("the new document to be open", async () => (await inside(ada).count()) === 2);
  await ada.page.waitForFunction(() => document.activeElement?.matches("textarea.title") && document.activeElement.value === "");
  await ada.types("Seeds");
  await ada.presses("Enter");
  await untilInside(ada, ["Beds", "Seeds"]);

  // Left closes it, Right opens it, as in a tree.
  await folder(ada).focus();
  await ada.presses("ArrowLeft");
  assert.equal(await folder(ada).getAttribute("aria-expanded"), "false");
  assert.equal(await inside(ada).count(), 0);
  await ada.presses("ArrowRight");
  await untilInside(ada, ["Beds", "Seeds"]);
  assert.deepEqual(await ada.hindrances(".sidebar"), []);
});

story("one invitation to the folder brings Ben everything in it", async () => {
  await chooses(ada, "Actions for the folder Allotment", "Share folder…");
  await dialog(ada).getByRole("heading", { name: "Share the folder “Allotment”" }).waitFor();
  await dialog(ada).getByText(/those that come into it later/u).waitFor();
  await ada.writesName();
  await ada.clicks("Copy invitation");
  const ticket = await dialog(ada).locator("textarea").inputValue();
  assert.deepEqual(await ada.hindrances("[role=dialog]"), []);
  await ada.picture("folders-share-light");
  await ada.leavesDialog();
  await ada.page.getByRole("button", { name: /^Folder Allotment, shared by/u }).waitFor();

  await ben.opens();
  await ben.clicks("Join with an invitation");
  await dialog(ben).locator("textarea").fill(ticket);
  await ben.clicks("Continue");
  await dialog(ben).getByText(/^This is a folder with 2 documents in it\./u).waitFor();
  await ben.writesName();
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);
  await ben.clicks("Join");
  await untilInside(ben, ["Beds", "Seeds"]);
  await inside(ben).filter({ hasText: "Beds" }).click();
  await ben.sees("Leeks.");
  await until("Ben to have the folder's role", async () => (await ben.page.getAttribute(".sheaf-editor", "contenteditable")) === "true");
  await ben.writes(" And rye.");
  await inside(ada).filter({ hasText: "Beds" }).click();
  await ada.sees("And rye.");
  assert.deepEqual(await ben.hindrances(".sidebar"), []);
  await ben.picture("folders-sidebar-dark");
});

story("a document shows who is in it, says that the folder decides who may do what, and offers nothing that is refused", async () => {
  await ada.clicks("Share");
  await dialog(ada).getByText("Everybody in the folder “Allotment” is in this document, and who of them may do what is decided there.").waitFor();
  await ada.clicks("About Ben");
  assert.match(await dialog(ada).locator("li", { hasText: "Ben" }).first().innerText(), /Can edit\s+last seen/u);
  await dialog(ada).getByRole("list", { name: "Devices of Ben" }).getByText(/^Has everything, confirmed/u).waitFor();
  const offered = async (person) => (await dialog(person).getByRole("button").allInnerTexts()).map((words) => words.trim()).filter(Boolean);
  assert.deepEqual(await offered(ada), ["Show the folder’s people", "Invite to this document alone", "Who was let in, and by whom"]);
  assert.equal(await dialog(ada).locator("input, select").count(), 0);
  // What is not offered is just what the core refuses.
  for (const act of [["role", "Beds", "Ben", "view"], ["remove", "Beds", "Ben"]]) {
    await assert.rejects(ada.node.command(...act), /through the folder "Allotment": change it there/u);
  }
  assert.deepEqual(await ada.hindrances("[role=dialog]"), []);
  await ada.picture("folders-document-share-light");

  await inside(ben).filter({ hasText: "Beds" }).click();
  await ben.clicks("Share");
  await dialog(ben).getByText(/who of them may do what is decided there\.$/u).waitFor();
  assert.deepEqual(await offered(ben), ["Show the folder’s people", "Leave this document", "Who was let in, and by whom"]);
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);
  await ben.picture("folders-document-share-dark");
  await ben.leavesDialog();
});

story("whoever is invited to one document of it alone is told apart, and is changed there", async () => {
  await ada.clicks("Invite to this document alone");
  await dialog(ada).getByText("Whoever joins with this gets this document and nothing else of the folder.").waitFor();
  await ada.clicks("Copy invitation");
  const ticket = await dialog(ada).locator("textarea").inputValue();
  const dora = new Person("Dora", LOOK);
  await dora.opens();
  await dora.joins(ticket, "Beds");
  await dora.sees("And rye.");
  await dialog(ada).getByText("in this document alone").waitFor();
  assert.deepEqual(await dialog(ada).getByRole("combobox").evaluateAll((all) => all.map((one) => one.ariaLabel)), ["Role of Dora"]);
  assert.deepEqual(await ada.hindrances("[role=dialog]"), []);
  await ada.picture("folders-document-share-alone");
  await dialog(ada).getByRole("combobox", { name: "Role of Dora" }).selectOption("view");
  await ada.clicks("Change the role");
  await dialog(ada).getByText("Dora: Can view").waitFor();
  await dora.reads("Viewing");
  await ada.leavesDialog();

  // By the keyboard: the way to the folder has the keys.
  await ada.clicks("Share");
  await ada.page.waitForFunction(() => document.activeElement?.innerText === "Show the folder’s people");
  await ada.presses("Enter");
  await dialog(ada).getByRole("heading", { name: "Share the folder “Allotment”" }).waitFor();
  await dialog(ada).getByRole("combobox", { name: "Role of Ben" }).waitFor();
  await ada.leavesDialog();
  assert.deepEqual(dora.complaints, []);
});

story("what Ben moves in is Ada's, and he is told before", async () => {
  await ben.begins("Tools");
  await ben.page.getByRole("button", { name: "Actions for Tools", exact: true }).focus();
  await ben.presses("Enter");
  await ben.page.getByRole("menuitemradio", { name: "Allotment", exact: true }).click();
  await dialog(ben).getByText("It belongs to the folder’s owner from then on").waitFor();
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);
  await ben.picture("folders-moving-dark");
  await ben.clicks("Move");
  await untilInside(ada, ["Beds", "Seeds", "Tools"]);
});

story("whoever is removed from the folder reads so in it and in each document", async () => {
  await until("Ada to own what Ben added", async () => (await ada.node.command("--json", "list")).split("\n").some((line) => line.includes('"Tools"') && line.includes('"owner"')));
  await chooses(ada, "Actions for the folder Allotment", "Share folder…");
  await ada.clicks("About Ben");
  await ada.clicks("Remove from the folder");
  await dialog(ada).getByText(/removed from the folder and from every document in it/u).waitFor();
  await dialog(ada).locator(".question").getByRole("button", { name: "Remove" }).click();
  await dialog(ada).getByText("Ben was removed.").waitFor();
  await ada.leavesDialog();

  await ben.page.getByRole("button", { name: "Folder Allotment, which you are not in any more" }).waitFor();
  for (const title of ["Beds", "Tools"]) {
    await inside(ben).filter({ hasText: title }).click();
    await ben.reads("Ada has removed you from this document");
  }
  assert.deepEqual(await ben.hindrances(".sidebar"), []);
  await ben.picture("folders-removed-dark");
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

story("320 pixels are enough for it, in German", async () => {
  const narrow = new Person("Cleo", { locale: "de-DE", timezoneId: "UTC", viewport: { width: 320, height: 640 } });
  await narrow.opens();
  await narrow.page.getByRole("button", { name: "Seitenleiste einblenden" }).first().click();
  await narrow.page.getByRole("button", { name: "Neuer Ordner" }).click();
  await narrow.page.locator(".sidebar input").press("Enter");
  await narrow.page.getByRole("button", { name: "Ordner Neuer Ordner", exact: true }).waitFor();
  await chooses(narrow, "Aktionen für den Ordner Neuer Ordner", "Ordner teilen…");
  await dialog(narrow).getByRole("heading", { name: "Den Ordner „Neuer Ordner“ teilen" }).waitFor();
  const wide = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide} pixels`);
  assert.deepEqual(await narrow.hindrances("[role=dialog]"), []);
  await narrow.picture("folders-narrow");
  await narrow.leavesDialog();

  await chooses(narrow, "Aktionen für den Ordner Neuer Ordner", "Neues Dokument darin");
  await narrow.clicks("Teilen");
  await dialog(narrow).getByText("Alle im Ordner „Neuer Ordner“ sind in diesem Dokument, und wer von ihnen was darf, wird dort entschieden.").waitFor();
  await narrow.clicks("Nur zu diesem Dokument einladen");
  await dialog(narrow).getByText("Wer damit beitritt, bekommt dieses Dokument und sonst nichts aus dem Ordner.").waitFor();
  const within = await narrow.page.evaluate(() => document.querySelector("[role=dialog]").scrollWidth - document.querySelector("[role=dialog]").clientWidth);
  assert.equal(within, 0);
  assert.deepEqual(await narrow.hindrances("[role=dialog]"), []);
  await narrow.picture("folders-document-share-narrow");
});

/** Everybody can use it: axe finds nothing on any screen in either theme, the keyboard reaches everything, and 320 pixels are enough. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

for (const theme of ["light", "dark"]) {
  const ada = new Person(`Ada-${theme}`, { colorScheme: theme });
  story(`axe finds nothing on any screen or dialog, ${theme}`, async () => {
    await ada.opens();
    await ada.page.waitForSelector(".sheaf-editor");
    const found = [];
    const look = async (where) => found.push(...(await ada.hindrances()).map((hindrance) => `${where}: ${hindrance}`));
    await look("a document");
    await ada.presses("Control+,");
    await ada.page.getByRole("dialog").waitFor();
    await look("settings");
    await ada.leavesDialog();
    await ada.clicks("Share");
    await ada.page.getByRole("button", { name: "Copy invitation" }).waitFor();
    await look("share");
    await ada.writesName();
    await ada.clicks("Copy invitation");
    await ada.page.locator("[role=dialog] textarea").waitFor();
    await look("share with an invitation");
    const ticket = await ada.page.locator("[role=dialog] textarea").inputValue();
    await ada.leavesDialog();
    await ada.clicks("Join with an invitation");
    await look("join");
    await ada.page.locator("[role=dialog] textarea").fill(ticket);
    await ada.clicks("Continue");
    await ada.reads("You already have this document.");
    await look("join, the preview");
    await ada.leavesDialog();
    await ada.page.locator(".status-facts").click();
    await ada.page.getByRole("dialog", { name: "People and sync" }).waitFor();
    await look("who has it");
    await ada.clicks("Check the connection");
    await ada.page.getByRole("list", { name: "What works and what does not" }).getByText("Sheaf runs on this device.").waitFor();
    await look("what of the connection works");
    await ada.presses("Escape");
    await ada.page.locator(".sheaf-editor > *").first().dblclick({ position: { x: 20, y: 10 } });
    await ada.page.getByRole("toolbar").waitFor();
    await look("the toolbar");
    await ada.presses("Control+k");
    await ada.page.getByLabel("Address", { exact: true }).waitFor();
    await look("a link's address");
    await ada.presses("Escape");
    await ada.writes("\n/");
    await ada.page.getByRole("listbox").waitFor();
    await look("the insert menu");
    await ada.presses("Escape");
    await ada.clicks("Actions for Welcome to Sheaf");
    await ada.page.getByRole("menu").waitFor();
    await look("a document's menu");
    await ada.clicks("Move to trash", "menuitem");
    await ada.reads("is in the trash.");
    await look("nothing open, a toast");
    await ada.clicks("Trash");
    await look("the trash");
    assert.deepEqual(found, []);
    assert.deepEqual(ada.complaints, []);
  });
}

const ben = new Person("Ben");

story("the keyboard alone begins, writes, formats, renames, throws away and brings back", async () => {
  await ben.opens();
  await ben.page.waitForSelector(".sheaf-editor");
  await ben.presses("Control+n");
  await ben.page.waitForFunction(() => document.activeElement?.matches("textarea.title") && document.activeElement.value === "");
  await ben.types("Keys");
  await ben.presses("Enter");
  await ben.types("# Heading\n- one\ntwo words");
  await ben.presses("Control+Shift+ArrowLeft");
  await ben.presses("Control+b");
  await until("the words on the disk", async () => (await ben.node.command("show", "Keys")).trim() === "# Heading\n\n- one\n- two **words**");
  await ben.presses("Control+s");
  await ben.reads("Already saved on this device");
  await ben.presses("Control+\\");
  await ben.page.locator("nav").waitFor({ state: "detached" });
  await ben.presses("Control+\\");
  await ben.page.locator("nav").waitFor();
  const row = () => ben.page.evaluate(() => document.activeElement?.closest("[data-row]")?.textContent.trim());
  // However many stops there are before it, Tab comes to the list.
  await ben.page.evaluate(() => document.activeElement?.blur());
  for (let stop = 0; stop < 40 && (await row()) === undefined; stop += 1) await ben.presses("Tab");
  await until("the newest document to be the first row", async () => (await row()) === "Keys");
  await ben.presses("F2");
  await ben.types("Renamed");
  await ben.presses("Enter");
  await ben.seesTitle("Renamed");
  for (let stop = 0; stop < 60 && (await row()) !== "Welcome to Sheaf"; stop += 1) await ben.presses((await row()) ? "ArrowDown" : "Tab");
  await ben.presses("Enter");
  await ben.seesTitle("Welcome to Sheaf");
  await ben.isInText();
  for (let stop = 0; stop < 60 && (await row()) !== "Welcome to Sheaf"; stop += 1) await ben.presses("Tab");
  await ben.presses("Delete");
  await ben.reads("“Welcome to Sheaf” is in the trash.");
  const undo = () => ben.page.evaluate(() => document.activeElement?.textContent?.trim() === "Undo");
  for (let stop = 0; stop < 60 && !(await undo()); stop += 1) await ben.presses("Tab");
  await ben.presses("Enter");
  await until("it to be back", async () => (await ben.library()).includes("Welcome to Sheaf"));
});

story("320 pixels are enough: nothing is cut off sideways, and everything can be reached", async () => {
  await ben.page.setViewportSize({ width: 320, height: 640 });
  const wide = () => ben.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await until("the library to make room", async () => (await ben.page.locator("nav").count()) === 0);
  assert.equal(await wide(), 0);
  await ben.page.click(".sheaf-editor");
  await ben.writes("\nA line that is a good deal longer than this window is wide, with aVeryLongWordThatHasNoPlaceToBreakAnywhereAtAll in it.");
  assert.equal(await wide(), 0);
  assert.equal(await ben.page.evaluate(() => document.querySelector(".canvas").scrollWidth - document.querySelector(".canvas").clientWidth), 0);
  await ben.clicks("Share");
  const box = await ben.page.getByRole("dialog").boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
  await ben.leavesDialog();
  await ben.clicks("Show the sidebar");
  await ben.chooses("Renamed");
  assert.equal(await wide(), 0);
  assert.deepEqual(ben.complaints, []);
});

/** One person with two devices, over real nodes: linking them in the settings, what each then has, and taking one out. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const LOOK = { locale: "en-GB", timezoneId: "UTC" };
const desk = new Person("Ada", LOOK);
const phone = new Person("Ada2", { ...LOOK, viewport: { width: 320, height: 640 }, colorScheme: "dark" });

const dialog = (person) => person.page.getByRole("dialog");
const numbers = (person) => dialog(person).getByRole("group", { name: "Numbers to compare" }).locator("span").allInnerTexts();

async function settings(person) {
  await person.presses("Control+,");
  await dialog(person).getByRole("heading", { name: "Your devices" }).scrollIntoViewIfNeeded();
}

story("Ada links her phone: a ticket, the same numbers on both, and each has the other's documents", async () => {
  await desk.opens();
  await desk.begins("Harvest");
  await desk.types("We cut the rye.");
  await desk.hasSaved("Harvest", (text) => text.includes("rye"));
  await phone.opens();
  const made = await phone.node.command("new", "On the road");
  assert.ok(made);

  await settings(desk);
  await desk.clicks("Link another device…");
  await dialog(desk).getByText("Waiting for the other device…").waitFor();
  const ticket = await dialog(desk).getByLabel("Link ticket").inputValue();
  await desk.clicks("Copy the ticket");
  await desk.hasCopied(ticket);
  assert.deepEqual(await desk.hindrances("[role=dialog]"), []);
  await desk.picture("devices-ticket");

  await settings(phone);
  await phone.clicks("I have a link ticket…");
  await phone.page.keyboard.insertText("sheafsomething");
  await phone.clicks("Continue");
  await dialog(phone).getByRole("alert").waitFor();
  await dialog(phone).getByLabel("Paste the link ticket").fill(ticket);
  await phone.clicks("Continue");
  await dialog(phone).getByText("Go on only if that device is yours.").waitFor();
  await phone.picture("devices-preview-320-dark");
  // By the keyboard: the next step has the keys.
  await phone.presses("Enter");
  await dialog(desk).getByText("Do both devices show the same numbers?").waitFor();
  await dialog(phone).getByText("Do both devices show the same numbers?").waitFor();
  assert.deepEqual(await numbers(desk), await numbers(phone));
  assert.deepEqual(await phone.hindrances("[role=dialog]"), []);
  await phone.picture("devices-compare-320-dark");
  const wide = await phone.page.evaluate(() => document.querySelector("[role=dialog]").scrollWidth - document.querySelector("[role=dialog]").clientWidth);
  assert.equal(wide, 0, "320 pixels are enough");
  await phone.presses("Enter");
  await dialog(phone).getByText("Say on the other device that they are the same, too.").waitFor();
  await desk.clicks("They are the same");
  await dialog(desk).getByText(/is linked\. The documents are on their way\.$/u).waitFor();
  await dialog(phone).getByText(/is linked\. The documents are on their way\.$/u).waitFor();
  await dialog(desk).getByRole("list", { name: "Your devices" }).getByText(/^connected/u).waitFor();
  await desk.picture("devices-linked");
  await desk.leavesDialog();
  await phone.leavesDialog();
  await until("the desk to have what the phone made", async () => (await desk.library()).some((row) => row.includes("On the road")));
  await phone.hasSaved("Harvest", (text) => text.includes("We cut the rye."));
});

story("she removes it: the question says what that does and what it keeps, and nothing more reaches it", async () => {
  await settings(desk);
  await dialog(desk).getByRole("button", { name: /^Remove /u }).click();
  await dialog(desk).getByText("It keeps the copies that it has.", { exact: false }).waitFor();
  assert.deepEqual(await desk.hindrances("[role=dialog]"), []);
  await desk.picture("devices-question");
  // The way back has the keys.
  await desk.presses("Enter");
  await dialog(desk).getByText("It keeps the copies that it has.", { exact: false }).waitFor({ state: "detached" });
  await dialog(desk).getByRole("button", { name: /^Remove /u }).click();
  await desk.clicks("Remove it");
  await dialog(desk).getByText(/was removed from 4 documents\.$/u).waitFor();
  await desk.picture("devices-removed");
  await desk.leavesDialog();
  await desk.chooses("Harvest");
  await desk.writes(" And oats.");
  await desk.hasSaved("Harvest", (text) => text.includes("And oats."));
  await phone.page.waitForTimeout(1000);
  assert.equal((await phone.node.command("show", "Harvest")).includes("oats"), false);
  assert.deepEqual([...desk.complaints, ...phone.complaints], []);
});

/** Overhears what a page asks its core, in order, and can hand it a link as the window does when one is clicked. */
function overhears(person) {
  const heard = { asked: [], clicks: undefined };
  person.between = (page) =>
    page.routeWebSocket(/\/lanes/u, (socket) => {
      const node = socket.connectToServer();
      socket.onMessage((message) => {
        if (typeof message === "string") heard.asked.push(JSON.parse(message));
        node.send(message);
      });
      node.onMessage((message) => socket.send(message));
      heard.clicks = (link) => socket.send(JSON.stringify({ event: "link", ticket: link }));
    });
  return heard;
}

story("a link ticket that is clicked or pasted as an invitation is gone on with there: it says what will happen, and dials nobody before she agrees", async () => {
  const tablet = new Person("Ada3", { locale: "de-DE", timezoneId: "UTC", colorScheme: "light" });
  const heard = overhears(tablet);
  await tablet.opens();
  await settings(desk);
  await desk.clicks("Link another device…");
  const ticket = await dialog(desk).getByLabel("Link ticket").inputValue();

  heard.clicks(`sheaf://join/${ticket}`);
  await dialog(tablet).getByRole("heading", { name: "Dieses Gerät verbinden" }).waitFor();
  await dialog(tablet).getByText(/^Dieses Gerät wird eines der Geräte von/u).waitFor();
  await dialog(tablet).getByText(/^Jedes bekommt die Dokumente des anderen, heutige und spätere, mit denselben Rollen\./u).waitFor();
  await dialog(tablet).getByText(/^Kontaktiert wird /u).waitFor();
  assert.deepEqual(await tablet.hindrances("[role=dialog]"), []);
  await tablet.picture("devices-joined-preview-de");
  await tablet.page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await tablet.hindrances("[role=dialog]"), []);
  await tablet.picture("devices-joined-preview-de-dark");
  const meant = () => heard.asked.filter(({ call }) => ["join", "link_device"].includes(call));
  assert.ok(meant().length > 0 && meant().every(({ preview }) => preview === true), JSON.stringify(meant()));
  await dialog(desk).getByText("Waiting for the other device…").waitFor();

  // Whoever does not want it goes back, and nothing has happened.
  await tablet.presses("Escape");
  await dialog(tablet).waitFor({ state: "detached" });
  assert.ok(meant().every(({ preview }) => preview === true));
  await tablet.clicks("Mit Einladung beitreten");
  await dialog(tablet).locator("textarea").fill(ticket);
  await tablet.presses("Enter");
  await dialog(tablet).getByRole("heading", { name: "Dieses Gerät verbinden" }).waitFor();

  // With the keys: the button that agrees has them, and then the one that says that the numbers are the same.
  await tablet.presses("Enter");
  await dialog(tablet).getByText("Zeigen beide Geräte dieselben Zahlen?").waitFor();
  await dialog(desk).getByText("Do both devices show the same numbers?").waitFor();
  const shown = await dialog(tablet).getByRole("group", { name: "Zahlen zum Vergleichen" }).locator("span").allInnerTexts();
  assert.deepEqual(shown, await numbers(desk));
  assert.deepEqual(await tablet.hindrances("[role=dialog]"), []);
  await tablet.picture("devices-joined-compare-de-dark");
  await tablet.presses("Enter");
  await desk.clicks("They are the same");
  await dialog(tablet).getByText(/ist verbunden\. Die Dokumente sind unterwegs\.$/u).waitFor();
  await tablet.clicks("Fertig");
  await dialog(tablet).waitFor({ state: "detached" });
  await tablet.hasSaved("Harvest", (text) => text.includes("We cut the rye."));
  await desk.leavesDialog();

  // Pasted again it says that this is done, and its own maker is told to open it elsewhere.
  await tablet.clicks("Mit Einladung beitreten");
  await dialog(tablet).locator("textarea").fill(ticket);
  await tablet.presses("Enter");
  await dialog(tablet).getByText("Dieses Gerät ist schon verbunden.").waitFor();
  await tablet.presses("Enter");
  await dialog(tablet).waitFor({ state: "detached" });
  await desk.clicks("Join with an invitation");
  await dialog(desk).locator("textarea").fill(ticket);
  await desk.presses("Enter");
  await dialog(desk).getByRole("alert").getByText("This device made that ticket.").waitFor();
  await desk.leavesDialog();
  assert.deepEqual(tablet.complaints, []);
});

story("whoever waits for a device on which Sheaf was ended is told why, and can stop", async () => {
  const tablet = new Person("Ada4", LOOK);
  await tablet.opens();
  await settings(desk);
  await desk.clicks("Link another device…");
  const ticket = await dialog(desk).getByLabel("Link ticket").inputValue();
  await desk.node.stops();

  await tablet.clicks("Join with an invitation");
  await dialog(tablet).locator("textarea").fill(ticket);
  await tablet.presses("Enter");
  await dialog(tablet).getByText("Go on only if that device is yours.").waitFor();
  await tablet.presses("Enter");
  await dialog(tablet).getByText("Waiting for the other device…").waitFor();
  await dialog(tablet).getByText(/^Not reached so far: .*Does Sheaf run there\?/u).waitFor();
  assert.deepEqual(await tablet.hindrances("[role=dialog]"), []);
  await tablet.picture("devices-unreached");
  await tablet.clicks("Stop");
});

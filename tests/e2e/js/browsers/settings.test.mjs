/** What a person chooses, and what they are told: name, colour, theme, carets, the network before the first share, invitations that are no good. */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");
const cleo = new Person("Cleo");

/** Everything the dialog that is open says. */
const dialog = (person) => person.page.getByRole("dialog").innerText();

async function settings(person, choose) {
  await person.presses("Control+,");
  const open = person.page.getByRole("dialog", { name: "Settings" });
  await open.waitFor();
  await choose(open);
  await person.leavesDialog();
}

let ticket;

story("before the first share the dialog says what the network does, and nothing has happened yet", async () => {
  // Only looked at: without a profile for tests, sharing here would leave this machine.
  delete cleo.node.env.SHEAF_NETWORK;
  await cleo.opens();
  await cleo.clicks("Share");
  await cleo.reads("Uses public relay and look-up servers of the iroh project");
  assert.match(await dialog(cleo), /They see addresses, never your text/);
  await cleo.page.getByRole("radio", { name: /^Local network only/ }).check();
  await cleo.leavesDialog();
  assert.match(await cleo.node.command("--json", "network"), /"chosen":false/);
});

story("a name and a colour are told to others, a theme and a font hold after a new start", async () => {
  await ada.opens();
  await settings(ada, async (open) => {
    await open.getByLabel("Your name").fill("Ada of Ely");
    await open.getByRole("radio", { name: "violet" }).check({ force: true });
    await open.getByLabel("Theme").selectOption("dark");
    await open.getByLabel("Text of documents").selectOption("sans");
  });
  await ada.page.locator("nav .owner", { hasText: "Ada of Ely" }).waitFor();
  const looks = () => ada.page.evaluate(() => [document.documentElement.style.colorScheme, document.documentElement.dataset.font]);
  assert.deepEqual(await looks(), ["dark", "sans"]);
  await ada.page.reload();
  await ada.page.locator("nav .owner", { hasText: "Ada of Ely" }).waitFor();
  assert.deepEqual(await looks(), ["dark", "sans"]);

  await ada.begins("Harvest");
  await ada.types("We cut the rye.");
  ada.name = "Ada of Ely";
  ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("We cut the rye.");
  await ada.writes("!");
  await ben.seesCursorOf("Ada of Ely");
  assert.equal(await ben.page.locator(".peer-caret.person-violet").count(), 1);
  await ben.page.getByRole("status").filter({ hasText: "Ada of Ely is here" }).waitFor({ state: "attached" });
});

story("carets can be kept out of sight, others' and one's own", async () => {
  await settings(ben, (open) => open.getByLabel("Show where others are").uncheck());
  await ben.seesNoCursor();
  await settings(ben, (open) => open.getByLabel("Show where others are").check());
  await ben.seesCursorOf("Ada of Ely");
  await settings(ada, (open) => open.getByLabel("Show others where I am").uncheck());
  await ben.seesNoCursor();
  await ada.writes("?");
  await ben.sees("rye.!?");
  await ben.seesNoCursor();
  await ben.page.getByRole("button", { name: "Go to where Ada of Ely is" }).waitFor();
});

story("an invitation that is cut off, altered or something else is refused in plain words, and nothing is joined", async () => {
  const before = await ben.library();
  const middle = ticket.length / 2;
  const altered = ticket.slice(0, middle) + (ticket[middle] === "a" ? "b" : "a") + ticket.slice(middle + 1);
  for (const bad of [ticket.slice(0, -20), altered, "https://example.org/", "sheaf", "  "]) {
    await ben.clicks("Join with an invitation");
    await ben.page.locator("[role=dialog] textarea").fill(bad);
    if (bad.trim() === "") assert.ok(await ben.page.getByRole("button", { name: "Continue" }).isDisabled());
    else {
      await ben.clicks("Continue");
      const said = await ben.page.getByRole("alert").innerText();
      assert.match(said, /^This (invitation is not complete|is not an invitation to a Sheaf document|invitation contains)/, `${bad}: ${said}`);
    }
    await ben.leavesDialog();
  }
  assert.deepEqual(await ben.library(), before);
});

story("who joins while nobody is there is told whom it waits for, and the document opens by itself", async () => {
  await cleo.goes();
  const dan = new Person("Dan");
  await ada.node.stops();
  await ben.node.stops();
  await dan.opens();
  await dan.joins(ticket, "Harvest");
  await dan.reads("Waiting for Ada of Ely to come online");
  await dan.reads("You can close this; we will keep trying.");
  await dan.page.locator(".status").getByText("Waiting for the first copy from Ada of Ely").waitFor();
  assert.equal(await dan.page.getByRole("button", { name: "Share" }).count(), 0, "there is nothing to share yet");
  assert.equal(await dan.page.locator(".sheaf-editor").count(), 0, "there is nothing to write in yet");
  await ada.node.starts();
  await dan.sees("We cut the rye.!?");
  await dan.isTold("Saved on this device");
});

story("the library is sorted by what changed last, and a new start goes on where the caret was", async () => {
  await ben.node.starts();
  await ben.page.context().close();
  await ben.looks();
  await ben.begins("Second");
  await ben.types("One line.\nAnother line.");
  await until("what is new to be first", async () => (await ben.library()).slice(0, 2).join() === "Second,Harvest");
  await ben.chooses("Harvest");
  await ben.sees("rye.!?");
  await ben.writes(" Changed.");
  await until("what changed to be first", async () => (await ben.library())[0] === "Harvest");
  await ben.chooses("Second");
  await ben.page.locator(".sheaf-editor .line").first().click();
  await ben.presses("End");
  await until("the caret to be remembered", async () => JSON.stringify(await ben.page.evaluate(() => getSelection().focusOffset)) === "9");
  await until("it to be kept", async () => (await ben.node.settings())["last_caret"] === 9);
  await ben.page.reload();
  await ben.seesTitle("Second");
  await ben.page.waitForFunction(() => document.activeElement?.matches(".sheaf-editor"));
  await ben.types(" Here.");
  await ben.sees("One line. Here.\nAnother line.");
  assert.deepEqual(ben.complaints, []);
});

story("a long document is on the page in part, until somebody who has it read out asks for all of it; that holds after a new start", async () => {
  const fay = new Person("Fay");
  await fay.opens();
  await fay.begins("Long");
  await fay.page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector(".sheaf-editor").dispatchEvent(paste);
  }, Array.from({ length: 2300 }, (_, nth) => `Line ${nth}`).join("\n"));
  const mounted = () => fay.page.locator(".sheaf-editor .line").count();
  await until("the last lines alone", async () => (await mounted()) > 40 && (await mounted()) < 400);
  const wholeText = (on) =>
    settings(fay, (open) => open.getByRole("checkbox", { name: "Keep the whole document for screen readers" }).setChecked(on));
  await wholeText(true);
  await until("all lines", async () => (await mounted()) >= 2300);
  await fay.page.reload();
  await until("all lines again", async () => (await mounted()) >= 2300);
  await wholeText(false);
  await until("a part again", async () => (await mounted()) < 400);
});

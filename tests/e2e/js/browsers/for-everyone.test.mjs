/**
 * Sheaf is for everyone: in German as in English, with 320 pixels or twice the size, without motion, with the system's own colours. Every screen is
 * walked through in each of these ways, and on each everything must be there, whole, large enough and reachable.
 */
import assert from "node:assert/strict";

import { Person, TOAST_STAYS_MS, story, until } from "./person.mjs";
import { everyScreen as walk, flaws } from "./screens.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");
const cleo = new Person("Cleo", { locale: "de-AT" });

const dialog = () => ada.page.getByRole("dialog");
const press = (selector) => ada.page.locator(selector).first().click();
const speaks = (language) => ada.page.waitForFunction((language) => document.documentElement.lang === language, language);

async function settings(choose) {
  await ada.presses("Control+,");
  await dialog().waitFor();
  await choose(dialog());
  await ada.leavesDialog();
}

const language = (choice) => settings((open) => open.locator("select").first().selectOption(choice));
const theme = (choice) => settings((open) => open.locator("select").nth(1).selectOption(choice));

/** Shows or hides the library, whichever it is not. */
async function library(shown) {
  if (((await ada.page.locator("nav.sidebar").count()) === 1) === shown) return;
  await ada.presses("Control+\\");
  await ada.page.locator("nav.sidebar").waitFor({ state: shown ? "visible" : "detached" });
}

/** Both go on in the first line; Ada goes on in the second, which Ben removes: something to review, and words that are kept. */
async function apart() {
  await ben.node.stops();
  await ada.page.getByText("Cut the rye.").click();
  await ada.presses("End");
  await ada.types(" By hand.");
  await ada.page.getByText("Borrow the cart.").click();
  await ada.presses("End");
  await ada.types(" The red one, which is new.");
  await ada.hasSaved("Harvest", (text) => text.includes("is new"));
  await ada.node.stops();
  await ben.opensAgain("Harvest");
  await ben.page.getByText("Cut the rye.").click();
  await ben.presses("Home");
  await ben.types("Today: ");
  await ben.page.getByText("Borrow the cart.").click();
  await ben.presses("Home", "Shift+ArrowDown", "Delete");
  await ben.hasSaved("Harvest", (text) => text.includes("Today") && !text.includes("cart"));
  await ben.node.stops();
  await ada.opensAgain("Harvest");
  await ben.node.starts();
  await ada.reads("Kept for you");
  await ada.page.locator(".review").waitFor();
  // What is said of it may be still to come, or have gone by itself.
  await ada.page.locator(".toast").waitFor({ timeout: TOAST_STAYS_MS }).catch(() => {});
  await ada.closesToast();
}

const hands = {
  press,
  sees: (selector, nth = 0) => ada.page.locator(selector).nth(nth).waitFor(),
  leaves: (selector) => ada.page.locator(selector).first().waitFor({ state: "detached" }),
  keys: (...names) => ada.presses(...names),
  closesToast: () => ada.closesToast(),
  fills: (selector, text) => ada.page.locator(selector).fill(text),
  value: (selector) => ada.page.locator(selector).inputValue(),
  library,
  choosesWords: () => ada.page.locator(".sheaf-editor .line").first().dblclick({ position: { x: 20, y: 12 } }),
  writes: (text) => ada.writes(text),
};
const everyScreen = (look) => walk(hands, look);

/** Nothing moves any more: what fades in has no contrast and no place yet. */
const rests = (person = ada) => person.page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));

async function looksWhole() {
  const found = [];
  await everyScreen(async (where) => {
    await rests();
    await ada.picture(`everyone-${await ada.page.evaluate(() => `${innerWidth}-${document.documentElement.lang}`)}-${where}`);
    found.push(...(await ada.page.evaluate(flaws)).map((flaw) => `${where}: ${flaw}`));
  });
  return found;
}

story("the words change with the language, at once and without a new start", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Cut the rye.\nBorrow the cart.\nAsk Cleo.");
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("Ask Cleo.");
  await apart();

  await ada.page.evaluate(() => (globalThis.sameAsBefore = true));
  await settings((open) => open.getByLabel("Language").first().selectOption("Deutsch"));
  await speaks("de");
  await ada.page.getByRole("heading", { name: "Dokumente" }).waitFor();
  await ada.page.getByRole("button", { name: "Teilen", exact: true }).waitFor();
  await ada.page.getByRole("region", { name: "Für dich aufgehoben" }).getByText("Für 1 Textstück von dir").waitFor();
  await ada.reads("Zwei Absätze wurden von dir und von Ben geändert, während ihr getrennt wart");
  await ada.page.getByRole("textbox", { name: "Text des Dokuments" }).waitFor();
  await ada.isTold("Auf demselben Stand mit Ben");
  await ada.reads(/^Bearbeitet (gerade eben|vor \d+ Min\.)/);
  assert.equal(await ada.page.getByRole("button", { name: "Seitenleiste ausblenden" }).getAttribute("title"), "Seitenleiste ausblenden (Strg+\\)");

  await ada.writes("\n/übersch");
  const offered = async () => (await ada.page.getByRole("option").allInnerTexts()).map((words) => words.split("\n")[0]).join();
  await until("the headings, and nothing else", async () => (await offered()) === "Überschrift 1,Überschrift 2,Überschrift 3");
  await ada.presses("Enter");
  await ada.page.locator(".sheaf-editor h1").waitFor();
  await ada.presses("Control+z", "Control+z");

  await press(".status-facts");
  await ada.clicks("Verbindung prüfen");
  const checked = ada.page.getByRole("list", { name: "Was geht und was nicht" });
  await checked.getByText("Sheaf läuft auf diesem Gerät.").waitFor();
  await checked.getByText(/^Ben \(\w+\) ist direkt verbunden/).waitFor();
  assert.doesNotMatch(await checked.innerText(), /\b(this|device|relay|connected|works|is)\b/, "nothing is left in English");
  await ada.presses("Escape");

  await ada.clicks("Mit Einladung beitreten");
  await dialog().locator("textarea").fill("https://example.org/");
  await ada.clicks("Weiter");
  assert.match(await dialog().getByRole("alert").innerText(), /^Das ist keine Einladung zu einem Sheaf-Dokument/);
  await ada.leavesDialog();

  await language("system");
  await speaks("en");
  await ada.page.getByRole("heading", { name: "Documents" }).waitFor();
  await ada.page.getByRole("textbox", { name: "Document text" }).waitFor();
  assert.equal(await ada.page.evaluate(() => globalThis.sameAsBefore), true);
});

story("where nothing is chosen the language is the system's, from the first document on", async () => {
  // Only looked at: without a profile for tests, sharing here would leave this machine.
  delete cleo.node.env.SHEAF_NETWORK;
  await cleo.opens();
  await cleo.seesTitle("Willkommen bei Sheaf");
  assert.equal(await cleo.page.evaluate(() => document.documentElement.lang), "de");
  await cleo.page.getByText("Willkommen bei Sheaf").first().waitFor();
  await cleo.isTold("Auf diesem Gerät gespeichert");
  // A document without a title is one in every language.
  await cleo.clicks("Neues Dokument");
  await until("it to be listed", async () => (await cleo.library())[0] === "Ohne Titel");
  await cleo.page.waitForFunction(() => document.activeElement?.matches("textarea.title") && document.activeElement.value === "");
  assert.equal(await cleo.page.getAttribute("textarea.title", "placeholder"), "Titel");
});

for (const [size, viewport] of [
  ["320 pixels", { width: 320, height: 568 }],
  ["twice the size in a window of 1280 by 860", { width: 640, height: 430 }],
]) {
  for (const spoken of ["en", "de"]) {
    story(`${size}: everything is there, whole and within reach, ${spoken}`, async () => {
      await ada.page.setViewportSize(viewport);
      await language(spoken);
      await speaks(spoken);
      assert.deepEqual(await looksWhole(), []);
    });
  }
}

story("in a narrow window the library comes and goes by key, and nothing is open where there is nothing", async () => {
  await cleo.page.setViewportSize({ width: 320, height: 568 });
  await cleo.page.locator("nav.sidebar").waitFor({ state: "detached" });
  await cleo.page.focus(".sheaf-editor");
  await cleo.presses("Control+\\");
  await cleo.page.waitForFunction(() => document.activeElement?.closest("nav.sidebar"));
  await cleo.presses("Escape");
  await cleo.page.locator("nav.sidebar").waitFor({ state: "detached" });
  assert.equal(await cleo.page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Seitenleiste einblenden");

  // A dialog lies over the library; Esc closes the topmost and gives the focus back.
  await cleo.presses("Control+\\");
  await cleo.page.locator("nav footer .entry").last().click();
  await cleo.page.getByRole("dialog", { name: "Einstellungen" }).waitFor();
  await cleo.leavesDialog();
  await cleo.page.waitForFunction(() => document.activeElement?.textContent.trim() === "Einstellungen");
  await cleo.presses("Escape");
  await cleo.page.locator("nav.sidebar").waitFor({ state: "detached" });

  // What is said before the first share fits, and so does what is nested and what has no place to break.
  await cleo.clicks("Teilen");
  await cleo.page.getByRole("radio", { name: /^Nur im lokalen Netz/ }).waitFor();
  await rests(cleo);
  assert.deepEqual(await cleo.page.evaluate(flaws), []);
  await cleo.picture("everyone-first-share");
  await cleo.leavesDialog();
  await cleo.page.focus(".sheaf-editor");
  await cleo.presses("Control+End");
  await cleo.types("- Eins\n");
  for (const word of ["Zwei", "Drei", "Vier", "Fünf", "Sechs", "Sieben", "Acht"]) {
    await cleo.presses("Tab");
    await cleo.types(`${word} und einige Wörter mehr\n`);
  }
  await cleo.presses(...Array(8).fill("Enter"));
  await cleo.types("``` " + "const donaudampfschifffahrtsgesellschaft = ".repeat(4));
  await cleo.page.locator(".sheaf-editor .code").waitFor();
  const widths = await cleo.page.locator(".sheaf-editor .line").evaluateAll((lines) => lines.map((line) => line.clientWidth - parseFloat(getComputedStyle(line).paddingInlineStart)));
  assert.ok(Math.min(...widths) > 120, `a line has ${Math.min(...widths)} pixels left`);
  assert.equal(await cleo.page.evaluate(() => document.querySelector(".canvas").scrollWidth - document.querySelector(".canvas").clientWidth), 0);
  await cleo.picture("everyone-deep");

  await cleo.presses("Control+\\");
  for (let left = 2; left > 0; left -= 1) {
    await cleo.page.locator("nav [data-row]").first().press("Delete");
    await until("it to be gone", async () => (await cleo.library()).length === left - 1);
  }
  await cleo.presses("Control+\\");
  await cleo.page.locator(".empty button").first().waitFor();
  await cleo.closesToast();
  await cleo.picture("everyone-empty");
  assert.deepEqual(await cleo.page.evaluate(flaws), []);
  assert.deepEqual(cleo.complaints, []);
});

for (const spoken of ["en", "de"]) {
  for (const colours of ["light", "dark"]) {
    story(`axe finds nothing on any screen, ${spoken}, ${colours}`, async () => {
      await ada.page.setViewportSize({ width: 1280, height: 860 });
      await language(spoken);
      await theme(colours);
      const found = [];
      await everyScreen(async (where) => {
        await rests();
        found.push(...(await ada.hindrances()).map((hindrance) => `${where}: ${hindrance}`));
        await ada.picture(`everyone-${spoken}-${colours}-${where}`);
      });
      assert.deepEqual(found, []);
    });
  }
}

/** What moves, or would. */
function movements() {
  const moves = ({ transitionDuration, animationName }) => animationName !== "none" || transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
  return [...document.querySelectorAll("*")].flatMap((element) =>
    [null, "::before", "::after"].flatMap((part) => (moves(getComputedStyle(element, part)) ? [`${element.tagName} ${element.className} ${part ?? ""}`] : [])),
  );
}

story("who wants no motion sees none", async () => {
  assert.notDeepEqual(await ada.page.evaluate(movements), [], "there is motion for everybody else");
  await ada.page.emulateMedia({ reducedMotion: "reduce" });
  const found = [];
  await everyScreen(async (where) => found.push(...(await ada.page.evaluate(movements)).map((what) => `${where}: ${what}`)));
  assert.deepEqual(found, []);
  await ada.page.emulateMedia({ reducedMotion: "no-preference" });
});

story("with the system's own colours one sees where one is, what is chosen, and where others are", async () => {
  await ada.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const style = (selector, ...names) =>
    ada.page.locator(selector).first().evaluate((element, names) => names.map((name) => getComputedStyle(element).getPropertyValue(name)), names);
  const [highlight, words] = await ada.page.evaluate(() =>
    ["Highlight", "HighlightText"].map((colour) => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.cssText = `forced-color-adjust: none; color: ${colour}`;
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }),
  );
  await library(true);
  assert.deepEqual(await style("nav li.current", "background-color"), [highlight], "the open document");
  assert.deepEqual(await style("nav li.current .row", "color"), [words]);

  // Others' carets, and a toggle, a mark and the focus.
  await ben.page.context().close();
  await ben.looks();
  await ben.chooses("Harvest");
  await ben.isInText();
  await ben.page.locator(".sheaf-editor .line").first().dblclick({ position: { x: 20, y: 12 } });
  await ada.seesCursorOf("Ben");
  assert.deepEqual(await style(".peer-caret", "border-inline-start-color", "border-inline-start-width"), [highlight, "3px"]);
  assert.match((await style(".peer-selection", "text-decoration-line"))[0], /underline/);
  await ada.page.locator(".sheaf-editor .line").nth(1).dblclick({ position: { x: 20, y: 12 } });
  await ada.page.getByRole("toolbar").waitFor();
  await ada.presses("Control+b", "Control+Shift+h");
  await ada.page.locator(".sheaf-editor mark").waitFor();
  const toggle = (pressed) => style(`[role=toolbar] [aria-pressed=${pressed}]`, "background-color");
  assert.deepEqual(await toggle("true"), [highlight]);
  assert.notDeepEqual(await toggle("false"), [highlight]);
  const [mark, paper] = [await style(".sheaf-editor mark", "background-color"), await style(".sheaf-editor .line", "background-color")];
  assert.notDeepEqual(mark, paper, "a mark");
  await ada.picture("everyone-forced-document");
  await ada.presses("Control+Shift+h", "Control+b");

  await settings(async (open) => {
    await ada.presses("Tab");
    const [width, line] = await style(":focus-visible", "outline-width", "outline-style");
    assert.deepEqual([width, line], ["2px", "solid"], "the focus");
    assert.notDeepEqual(await style(".colour.picked", "outline-style"), await style(".colour:not(.picked)", "outline-style"));
    const shown = await open.locator(".colour").evaluateAll((all) => new Set(all.map((one) => getComputedStyle(one).backgroundColor)).size);
    assert.equal(shown, 10, "the colours that can be chosen are to be told from each other");
    assert.deepEqual(await style(".dialog", "border-top-style"), ["solid"], "where the dialog ends");
    await ada.picture("everyone-forced-settings");
  });
  await ada.page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

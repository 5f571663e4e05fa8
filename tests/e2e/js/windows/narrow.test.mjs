/**
 * 320 pixels in the real window, in WebKitGTK: no window of ours is that narrow, but at twice the size one of 640 has as many, and people who need
 * that size have exactly this. The same walk through every screen as in Chromium (browsers/screens.mjs), by keys where that one clicks.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { everyScreen, flaws } from "../browsers/screens.mjs";
import { Node } from "../node.mjs";
import { until } from "./driver.mjs";
import { Person } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Node("Ben");

/** Keys by the names that browsers give them, as WebDriver wants them. */
const KEYS = {
  Alt: "\uE00A", ArrowDown: "\uE015", ArrowRight: "\uE014", Backspace: "\uE003", Control: "\uE009", Delete: "\uE017", End: "\uE010", Enter: "\uE007",
  Escape: "\uE00C", F1: "\uE031", Home: "\uE011", Shift: "\uE008",
}; // prettier-ignore
const keysOf = (name) => name.split("+").map((key) => KEYS[key] ?? key);

after(async () => {
  await ada.closes().catch(() => {});
  ada.forgets();
  await ben.forgets();
});

/** What is written apart is that for at least so long: crates/document/src/apart.rs. */
const APART_MS = 10_500;

const run = (script, ...args) => ada.window.run(script, ...args);
const counts = (selector) => run("return document.querySelectorAll(arguments[0]).length", selector);

/** The caret is in the text, and takes keys. ProseMirror puts its own caret back 20 ms after the focus came. */
async function intoText() {
  await run("document.querySelector('.sheaf-editor').focus()");
  await until("the text to take keys", () => run("return document.activeElement.matches('.sheaf-editor')"));
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const hands = {
  /** Presses Enter on it: with the page this large, a driver's pointer goes astray. */
  async press(selector) {
    await hands.sees(selector);
    await run("document.querySelector(arguments[0]).focus()", selector);
    await hands.keys("Enter");
  },
  sees: (selector, nth = 0) => until(selector, async () => (await counts(selector)) > nth),
  leaves: (selector) => until(`${selector} to leave`, async () => (await counts(selector)) === 0),
  async keys(...names) {
    for (const name of names) await ada.window.chordOf(keysOf(name));
  },
  /** By its cross, unless it has gone by itself, as it does after 7 s. */
  closesToast: () =>
    until("the toast to be gone", async () => {
      const isReached = await run("const cross = document.querySelector('.toast .icon-button'); cross?.focus(); return cross !== null && document.activeElement === cross");
      if (isReached) await hands.keys("Enter");
      return (await counts(".toast")) === 0;
    }),
  async fills(selector, text) {
    await hands.sees(selector);
    await run("document.querySelector(arguments[0]).select()", selector);
    await ada.window.paste(selector, text);
  },
  value: (selector) => run("return document.querySelector(arguments[0]).value", selector),
  async library(shown) {
    if (((await counts("nav.sidebar")) === 1) === shown) return;
    await hands.keys("Control+\\");
    await (shown ? hands.sees("nav.sidebar") : hands.leaves("nav.sidebar"));
  },
  /** As a pointer does that is dragged over the line. */
  choosesWords: () =>
    run(`const line = document.querySelector(".sheaf-editor .line");
      const editor = document.querySelector(".sheaf-editor");
      const { left, top } = line.getBoundingClientRect();
      const at = { bubbles: true, cancelable: true, button: 0, clientX: left + 20, clientY: top + 12 };
      editor.focus();
      line.dispatchEvent(new MouseEvent("mousedown", at));
      getSelection().selectAllChildren(line);
      return new Promise((done) => setTimeout(() => done(line.dispatchEvent(new MouseEvent("mouseup", { ...at, clientX: left + 160 }))), 100));`),
  async writes(text) {
    await intoText();
    await hands.keys("Control+End");
    await ada.window.type(text.replaceAll("\n", KEYS.Enter));
  },
};

/** Ada and Ben go on in the same words while they are apart, and Ben removes a line in which Ada goes on: something to review, and words that are kept. */
async function apart() {
  const show = () => ben.command("show", "Harvest");
  await until("Ben to have it", async () => (await show()).includes("Ask Cleo."));
  const before = await show();
  await ben.stops();
  await intoText();
  await hands.keys("Control+Home", "End");
  await ada.window.type(" By hand.");
  await hands.keys("ArrowDown", "End");
  await ada.window.type(" The red one, which is new.");
  await ada.reads("Saved on this device");
  // What the others had not seen ten seconds later was written apart.
  await new Promise((resolve) => setTimeout(resolve, APART_MS));
  await ada.closes();
  const file = join(ben.home, "harvest.md");
  writeFileSync(file, before.replace("Cut", "Today: cut").replace(/Borrow the cart\.\n+/u, ""));
  await ben.command("write", "Harvest", file);
  await ben.starts();
  await ada.opens();
  await hands.sees(".review");
  await ada.reads("Kept for you");
}

/** When it fails, what the window showed at that moment is kept as a picture. */
const story = (name, tell) =>
  test(name, { timeout: 240_000 }, () =>
    tell().catch(async (error) => {
      await ada.picture("failed-narrow").catch(() => {});
      throw error;
    }),
  );

story("at 320 pixels every screen is there, whole and within reach", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.window.type("Cut the rye." + KEYS.Enter + "Borrow the cart." + KEYS.Enter + "Ask Cleo.");
  await ada.reads("Saved on this device");
  const ticket = await ada.shares();
  ben.page = undefined;
  await ben.starts();
  await ben.command("join", ticket);
  await apart();

  await ada.window.resize(640, 960);
  await hands.keys("Control+,");
  await hands.sees("[role=dialog] select option[value='200']");
  await run(`const zoom = document.querySelector("[role=dialog] select:has(option[value='200'])");
    zoom.value = "200"; zoom.dispatchEvent(new Event("change", { bubbles: true }));`);
  await hands.keys("Escape");
  await hands.leaves("[role=dialog]");
  await until("the page to be 320 pixels wide", async () => Math.abs((await run("return innerWidth")) - 320) <= 1);
  await hands.closesToast();

  const found = [];
  let screens = 0;
  await everyScreen(hands, async (where) => {
    await run("return Promise.allSettled(document.getAnimations().map((animation) => animation.finished)).then(() => true)");
    await ada.picture(`narrow-webkit-${where}`);
    found.push(...(await run(`${flaws}; return flaws()`)).map((flaw) => `${where}: ${flaw}`));
    screens += 1;
  });
  assert.deepEqual(found, []);
  assert.ok(screens > 20, `${screens} screens`);
});

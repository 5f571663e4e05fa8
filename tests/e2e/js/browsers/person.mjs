/**
 * A person in front of the page in Chromium, with a node of their own: what they do with mouse and keys, and what they see, in the words of the
 * page. The same words as in windows/person.mjs.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

import { chromium } from "playwright-core";

import { Node } from "../node.mjs";
import { PATIENCE_MS, until } from "../windows/driver.mjs";

export { until };

/** Where pictures are kept: ignored by git, looked at by people. */
const ARTEFACTS = resolve(import.meta.dirname, "../../artefacts");

/** Chromium speaks with nobody but our page. */
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long the picture of a story that failed may take: its page may not answer any more. */
const LAST_PICTURE_MS = 5000;

/** A toast goes by itself: ui/src/parts/Toast.svelte. */
export const TOAST_STAYS_MS = 7000;

const people = [];
let browser;

/** The one browser of a test file. */
export async function chromiumIsOpen() {
  browser ??= await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: QUIET });
  return browser;
}

after(async () => {
  for (const person of people) await person.goes();
  await browser?.close();
});

/** Tells a story; when it fails, what everybody saw at that moment is kept as a picture. */
export function story(name, tell) {
  test(name, { timeout: 240_000 }, async (context) => {
    try {
      await tell(context);
    } catch (error) {
      const at = name.replaceAll(/\W+/g, "-").slice(0, 60);
      for (const person of people) await person.picture(`failed-${at}-${person.name}`, LAST_PICTURE_MS).catch(() => {});
      throw error;
    }
  });
}

export class Person {
  page;
  /** What the page complained about. */
  complaints = [];
  /** Stands between the page and the node, if anything does (pretended.mjs). */
  between;

  constructor(name, look = {}) {
    this.name = name;
    this.look = { viewport: { width: 1280, height: 860 }, ...look };
    this.node = new Node(name);
    people.push(this);
  }

  /** Starts Sheaf and looks at its page. */
  async opens() {
    await this.node.starts();
    await this.looks();
  }

  async looks() {
    const context = await (await chromiumIsOpen()).newContext(this.look);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    this.page = await context.newPage();
    this.page.setDefaultTimeout(PATIENCE_MS);
    this.page.on("pageerror", (error) => this.complaints.push(error.message));
    this.page.on("console", (said) => {
      if (said.type() === "error" && !said.text().includes("WebSocket")) this.complaints.push(said.text());
    });
    await this.between?.(this.page);
    await this.page.goto(this.node.url);
    await this.page.waitForSelector(".sheaf-editor, nav");
  }

  /** Starts Sheaf again after it was stopped, with a page of its own, in this document. */
  async opensAgain(title) {
    await this.node.starts();
    await this.page.context().close();
    await this.looks();
    await this.chooses(title);
    await this.isInText();
  }

  /** Waits until the document on this person's disk fits, by the command line. */
  async hasSaved(title, fits) {
    await until(`${this.name}'s disk to have it`, async () => fits(await this.node.command("show", title)));
  }

  /** What axe finds wrong with the page, or with a part of it. What is still fading in has no contrast yet. */
  async hindrances(part = "html") {
    await this.page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate((part) => globalThis.axe.run(part, { resultTypes: ["violations"] }), part);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 140)).join(" | ")}`);
  }

  async goes() {
    await this.page?.context().close().catch(() => {});
    await this.node.forgets();
  }

  /** Presses what is called `name`. */
  async clicks(name, role = "button") {
    await this.page.getByRole(role, { name, exact: true }).first().click();
  }

  async presses(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async types(text) {
    await this.page.keyboard.type(text);
  }

  /** Begins a document with this title and puts the caret into its text. */
  async begins(title) {
    await this.clicks("New document");
    await this.page.waitForFunction(() => document.activeElement?.matches("textarea.title") && document.activeElement.value === "");
    await this.types(title);
    await this.presses("Enter");
    await this.page.waitForFunction(() => document.activeElement?.matches(".sheaf-editor"));
  }

  /** The text has taken the focus by itself, as it does when a document opens. */
  async isInText() {
    await this.page.waitForFunction(() => document.activeElement?.matches(".sheaf-editor"));
    // ProseMirror puts its own caret back 20 ms after the focus came: no person presses a key sooner.
    await this.page.waitForTimeout(100);
  }

  /** Writes at the end of the text. */
  async writes(text) {
    await this.page.focus(".sheaf-editor");
    await this.isInText();
    await this.presses("Control+End");
    await this.page.waitForTimeout(50);
    await this.types(text);
  }

  /** The lines on the screen, without what others' carets say. */
  async lines() {
    return await this.page.evaluate(() =>
      [...document.querySelectorAll(".sheaf-editor > *")].map((line) => {
        const copy = line.cloneNode(true);
        for (const foreign of copy.querySelectorAll(".peer-caret, .ProseMirror-separator, .check")) foreign.remove();
        return copy.textContent;
      }),
    );
  }

  /** This is on the clipboard: at once, or when the core has answered. */
  async hasCopied(text) {
    let last;
    const isThere = async () => (last = await this.page.evaluate(() => navigator.clipboard.readText())) === text;
    await until("it to be copied", isThere).catch((error) => {
      throw new Error(`${error.message}; on the clipboard: ${JSON.stringify(last)}`);
    });
  }

  async sees(text) {
    await until(`${this.name} to see ${JSON.stringify(text)}`, async () => (await this.lines()).join("\n").includes(text));
  }

  async seesTitle(title) {
    await this.page.waitForFunction((title) => document.querySelector("textarea.title")?.value === title, title);
  }

  /** Reads these words anywhere in the window. */
  async reads(words) {
    await this.page.getByText(words).first().waitFor();
  }

  /** The status says so, and its dot is full: everything typed is on the disk. */
  async isTold(words) {
    await this.page.waitForFunction((words) => {
      const dot = document.querySelector(".status .dot");
      return dot && !dot.matches(".hollow") && document.querySelector(".status .words").innerText.includes(words);
    }, words);
  }

  /** The documents in the sidebar, as they stand there. */
  async library() {
    return (await this.page.locator("nav [data-row]").allInnerTexts()).map((words) => words.trim());
  }

  async chooses(title) {
    await this.page.locator("nav [data-row]", { hasText: title }).first().click();
    await this.seesTitle(title);
  }

  /** Makes an invitation to the open document. */
  async shares(role = "Can edit") {
    await this.clicks("Share");
    await this.page.getByRole("radio", { name: role }).check();
    await this.writesName();
    await this.clicks("Copy invitation");
    const ticket = await this.page.locator("[role=dialog] textarea").inputValue();
    await this.leavesDialog();
    return ticket;
  }

  /** Pastes an invitation, reads what it is for, agrees. */
  async joins(ticket, title) {
    await this.clicks("Join with an invitation");
    await this.page.locator("[role=dialog] textarea").fill(ticket);
    await this.clicks("Continue");
    await this.page.getByRole("dialog").getByText(title).waitFor();
    await this.writesName();
    await this.clicks("Join");
    await this.seesTitle(title);
  }

  async writesName() {
    await this.page.locator("[role=dialog] input[autocomplete=name]").fill(this.name);
  }

  async leavesDialog() {
    await this.presses("Escape");
    await this.page.locator("[role=dialog]").waitFor({ state: "detached" });
  }

  async seesCursorOf(name) {
    await this.page.waitForFunction((name) => [...document.querySelectorAll(".peer-caret")].some((caret) => caret.textContent.includes(name)), name);
  }

  async seesNoCursor() {
    await this.page.waitForFunction(() => document.querySelector(".peer-caret") === null);
  }

  /** Takes a toast away by its cross, or finds that it has gone by itself, as it does after 7 s. */
  async closesToast() {
    const toast = this.page.locator(".toast");
    await until("the toast to be gone", async () => {
      if ((await toast.count()) > 0) await toast.locator(".icon-button").first().click({ timeout: TOAST_STAYS_MS });
      return (await toast.count()) === 0;
    });
  }

  async picture(name, patience = PATIENCE_MS) {
    mkdirSync(ARTEFACTS, { recursive: true });
    await this.page?.screenshot({ path: join(ARTEFACTS, `${name}.png`), timeout: patience });
  }
}

/** All show the same, line for line; what they show. */
export async function agree(...everybody) {
  let screens;
  await until("everybody to show the same", async () => {
    screens = await Promise.all(everybody.map((person) => person.lines()));
    return screens.every((lines) => lines.join("\n") === screens[0].join("\n"));
  });
  return screens[0];
}

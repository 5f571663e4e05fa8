/**
 * A person in front of a window: what they do and what they see, in the words of the page. Finds things as a person does, by what
 * is written on them, never by the code behind.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { KEY, Window, until } from "./driver.mjs";

/** Where pictures of the windows are kept: ignored by git, looked at by people. */
const ARTEFACTS = resolve(import.meta.dirname, "../../artefacts");

/** The app under test; xtask says which. */
export const APP = process.env["SHEAF_APP"] ?? resolve(import.meta.dirname, "../../../../target/debug/sheaf-desktop");

/** Everything stays on this machine: peers are dialled directly, on loopback. */
const NETWORK = { SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" };

export class Person {
  window;
  /** What their app is told besides. */
  env = {};

  constructor(name) {
    this.name = name;
    this.home = mkdtempSync(join(tmpdir(), `sheaf-${name.toLowerCase()}-`));
  }

  /** Opens the app on their profile and waits until it can be used. */
  async opens(...args) {
    this.window = await Window.open({ binary: APP, args: ["--home", this.home, ...args], env: { ...NETWORK, ...this.env } });
    await until(`${this.name}'s page`, () => this.window.run("return document.querySelector('.ProseMirror, [role=dialog], button') !== null"));
  }

  /** Their app's process, for whoever measures it. */
  get process() {
    return this.#processes()[0];
  }

  /** The power fails: the process is gone between two instructions, its window with it. */
  async isCutOff() {
    process.kill(this.#processes()[0], "SIGKILL");
    await this.window.abandon();
    await this.#isGone();
  }

  /** Closes the window, and waits until the app has let go of the profile: whoever opens it next finds it free. */
  async closes() {
    await this.window?.close();
    await this.#isGone();
  }

  /** Waits until these words of what their window keeps are on the disk. */
  async hasKept(words) {
    const isThere = () => ["sheaf.db", "sheaf.db-wal"].some((file) => readFileSync(join(this.home, file), "latin1").includes(words));
    await until(`${words} to be on ${this.name}'s disk`, isThere);
  }

  forgets() {
    rmSync(this.home, { recursive: true, force: true });
  }

  async #isGone() {
    await until(`${this.name}'s app to end`, () => this.#processes().length === 0);
  }

  /** What runs on this profile: the app, if it is open. */
  #processes() {
    const found = spawnSync("pgrep", ["-f", "--", `--home ${this.home}`], { encoding: "utf8" });
    return found.stdout.split("\n").filter(Boolean).map(Number);
  }

  /** Clicks what is called `name`. */
  async clicks(name) {
    const quoted = JSON.stringify(name);
    await this.window.clickXpath(`//*[self::button or @role='button' or self::a][normalize-space()=${quoted} or @aria-label=${quoted}]`);
  }

  /** Begins a document with this title and puts the caret into its text. */
  async begins(title) {
    await this.clicks("New document");
    await this.titles(title);
  }

  /** Gives the document that was just begun its title, and goes on into its text. */
  async titles(title) {
    // The text of the document before takes keys, too.
    const empty = "return document.activeElement?.matches('textarea.title') && document.activeElement.value === ''";
    await until("the title to take keys", () => this.window.run(empty));
    await this.window.type(title);
    await this.window.type(KEY.enter);
    await this.isInText();
  }

  /** The caret has come into the text, as it does when a document opens. */
  async isInText() {
    await until(`${this.name}'s caret to be in the text`, () => this.window.run("return document.activeElement?.closest('.ProseMirror') !== null"));
  }

  /** Opens a document of their library. */
  async chooses(title) {
    const quoted = JSON.stringify(title);
    await this.window.clickXpath(`//nav//*[self::button or self::a][normalize-space()=${quoted} or starts-with(normalize-space(), ${quoted})]`);
    await this.seesTitle(title);
  }

  /** Writes at the end of the text. */
  async writes(text) {
    await this.window.click(".ProseMirror");
    await this.window.chord(KEY.control, KEY.end);
    await this.window.type(text);
  }

  /** The text as written: without the names that fly beside others' carets. */
  async text() {
    const read = `const body = document.querySelector(".ProseMirror")?.cloneNode(true);
      body?.querySelectorAll(".peer-caret, .ProseMirror-widget").forEach((drawn) => drawn.remove());
      return [...(body?.children ?? [])].map((line) => line.textContent).join("\\n");`;
    return await this.window.run(read);
  }

  async sees(text) {
    await until(`${this.name} to see ${JSON.stringify(text)}`, async () => (await this.text()).includes(text));
  }

  async seesTitle(title) {
    const find = "return [...document.querySelectorAll('h1, input, textarea')].some((e) => (e.value ?? e.innerText).trim() === arguments[0])";
    await until(`${this.name} to see the title ${title}`, () => this.window.run(find, title));
  }

  /** Sees these words anywhere in the window. */
  async reads(words) {
    await until(`${this.name} to read ${JSON.stringify(words)}`, async () => (await this.window.text("body"))?.includes(words));
  }

  /** Sees where somebody else is, by name. */
  async seesCursorOf(name) {
    const find = "return [...document.querySelectorAll('.peer-caret')].some((e) => e.textContent.includes(arguments[0]))";
    await until(`${this.name} to see ${name}'s cursor`, () => this.window.run(find, name));
  }

  /** Makes an invitation to the open document; `role` is what whoever joins by it may do, if not to edit. */
  async shares(role) {
    await this.clicks("Share");
    if (role) await this.window.click(`[role=dialog] input[type=radio][value=${role}]`);
    return await this.copiesInvitation();
  }

  /** Copies an invitation in the dialog that is open, and closes it. */
  async copiesInvitation() {
    await this.writesName();
    await this.clicks("Copy invitation");
    const ticket = await until("the invitation", () =>
      this.window.run("return [...document.querySelectorAll('[role=dialog] textarea')].map((e) => e.value).find((t) => t.startsWith('sheaf'))"),
    );
    await this.leavesDialog();
    return ticket;
  }

  /** Pastes an invitation, reads what it is for, agrees. */
  async joins(ticket, title) {
    await this.clicks("Join with an invitation");
    await this.window.click("[role=dialog] textarea");
    await this.window.paste("[role=dialog] textarea", ticket);
    await this.clicks("Continue");
    await this.reads(title);
    await this.writesName();
    await this.clicks("Join");
    await this.seesTitle(title);
  }

  /** Fills in the field that asks for a name. */
  async writesName() {
    const field = "[role=dialog] input[autocomplete=name]";
    await this.window.click(field);
    await this.window.chord(KEY.control, "a");
    await this.window.type(this.name);
  }

  async leavesDialog() {
    await this.window.type(KEY.escape);
    await until("the dialog to close", () => this.window.run("return document.querySelector('[role=dialog]') === null"));
  }

  /** Takes a picture of the window. */
  async picture(name) {
    await this.window.screenshot(join(ARTEFACTS, `${name}.png`));
  }
}

/** All show the same text, letter for letter; what they show. */
export async function agree(...everybody) {
  let texts;
  await until("everybody to show the same", async () => {
    texts = await Promise.all(everybody.map((person) => person.text()));
    return texts.every((text) => text === texts[0]);
  });
  return texts[0];
}

/**
 * Real windows, driven: WebKitWebDriver over the W3C protocol by plain fetch.
 *
 * tauri-driver would only rename one capability and set one variable (`TAURI_WEBVIEW_AUTOMATION`), so it is left out. Knows nothing
 * of Sheaf: words like "document" belong to person.mjs.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The key under which WebDriver hands out elements. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Keys that are not letters, as WebDriver wants them. */
export const KEY = { enter: "\uE007", control: "\uE009", end: "\uE010", home: "\uE011", escape: "\uE00C", shift: "\uE008" };

/** How long anything may take to appear before the story fails. */
export const PATIENCE_MS = 30_000;

/** A port that nothing listens on just now. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Asks again and again until `look` gives something. */
export async function until(what, look, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  let last;
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${patience / 1000} s for ${what}; last: ${last?.message ?? JSON.stringify(last)}`);
}

/** What a driver or an app says whose port was taken between the question for a free one and its use. */
const PORT_TAKEN = /Unable to listen for HTTP server|Failed to start remote inspector server|Address already in use/u;

/** How long a driver may take to say goodbye to its app. */
const PARTING_MS = 5_000;

/** How long it may take to answer anything else on a busy machine. */
const ANSWERS_WITHIN_MS = 120_000;

/**
 * One app in one window.
 *
 * The driver leads a process group of its own, in which everything it starts lives: the app, WebKit's processes. What they say goes to a file: whoever
 * holds an end of our pipes keeps the whole test run waiting.
 */
export class Window {
  #driver;
  #log;
  #base;
  #session;
  #atExit = () => this.#end();

  /** Starts `binary` with `args` under a driver of its own. Somebody else may take a port that was free: then once more, with others. */
  static async open(what) {
    return await Window.#opens(what).catch((error) => {
      if (!PORT_TAKEN.test(error.message)) throw error;
      return Window.#opens(what);
    });
  }

  static async #opens({ binary, args, env = {} }) {
    const window = new Window();
    const port = await freePort();
    const inspector = await freePort();
    window.#log = join(tmpdir(), `sheaf-driver-${process.pid}-${port}.log`);
    const log = openSync(window.#log, "w");
    window.#driver = spawn("WebKitWebDriver", [`--host=127.0.0.1`, `--port=${port}`], {
      env: { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true", WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspector}`, NO_AT_BRIDGE: "1", ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    window.#driver.unref();
    // Whatever becomes of the story, no driver outlives it, and no app its driver.
    process.once("exit", window.#atExit);
    window.#base = `http://127.0.0.1:${port}`;
    try {
      const ended = once(window.#driver, "exit").then(([code]) => assert.fail(`WebKitWebDriver ended with ${code}`));
      ended.catch(() => {});
      await Promise.race([ended, until("WebKitWebDriver to listen", () => fetch(`${window.#base}/status`).then((reply) => reply.ok))]);
      const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } };
      const { sessionId } = await window.#ask("POST", "/session", { capabilities });
      window.#session = `/session/${sessionId}`;
      return window;
    } catch (error) {
      const said = readFileSync(window.#log, "utf8");
      await window.abandon();
      throw new Error(`${binary} did not open: ${error.message}\n${said.slice(-4000)}`, { cause: error });
    }
  }

  async #ask(method, path, body) {
    const reply = await fetch(this.#base + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(method === "DELETE" ? PARTING_MS : ANSWERS_WITHIN_MS),
    });
    const { value } = await reply.json();
    if (!reply.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  /** Runs a script in the page and gives what it returns. */
  run(script, ...args) {
    return this.#ask("POST", `${this.#session}/execute/sync`, { script, args });
  }

  /** The first element that fits, once there is one. */
  async find(selector) {
    const found = await until(selector, () => this.#ask("POST", `${this.#session}/element`, { using: "css selector", value: selector }));
    return found[ELEMENT];
  }

  click(selector) {
    return this.#clickOn("css selector", selector);
  }

  clickXpath(path) {
    return this.#clickOn("xpath", path);
  }

  /** Something may lie over it for a moment (a dialog that leaves), or it may be drawn anew: tries until it was clicked. */
  async #clickOn(using, value) {
    await until(`a click on ${value}`, async () => {
      const found = await this.#ask("POST", `${this.#session}/element`, { using, value });
      await this.#ask("POST", `${this.#session}/element/${found[ELEMENT]}/click`, {});
      return true;
    });
  }

  /** Puts text into a field as a paste does: at once, with the event that the page listens for. */
  async paste(selector, text) {
    const script = `const field = document.querySelector(arguments[0]); field.focus(); document.execCommand("insertText", false, arguments[1])`;
    await this.run(script, selector, text);
  }

  /** Types real keys where the focus is. `pause` lies between keys, as with a person. */
  async type(text, pause = 5) {
    const actions = [...text].flatMap((key) => [
      { type: "keyDown", value: key },
      { type: "keyUp", value: key },
      { type: "pause", duration: pause },
    ]);
    await this.#ask("POST", `${this.#session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Holds one key while another is struck. */
  async chord(held, key) {
    await this.chordOf([held, key]);
  }

  /** Strikes the last of these keys while the others are held. */
  async chordOf(keys) {
    const actions = [...keys.map((value) => ({ type: "keyDown", value })), ...[...keys].reverse().map((value) => ({ type: "keyUp", value }))];
    await this.#ask("POST", `${this.#session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** What an element shows, or undefined. */
  text(selector) {
    return this.run("const e = document.querySelector(arguments[0]); return e ? (e.value ?? e.innerText) : undefined", selector);
  }

  /** Sets the size of the window, frame included. */
  async resize(width, height) {
    await this.#ask("POST", `${this.#session}/window/rect`, { width, height });
  }

  async screenshot(path) {
    const picture = await this.#ask("GET", `${this.#session}/screenshot`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(picture, "base64"));
  }

  /** Ends the session, and with it the app; then the driver. */
  async close() {
    if (this.#session) await this.#ask("DELETE", this.#session).catch(() => {});
    await this.abandon();
  }

  /** Ends the driver and what it started, without a word to the app: it may be dead already. */
  async abandon() {
    const { exitCode, signalCode } = this.#driver;
    if (exitCode === null && signalCode === null) {
      this.#driver.ref();
      const gone = once(this.#driver, "exit");
      this.#end();
      await gone;
    }
    process.off("exit", this.#atExit);
    rmSync(this.#log, { force: true });
  }

  #end() {
    try {
      process.kill(-this.#driver.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

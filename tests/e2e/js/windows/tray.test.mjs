/**
 * What becomes of Sheaf when its window is closed: it ends, unless its person wants it to go on; then it is in the tray, or, where there is none, still
 * in sight. The window is closed as its cross closes it, and the tray is one of our own on the test's session bus.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { promisify } from "node:util";

import WebSocket from "ws";

import { Node, SHEAF } from "../node.mjs";
import { KEY, until } from "./driver.mjs";
import { parts } from "./parts.mjs";
import { APP, Person } from "./person.mjs";
import { Screen } from "./screen.mjs";

const run = promisify(execFile);
const TRAY = join(APP, "../examples/tray_host");
const ENV = { ...process.env, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1", NO_AT_BRIDGE: "1" };

/** Sooner than anybody's silence is noticed, which takes 6 to 8 s: it was told. */
const TOLD_MS = 4000;

/** A hidden window is taken down when everything typed in it is on the disk. */
const GONE_MS = 1000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const ada = new Person("Ada");
const ben = new Node("Ben");
const started = [];
let screen;
let app;

after(async () => {
  for (const one of started) one.kill("SIGKILL");
  screen?.leaves();
  await ada.closes().catch(() => {});
  ada.forgets();
  await ben.forgets();
});

const part = parts();

/** Opens the app as a desktop does, without a driver. */
function starts() {
  const process = spawn(APP, ["--home", ada.home], { env: ENV, stdio: ["ignore", "ignore", "pipe"] });
  process.complaint = "";
  process.stderr.on("data", (words) => (process.complaint = (process.complaint + words).slice(-4000)));
  started.push(process);
  return process;
}

const windows = async () => await screen.windowsOf(app.pid);

async function seesWindows(count) {
  await until(`${count} windows`, async () => (await windows()).length === count);
}

/** The node answers: only the process that has the profile can. */
async function answers() {
  return await until("the node to answer", async () => {
    assert.equal(app.exitCode, null, app.complaint);
    const { stdout } = await run(SHEAF, ["--home", ada.home, "--json", "list"], { env: ENV });
    return stdout && JSON.parse(stdout.split("\n")[0]);
  });
}

async function startsAgain() {
  const second = starts();
  const [code] = await once(second, "exit");
  assert.equal(code, 0, second.complaint);
}

async function closesWindow() {
  const [window] = await windows();
  await screen.closes(window);
}

async function chooses(goesOn) {
  await ada.opens();
  await ada.window.chord(KEY.control, ",");
  const box = "[role=dialog] [aria-describedby=settings-background]";
  await until("the choice to be seen", () => ada.window.run("return document.querySelector(arguments[0]) !== null", box));
  const chosen = () => ada.window.run("return document.querySelector(arguments[0]).checked", box);
  if ((await chosen()) !== goesOn) await ada.window.click(box);
  assert.equal(await chosen(), goesOn);
  await ada.picture(`tray-setting-${goesOn ? "on" : "off"}`);
  await ada.hasKept(`"background":${goesOn}`);
  await ada.closes();
}

part("without a word from its person a closed window ends Sheaf", async () => {
  screen = await Screen.open();
  app = starts();
  await seesWindows(1);
  await answers();
  const gone = once(app, "exit");
  await closesWindow();
  assert.deepEqual(await gone, [0, null], app.complaint);
});

/** Who Ben sees in the document, as his node tells it. */
let seen;

async function benLooksAt(document) {
  const socket = new WebSocket(ben.lanes);
  await once(socket, "open");
  socket.on("message", (words) => {
    const told = JSON.parse(words);
    if (told.event === "presence") seen = told.peers.map((peer) => peer.name);
  });
  socket.send(JSON.stringify({ id: 1, call: "open", document, view: "ben" }));
}

part("Ada shares a document with Ben, and wants Sheaf to go on without its window", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.writes("We cut the rye.");
  const ticket = await ada.shares();
  ben.page = undefined;
  await ben.starts();
  const document = (await ben.command("join", ticket)).trim();
  await benLooksAt(document);
  await until("Ben to see Ada", () => seen?.[0] === "Ada");
  await speaksGerman();
  await ada.closes();
});

/** The window speaks German from now on, and tells the tray. */
async function speaksGerman() {
  await ada.window.chord(KEY.control, ",");
  const choice = "[role=dialog] select:has(option[value=de][lang])";
  await until("the languages to be seen", () => ada.window.run("return document.querySelector(arguments[0]) !== null", choice));
  const choose = `const field = document.querySelector(arguments[0]); field.value = "de"; field.dispatchEvent(new Event("change", { bubbles: true }))`;
  await ada.window.run(choose, choice);
  await until("the page to speak German", () => ada.window.run("return document.documentElement.lang === 'de'"));
  await ada.hasKept('"language":"de"');
}

part("where no tray is shown the window stays in sight, and Sheaf goes on", async () => {
  await chooses(true);
  app = starts();
  await seesWindows(1);
  await closesWindow();
  await pause(2 * GONE_MS);
  await answers();
  await startsAgain();
  await seesWindows(1);
});

let item;
part("where there is one the window goes into it, and Sheaf goes on", async () => {
  const tray = spawn(TRAY, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(tray);
  const lines = createInterface({ input: tray.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "ready");
  // Apps that a driver has killed are noticed to be gone after some seconds; now there is one Ada only.
  await until("Ben to see Ada once", () => seen?.length === 1);
  await closesWindow();
  const [bus, path] = (await lines.next()).value.split(" ");
  item = { bus, path };
  await seesWindows(0);
  const closed = Date.now();
  await until("Ben to see nobody", () => seen?.length === 0);
  assert.ok(Date.now() - closed < TOLD_MS, `gone after ${Date.now() - closed} ms`);
  await answers();
});

part("a second start brings the window back, with its document", async () => {
  const { opened: before } = await answers();
  await startsAgain();
  await seesWindows(1);
  await until("the page to open its document", async () => (await answers()).opened > before);
  await until("Ben to see Ada again", () => seen?.[0] === "Ada");
});

part("whoever changes their mind while the window goes keeps it", async () => {
  const second = starts();
  await closesWindow();
  assert.deepEqual(await once(second, "exit"), [0, null], second.complaint);
  await pause(GONE_MS);
  await seesWindows(1);
});

part("the tray's menu speaks German, too, opens the window, and ends Sheaf", async () => {
  await closesWindow();
  await seesWindows(0);
  await choosesInTray("Sheaf öffnen");
  await seesWindows(1);
  await closesWindow();
  await seesWindows(0);
  const gone = once(app, "exit");
  await choosesInTray("Sheaf beenden");
  assert.deepEqual(await gone, [0, null], app.complaint);
});

/** Chooses an entry of the tray's menu, as a panel tells it. */
async function choosesInTray(label) {
  const menu = `${item.path}/Menu`;
  const call = async (method, ...words) =>
    (await run("gdbus", ["call", "--session", "--dest", item.bus, "--object-path", menu, "--method", `com.canonical.dbusmenu.${method}`, ...words])).stdout;
  const entry = await until(`${label} in the tray's menu`, async () => {
    const layout = await call("GetLayout", "0", "int32 -1", "[]");
    return layout.split("<(").find((part) => part.includes(`<'${label}'>`));
  });
  await call("Event", /^(\d+)/.exec(entry)[1], "clicked", "<''>", "0");
}

part("taken back, a closed window ends Sheaf again, tray or not", async () => {
  await chooses(false);
  app = starts();
  await seesWindows(1);
  const gone = once(app, "exit");
  await closesWindow();
  assert.deepEqual(await gone, [0, null], app.complaint);
});

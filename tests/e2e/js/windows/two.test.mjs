/**
 * Two people, two real windows, two profiles, one document: what the product promises, seen from outside.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that). The tests build on one another, in order.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

import { SHEAF } from "../node.mjs";
import { until } from "./driver.mjs";
import { parts } from "./parts.mjs";
import { APP, Person, agree } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");
let ticket;

const part = parts(ada, ben);

part("Ada writes at once, with no account and no network", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.writes("We cut the rye on Monday.");
  await ada.reads("Saved on this device");
});

part("what the window called saved survives a power cut", async () => {
  await ada.isCutOff();
  await ada.opens();
  await ada.seesTitle("Harvest");
  await ada.sees("We cut the rye on Monday.");
});

part("Ben pastes Ada's invitation and sees her text", async () => {
  ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("We cut the rye on Monday.");
});

part("each sees the other's words and named cursor as they move", async () => {
  await ben.writes(" Ben bound it.");
  await ada.sees("Ben bound it.");
  await ada.seesCursorOf("Ben");
  await ada.writes(" Ada carried it in.");
  await ben.sees("Ada carried it in.");
  await ben.seesCursorOf("Ada");
  await agree(ada, ben);
  await ada.picture("ada-together");
  await ben.picture("ben-together");
});

part("Ben is cut off, Ada goes on, Ben comes back: both have everything, the same", async () => {
  await ben.isCutOff();
  await ada.writes(" While Ben was away, it rained.");
  await ben.opens();
  await ben.seesTitle("Harvest");
  await ben.sees("While Ben was away, it rained.");
  await ben.writes(" Then the sun came out.");
  await ada.sees("Then the sun came out.");
  const text = await agree(ada, ben);
  for (const words of ["on Monday.", "Ben bound it.", "Ada carried it in.", "it rained.", "the sun came out."]) {
    assert.equal(text.split(words).length, 2, `${words} is there exactly once`);
  }
  await ada.picture("ada-again");
  await ben.picture("ben-again");
});

part("a second launch on the same profile hands its link to the window that is open, and ends", async () => {
  // Rejects unless it ends with 0, and says what it said.
  await promisify(execFile)(APP, ["--home", ben.home, `sheaf://join/${ticket}`], { timeout: 60_000, killSignal: "SIGKILL" });
  await ben.reads("You already have this document.");
});

/** A program that ends by itself: its exit code and what it said. Without a screen, so that a sentence needs no click. */
async function runs(program, words, input = "") {
  const env = { ...process.env, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" };
  delete env["DISPLAY"];
  delete env["WAYLAND_DISPLAY"];
  const started = spawn(program, words, { env, stdio: ["pipe", "pipe", "pipe"] });
  let [out, said] = ["", ""];
  started.stdout.on("data", (bytes) => (out += bytes));
  started.stderr.on("data", (bytes) => (said += bytes));
  started.stdin.end(input);
  const [code] = await once(started, "close");
  return { code, out, said };
}

part("while the window is open it serves every command, and shows what they do", async () => {
  const text = await runs(SHEAF, ["--home", ben.home, "show", "Harvest"]);
  assert.equal(text.code, 0, text.said);
  const written = await runs(SHEAF, ["--home", ben.home, "write", "Harvest", "-"], `${text.out}\nFrom a script.\n`);
  assert.equal(written.code, 0, written.said);
  await ben.sees("From a script.");
  await ada.sees("From a script.");
  const second = await runs(SHEAF, ["--home", ben.home, "up"]);
  assert.equal(second.code, 1);
  assert.match(second.said, /another Sheaf/);
  await agree(ada, ben);
});

part("a window opens in the size that it had, even after a power cut", async () => {
  const size = () => ben.window.run("return [innerWidth, innerHeight]");
  await ben.window.resize(940, 660);
  await until("the window to have its new size", async () => (await size()).join() === "940,660");
  await ben.hasKept('"width":940');
  await ben.isCutOff();
  await ben.opens();
  await until("the window to open in that size", async () => (await size()).join() === "940,660");
  await ben.sees("From a script.");
});

part("a profile that `sheaf up` holds opens no window, and says so in a sentence", async () => {
  await ben.closes();
  const node = spawn(SHEAF, ["--home", ben.home, "up"], {
    env: { ...process.env, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await Promise.race([once(node.stdout, "data"), once(node, "exit").then(([code]) => assert.fail(`the node ended with ${code}`))]);
    const app = await runs(APP, ["--home", ben.home]);
    assert.equal(app.code, 1);
    assert.match(app.said, /^sheaf-desktop: `sheaf up` has this profile open.*Stop it first/);
    assert.equal(app.said.trim().split("\n").length, 1, `a sentence and no crash: ${app.said}`);
    assert.equal((await runs(SHEAF, ["--home", ben.home, "list"])).code, 0, "the node goes on");
  } finally {
    if (node.exitCode === null && node.kill("SIGTERM")) await once(node, "exit");
  }
  await ben.opens();
  await ben.sees("From a script.");
});

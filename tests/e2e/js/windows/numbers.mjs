/**
 * What a person waits for, in real windows on this machine: start to caret, a keystroke to the other screen, a round trip from page to
 * core and back, a large file on its way from the page to the disk. Prints; asserts nothing. `cargo xtask bench windows` runs it.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { KEY, until } from "./driver.mjs";
import { Person } from "./person.mjs";

const STARTS = 7;
const KEYS = 120;
const ROUND_TRIPS = 300;

/** Megabytes of the file that is attached; they are made in the page, so the machine needs room for as many. */
const FILE = Number(process.env["MEGABYTES"] ?? 600);

/** A file may take so long on a busy machine. */
const ATTACHED_WITHIN_MS = 1_800_000;

/** How busy the machine is: a number without it says little. */
const load = () =>
  loadavg()
    .map((average) => average.toFixed(2))
    .join(" ");

console.log(`## windows: ${cpus().length} cores of ${cpus()[0]?.model}, load ${load()}`);
const ada = new Person("Ada");
const ben = new Person("Ben");
try {
  await ada.opens();
  await ada.begins("Numbers");
  await ada.writes("A line to begin with. ");
  await ada.reads("Saved on this device");
  await starts();
  await roundTrips(64);
  await roundTrips(64 * 1024);
  await keystrokes();
  await attaches();
  console.log(`load at the end: ${load()}`);
} finally {
  await ada.closes().catch(() => {});
  await ben.closes().catch(() => {});
  ada.forgets();
  ben.forgets();
}

function print(what, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1).padStart(8);
  console.log(`${what.padEnd(58)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   (n=${times.length})`);
}

/** From the start of the process to a caret that takes keys, in the document that was open last. */
async function starts() {
  const times = [];
  for (let start = 0; start < STARTS; start += 1) {
    await ada.closes();
    const began = Date.now();
    await ada.opens();
    await until("a text to write in", () => ada.window.run("return document.querySelector('.ProseMirror[contenteditable=true]') !== null"));
    await ada.window.run("document.querySelector('.ProseMirror').focus()");
    times.push(Date.now() - began);
  }
  print("start of the app to a caret that takes keys", times);
}

/** A message of this size to the core and its answer of the same size back, while nothing else happens. */
async function roundTrips(bytes) {
  const script = `
    const [bytes, count] = arguments;
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    let heard;
    const channel = transformCallback(({ message }) => { if (message?.some((told) => told.id === "numbers")) heard?.(); });
    return (async () => {
      await invoke("listen", { channel: "__CHANNEL__:" + channel });
      // A call that does not exist is answered by its own name: both ways are of one size, and no disk is in between.
      const message = JSON.stringify({ id: "numbers", call: "x".repeat(Math.max(1, bytes - 32)) });
      const times = [];
      for (let trip = 0; trip < count; trip += 1) {
        const answered = new Promise((resolve) => (heard = resolve));
        const began = performance.now();
        await invoke("call", { message });
        await answered;
        times.push(performance.now() - began);
      }
      return times;
    })();`;
  const times = await ada.window.run(script, bytes, ROUND_TRIPS);
  print(`round trip page to core and back, ${bytes} B each way`, times);
}

/** From a key in Ada's window to the change in Ben's document, both durable before they are told. */
async function keystrokes() {
  await ada.closes();
  await ada.opens();
  await ada.seesTitle("Numbers");
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Numbers");
  await ben.sees("A line to begin with.");
  await ada.window.click(".ProseMirror");
  await ada.window.chord(KEY.control, KEY.end);
  const clock = "const now = () => performance.timeOrigin + performance.now();";
  await ada.window.run(`${clock} window.keys = []; document.addEventListener("keydown", () => window.keys.push(now()), true);`);
  await ben.window.run(`${clock} window.shown = []; let text = document.querySelector(".ProseMirror").innerText;
    new MutationObserver(() => {
      const next = document.querySelector(".ProseMirror").innerText;
      for (let grown = text.length; grown < next.length; grown += 1) window.shown.push(now());
      text = next;
    }).observe(document.querySelector(".ProseMirror"), { childList: true, characterData: true, subtree: true });`);
  for (let key = 0; key < KEYS; key += 10) await ada.window.type("keystrokes", 120);
  await until("all keys on the other screen", () => ben.window.run("return window.shown.length >= arguments[0]", KEYS));
  const [keys, shown] = await Promise.all([ada.window.run("return window.keys"), ben.window.run("return window.shown")]);
  print("key in one window to the change in the other", keys.slice(0, KEYS).map((key, at) => shown[at] - key));
}

/** From a paste of a file to its card: read, handed over, hashed, durable. Memory is the app's own process, not the page's. */
async function attaches() {
  const most = () => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${ada.process}/status`, "utf8"))?.[1]) / 1024;
  const before = most();
  await ada.window.run(
    `const parts = Array.from({ length: arguments[0] }, (_, nth) => new Uint8Array(1 << 20).fill(nth));
    const clipboardData = { files: [new File(parts, "film.bin")], getData: () => "" };
    const event = Object.defineProperty(new Event("paste", { bubbles: true, cancelable: true }), "clipboardData", { value: clipboardData });
    const began = performance.now();
    new MutationObserver((_, self) => {
      if (document.querySelector(".attachment.file") === null) return;
      window.took = performance.now() - began;
      self.disconnect();
    }).observe(document.querySelector(".sheaf-editor"), { childList: true, subtree: true });
    document.querySelector(".sheaf-editor").dispatchEvent(event);`,
    FILE,
  );
  const took = await until("the file's card", () => ada.window.run("return window.took"), ATTACHED_WITHIN_MS);
  const speed = ((FILE / took) * 1000).toFixed(1);
  console.log(`a file of ${FILE} MB attached: ${speed} MB/s; the app's memory ${before.toFixed(0)} MB at most before, ${most().toFixed(0)} MB with it`);
}

/**
 * A node of Sheaf as the stories need it: `sheaf up --bridge` on a profile of its own, which can be stopped, cut off and started again.
 * Everything stays on loopback.
 */
import { execFile, spawn } from "node:child_process";
import { on, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import WebSocket from "ws";

const root = resolve(import.meta.dirname, "../../..");

/** The command line under test, and the page it serves; xtask says which. */
export const SHEAF = process.env["SHEAF_BIN"] ?? resolve(root, "target/debug/sheaf");
export const PAGE = process.env["SHEAF_UI"] ?? resolve(root, "ui/dist");

/** How long a node may take to come up on a busy machine. */
const STARTS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 10_000;

export class Node {
  /** Where the page is, its key included. Another one after every start. */
  url;
  /** The built page that it serves, if any. */
  page = PAGE;
  #process;

  constructor(name) {
    this.name = name;
    this.home = mkdtempSync(join(tmpdir(), `sheaf-${name.toLowerCase()}-`));
    this.env = { ...process.env, SHEAF_HOME: this.home, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" };
  }

  /** `origins`: other pages that may speak with the bridge, such as a foreign editor's. */
  async starts(...origins) {
    const also = origins.flatMap((origin) => ["--allow-origin", origin]);
    const page = this.page === undefined ? [] : ["--ui", this.page];
    const started = spawn(SHEAF, ["up", "--json", "--bridge", "127.0.0.1:0", ...page, ...also], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = started;
    // Whatever becomes of the story, no node outlives it.
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    started.once("exit", () => process.off("exit", kill));
    let complaint = "";
    started.stderr.on("data", (words) => (complaint = (complaint + words).slice(-4000)));
    this.url = await new Promise((found, failed) => {
      const late = setTimeout(() => failed(new Error(`${this.name}'s node did not come up: ${complaint}`)), STARTS_WITHIN_MS);
      createInterface({ input: started.stdout }).on("line", (line) => {
        const told = JSON.parse(line);
        if (told.event === "bridge") found((clearTimeout(late), told.url));
      });
      started.once("exit", (code) => failed(new Error(`${this.name}'s node ended with ${code}: ${complaint}`)));
    });
  }

  /** Where programs speak with the bridge. */
  get lanes() {
    const { host, hash } = new URL(this.url);
    return `ws://${host}/lanes?${hash.slice(1)}`;
  }

  /** What its pages keep with it. */
  async settings() {
    const socket = new WebSocket(this.lanes);
    try {
      await once(socket, "open");
      socket.send(JSON.stringify({ id: 1, call: "settings" }));
      for await (const [words] of on(socket, "message")) {
        const { id, ok } = JSON.parse(words);
        if (id === 1) return ok.settings;
      }
    } finally {
      socket.terminate();
    }
  }

  /** The process, for whoever measures it. */
  get pid() {
    return this.#process.pid;
  }

  /** The person closes Sheaf. */
  async stops(signal = "SIGTERM") {
    const going = this.#process;
    if (!going || going.exitCode !== null || going.signalCode !== null) return;
    const gone = once(going, "exit");
    going.kill(signal);
    const late = setTimeout(() => going.kill("SIGKILL"), STOPS_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }

  /** The power fails: the process is gone between two instructions. */
  async isCutOff() {
    await this.stops("SIGKILL");
  }

  /** A command of the command line on the same profile; what it prints. */
  async command(...words) {
    return await new Promise((done, failed) => {
      execFile(SHEAF, words, { env: this.env, maxBuffer: 1 << 26 }, (error, out, complaint) => (error ? failed(new Error(complaint || error.message)) : done(out)));
    });
  }

  async forgets() {
    await this.stops();
    rmSync(this.home, { recursive: true, force: true });
  }
}

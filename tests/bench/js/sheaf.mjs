/** Two real nodes of Sheaf that share a document over QUIC on loopback, each spoken to over its bridge. Everything is durable on both. */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import WebSocket from "ws";

const run = promisify(execFile);

/** The command line that is measured; `cargo xtask bench` says which. */
const SHEAF = process.env["SHEAF_BIN"];

class Node {
  home = mkdtempSync(join(tmpdir(), "sheaf-bench-"));
  env = { ...process.env, SHEAF_HOME: this.home, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" };
  #asked = 0;
  #answers = new Map();
  #listener = () => {};

  async up() {
    this.process = spawn(SHEAF, ["up", "--json", "--bridge", "127.0.0.1:0"], { env: this.env, stdio: ["ignore", "pipe", "inherit"] });
    const url = await new Promise((found, failed) => {
      createInterface({ input: this.process.stdout }).on("line", (line) => {
        const told = JSON.parse(line);
        if (told.event === "bridge") found(told.url);
      });
      this.process.once("exit", (code) => failed(new Error(`sheaf up ended with ${code}`)));
    });
    const { host, hash } = new URL(url);
    this.socket = new WebSocket(`ws://${host}/lanes?${hash.slice(1)}`, { origin: `http://${host}` });
    this.socket.on("message", (data) => this.#hear(JSON.parse(data)));
    await new Promise((open, failed) => this.socket.once("open", open).once("error", failed));
  }

  #hear(told) {
    if (told.event !== undefined) return this.#listener(told);
    const { done, failed } = this.#answers.get(told.id);
    this.#answers.delete(told.id);
    if (told.error) failed(new Error(told.error.message));
    else done(told.ok);
  }

  ask(call, fields = {}) {
    const id = ++this.#asked;
    this.socket.send(JSON.stringify({ ...fields, id, call }));
    return new Promise((done, failed) => this.#answers.set(id, { done, failed }));
  }

  hear(listener) {
    this.#listener = listener;
  }

  async command(...words) {
    return (await run(SHEAF, words, { env: this.env, maxBuffer: 1 << 28 })).stdout.trim();
  }

  down() {
    this.socket?.close();
    this.process?.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A pair of nodes with this text. `keystroke` pushes one character at one and resolves when the other has been shown it. */
export async function sheaf(lines) {
  const [here, there] = [new Node(), new Node()];
  writeFileSync(join(here.home, "text.md"), `${lines.join("\n\n")}\n`);
  await here.up();
  await there.up();
  const document = await here.command("new", "Bench", "--from", join(here.home, "text.md"));
  await there.command("join", await here.command("share", document));
  let { version, length } = await here.ask("open", { document, view: "here" });
  await there.ask("open", { document, view: "there" });
  let shown = () => {};
  there.hear((told) => {
    if (told.event !== "show") return;
    shown();
    void there.ask("confirm", { document, view: "there", version: told.version });
  });
  let number = 0;
  return {
    name: "Sheaf (durable on both)",
    async keystroke(share) {
      const began = performance.now();
      const arrived = new Promise((done) => (shown = () => done(performance.now() - began)));
      const delta = { ops: [{ retain: Math.floor(length * share) }, { insert: "k" }] };
      ({ version } = await here.ask("push", { document, view: "here", number: ++number, version, delta }));
      length += 1;
      return await arrived;
    },
    close() {
      here.down();
      there.down();
    },
  };
}

/**
 * Real nodes for the fuzz of the lane: `sheaf up --bridge` processes on homes of their own, sharing one document over QUIC on loopback, and a wire to
 * each over its WebSocket. SHEAF_BIN names the binary.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import WebSocket from "ws";
import type { Told, Wire } from "../../src/editor/lane/wire.ts";
import { Requests } from "../../src/ipc/requests.ts";
import type { Chance } from "./chance.ts";

const run = promisify(execFile);

/** Where the binary is, if there is one. */
export function sheafBinary(): string | undefined {
  const named = process.env["SHEAF_BIN"];
  const found = [named, new URL("../../../target/debug/sheaf", import.meta.url).pathname].find(
    (path) => path !== undefined && path !== "" && existsSync(path),
  );
  return found;
}

/** One device: a home and the node that holds it. */
export class Device {
  readonly home = mkdtempSync(join(tmpdir(), "sheaf-lane-"));
  private process: ChildProcess | undefined;
  url = "";

  constructor(private readonly binary: string) {}

  /** Starts the node and answers when its bridge listens. */
  async up(): Promise<void> {
    const child = spawn(this.binary, ["--home", this.home, "--json", "up", "--bridge", "127.0.0.1:0"], {
      env: this.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.process = child;
    this.url = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (data: Buffer) => {
        text += data.toString();
        const url = /"event":"bridge","url":"([^"]+)"/.exec(text)?.[1];
        if (url !== undefined) resolve(url);
      });
      child.on("exit", () => reject(new Error(`sheaf up ended: ${text}`)));
    });
  }

  /** Runs a command line on this home and answers what it printed. */
  async say(...words: string[]): Promise<string> {
    const { stdout } = await run(this.binary, ["--home", this.home, ...words], { env: this.environment, maxBuffer: 1 << 26 });
    return stdout.trim();
  }

  /** A connection to the bridge. */
  async wire(): Promise<Requests> {
    const { host, hash } = new URL(this.url);
    const token = new URLSearchParams(hash.slice(1)).get("token") ?? "";
    const socket = new WebSocket(`ws://${host}/lanes`, ["sheaf", token], { origin: `http://${host}` });
    const requests = new Requests((message) => socket.send(message));
    socket.on("message", (data: Buffer) => requests.receive(JSON.parse(data.toString())));
    socket.on("close", () => requests.lost("closed"));
    await new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
    });
    return requests;
  }

  /** Stops the process where it is, as a machine asleep, for so long; `meanwhile` happens now and then. */
  async sleep(ms: number, meanwhile: () => void = () => undefined): Promise<void> {
    this.process?.kill("SIGSTOP");
    for (const end = Date.now() + ms; Date.now() < end; meanwhile()) await new Promise((done) => setTimeout(done, Math.min(250, ms)));
    this.wake();
  }

  /** Lets it go on. */
  wake(): void {
    this.process?.kill("SIGCONT");
  }

  /** Ends the node and forgets the home. */
  down(): void {
    this.wake();
    this.process?.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1" };
  }
}

/** A wire that delays, reorders and repeats what goes over another, as an IPC may. */
export class NoisyWire implements Wire {
  /** Until then nothing that comes is heard: a window that hangs, or parted ways. */
  quietUntil = 0;

  constructor(
    private readonly inner: Wire,
    private readonly chance: Chance,
    private readonly slow: number,
  ) {}

  async ask(call: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    await this.wait();
    if (call === "push" && this.chance.below(100) < 10) void this.wait().then(() => this.inner.ask(call, fields).catch(() => undefined));
    return this.inner.ask(call, fields);
  }

  hear(listener: (told: Told) => void): () => void {
    return this.inner.hear((told) => {
      const times = this.chance.below(100) < 10 ? 2 : 1;
      for (let i = 0; i < times; i++) void this.wait().then(() => listener(structuredClone(told)));
    });
  }

  whenBack(listener: () => void): () => void {
    return this.inner.whenBack(listener);
  }

  private wait(): Promise<void> {
    const ms = Math.max(this.chance.below(this.slow), this.quietUntil - Date.now() + this.chance.below(10));
    return new Promise((done) => setTimeout(done, ms));
  }
}

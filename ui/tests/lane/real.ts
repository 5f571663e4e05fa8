/**
 * Real nodes for the fuzz of the lane: `sheaf up` processes on homes of their own, sharing one document over QUIC on a loopback of their own that can be
 * pulled out, and a wire to each over its control socket. SHEAF_BIN names the binary.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
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

/** Whether this machine lets us make a network of our own (root on Linux). */
export function canPart(): boolean {
  try {
    execFileSync("unshare", ["--net", "ip", "link", "set", "lo", "up"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A network with nothing but a loopback, which can be pulled out while everybody goes on. */
export class Network {
  private readonly holder: ChildProcess | undefined;

  private constructor(parts: boolean) {
    // Whoever holds the namespace ends when its input does, whatever becomes of us.
    if (parts)
      this.holder = spawn("unshare", ["--net", "sh", "-c", "ip link set lo up && echo up && cat"], { stdio: ["pipe", "pipe", "inherit"] });
  }

  /** A network; without `parts` it is the machine's own loopback, which stays. */
  static async make(parts: boolean): Promise<Network> {
    const network = new Network(parts);
    const { holder } = network;
    if (holder !== undefined)
      await new Promise<void>((resolve, reject) => {
        holder.stdout?.once("data", () => resolve());
        holder.once("exit", (code) => reject(new Error(`a network of our own could not be made: exit ${code}`)));
      });
    return network;
  }

  /** The words that run a command in this network. */
  inside(command: string, ...words: readonly string[]): [string, string[]] {
    if (this.holder === undefined) return [command, [...words]];
    return ["nsenter", [`--net=/proc/${this.holder.pid}/ns/net`, command, ...words]];
  }

  /** Pulls the cable, or puts it back. */
  async cable(isIn: boolean): Promise<void> {
    if (this.holder !== undefined) await run(...this.inside("ip", "link", "set", "lo", isIn ? "up" : "down"));
  }

  end(): void {
    this.holder?.stdin?.end();
  }
}

/** One device: a home and the node that holds it. */
export class Device {
  private readonly folder = mkdtempSync(join(tmpdir(), "sheaf-lane-"));
  private process: ChildProcess | undefined;

  constructor(
    private readonly binary: string,
    private readonly network: Network,
  ) {
    mkdirSync(this.sockets, { mode: 0o700 });
  }

  /** Starts the node and answers when it serves. */
  async up(): Promise<void> {
    const child = spawn(...this.network.inside(this.binary, "--home", this.home, "--json", "up"), {
      env: this.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      const lines = createInterface({ input: child.stdout });
      lines.on("line", (line) => {
        if (line.includes('"event":"up"')) resolve();
      });
      child.once("exit", () => reject(new Error("sheaf up ended")));
    });
  }

  /** Runs a command line on this home and answers what it printed. */
  async say(...words: string[]): Promise<string> {
    const { stdout } = await run(this.binary, ["--home", this.home, ...words], { env: this.environment, maxBuffer: 1 << 26 });
    return stdout.trim();
  }

  /** A connection to the node's control socket: a message a line, the lanes of docs/lane.md. */
  async wire(): Promise<Requests> {
    const [folder] = readdirSync(this.sockets);
    const socket = connect(join(this.sockets, folder ?? "", "control"));
    const requests = new Requests((message) => {
      if (socket.destroyed) throw new Error("the node is gone");
      socket.write(`${message}\n`);
    });
    const lines = createInterface({ input: socket }).on("line", (line) => requests.receive(JSON.parse(line)));
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    // A node that was ended takes its connections along, under whatever was on its way.
    for (const source of [socket, lines]) source.on("error", () => requests.lost("the node is gone"));
    return requests;
  }

  /** Stops the process where it is, as a machine asleep, or lets it go on. */
  pause(asleep: boolean): void {
    this.process?.kill(asleep ? "SIGSTOP" : "SIGCONT");
  }

  /** Ends the node and forgets the home. */
  down(): void {
    this.process?.kill("SIGCONT");
    this.process?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get home(): string {
    return join(this.folder, "home");
  }

  private get sockets(): string {
    return join(this.folder, "run");
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SHEAF_NETWORK: "direct", SHEAF_BIND: "127.0.0.1", XDG_RUNTIME_DIR: this.sockets };
  }
}

/** A wire that delays, reorders and repeats what goes over another, as an IPC may. */
export class NoisyWire implements Wire {
  /** Until then nothing that comes is heard: a window that hangs, or is hidden. */
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

/**
 * The whole way: a remote update is received until the transaction of the screen is dispatched. Ours goes through the core, a process of its own
 * as in life: written to the journal (durable), walked, applied, told as a Delta, booked and drawn. The peers apply the update in the page and
 * keep nothing on a disk. Turn by turn in one run, at 10 KB, 100 KB and 1 MB. `npm run whole` with SHEAF_BENCH naming the sheaf-bench program.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { it } from "vitest";
import { Delta } from "../src/editor/delta.ts";
import { type OurView, ourView } from "./ours.ts";
import { yjsSide } from "./peers.ts";
import { show } from "./times.ts";

const KEYS = 300;
const WARM_UP = 30;
/** Lines that our editor mounts of a large document. */
const MOUNTED = 150;

it("from the update to the transaction", async () => {
  console.log("size      side                                                   p50 / p99 ms");
  for (const [size, count] of [
    ["10 KB", 100],
    ["100 KB", 1000],
    ["1 MB", 10_000],
  ] as const) {
    const core = await Core.start(count);
    const peers = [await yjsSide("y-prosemirror", paragraphs(count)), await yjsSide("y-tiptap", paragraphs(count))];
    const times = { whole: [] as number[], undurable: [] as number[], peers: peers.map(() => [] as number[]) };
    for (let key = 0; key < WARM_UP + KEYS; key++) {
      const { whole, commit } = await core.remote(key);
      const theirs = peers.map((peer) => peer.remote());
      await new Promise((done) => setTimeout(done, 0));
      if (key < WARM_UP) continue;
      times.whole.push(whole);
      times.undurable.push(whole - commit);
      theirs.forEach((took, index) => times.peers[index]!.push(took));
    }
    core.end();
    const row = (name: string, taken: readonly number[]): void => console.log(`${size.padEnd(9)} ${name.padEnd(52)} ${show(taken)}`);
    row(`sheaf, core and page (${MOUNTED} lines mounted), durable`, times.whole);
    row("  the same without its durable commit", times.undurable);
    peers.forEach((peer, index) => row(`${peer.name}, nothing durable`, times.peers[index]!));
  }
});

function paragraphs(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    `${i} Every device holds the whole document; what you type is on your own disk first. `.padEnd(99, "x"),
  );
}

/** Our core with a text of so many lines, and the view of it. */
class Core {
  readonly #updates: readonly string[];
  readonly #view: OurView;
  readonly #ask: (line: string) => Promise<string>;
  readonly end: () => void;

  private constructor(updates: readonly string[], view: OurView, ask: (line: string) => Promise<string>, end: () => void) {
    this.#updates = updates;
    this.#view = view;
    this.#ask = ask;
    this.end = end;
  }

  static async start(lines: number): Promise<Core> {
    const program = process.env["SHEAF_BENCH"];
    if (program === undefined) throw new Error("SHEAF_BENCH names no sheaf-bench program: run `cargo xtask bench page`");
    const core = spawn(program, ["core"], { stdio: ["pipe", "pipe", "inherit"] });
    const waiting: ((line: string) => void)[] = [];
    const said: string[] = [];
    createInterface({ input: core.stdout }).on("line", (line) => {
      const next = waiting.shift();
      if (next) next(line);
      else said.push(line);
    });
    const next = (): Promise<string> => new Promise((done) => (said.length > 0 ? done(said.shift()!) : waiting.push(done)));
    core.stdin.write(`${lines} ${WARM_UP + KEYS}\n`);
    const body = JSON.parse(await next()) as { ops: Delta["ops"] };
    const updates: string[] = [];
    while (updates.length < WARM_UP + KEYS) updates.push(await next());
    const ask = (line: string): Promise<string> => {
      core.stdin.write(`${line}\n`);
      return next();
    };
    return new Core(updates, await ourView(new Delta(body.ops), MOUNTED), ask, () => core.stdin.end());
  }

  /** The update goes to the core; its show is drawn. */
  async remote(key: number): Promise<{ whole: number; commit: number }> {
    const before = performance.now();
    const message = await this.#ask(this.#updates[key]!);
    this.#view.show(message);
    const whole = performance.now() - before;
    const { length, commit } = JSON.parse(message) as { length: number; commit: number };
    if (this.#view.page.lines.length !== length) throw new Error("the page does not show the core's text");
    return { whole, commit };
  }
}

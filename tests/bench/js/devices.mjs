/** Two devices of Sheaf, each `sheaf up` in a process of its own, which share one document over real QUIC on loopback. */
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Node } from "../../e2e/js/node.mjs";
import { Lane } from "./lane.mjs";

/** The first copy of a large document, on a busy machine. */
const JOINS_WITHIN_S = 300;

/** A node that is up, without a page. */
export async function device(name) {
  const node = new Node(name);
  node.page = undefined;
  await node.starts();
  return node;
}

/** Gives a document to another device; resolves when its first copy is there. */
export async function shares(document, from, to) {
  const { ticket } = await from.ask("share", { document });
  const { state } = await to.ask("join", { ticket, wait: JOINS_WITHIN_S });
  if (state !== "ready") throw new Error(`the document is ${state} at the one who joined`);
}

/** Two devices, a lane to each, and a document that begins with this Markdown. */
export async function pairOfDevices(markdown) {
  const nodes = await Promise.all([device("Ada"), device("Ben")]);
  const [ada, ben] = await Promise.all(nodes.map((node) => Lane.overBridge(node)));
  const { document } = await ada.ask("new", { title: "Measured", markdown });
  await shares(document, ada, ben);
  const end = async () => {
    ada.close();
    ben.close();
    await Promise.all(nodes.map((node) => node.forgets()));
  };
  return { ada, ben, document, end };
}

/** Keeps profiles and control sockets in a folder; gives where the sockets will be. */
export function inFolder(folder) {
  const runtime = join(folder, "run");
  mkdirSync(runtime, { mode: 0o700 });
  process.env.XDG_RUNTIME_DIR = runtime;
  process.env.TMPDIR = folder;
  return runtime;
}

/** A device, and a lane to it over its control socket: no network is in between. */
export async function deviceWithLane(name, runtime) {
  const before = new Set(readdirSync(runtime));
  const node = await device(name);
  const own = readdirSync(runtime).find((entry) => !before.has(entry));
  return [node, await Lane.overSocket(join(runtime, own, "control"))];
}

/** What a process keeps in memory, in MB. */
export function memory(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

/** Two devices of Sheaf, each `sheaf up` in a process of its own, which share one document over real QUIC on loopback. */
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

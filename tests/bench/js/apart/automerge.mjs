/** An automerge-repo in a process of its own: writes its edits apart, then meets the other over its WebSocket adapters. `fork`ed by converge.mjs. */
import { once } from "node:events";
import { createServer } from "node:http";
import * as Automerge from "@automerge/automerge";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { WebSocketServer } from "ws";
import { payloadSent } from "../wire.mjs";
import { peer } from "./peer.mjs";

/** The same bytes in both processes. */
const FIRST_ACTOR = "00".repeat(16);

const repo = new Repo();
let handle;

peer({
  async begins({ base, edits, document }) {
    const empty = Automerge.init({ actor: FIRST_ACTOR });
    // A time of its own would make other bytes in each process.
    const first = Automerge.change(empty, { time: 0 }, (root) => (root.body = base));
    handle = repo.import(Automerge.save(first), { docId: document });
    await handle.whenReady();
    for (const ops of edits) handle.change((root) => edit(root, ops));
    return { heads: Automerge.getHeads(handle.doc()) };
  },

  /** The one who is dialed listens before the link is allowed. */
  async listens() {
    const http = createServer();
    repo.networkSubsystem.addNetworkAdapter(new WebSocketServerAdapter(new WebSocketServer({ server: http })));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return `ws://127.0.0.1:${http.address().port}`;
  },

  async meets(url, theirs, ours) {
    const all = [...theirs.heads, ...ours.heads].sort().join();
    const hasAll = () => [...Automerge.getHeads(handle.doc())].sort().join() === all;
    const met = new Promise((done) => handle.on("heads-changed", () => hasAll() && done()));
    if (url) repo.networkSubsystem.addNetworkAdapter(new WebSocketClientAdapter(url));
    await met;
    return () => {};
  },

  tells: () => ({ text: handle.doc().body, rich: Automerge.spans(handle.doc(), ["body"]), sent: payloadSent() }),
});

/** One edit, a Delta, in Automerge's own words. */
function edit(root, ops) {
  let at = 0;
  for (const { retain, insert, delete: gone, attributes } of ops) {
    if (insert !== undefined) {
      Automerge.splice(root, ["body"], at, 0, insert);
      at += insert.length;
    } else if (gone !== undefined) {
      Automerge.splice(root, ["body"], at, gone);
    } else {
      const range = { start: at, end: at + retain, expand: "none" };
      for (const [name, value] of Object.entries(attributes ?? {})) Automerge.mark(root, ["body"], range, name, value);
      at += retain;
    }
  }
}

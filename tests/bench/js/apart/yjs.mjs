/** A Yjs client in a process of its own: writes its edits apart, then meets the other through a y-websocket server. `fork`ed by converge.mjs. */
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { payloadSent } from "../wire.mjs";
import { peer } from "./peer.mjs";

const document = new Y.Doc();
const text = document.getText("body");

peer({
  begins({ base, edits }) {
    const first = new Y.Doc();
    first.clientID = 1;
    first.getText("body").insert(0, base);
    Y.applyUpdate(document, Y.encodeStateAsUpdate(first));
    for (const ops of edits) text.applyDelta(ops);
    return { client: document.clientID, clock: Y.getState(document.store, document.clientID) };
  },

  async meets(url, theirs) {
    const hasAll = () => Y.getState(document.store, theirs.client) >= theirs.clock;
    const met = new Promise((done) => document.on("update", () => hasAll() && done()));
    // Without disableBc two clients of one process would speak past the server.
    const provider = new WebsocketProvider(url, "measured", document, { WebSocketPolyfill: WebSocket, disableBc: true });
    await met;
    return () => provider.destroy();
  },

  tells: () => ({ text: text.toString(), rich: text.toDelta(), sent: payloadSent() }),
});

/** Two Yjs clients and a server between them, which keeps nothing on a disk. The server has a process of its own, the clients share this one. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { HocuspocusProvider } from "@hocuspocus/provider";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** Two clients of y-websocket's own server. */
export async function websocketPair(paragraphs) {
  const { server, port } = await serve("y-websocket");
  const url = `ws://127.0.0.1:${port}`;
  // Without this the two clients would speak past the server, from one page to the other.
  const provider = (document) => new WebsocketProvider(url, "measured", document, { WebSocketPolyfill: WebSocket, disableBc: true });
  return await pair("y-websocket", paragraphs, provider, server);
}

/** Two clients of a Hocuspocus server. */
export async function hocuspocusPair(paragraphs) {
  const { server, port } = await serve("hocuspocus");
  globalThis.WebSocket ??= WebSocket;
  const provider = (document) => new HocuspocusProvider({ url: `ws://127.0.0.1:${port}`, name: "measured", document });
  return await pair("hocuspocus", paragraphs, provider, server);
}

async function serve(name) {
  const server = fork(new URL("server.mjs", import.meta.url), [name]);
  const [port] = await once(server, "message");
  return { server, port };
}

async function pair(name, paragraphs, provider, server) {
  const documents = [new Y.Doc(), new Y.Doc()];
  const [writes, reads] = documents.map((document) => document.getText("body"));
  writes.insert(0, `${paragraphs.join("\n")}\n`);
  const providers = documents.map(provider);
  await until(() => reads.length === writes.length && reads.length > 0);
  const key = async (at) => {
    const shown = new Promise((done) => {
      const see = (event) => {
        // The change as an editor is told of it.
        if (event.delta.length === 0) return;
        reads.unobserve(see);
        done(performance.now());
      };
      reads.observe(see);
    });
    const began = performance.now();
    writes.insert(at, "k");
    return { [name]: (await shown) - began };
  };
  const end = () => {
    providers.forEach((one) => one.destroy());
    server.kill();
  };
  return { key, length: () => reads.length, end };
}

async function until(holds) {
  while (!holds()) await new Promise((done) => setTimeout(done, 10));
}

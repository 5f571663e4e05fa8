/** Yjs over the two servers that people run: two clients with one text each, and a server between them that keeps everything in memory. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { HocuspocusProvider } from "@hocuspocus/provider";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function serve(script, port) {
  const server = spawn(process.execPath, [script], { env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) }, stdio: ["ignore", "ignore", "inherit"] });
  for (let tries = 0; tries < 200; tries++) {
    const probe = new WebSocket(`ws://127.0.0.1:${port}/probe`);
    const open = await new Promise((done) => probe.once("open", () => done(true)).once("error", () => done(false)));
    probe.terminate();
    if (open) return server;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${script} does not listen`);
}

async function pair(name, lines, connect, server) {
  const [here, there] = [new Y.Doc(), new Y.Doc()];
  const providers = [connect(here), connect(there)];
  const [text, copy] = [here.getText("body"), there.getText("body")];
  text.insert(0, `${lines.join("\n")}\n`);
  while (copy.length !== text.length) await new Promise((done) => setTimeout(done, 20));
  let shown = () => {};
  copy.observe(() => shown());
  return {
    name,
    async keystroke(share) {
      const began = performance.now();
      const arrived = new Promise((done) => (shown = () => done(performance.now() - began)));
      text.insert(Math.floor(text.length * share), "k");
      return await arrived;
    },
    close() {
      for (const provider of providers) provider.destroy();
      server.kill("SIGKILL");
    },
  };
}

export async function yWebsocket(lines) {
  const port = await freePort();
  const server = await serve(fileURLToPath(new URL("node_modules/y-websocket/bin/server.cjs", import.meta.url)), port);
  const connect = (doc) => new WebsocketProvider(`ws://127.0.0.1:${port}`, "bench", doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  return await pair("y-websocket 2.1.0", lines, connect, server);
}

export async function hocuspocus(lines) {
  const port = await freePort();
  const server = await serve(fileURLToPath(new URL("hocuspocus.mjs", import.meta.url)), port);
  const connect = (document) => {
    const options = { url: `ws://127.0.0.1:${port}`, name: "bench", document, WebSocketPolyfill: WebSocket };
    return new HocuspocusProvider(options);
  };
  return await pair("Hocuspocus 3.4.4", lines, connect, server);
}

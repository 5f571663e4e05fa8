/** `server.mjs y-websocket | hocuspocus`: the server that their package brings, on a free port of loopback, which it tells its parent; asked, it says what it sent and what that took. */
import { once } from "node:events";
import { createServer } from "node:http";
import { cpuMs, payloadSent } from "./wire.mjs";

const servers = {
  "y-websocket": async () => {
    const [{ default: utils }, { WebSocketServer }] = await Promise.all([import("y-websocket/bin/utils"), import("ws")]);
    const http = createServer();
    new WebSocketServer({ server: http }).on("connection", utils.setupWSConnection);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return http.address().port;
  },
  hocuspocus: async () => {
    const { Server } = await import("@hocuspocus/server");
    const server = new Server({ address: "127.0.0.1", port: 0, quiet: true });
    await server.listen();
    return server.address.port;
  },
};

process.send(await servers[process.argv[2]]());
const before = process.cpuUsage();
process.on("message", () => process.send({ sent: payloadSent(), cpuMs: cpuMs(process.cpuUsage(before)) }));

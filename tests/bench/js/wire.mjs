/** What peers cost: processor time; and what goes over the wire: the payloads of this process's WebSocket frames, and every byte on loopback. */
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";

let sent = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data, ...rest) {
  sent += typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
  return send.call(this, data, ...rest);
};

/** Bytes of payload that this process has sent in WebSocket frames so far: without the frames' own headers, TCP's and IP's. */
export const payloadSent = () => sent;

/** Bytes that have gone over loopback so far, with the headers of every layer. A process in a network namespace of its own reads its own. */
export function onLoopback() {
  const line = readFileSync("/proc/self/net/dev", "utf8")
    .split("\n")
    .find((text) => text.trim().startsWith("lo:"));
  return Number(line.split(":")[1].trim().split(/\s+/)[0]);
}

/** Processor time, in itself and in the system. */
export const cpuMs = ({ user, system }) => (user + system) / 1000;

/**
 * Two peers with edits made apart, from the moment they may speak until both have everything: `node converge.mjs yjs|automerge EDITS RUNS` prints one
 * JSON object. Each peer, and y-websocket's server, is a process of its own; nothing is durable anywhere. Run it in an empty network namespace (`converge.rs`
 * does): then every byte on `lo` is theirs, because this script speaks with them over pipes.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { generateAutomergeUrl, parseAutomergeUrl } from "@automerge/automerge-repo";
import { onLoopback } from "./wire.mjs";

/** After both have everything, so that what they still say about it is counted, too: acknowledgements, presence. */
const QUIET_MS = 1000;

const [kind, file, runs] = process.argv.slice(2);
const measured = { ms: [], cpuMs: [], payload: [], loopback: [], node: process.version };
for (let run = 0; run < Number(runs); run += 1) {
  const { characters, ...numbers } = await meet();
  for (const [name, number] of Object.entries(numbers)) measured[name].push(number);
  measured.characters = characters;
}
console.log(JSON.stringify(measured));
process.exit(0);

async function meet() {
  const peers = [0, 1].map(() => fork(new URL(`apart/${kind}.mjs`, import.meta.url)));
  const document = parseAutomergeUrl(generateAutomergeUrl()).documentId;
  const has = await Promise.all(peers.map((peer, side) => ask(peer, { act: "begin", file, side, document }, "ours")));
  const { servers, urls } = await ways(peers);
  const before = onLoopback();
  const began = performance.now();
  const computed = await Promise.all(peers.map((peer, side) => ask(peer, { act: "meet", url: urls[side], theirs: has[1 - side] }, "cpuMs")));
  const ms = performance.now() - began;
  await new Promise((done) => setTimeout(done, QUIET_MS));
  // Through a server every byte passes twice; what counts is what passes one device's network, both ways.
  const loopback = (onLoopback() - before) / (servers.length + 1);
  const [one, other] = await Promise.all(peers.map((peer) => ask(peer, { act: "tell" })));
  const between = await Promise.all(servers.map((server) => ask(server, "tell")));
  const payload = sum([one, other, ...between].map(({ sent }) => sent)) / (servers.length + 1);
  const cpuMs = sum([...computed, ...between.map(({ cpuMs }) => cpuMs)]);
  if (one.text !== other.text) throw new Error(`${kind}: the texts of the two peers differ`);
  if (!isDeepStrictEqual(one.rich, other.rich)) throw new Error(`${kind}: the two peers' marks differ`);
  peers.forEach((peer) => peer.send({ act: "leave" }));
  servers.forEach((server) => server.kill());
  return { ms, cpuMs, payload, loopback, characters: one.text.length };
}

/** How the peers reach each other: through a server, or one dials the other. */
async function ways(peers) {
  if (kind === "automerge") return { servers: [], urls: [undefined, await ask(peers[0], { act: "listen" }, "url")] };
  const server = fork(new URL("server.mjs", import.meta.url), ["y-websocket"]);
  const [port] = await once(server, "message");
  return { servers: [server], urls: [0, 1].map(() => `ws://127.0.0.1:${port}`) };
}

function sum(numbers) {
  return numbers.reduce((sum, number) => sum + number);
}

async function ask(process, question, name) {
  const answer = once(process, "message");
  process.send(question);
  const [told] = await answer;
  return name === undefined ? told : told[name];
}

/**
 * Documents that two devices share and nobody touches: `node idle.mjs DOCUMENTS FOLDER` prints one JSON object: CPU seconds, memory and bytes of one
 * minute. Run it in an empty network namespace (`idle.rs` does): this script speaks with the devices over their control sockets.
 */
import { readFileSync } from "node:fs";
import { deviceWithLane, inFolder, memory, shares } from "./devices.mjs";
import { onLoopback } from "./wire.mjs";

/** What follows from sharing (receipts, packing, the first comparison a minute later) is over by then. */
const SETTLES_MS = 90_000;
const MINUTE_MS = 60_000;

/** Of a tick of /proc's clock; a constant of Linux's interface. */
const TICKS_A_SECOND = 100;

const [documents, folder] = process.argv.slice(2);
const runtime = inFolder(folder);
const measured = {};
const devices = [];
for (const name of ["Ada", "Ben"]) devices.push([name.toLowerCase(), ...(await deviceWithLane(name, runtime))]);
const [[, , ada], [, , ben]] = devices;
each("EmptyMb", (pid) => memory(pid));

for (let count = 0; count < Number(documents); count += 1) {
  const { document } = await ada.ask("new", { title: `Measured ${count}`, markdown: "A line that was written once." });
  await shares(document, ada, ben);
}
each("SharedMb", (pid) => memory(pid));
await new Promise((done) => setTimeout(done, SETTLES_MS));

const before = devices.map(([, node]) => cpu(node.pid));
const [bytes, packets] = [onLoopback(), packetsOnLoopback()];
await new Promise((done) => setTimeout(done, MINUTE_MS));
Object.assign(measured, { bytes: onLoopback() - bytes, packets: packetsOnLoopback() - packets });
devices.forEach(([name, node], index) => (measured[`${name}CpuS`] = cpu(node.pid) - before[index]));
each("RssMb", (pid) => memory(pid));

for (const [, node, lane] of devices) {
  lane.close();
  await node.forgets();
}
console.log(JSON.stringify(measured));
process.exit(0);

function each(what, of) {
  for (const [name, node] of devices) measured[`${name}${what}`] = of(node.pid);
}

/** Seconds that a process has computed, in itself and in the system. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function packetsOnLoopback() {
  const line = readFileSync("/proc/self/net/dev", "utf8")
    .split("\n")
    .find((text) => text.trim().startsWith("lo:"));
  return Number(line.split(":")[1].trim().split(/\s+/)[1]);
}

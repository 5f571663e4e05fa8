/** What both kinds of peers have in common: a process that is told over IPC when to write, when to meet, and when to tell what it has. */
import { readFileSync } from "node:fs";
import { cpuMs } from "../wire.mjs";

export function peer({ begins, listens, meets, tells }) {
  let ours;
  let leave = () => {};
  process.on("message", async ({ act, file, side, document, url, theirs }) => {
    if (act === "begin") {
      const { base, sides } = JSON.parse(readFileSync(file));
      ours = await begins({ base, edits: sides[side], document });
      process.send({ ours });
    }
    if (act === "listen") process.send({ url: await listens() });
    if (act === "meet") {
      const before = process.cpuUsage();
      leave = await meets(url, theirs, ours);
      process.send({ cpuMs: cpuMs(process.cpuUsage(before)) });
    }
    if (act === "tell") process.send(tells());
    if (act === "leave") {
      leave();
      process.exit(0);
    }
  });
}

/** Yjs applies the history that replica.rs wrote, key by key, and computes the delta of each. `node replica.mjs FILE WARM_UP`. */
import { readFileSync } from "node:fs";
import * as Y from "yjs";

const [file, warmUp] = process.argv.slice(2);
const bytes = readFileSync(file);
let read = 0;
const number = () => bytes.readUInt32LE((read += 4) - 4);
const updates = () =>
  Array.from({ length: number() }, () => {
    const length = number();
    return bytes.subarray(read, (read += length));
  });
const past = updates();
const keys = updates();

const document = new Y.Doc();
const text = document.getText("body");
Y.transact(document, () => past.forEach((update) => Y.applyUpdate(document, update)));
let told = 0;
text.observe((event) => (told += event.delta.length > 0 ? 1 : 0));
const times = keys.map((update) => {
  const began = performance.now();
  Y.applyUpdate(document, update);
  return performance.now() - began;
});
if (told !== keys.length) throw new Error(`${keys.length} keys, and ${told} were told`);
console.log(JSON.stringify({ yjs: times.slice(Number(warmUp)) }));

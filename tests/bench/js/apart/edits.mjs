/**
 * What two devices write while they are apart, the same for every side of the benchmark: `node apart/edits.mjs TRACE.json.gz|rich EDITS OUT` writes
 * `{base, sides: [[ops, ...], [ops, ...]]}` to OUT, each edit the ops of a Delta, and prints how many there are.
 *
 * A trace of several people is split by agent: the two who wrote most keep their own edits, in their order, and lose the other's. Places then lie in another
 * text than the one they were made in, so those behind its end are moved to its end.
 *
 * With a fourth word, `MISSED`, the trace is one person's: all but the last so many of its first EDITS edits are `shared`, and the first side writes these.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const [source, limit, out, missed] = process.argv.slice(2);
const { base, shared, sides, of } = made();
writeFileSync(out, JSON.stringify({ base, shared, sides }));
console.log(JSON.stringify({ counts: sides.map((side) => side.length), shared: shared?.length ?? 0, of }));

function made() {
  if (missed !== undefined) return behind(source, Number(limit), Number(missed));
  return source === "rich" ? rich(Number(limit)) : traced(source, Number(limit));
}

function behind(file, limit, missed) {
  const { txns } = JSON.parse(gunzipSync(readFileSync(file)));
  const all = txns.flatMap(({ patches }) => patches);
  const edits = alone(all.slice(0, limit));
  return { base: "", shared: edits.slice(0, -missed), sides: [edits.slice(-missed), []], of: [all.length] };
}

function traced(file, limit) {
  const { txns, numAgents } = JSON.parse(gunzipSync(readFileSync(file)));
  const agents = Array.from({ length: numAgents }, () => []);
  for (const { agent, patches } of txns) agents[agent].push(...patches);
  const two = agents.sort((one, other) => other.length - one.length).slice(0, 2);
  return { base: "", sides: two.map((patches) => alone(patches.slice(0, limit))), of: two.map((patches) => patches.length) };
}

/** One agent's patches as edits of a text that nobody else writes. */
function alone(patches) {
  let length = 0;
  return patches.map(([place, deleted, inserted]) => {
    const gone = Math.min(deleted, length);
    const at = Math.min(place, length - gone);
    length += inserted.length - gone;
    const ops = [];
    if (at > 0) ops.push({ retain: at });
    if (inserted.length > 0) ops.push({ insert: inserted });
    if (gone > 0) ops.push({ delete: gone });
    return ops;
  });
}

/** People who write, correct, mark and arrange a text of forty paragraphs: of 100 edits about 80 are typed characters, 10 deletions, 6 marks, 2 line ends, 2 kinds of line. */
function rich(limit) {
  const paragraph = "Every device holds the whole document; what you type is on your own disk before anything else happens.\n";
  const base = paragraph.repeat(40);
  const sides = [1, 2].map((seed) => {
    const chance = random(seed);
    let text = base;
    let caret = 0;
    let left = 0;
    return Array.from({ length: limit }, () => {
      if (left === 0) [caret, left] = [Math.floor(chance() * text.length), 5 + Math.floor(chance() * 60)];
      left -= 1;
      const what = chance();
      if (what < 0.1 && caret > 0 && text[caret - 1] !== "\n") {
        caret -= 1;
        text = text.slice(0, caret) + text.slice(caret + 1);
        return at(caret, { delete: 1 });
      }
      if (what >= 0.1 && what < 0.16) {
        const begins = Math.max(text.lastIndexOf("\n", caret - 1) + 1, caret - 1 - Math.floor(chance() * 30));
        const mark = ["bold", "italic", "underline", "strike"][Math.floor(chance() * 4)];
        if (caret > begins) return at(begins, { retain: caret - begins, attributes: { [mark]: true } });
      }
      if (what >= 0.16 && what < 0.18) {
        const newline = text.indexOf("\n", caret);
        const block = ["h1", "h2", "ul", "ol"][Math.floor(chance() * 4)];
        if (newline >= 0) return at(newline, { retain: 1, attributes: { block } });
      }
      const typed = what >= 0.98 ? "\n" : " etaoinshrdlu"[Math.floor(chance() * 13)];
      text = text.slice(0, caret) + typed + text.slice(caret);
      caret += 1;
      return at(caret - 1, { insert: typed });
    });
  });
  return { base, sides, of: sides.map((side) => side.length) };
}

function at(place, op) {
  return place > 0 ? [{ retain: place }, op] : [op];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

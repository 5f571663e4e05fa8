// Writes delta.json beside itself: random cases and what quill-delta 5.1.0 makes of them.
//   npm install quill-delta@5.1.0 && node generate.mjs
// Seeded: the same script writes the same bytes. Cases are written as [operation, ...arguments, result], one a line.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const Delta = createRequire(import.meta.url)('quill-delta');

const CASES = 1440;
let state = 0x5eaf;
const random = (below) => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
};
const pick = (list) => list[random(list.length)];

const PIECES = ['a', 'bc', 'é', '𝄞', '👩‍👧', '\n', ' ', '日本', 'x\ny', '😀😀'];
const VALUES = { bold: [true], size: [1, 2, 1.5], link: ['u', 'v'], line: ['l1', 'l2', 'l3'] };
const EMBEDS = [{ image: 'a.png' }, { image: { src: 'b', width: 2 } }, { source: '| a |\n' }];

function attributes(removals) {
  const made = {};
  for (let n = random(3); n > 0; n--) {
    const name = pick(Object.keys(VALUES));
    made[name] = removals && random(3) === 0 ? null : pick(VALUES[name]);
  }
  return Object.keys(made).length > 0 ? made : undefined;
}

function insertInto(delta) {
  if (random(6) === 0) delta.insert(pick(EMBEDS), attributes(false));
  else delta.insert(Array.from({ length: 1 + random(3) }, () => pick(PIECES)).join(''), attributes(false));
}

function body() {
  const delta = new Delta();
  for (let n = random(6); n > 0; n--) insertInto(delta);
  return delta;
}

// The body's characters, as lengths in UTF-16 units: no operation may cut one.
const characters = (delta) => delta.ops.flatMap((op) => (typeof op.insert === 'string' ? Array.from(op.insert, (c) => c.length) : [1]));

function change(base) {
  const delta = new Delta();
  const lengths = characters(base);
  let at = 0;
  for (let n = 1 + random(5); n > 0; n--) {
    if (random(3) === 0) insertInto(delta);
    const end = Math.min(lengths.length, at + 1 + random(4));
    const length = lengths.slice(at, end).reduce((sum, one) => sum + one, 0);
    if (length > 0) random(3) === 0 ? delta.delete(length) : delta.retain(length, attributes(true));
    at = end;
  }
  if (random(4) === 0) insertInto(delta);
  return random(2) === 0 ? delta : delta.chop();
}

const lines = [];
const write = (...parts) => lines.push(JSON.stringify(parts.map((part) => (part instanceof Delta ? part.ops : part))));
for (let n = 0; n < CASES; n++) {
  const base = body();
  const [one, two] = [change(base), change(base)];
  const changed = base.compose(one);
  const next = change(changed);
  if (n % 4 === 0) write('compose', base, one, changed);
  if (n % 4 === 1) write('compose', one, next, one.compose(next));
  if (n % 4 === 2) write('invert', base, one, one.invert(base));
  const priority = n % 2 === 0;
  write('transform', one, two, priority, one.transform(two, priority));
  if (n % 8 === 3) {
    const [start, length] = [random(base.length() + 1), random(5)];
    // Only where no character is cut.
    const ends = new Set([0]);
    characters(base).reduce((at, length) => (ends.add(at + length), at + length), 0);
    if (ends.has(start) && ends.has(start + length)) write('slice', base, start, start + length, base.slice(start, start + length));
    const index = random(base.length() + 2);
    write('position', one, index, priority, one.transformPosition(index, priority));
  }
}
writeFileSync(new URL('delta.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`);
console.log(`${lines.length} cases`);

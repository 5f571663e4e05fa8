/**
 * An unmodified Quill 2 beside two of our editors: Quill and one of ours are views of one node, the other of ours is on another device. All write at
 * random at once, also while the other device's node is stopped for so long that the link is lost; afterwards all show the same, and nothing that
 * nobody took away is missing. SEED and OPERATIONS choose another run.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { chromium } from "playwright-core";

import { Node } from "../node.mjs";
import { until } from "../windows/driver.mjs";
import { wordsOf } from "./hands.js";
import { servePages } from "./serve.mjs";

const SEED = Number(process.env["SEED"] ?? 1);
const OPERATIONS = Number(process.env["OPERATIONS"] ?? 2000);
/** A node that is silent for ten seconds is taken for gone. */
const STOPPED_MS = 12_000;
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const here = new Node("Here");
const there = new Node("There");
const closing = [];
after(async () => {
  for (const close of closing.reverse()) await close().catch(() => {});
  await Promise.all([here.forgets(), there.forgets()]);
});

async function opens(browser, origin, name, node, document) {
  const page = await (await browser.newContext()).newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(`${name}: ${error.stack}`));
  const { host, hash } = new URL(node.url);
  await page.goto(`${origin}/${name}.html#${new URLSearchParams({ lanes: `ws://${host}/lanes`, token: hash.slice("#token=".length), document })}`);
  await page.waitForFunction(() => window.page !== undefined);
  return { page, errors };
}

/** The process stands still, as in a machine that sleeps. */
async function isStopped(node, milliseconds) {
  process.kill(node.pid, "SIGSTOP");
  await new Promise((done) => setTimeout(done, milliseconds));
  process.kill(node.pid, "SIGCONT");
}

/** In one order, so that two can be compared. */
const plain = (ops) => JSON.stringify(ops.map(({ insert, attributes }) => [insert, Object.entries(attributes ?? {}).sort()]));

test(`Quill and our editors on two devices: ${OPERATIONS} random operations (SEED=${SEED})`, { timeout: 600_000 }, async (context) => {
  const { origin, close } = await servePages();
  closing.push(close);
  await Promise.all([here.starts(origin), there.starts(origin)]);
  const document = (await here.command("new", "Beside")).trim();
  await there.command("join", (await here.command("share", document)).trim());
  const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: QUIET });
  closing.push(() => browser.close());
  const quill = await opens(browser, origin, "quill", here, document);
  const ours = await opens(browser, origin, "ours", here, document);
  const far = await opens(browser, origin, "ours", there, document);
  const seats = [["quill", quill], ["ours", ours], ["far", far]];
  const rounds = 20;
  const each = Math.ceil(OPERATIONS / rounds / seats.length);
  let noted;
  let stopped;
  for (let round = 0; round < rounds; round += 1) {
    if (round === Math.floor(rounds / 4)) stopped = isStopped(there, STOPPED_MS);
    noted = await Promise.all(
      seats.map(([name, { page }], seat) => page.evaluate(([name, seed, times]) => window.page.act(name, seed, times), [name, SEED * 1000 + round * 10 + seat, each])),
    );
    for (const [, { errors }] of seats) assert.deepEqual(errors, [], `SEED=${SEED} round ${round}`);
  }
  await stopped;
  const look = async () => ({
    quill: await quill.page.evaluate(() => ({ saved: page.view.isSaved, text: page.view.text.ops, shown: page.quill.getContents().ops, right: page.shown(page.view.text).ops, troubles: page.view.troubles })),
    ours: await ours.page.evaluate(() => ({ saved: page.editor.state.saved, text: page.editor.delta.ops, verified: page.editor.verify(), troubles: page.troubles })),
    far: await far.page.evaluate(() => ({ saved: page.editor.state.saved, text: page.editor.delta.ops, verified: page.editor.verify(), troubles: page.troubles })),
  });
  let seen;
  await until("all to show the same", async () => {
    seen = await look();
    return Object.values(seen).every((seat) => seat.saved && plain(seat.text) === plain(seen.quill.text));
  }).catch((error) => assert.fail(`SEED=${SEED}: ${error.message}\n${Object.entries(seen).map(([name, seat]) => `${name} saved=${seat.saved} ${plain(seat.text)}`).join("\n")}`));
  for (const seat of Object.values(seen)) assert.deepEqual(seat.troubles, []);
  assert.deepEqual(seen.quill.shown, seen.quill.right, "Quill's screen is the text");
  assert.ok(seen.ours.verified && seen.far.verified, "our screens are the text");
  assert.equal(plain(JSON.parse(await there.command("--json", "show", document, "--as", "json")).delta.ops), plain(seen.quill.text), "the other device's core holds it");
  const words = wordsOf(seen.quill.text);
  const [wrote, deleted, restored] = ["wrote", "deleted", "restored"].map((what) => new Set(noted.flatMap((seat) => seat[what])));
  const lost = [...wrote].filter((word) => !deleted.has(word) && !words.includes(word));
  const twice = words.filter((word, at) => !restored.has(word) && words.indexOf(word) !== at);
  const torn = words.filter((word) => !wrote.has(word));
  const undead = words.filter((word) => deleted.has(word) && !restored.has(word));
  assert.deepEqual({ lost, twice, torn, undead }, { lost: [], twice: [], torn: [], undead: [] }, `SEED=${SEED}`);
  const embeds = seen.quill.text.filter((op) => typeof op.insert !== "string");
  const kinds = new Set(seen.quill.text.map((op) => op.attributes?.block).filter(Boolean));
  const counts = `${wrote.size} words, ${deleted.size} taken away, ${restored.size} brought back, 0 lost, ${embeds.length} embeds and ${kinds.size} kinds of lines at the end`;
  context.diagnostic(`${each * rounds * seats.length} operations, ${counts}`);
});

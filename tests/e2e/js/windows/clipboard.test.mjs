/**
 * Pictures between other programs and a real window, over a real clipboard: WebKitGTK hands the page none of them.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that), with xclip as the other program.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";

import { SHEAF } from "../node.mjs";
import { KEY, until } from "./driver.mjs";
import { Person } from "./person.mjs";

const NO_OTHER_PROGRAM = spawnSync("xclip", ["-version"]).error && "xclip is not installed: cargo xtask setup";

/** A paste has been read by now, if it is. */
const READ_MS = 2000;

const ada = new Person("Ada");
let holding;

after(async () => {
  holding?.kill();
  await ada.closes().catch(() => {});
  ada.forgets();
});

function part(name, happens) {
  test(name, { timeout: 240_000, skip: NO_OTHER_PROGRAM }, happens);
}

/** Another program has this on the clipboard, until the next one does. */
async function copiesElsewhere(type, bytes) {
  holding?.kill();
  holding = spawn("xclip", ["-quiet", "-selection", "clipboard", "-t", type, "-i"], { stdio: ["pipe", "ignore", "ignore"] });
  holding.stdin.end(bytes);
  await until(`${type} on the clipboard`, () => offered().includes(type));
}

const offered = () => spawnSync("xclip", ["-selection", "clipboard", "-o", "-t", "TARGETS"], { encoding: "utf8" }).stdout.split("\n");

/** Red from left to right, blue from top to bottom. */
const colour = (x, y) => [(4 * x) % 256, 90, (4 * y) % 256];

function png(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Array.from({ length: height }, (_, y) => [0, ...Array.from({ length: width }, (_, x) => colour(x, y)).flat()]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(rows.flat()))), chunk("IEND", Buffer.alloc(0))]);
}

/** The width is to be a multiple of four: rows end there. */
function bmp(width, height) {
  const head = Buffer.alloc(54);
  head.write("BM");
  head.writeUInt32LE(54 + width * height * 3, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.set([1, 0, 24], 26);
  return Buffer.concat([head, Buffer.alloc(width * height * 3, 0x80)]);
}

/** Natural sizes of the images that are drawn. */
const drawn = () =>
  ada.window.run(`return [...document.querySelectorAll(".attachment.image img")].filter((one) => one.naturalWidth > 0)
    .map((one) => one.naturalWidth + "x" + one.naturalHeight)`);

const pastes = () => ada.window.chord(KEY.control, "v");

part("a screenshot that was taken elsewhere is pasted, byte for byte", async () => {
  await ada.opens();
  await ada.begins("Field notes");
  await ada.writes("What we saw:");
  const screenshot = png(320, 200);
  await copiesElsewhere("image/png", screenshot);
  await pastes();
  await until("the screenshot to be drawn", async () => (await drawn()).join() === "320x200");
  const kept = join(ada.home, "kept.png");
  const took = spawnSync(SHEAF, ["--home", ada.home, "attachment", "Field notes", "image.png", "--out", kept], { encoding: "utf8" });
  assert.equal(took.status, 0, took.stderr);
  assert.deepEqual(readFileSync(kept), screenshot);
  await ada.sees("What we saw:");
});

part("a picture of another sort becomes a PNG", async () => {
  await copiesElsewhere("image/bmp", bmp(64, 48));
  await pastes();
  await until("both to be drawn", async () => (await drawn()).join() === "320x200,64x48");
});

part("words are pasted as words, and what is neither is not pasted", async () => {
  await copiesElsewhere("application/x-of-another-program", Buffer.from("nothing for us"));
  await pastes();
  // Whoever reads what is on the clipboard does so before the next program has it: nothing is to be seen of that.
  await new Promise((resolve) => setTimeout(resolve, READ_MS));
  await copiesElsewhere("UTF8_STRING", Buffer.from("Two hares."));
  await pastes();
  await ada.sees("Two hares.");
  await ada.picture("clipboard");
  assert.equal((await ada.text()).includes("nothing for us"), false);
  assert.deepEqual(await drawn(), ["320x200", "64x48"]);
});

part("an image of the document is copied for other programs, byte for byte", async () => {
  await ada.window.run("document.querySelector('.attachment-copy').click()");
  await until("the image on the clipboard", () => offered().includes("image/png") && ada.window.run("return document.querySelector('.attachment-outcome').textContent === 'Copied'"));
  const read = spawnSync("xclip", ["-selection", "clipboard", "-o", "-t", "image/png"], { maxBuffer: 1 << 24 });
  assert.deepEqual(read.stdout, png(320, 200));
});

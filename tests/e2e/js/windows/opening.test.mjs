/**
 * Files opened from the text with the system's own program: asked for by name, and only what is read and not run.
 *
 * Runs under `dbus-run-session xvfb-run` (xtask does that). The system's program is ours: it notes what it was given.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { SHEAF } from "../node.mjs";
import { until } from "./driver.mjs";
import { Person } from "./person.mjs";

const ada = new Person("Ada");
const downloads = join(ada.home, "Downloads");
const noted = join(ada.home, "opened");

const tools = join(ada.home, "tools");
mkdirSync(tools);
writeFileSync(join(tools, "xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${noted}\n`);
chmodSync(join(tools, "xdg-open"), 0o755);
ada.env = { PATH: `${tools}:${process.env["PATH"]}`, XDG_DOWNLOAD_DIR: downloads };

after(async () => {
  await ada.closes().catch(() => {});
  ada.forgets();
});

/** An archive's list of contents, as far as anybody looks. */
function archive(...names) {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt32LE(8, 16);
  return Buffer.concat([Buffer.from("PK\x03\x04...."), ...names.map((name) => Buffer.from(`PK\x01\x02${name}`)), end]);
}

const FILES = {
  "report.pdf": "%PDF-1.7 nothing in it",
  "letter.odt": archive("content.xml"),
  "macros.odt": archive("content.xml", "Basic/Standard/Module1.xml"),
  "macros.docm": archive("word/document.xml"),
  "setup.sh": "#!/bin/sh\necho harm",
  "really.pdf": "#!/bin/sh\necho harm",
  "page.html": "<!doctype html><script>harm()</script>",
  "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>harm()</script></svg>",
  "Photos.desktop": "[Desktop Entry]\nExec=harm",
};

/** Which of its buttons a file shows, by its name. */
const buttons = () =>
  ada.window.run(`return Object.fromEntries([...document.querySelectorAll(".attachment")].map((one) =>
    [one.getAttribute("aria-label"), [...one.querySelectorAll("button:not([hidden])")].map((button) => button.textContent).filter(Boolean).join()]))`);

test("what is read may be opened; programs, pages, shortcuts, macros and what only calls itself a PDF are saved", { timeout: 240_000 }, async () => {
  await ada.opens();
  await ada.begins("Papers");
  await ada.writes("Papers:");
  for (const [name, bytes] of Object.entries(FILES)) {
    const file = join(ada.home, name);
    writeFileSync(file, bytes);
    const attached = spawnSync(SHEAF, ["--home", ada.home, "attach", "Papers", file], { encoding: "utf8" });
    assert.equal(attached.status, 0, attached.stderr);
  }
  const expected = Object.fromEntries(Object.keys(FILES).map((name) => [name, name === "report.pdf" || name === "letter.odt" ? "Caption,Open…,Save…" : "Caption,Save…"]));
  // An image that is drawn can be copied, too.
  expected["drawing.svg"] = "Caption,Copy image,Save…";
  await until("every file to show what can be done with it", async () => {
    const seen = await buttons();
    return Object.entries(expected).every(([name, shown]) => seen[name] === shown) || assert.fail(JSON.stringify(seen));
  });
});

test("it asks by the file's name; whoever says no has opened nothing, and whoever says yes opens a copy that is no program", { timeout: 240_000 }, async () => {
  const opens = () => ada.window.run(`document.querySelector('.attachment[aria-label="report.pdf"] .attachment-open').click()`);
  await opens();
  await ada.reads("Open “report.pdf”?");
  await ada.picture("opening");
  await ada.clicks("Cancel");
  await until("the question to go", () => ada.window.run("return document.querySelector('[role=dialog]') === null"));
  assert.equal(existsSync(noted), false);
  for (let times = 1; times <= 2; times++) {
    await opens();
    await ada.window.clickXpath("//*[@role='dialog']//button[normalize-space()='Open…']");
    await until("it to be opened", () => existsSync(noted) && readFileSync(noted, "utf8").split("\n").length === times + 1);
  }
  const path = join(downloads, "report.pdf");
  assert.equal(readFileSync(noted, "utf8"), `${path}\n${path}\n`);
  assert.equal(readFileSync(path, "utf8"), FILES["report.pdf"]);
  assert.equal(statSync(path).mode & 0o111, 0);
  assert.deepEqual(readdirSync(downloads), ["report.pdf"], "opened twice, saved once");
});

test("the window itself opens nothing that the engine would not, whatever the page asks", { timeout: 240_000 }, async () => {
  const list = spawnSync(SHEAF, ["--home", ada.home, "--json", "attachments", "Papers"], { encoding: "utf8" });
  const setup = list.stdout.trim().split("\n").map((line) => JSON.parse(line)).find((one) => one.name === "setup.sh");
  const [document] = spawnSync(SHEAF, ["--home", ada.home, "--json", "list"], { encoding: "utf8" }).stdout.match(/[0-9a-f]{64}/);
  const said = await ada.window.run(
    `const [document, hash, size] = arguments; window.answer = undefined;
    window.__TAURI_INTERNALS__.invoke("open_attachment", { document, hash, size }).then(() => (window.answer = "opened"), (error) => (window.answer = error.said.code));`,
    document, setup.hash, setup.size,
  );
  assert.equal(said, null);
  const answer = await until("an answer", () => ada.window.run("return window.answer"));
  assert.equal(answer, "may_do_harm");
  assert.equal(readFileSync(noted, "utf8").split("\n").length, 3);
});

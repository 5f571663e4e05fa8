/** Find and replace with real keys: finding, walking, replacing, undoing, with somebody else writing meanwhile and a text longer than what is mounted. */
import assert from "node:assert/strict";

import { Person, agree, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });

const cleo = new Person("Cleo", { viewport: { width: 320, height: 640 }, forcedColors: "active" });

const field = (person) => person.page.getByRole("textbox", { name: "Find", exact: true });

/** The bar says so. */
async function counts(person, words) {
  await until(`the bar to say ${JSON.stringify(words)}`, async () => (await person.page.locator("[role=search] .count").textContent()) === words);
}

/** What is shown as found, and as the present hit. */
const painted = (person) =>
  person.page.evaluate(() => ["sheaf-found", "sheaf-found-current"].map((name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())));

async function paints(person, others, current) {
  await until(`${JSON.stringify({ others, current })} to be painted`, async () => JSON.stringify(await painted(person)) === JSON.stringify([others, current]));
}

/** Where the present hit stands: its top on the screen, and whether the bar lies over it. */
const presentBox = (person) =>
  person.page.evaluate(() => {
    const [range] = [...(CSS.highlights.get("sheaf-found-current") ?? [])];
    if (!range) return null;
    const [hit, bar, canvas] = [range, document.querySelector("[role=search]"), document.querySelector(".canvas")].map((it) => it.getBoundingClientRect());
    return { seen: hit.top >= canvas.top && hit.bottom <= canvas.bottom, covered: hit.top < bar.bottom && hit.right > bar.left };
  });

story("Ctrl+F finds what is selected; Enter, F3 and Ctrl+G walk; Escape gives the caret back where the hit is", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Rye on Monday, rye on Friday.\nBarley and oats.\nNo ryegrass, but RYE.");
  await ada.presses("Control+Home", "Control+Shift+ArrowRight");
  await ada.page.waitForFunction(() => getSelection().toString().trim() === "Rye");
  await ada.presses("Control+f");
  assert.equal((await field(ada).inputValue()).trim(), "Rye", "what was selected is looked for");
  await field(ada).fill("rye");
  await counts(ada, "1 of 4");
  await paints(ada, ["rye", "rye", "RYE"], ["Rye"]);
  await ada.presses("Enter");
  await counts(ada, "2 of 4");
  await ada.presses("F3", "Control+g");
  await counts(ada, "4 of 4");
  await ada.presses("Enter");
  await counts(ada, "1 of 4");
  await ada.presses("Shift+Enter", "Shift+F3", "Control+Shift+g");
  await counts(ada, "2 of 4");
  await ada.clicks("Match case");
  await counts(ada, "1 of 2");
  await ada.clicks("Match case");
  await ada.clicks("Whole words");
  await counts(ada, "2 of 3");
  await field(ada).focus();
  await ada.presses("Enter", "Escape");
  await ada.page.waitForFunction(() => document.activeElement?.matches(".sheaf-editor") && getSelection().toString() === "RYE");
  assert.equal(await ada.page.getByRole("search").count(), 0);
  assert.deepEqual(await painted(ada), [[], []], "nothing stays painted");
  await ada.types("wheat");
  await ada.sees("No ryegrass, but wheat.");
  await ada.presses(...Array(5).fill("Backspace"));
  await ada.types("RYE");
  await ada.sees("but RYE.");
  await ada.presses("Control+f");
  await counts(ada, "1 of 3");
  await ada.page.focus(".sheaf-editor");
  await ada.isInText();
  await ada.presses("Control+Home", "Escape");
  await ada.page.getByRole("search").waitFor({ state: "detached" });
  await ada.types("> ");
  await ada.sees("Rye on Monday");
  assert.equal(await ada.page.locator(".sheaf-editor > .quote").count(), 1, "Escape in the text leaves the caret where it is");
  await ada.presses("Backspace");
});

story("the bar says what is wrong with an expression, and one that would never end is ended", async () => {
  await ada.writes(`\n${"a".repeat(40)}!`);
  await ada.presses("Control+f");
  await ada.clicks("Whole words");
  await ada.clicks("Regular expression");
  await field(ada).fill("(rye");
  await ada.reads("This expression is not complete, or has a mistake in it.");
  assert.equal(await field(ada).getAttribute("aria-invalid"), "true");
  assert.deepEqual(await painted(ada), [[], []]);
  await field(ada).fill("(a+)+$");
  // While it runs, the page answers: a frame comes at once, every time but two, as a busy machine may take its time slice from anybody.
  const stalls = await ada.page.evaluate(async () => {
    const stalls = [];
    let before = performance.now();
    while (!document.querySelector("#find-problem")) {
      await new Promise(requestAnimationFrame);
      stalls.push(performance.now() - before);
      before = performance.now();
    }
    return stalls.sort((one, other) => other - one).slice(0, 3);
  });
  await ada.reads("This expression takes too long. Try a simpler one.");
  // A page that waited for it had few frames, and a long one among them.
  const still = stalls[2] ?? stalls[0] ?? 0;
  assert.ok(still < 1000, `the page stood still for ${still} ms`);
  await field(ada).fill("r(y)e");
  await counts(ada, "1 of 4");
  await ada.presses("Escape");
});

story("one is replaced, then all, with what the groups caught; marks and lines stay; one undo takes all back", async () => {
  await ada.begins("Words");
  await ada.types("# Ada Ben\nsome **Ada Ben** here\n- Ada Ben");
  await ada.presses("Control+Home", "Control+h");
  assert.equal(await field(ada).inputValue(), "r(y)e", "the words of the last time are still there");
  await field(ada).fill("(\\w+) Ben");
  await counts(ada, "1 of 3");
  const before = await ada.page.locator(".sheaf-editor").innerHTML();
  await ada.page.getByRole("textbox", { name: "Replace with" }).fill("Ben $1");
  await ada.presses("Enter");
  await counts(ada, "1 of 2");
  assert.deepEqual(await ada.lines(), ["Ben Ada", "some Ada Ben here", "Ada Ben"]);
  await ada.clicks("Replace all");
  await counts(ada, "2 replaced");
  assert.deepEqual(await ada.lines(), ["Ben Ada", "some Ben Ada here", "Ben Ada"]);
  await until("the disk to have it, with its marks and kinds", async () => {
    return (await ada.node.command("show", "Words")).trim().replaceAll(/\n+/g, "\n") === "# Ben Ada\nsome **Ben Ada** here\n- Ben Ada";
  });
  await ada.presses("Escape");
  await ada.isInText();
  await ada.presses("Control+z");
  assert.deepEqual(await ada.lines(), ["Ben Ada", "some Ada Ben here", "Ada Ben"], "all of it was one edit");
  await ada.presses("Control+z");
  await until("everything to be as it was", async () => (await ada.page.locator(".sheaf-editor").innerHTML()) === before);
});

story("somebody else writes while the bar is open: the count follows, and the hit stays the hit", async () => {
  await ada.chooses("Harvest");
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await ben.sees("Barley");
  await ada.page.focus(".sheaf-editor");
  await ada.presses("Control+Home", "Control+f");
  await ada.clicks("Regular expression");
  await field(ada).fill("rye");
  await ada.presses("Enter", "Enter");
  await counts(ada, "3 of 4");
  await ben.page.focus(".sheaf-editor");
  await ben.isInText();
  await ben.presses("Control+Home");
  await ben.types("rye and rye, ");
  await counts(ada, "5 of 6");
  await paints(ada, ["rye", "rye", "Rye", "rye", "RYE"], ["rye"]);
  await ada.presses("Enter");
  await counts(ada, "6 of 6");
  await ben.presses("Control+Home", "Control+Shift+ArrowRight", "Delete");
  await counts(ada, "5 of 5");
  await ada.presses("Escape");
  await ada.page.waitForFunction(() => getSelection().toString() === "RYE");
  await agree(ada, ben);
});

story("a hit far below what is mounted is counted, scrolled to and not under the bar; the bar is quiet for axe, in both themes", async () => {
  await ben.begins("Long");
  const text = Array.from({ length: 2600 }, (_, nth) => (nth % 100 === 99 ? `mark ${nth}` : `line ${nth}`)).join("\n");
  await ben.page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await ben.isTold("Saved on this device");
  await ben.page.reload();
  await ben.chooses("Long");
  await ben.isInText();
  await ben.presses("Control+Home", "Control+h");
  await field(ben).fill("mark");
  await counts(ben, "1 of 26");
  await ben.presses("Shift+Enter");
  await counts(ben, "26 of 26");
  await paints(ben, [], ["mark"]);
  assert.deepEqual(await presentBox(ben), { seen: true, covered: false });
  assert.deepEqual(await ben.hindrances("main"), []);
  await ben.picture("find-dark");
  await ben.presses("Escape");
  await ben.page.waitForFunction(() => getSelection().toString() === "mark" && getSelection().focusNode.parentElement.textContent === "mark 2599");
  await ada.presses("Control+h");
  await ada.clicks("Regular expression");
  await field(ada).fill("(");
  await ada.reads("This expression is not complete, or has a mistake in it.");
  assert.deepEqual(await ada.hindrances("main"), []);
  await ada.picture("find-light-problem");
  await ada.clicks("Regular expression");
  await field(ada).fill("rye");
  await counts(ada, "5 of 5");
  await ada.picture("find-light");
  await ada.presses("Escape");
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

story("who may only read finds and replaces nothing; the bar has room in 320 pixels and is seen in forced colours", async () => {
  const ticket = await ada.shares("Can view");
  await cleo.opens();
  await cleo.clicks("Show the sidebar");
  await cleo.joins(ticket, "Harvest");
  await cleo.sees("Barley");
  await cleo.page.focus(".sheaf-editor");
  await cleo.presses("Control+h");
  await field(cleo).fill("rye");
  await counts(cleo, "1 of 5");
  assert.equal(await cleo.page.getByRole("textbox", { name: "Replace with" }).count(), 0);
  const { left, right } = await cleo.page.evaluate(() => document.querySelector("[role=search]").getBoundingClientRect().toJSON());
  assert.ok(left >= 0 && right <= 320, `the bar reaches from ${left} to ${right}`);
  for (const button of await cleo.page.locator("[role=search] :is(button, input)").all()) {
    const box = await button.boundingBox();
    assert.ok(box.x >= left && box.x + box.width <= right && box.width >= 24 && box.height >= 24, JSON.stringify(box));
  }
  await cleo.presses("Enter");
  await counts(cleo, "2 of 5");
  assert.deepEqual(await cleo.hindrances("main"), []);
  await cleo.picture("find-forced-narrow");
  assert.deepEqual(cleo.complaints, []);
});

/** Code: its words have colours, its language is chosen, it is copied whole; and none of that is in the text. */
import assert from "node:assert/strict";

import { agree, Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

/** What has a colour on somebody's screen, as `kind:words`, in the order of the text. */
const coloured = (person) =>
  person.page.evaluate(() => {
    const found = [];
    for (const [name, highlight] of CSS.highlights)
      if (name.startsWith("sheaf-code-")) for (const range of highlight) found.push([range, `${name.slice(11)}:${range}`]);
    found.sort(([one], [other]) => one.compareBoundaryPoints(Range.START_TO_START, other));
    return found.map(([, said]) => said).filter((said) => !said.endsWith(":"));
  });

const untilColoured = (person, what, want) =>
  until(what, async () => {
    const found = (await coloured(person)).join(" ");
    return typeof want === "string" ? found === want : want(found);
  });

story("code in a language has its colours while it is typed, and the text stays as it was typed", async () => {
  await ada.opens();
  await ada.begins("Code");
  await ada.types("```");
  await ada.types("fn main() {\nlet n = 4;");
  await untilColoured(ada, "plain code to have none", "");
  await ada.page.getByLabel("Language of this code").selectOption({ label: "Rust" });
  await untilColoured(ada, "the words of Rust to be coloured", "keyword:fn title:main keyword:let name:n number:4");
  await ada.isInText();
  await ada.types(" // four");
  await untilColoured(ada, "a comment", (found) => found.endsWith("comment:// four"));
  assert.deepEqual((await ada.lines()).slice(0, 2), ["fn main() {", "let n = 4; // four"]);
  await until("the core to have it", async () => (await ada.node.command("show", "Code")).includes("```rust\nfn main() {\nlet n = 4; // four\n```"));
});

story("what begins on one line goes on in the next, whoever types it", async () => {
  await ben.opens();
  await ben.joins(await ada.shares(), "Code");
  await untilColoured(ben, "Ben to see the colours", (found) => found.startsWith("keyword:fn"));
  await ada.page.locator(".sheaf-editor .code").first().click();
  await ada.presses("Control+Home");
  await ada.types("/*\n");
  for (const person of [ada, ben]) await untilColoured(person, "all of it to be a comment", (found) => /^comment:\/\* comment:fn main\(\) \{ comment:/.test(found));
  await ada.presses("Backspace", "Backspace", "Backspace");
  for (const person of [ada, ben]) await untilColoured(person, "it to be code again", (found) => found.startsWith("keyword:fn"));
  await agree(ada, ben);
});

story("the code is copied whole, and the bar goes with the caret", async () => {
  await ada.page.evaluate(() => {
    window.copied = undefined;
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (text) => void (window.copied = text) } });
  });
  // The button says so for a second and a half.
  await Promise.all([ada.page.getByRole("button", { name: "Copied" }).waitFor(), ada.clicks("Copy this code")]);
  await until("it to be copied", async () => (await ada.page.evaluate(() => window.copied)) === "fn main() {\nlet n = 4; // four");
  await ada.page.locator(".sheaf-editor .code").first().click();
  await ada.presses("Control+Alt+l");
  await until("the keyboard to be in the bar", () => ada.page.evaluate(() => document.activeElement?.tagName === "SELECT"));
  await ada.presses("Escape");
  await ada.isInText();
  assert.deepEqual(ada.complaints, []);
  await ada.presses("Control+End", "Enter", "Enter", "Enter");
  await ada.page.getByRole("toolbar", { name: "This code" }).waitFor({ state: "detached" });
});

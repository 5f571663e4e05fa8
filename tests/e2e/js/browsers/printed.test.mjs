/** On paper stands the document, whole, and nothing of the window. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada", { colorScheme: "dark" });

/** Longer than what is mounted at first. */
const LINES = 400;

/** Stands in for the system's dialog: what is on the page when it opens stays until the test says that it closed. */
const dialog = () =>
  ada.page.evaluate(() => {
    window.prints = 0;
    window.print = () => (window.prints += 1);
  });

const shown = (selector) => ada.page.locator(selector).evaluateAll((found) => found.filter((one) => one.checkVisibility()).length);

story("Ctrl+P prints the whole document with its title, and only that", async () => {
  await ada.opens();
  const text = ["# Rye", "Cut **early**, see [the plan](https://example.org/plan).", "<script>alert(1)</script> is text.", "- one", "- two"];
  const many = Array.from({ length: LINES }, (_, number) => `Line ${number + 1}.`);
  await ada.node.command("new", "Harvest");
  const file = join(ada.node.home, "harvest.md");
  writeFileSync(file, [...text.slice(0, 3), text.slice(3).join("\n"), ...many].join("\n\n"));
  await ada.node.command("write", "Harvest", file);
  await ada.chooses("Harvest");
  await ada.sees("Cut early");
  await dialog();
  await ada.presses("Control+p");
  assert.equal(await ada.page.evaluate(() => window.prints), 1);

  await ada.page.emulateMedia({ media: "print" });
  assert.equal(await shown(".window"), 0, "nothing of the window");
  assert.equal(await shown(".printed"), 1);
  const printed = await ada.page.locator(".printed").evaluate((sheet) => ({
    title: sheet.querySelector(".printed-title").textContent,
    heading: sheet.querySelector("h1:not(.printed-title)").textContent,
    bold: sheet.querySelector("strong, b").textContent,
    link: sheet.querySelector("a").href,
    items: sheet.querySelectorAll("li").length,
    scripts: sheet.querySelectorAll("script").length,
    last: sheet.textContent.trimEnd().slice(-9),
    ink: getComputedStyle(sheet).color,
    paper: getComputedStyle(document.body).backgroundColor,
    bullet: getComputedStyle(sheet.querySelector("li")).listStyleType,
  }));
  assert.deepEqual(printed, {
    title: "Harvest",
    heading: "Rye",
    bold: "early",
    link: "https://example.org/plan",
    items: 2,
    scripts: 0,
    last: `Line ${LINES}.`,
    ink: "rgb(0, 0, 0)",
    paper: "rgb(255, 255, 255)",
    bullet: "disc",
  });
  const pdf = await ada.page.pdf({ preferCSSPageSize: true });
  const pages = pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0;
  assert.ok(pages > 5 && pages < 40, `${pages} pages`);

  await ada.page.emulateMedia({ media: "screen" });
  assert.equal(await shown(".printed"), 0, "never seen on the screen");
  await ada.page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await until("it to be taken away", async () => (await ada.page.locator(".printed").count()) === 0);
  assert.deepEqual(ada.complaints, []);
});

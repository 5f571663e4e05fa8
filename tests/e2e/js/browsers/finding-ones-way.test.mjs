/** Finding one's way in a long document: the outline, and what makes writing it easy. */
import assert from "node:assert/strict";

import { Person, agree, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });
/** The outline as it stands: depth and words, the section one is in with a star. */
const outline = (person) =>
  person.page.$$eval(".outline [role=treeitem]", (items) =>
    items.map((item) => `${item.getAttribute("aria-level")} ${item.textContent.trim()}${item.getAttribute("aria-current") === "location" ? "*" : ""}`),
  );

const outlines = (person, expected) => until(`${person.name}'s outline to be ${expected.join()}`, async () => (await outline(person)).join() === expected.join());

/** The line the caret is in. */
const caretLine = (person) =>
  person.page.evaluate(() => {
    const { focusNode } = getSelection();
    return (focusNode instanceof Element ? focusNode : focusNode?.parentElement)?.closest(".line")?.textContent;
  });

/** How far below the upper edge of what is seen a line stands. */
const fromTop = (person, words) =>
  person.page.evaluate((words) => {
    const line = [...document.querySelectorAll(".sheaf-editor .line")].find((line) => line.textContent === words);
    return line.getBoundingClientRect().top - document.querySelector(".canvas").getBoundingClientRect().top;
  }, words);

story("the outline follows what is written, here and elsewhere, says where one is, and takes one there with keys alone", async () => {
  await ada.opens();
  await ada.seesTitle("Welcome to Sheaf");
  await ada.begins("Almanac");
  await ada.presses("Control+Alt+o");
  await ada.reads("Add headings to see an outline.");
  await ada.presses("Escape");
  await ada.isInText();
  await ada.types("Before it all\n# Spring\nSow.\n### Oats\nEarly.\n## Rye\nLate.\n# Autumn\nReap.");
  await outlines(ada, ["1 Spring", "2 Oats", "2 Rye", "1 Autumn*"]);
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Almanac");
  await ben.sees("Reap.");
  await ben.clicks("Show the outline");
  await outlines(ben, ["1 Spring", "2 Oats", "2 Rye", "1 Autumn"]);

  await ada.presses("Control+Alt+o", "Control+Alt+o");
  await ada.page.waitForFunction(() => document.activeElement?.textContent.trim() === "Autumn");
  await ada.presses("ArrowUp", "ArrowLeft", "ArrowRight", "Enter");
  await ada.isInText();
  assert.equal(await caretLine(ada), "Oats");
  await ada.presses("End");
  await ada.types(" and barley");
  await outlines(ada, ["1 Spring", "2 Oats and barley*", "2 Rye", "1 Autumn"]);
  await outlines(ben, ["1 Spring", "2 Oats and barley", "2 Rye", "1 Autumn"]);
  await ada.presses("Control+Alt+0");
  await outlines(ben, ["1 Spring", "2 Rye", "1 Autumn"]);
  await ada.presses("Control+Home");
  await outlines(ada, ["1 Spring", "2 Rye", "1 Autumn"]);
  for (const person of [ada, ben]) assert.deepEqual(await person.hindrances("main, aside"), [], person.name);
  await agree(ada, ben);
});

story("in a long document the outline reaches what is not on the screen yet, and says what one has scrolled to", async () => {
  const lines = Array.from({ length: 3000 }, (_, nth) => (nth % 100 === 0 ? `## Part ${nth / 100}` : `Line ${nth}, and some words after it.`));
  await ada.begins("Long");
  await ada.page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/html", text);
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, lines.map((line) => (line.startsWith("## ") ? `<h2>${line.slice(3)}</h2>` : `<p>${line}</p>`)).join(""));
  await until("the outline to be there", async () => (await outline(ada)).length === 30);
  await ada.isTold("Saved on this device");
  await ada.page.reload();
  await until("the outline to be open still", async () => (await outline(ada)).length === 30);
  await ada.isInText();
  await ada.presses("Control+Home");
  await until("the first part to be the one", async () => (await outline(ada))[0] === "1 Part 0*");
  assert.ok((await ada.page.locator(".sheaf-editor .line").count()) < 2500, "not all of it is mounted");
  await ada.page.getByRole("treeitem", { name: "Part 28" }).click();
  await until("the caret to be there", async () => (await caretLine(ada)) === "Part 28");
  const top = await fromTop(ada, "Part 28");
  assert.ok(top >= -1 && top < 80, `Part 28 stands ${top} px below the upper edge`);
  await until("it to be the one", async () => (await outline(ada))[28] === "1 Part 28*");
  await ada.page.mouse.move(500, 400);
  await ada.page.mouse.wheel(0, -6000);
  await until("another one to be the one", async () => (await outline(ada)).some((words) => /Part 2[0-7]\*$/.test(words)));
  await ada.types("!");
  await until("the caret's section to be the one again", async () => (await outline(ada))[28] === "1 !Part 28*");
  assert.deepEqual(ada.complaints, []);
});

/** What a browser puts on the clipboard. */
const pastes = (person, html) =>
  person.page.evaluate((html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, html);

story("the selection's words are counted, its lines duplicated, copied as Markdown, and code is selected before everything", async () => {
  await ada.begins("Strengths");
  await ada.types("# Rye\nCut it **soon** and well.\n```let a = 1;\nlet b = 2;");
  await ada.presses("Control+a");
  await ada.page.locator(".status-count", { hasText: /^6 of 12 words$/ }).waitFor();
  await ada.presses("Control+a");
  await ada.page.locator(".status-count", { hasText: /^12 of 12 words$/ }).waitFor();
  await ada.presses("Control+Home", "Shift+ArrowDown", "Shift+End", "Control+Shift+c");
  await ada.hasCopied("# Rye\n\nCut it **soon** and well.");
  await ada.presses("Control+d");
  await ada.types("Gone");
  assert.deepEqual(await ada.lines(), ["Rye", "Cut it soon and well.", "Gone", "let a = 1;", "let b = 2;"], "the copy was selected");
  await ada.presses("Control+z", "Control+z", "Control+z");
  assert.deepEqual(await ada.lines(), ["Rye", "Cut it soon and well.", "let a = 1;", "let b = 2;"]);
});

story("a link says where it leads, to the mouse and to keys, and asks when its words name another address", async () => {
  await ada.begins("Links");
  await ada.page.evaluate(() => (window.open = (url) => (window.opened ??= []).push(url)));
  const opened = () => ada.page.evaluate(() => window.opened ?? []);
  const popover = ada.page.getByRole("dialog", { name: "Link" });
  await pastes(ada, '<p><a href="https://example.org/rye">the rye</a> or <a href="https://evil.example/">https://bank.example</a></p>');
  await ada.sees("the rye or https://bank.example");

  await ada.presses("Control+Home", "ArrowRight", "Alt+Enter");
  await popover.getByText("https://example.org/rye").waitFor();
  await ada.page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Open");
  assert.deepEqual(await ada.hindrances("main, aside"), []);
  await ada.presses("Tab", "Enter");
  await popover.waitFor({ state: "detached" });
  assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), "https://example.org/rye");
  await ada.isInText();
  await ada.presses("Alt+Enter");
  await ada.page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Open");
  await ada.presses("Enter");
  await until("it to be open", async () => (await opened()).join() === "https://example.org/rye");
  await ada.page.locator("a.link", { hasText: "the rye" }).click({ modifiers: ["Control"] });
  assert.equal((await opened()).length, 2);

  const link = ada.page.locator("a.link", { hasText: "bank" });
  const asks = async () => {
    await popover.getByRole("alert").waitFor();
    await popover.getByText("https://bank.example").waitFor();
    await popover.getByText("https://evil.example/").waitFor();
    await ada.page.waitForFunction(() => document.activeElement?.textContent === "Cancel");
  };
  await link.click({ modifiers: ["Control"] });
  await asks();
  await ada.presses("Enter");
  await popover.waitFor({ state: "detached" });
  await link.click();
  await popover.getByRole("button", { name: "Open" }).click();
  await asks();
  assert.equal((await opened()).length, 2, "nothing was opened before the answer");
  await ada.presses("Tab", "Enter");
  await until("it to be open now", async () => (await opened())[2] === "https://evil.example/");
  assert.deepEqual(ada.complaints, []);
});

story("what cannot be seen in an address is shown, and so is the host that it hides", async () => {
  await ada.begins("Hidden");
  await pastes(ada, '<p><a href="https://bank.example&#x40;evil.example/&#x202E;gpj">a picture</a></p>');
  await ada.sees("a picture");
  await ada.page.locator("a.link").click();
  const popover = ada.page.getByRole("dialog", { name: "Link" });
  await popover.getByRole("img", { name: "a hidden sign, U+202E" }).waitFor();
  await popover.getByText("Leads to evil.example").waitFor();
  await ada.presses("Escape");
  await popover.waitFor({ state: "detached" });
  await ada.isInText();
});

story("focus mode leaves only the text, and Esc gives back what was there, once nothing closer takes it", async () => {
  const around = () => ada.page.evaluate(() => [".sidebar", ".outline"].filter((part) => document.querySelector(part)).join());
  await ada.begins("Calm");
  assert.equal(await around(), ".sidebar,.outline");
  await ada.types("Only words.");
  await ada.presses("Control+.");
  await until("all else to be gone", async () => (await around()) === "");
  assert.deepEqual(await ada.hindrances("main, aside"), []);
  await ada.types("\n/");
  await ada.page.getByRole("listbox").waitFor();
  await ada.presses("Escape");
  await ada.page.getByRole("listbox").waitFor({ state: "detached" });
  assert.equal(await around(), "", "the menu took Esc");
  await ada.presses("Escape");
  await until("all to be back", async () => (await around()) === ".sidebar,.outline");
  await ada.types(" or not");
  await ada.sees("/ or not");
  await ada.clicks("Focus mode: only the text");
  await until("all else to be gone again", async () => (await around()) === "");
  await ada.presses("Control+.", "Control+.");
  await ada.clicks("Leave focus mode");
  await until("all to be back again", async () => (await around()) === ".sidebar,.outline");
  await ada.presses("Control+.", "Control+\\");
  await until("what was asked for to be there", async () => (await around()) === ".sidebar,.outline");
  assert.deepEqual(ada.complaints, []);
});

/** The lines that can be seen. */
async function seen(person) {
  const shown = await person.page.$$eval(".sheaf-editor > *", (lines) => lines.map((line) => line.getClientRects().length > 0));
  return (await person.lines()).filter((_, nth) => shown[nth]);
}

const sees = (person, expected) => until(`${person.name} to see only ${expected.join()}`, async () => (await seen(person)).join() === expected.join());

story("a folded heading hides what is below it here and nowhere else; keys pass over it, copies are whole, a jump unfolds it", async () => {
  const [whole, folded] = [
    ["Spring", "Sow.", "Oats", "Early.", "Autumn", "Reap."],
    ["Spring", "Autumn", "Reap."],
  ];
  await ada.chooses("Almanac");
  await ada.isInText();
  await ada.presses("Control+a", "Delete");
  await ada.types("# Spring\nSow.\n## Oats\nEarly.\n# Autumn\nReap.");
  await sees(ben, whole);

  // The caret is below Oats: that is folded, then Spring with all of it.
  await ada.presses("Control+Home", "ArrowDown", "ArrowDown", "ArrowDown", "Control+Shift+m");
  await sees(ada, ["Spring", "Sow.", "Oats", "Autumn", "Reap."]);
  assert.equal(await caretLine(ada), "Oats", "no caret stays where it cannot be seen");
  await ada.presses("Control+Home", "Control+Shift+m");
  await sees(ada, folded);
  assert.deepEqual(await seen(ben), whole);
  assert.deepEqual(await ada.hindrances("main, aside"), []);

  await ada.presses("ArrowDown");
  assert.equal(await caretLine(ada), "Autumn");
  await ada.types("x");
  await sees(ada, ["Spring", "xAutumn", "Reap."]);
  await ada.presses("Backspace", "ArrowUp", "End", "ArrowRight");
  assert.equal(await caretLine(ada), "Autumn");
  await sees(ada, folded);
  await ada.presses("ArrowLeft");
  assert.equal(await caretLine(ada), "Spring");
  await ada.types("time");
  await ben.sees("Springtime\nSow.");
  await sees(ada, ["Springtime", "Autumn", "Reap."]);
  await ada.presses("Control+a", "Control+Shift+c");
  await ada.hasCopied("# Springtime\n\nSow.\n\n## Oats\n\nEarly.\n\n# Autumn\n\nReap.");

  // What others write stays below; what would be joined unseen is shown first.
  await ben.page.getByText("Sow.").click();
  await ben.presses("End");
  await ben.types("\nAnd weed.");
  await ada.page.waitForFunction(() => document.querySelector(".sheaf-editor").textContent.includes("And weed."));
  await sees(ada, ["Springtime", "Autumn", "Reap."]);
  await ada.presses("Control+Home", "End", "Delete");
  await sees(ada, ["Springtime", "Sow.", "And weed.", "Oats", "Autumn", "Reap."]);
  await ada.page.getByRole("treeitem", { name: "Springtime" }).click();
  await ada.presses("Control+Shift+m");
  await sees(ada, ["Springtime", "Autumn", "Reap."]);
  await ada.page.getByRole("treeitem", { name: "Oats" }).click();
  await sees(ada, ["Springtime", "Sow.", "And weed.", "Oats", "Autumn", "Reap."]);
  await ada.types("Good ");
  await ben.sees("Good Oats\nEarly.");
  const heading = await ada.page.locator(".heading", { hasText: "Springtime" }).boundingBox();
  // The first heading has nothing above its words but its row: the square of 24 pixels is pressed at its corner.
  await ada.page.mouse.click(heading.x - 26, heading.y + 9);
  await ada.page.getByRole("status").filter({ hasText: "Hidden below Springtime" }).waitFor({ state: "attached" });
  await sees(ada, ["Springtime", "Autumn", "Reap."]);
  await ada.presses("Control+Home", "End", "Enter");
  await ada.types("Soon.");
  await sees(ada, ["Springtime", "Soon.", "Sow.", "And weed.", "Good Oats", "Autumn", "Reap."]);
  await agree(ada, ben);
  assert.deepEqual(ada.complaints, []);
});

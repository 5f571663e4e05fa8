/** One person, one page, no network: the library, the text, the menus, the clipboard, the keyboard. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");

/** The kinds of the lines on the screen: tag and classes. */
const kinds = () => ada.page.$$eval(".sheaf-editor > *", (lines) => lines.map((line) => `${line.tagName.toLowerCase()}.${line.className}`));

/** What a word processor or a browser puts on the clipboard. */
const paste = (html) =>
  ada.page.evaluate((html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "never used");
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, html);

/** The text as the core has it, over the command line. */
const markdown = (title) => ada.node.command("show", title);

story("the first run makes one short document that can be written in at once", async () => {
  await ada.opens();
  await ada.seesTitle("Welcome to Sheaf");
  assert.deepEqual(await ada.library(), ["Welcome to Sheaf"]);
  await ada.writes(" I was here.");
  await ada.sees("before you share. I was here.");
  await ada.isTold("Saved on this device");
  await ada.page.reload();
  await ada.sees("before you share. I was here.");
  assert.deepEqual(await ada.library(), ["Welcome to Sheaf"], "the welcome is made once");
});

story("a document is begun, written, renamed, duplicated, thrown away and brought back", async () => {
  await ada.begins("Harvest");
  await ada.types("We cut the rye on Monday.");
  await ada.reads("Saved on this device");
  await until("the disk to have it", async () => (await markdown("Harvest")).includes("We cut the rye on Monday."));
  await ada.page.locator("nav [data-row]", { hasText: "Harvest" }).focus();
  await ada.presses("F2");
  await ada.page.locator("input.rename").fill("Rye");
  await ada.presses("Enter");
  await ada.seesTitle("Rye");
  await ada.clicks("Actions for Rye");
  await ada.clicks("Duplicate", "menuitem");
  await until("the copy to be open", async () => (await ada.library()).length === 3 && (await ada.lines())[0] === "We cut the rye on Monday.");
  const copy = await ada.page.inputValue("textarea.title");
  assert.notEqual(copy, "Rye", "a copy says that it is one");
  await ada.clicks(`Actions for ${copy}`);
  await ada.clicks("Move to trash", "menuitem");
  await ada.reads(`“${copy}” is in the trash.`);
  await until("it to be gone from the list", async () => !(await ada.library()).includes(copy));
  await ada.clicks("Undo");
  await until("it to be back", async () => (await ada.library()).includes(copy));
  await ada.page.locator("nav [data-row]", { hasText: copy }).focus();
  await ada.presses("Delete");
  await until("it to be gone again", async () => !(await ada.library()).includes(copy));
  await ada.clicks("Trash");
  await ada.clicks(`Actions for ${copy}`);
  await ada.clicks("Restore", "menuitem");
  await ada.clicks("Back to the documents");
  await until("it to be back from the trash", async () => (await ada.library()).includes(copy));
});

story("what was done in a document is undone after a visit to another one, and what came into it meanwhile stays", async () => {
  await ada.begins("Visited");
  await ada.types("rye");
  await ada.presses("Enter");
  await ada.types("oats");
  await ada.begins("In between");
  await ada.types("elsewhere");
  await ada.hasSaved("Visited", (text) => text.includes("oats"));
  const file = join(ada.node.home, "visited.md");
  writeFileSync(file, "# Before\n\nwinter rye\n\noats\n");
  await ada.node.command("write", "Visited", file);
  await ada.chooses("Visited");
  await ada.isInText();
  const says = (what, ...lines) => until(what, async () => (await ada.lines()).join("|") === lines.join("|"));
  await says("the file's words", "Before", "winter rye", "oats");
  await ada.presses("Control+z");
  await says("the last words to be gone", "Before", "winter rye", "");
  await ada.presses("Control+Shift+z");
  await says("them to be back", "Before", "winter rye", "oats");
  await ada.presses("Control+z", "Control+z", "Control+z", "Control+z");
  await until("all of mine to be gone", async () => !/oats|rye/.test((await ada.lines()).join("|")));
  assert.match((await ada.lines()).join("|"), /^Before\|winter ?/);
  await ada.chooses("In between");
  await ada.isInText();
  await ada.presses("Control+z");
  await until("this one's to be gone, too", async () => (await ada.lines()).join("") === "");
});

story("the insert menu filters, inserts, and leaves the text on Escape", async () => {
  await ada.begins("Menu");
  await ada.types("/head");
  await ada.page.getByRole("listbox").waitFor();
  const offered = await ada.page.getByRole("option").allInnerTexts();
  assert.ok(offered.length > 0 && offered.every((words) => words.startsWith("Heading")), `offered ${offered}`);
  await ada.presses("ArrowDown", "Enter");
  await ada.types("Second\nplain /no such block");
  await ada.presses("Escape");
  await ada.page.getByRole("listbox").waitFor({ state: "detached" });
  assert.deepEqual(await ada.lines(), ["Second", "plain /no such block"]);
  assert.match((await kinds())[0], /^h2/);
});

story("the toolbar comes after the mouse, marks words, and a link refuses what is no web or mail address", async () => {
  await ada.begins("Marks");
  await ada.types("bold here");
  await ada.page.locator(".sheaf-editor > *").first().dblclick({ position: { x: 10, y: 10 } });
  const toolbar = ada.page.getByRole("toolbar");
  await toolbar.getByRole("button", { name: "Bold" }).click();
  await until("the word to be bold", async () => (await ada.page.locator(".sheaf-editor strong").allInnerTexts()).join() === "bold");
  await toolbar.getByRole("button", { name: "Link" }).click();
  await ada.page.getByLabel("Address", { exact: true }).fill("javascript:alert(1)");
  await ada.presses("Enter");
  await ada.reads("Only web and mail addresses can be links.");
  assert.equal(await ada.page.locator(".sheaf-editor a").count(), 0);
  await ada.page.getByLabel("Address", { exact: true }).fill("https://example.org/rye");
  await ada.presses("Enter");
  await until("the link to be in the text", async () => (await markdown("Marks")).includes("https://example.org/rye"));
  // The button asks for a link that is there with the address that it has.
  await ada.page.locator(".sheaf-editor > *").first().dblclick({ position: { x: 10, y: 10 } });
  await toolbar.getByRole("button", { name: "Link" }).click();
  assert.equal(await ada.page.getByLabel("Address", { exact: true }).inputValue(), "https://example.org/rye");
  await ada.presses("Escape", "End");
  await ada.page.locator(".sheaf-editor a").click();
  await ada.page.getByRole("dialog", { name: "Link" }).getByText("https://example.org/rye").waitFor();
  await ada.clicks("Remove the link");
  await until("the link to be gone", async () => (await markdown("Marks")).trim() === "**bold** here");
});

story("keys that ask for the toolbar go on in it, and Escape goes back to the selected words", async () => {
  await ada.begins("Keys");
  await ada.types("bold here");
  await ada.presses("Control+a", "Control+Alt+b");
  const focused = () => ada.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await until("the keys to be in the toolbar", async () => (await focused()) === "Bold");
  await ada.presses("ArrowRight");
  assert.equal(await focused(), "Italic");
  await ada.presses("ArrowLeft", "ArrowLeft", "Home", "Enter");
  await until("the words to be bold", async () => (await markdown("Keys")).trim() === "**bold here**");
  await ada.presses("Escape");
  await ada.page.getByRole("toolbar").waitFor({ state: "detached" });
  await ada.isInText();
  await ada.types("gone");
  await until("the selection to be written over", async () => (await markdown("Keys")).trim() === "**gone**");
});

story("what is pasted from Word and from the web keeps its meaning and brings nothing else", async () => {
  await ada.begins("Paste");
  await paste(`<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment-->
    <h1 style="font-family:Calibri"><span style="color:#2F5496">Report<o:p></o:p></span></h1>
    <p class="MsoNormal"><b><span style="font-size:14pt">Bold</span></b> and <i>slanted</i> words<o:p></o:p></p>
    <!--EndFragment--></body></html>`);
  await ada.sees("words");
  await ada.presses("Control+End", "Enter");
  await paste(`<meta charset="utf-8"><script>alert(1)</script><img src="x" onerror="alert(1)"><h2 onclick="alert(1)">News</h2><ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>
    <p><a href="javascript:alert(1)">bad</a> <a href="https://example.org/">good</a></p><iframe src="https://example.org"></iframe><pre><code>let a = 1;</code></pre>`);
  await ada.sees("let a = 1;");
  await until("the disk to have it", async () => (await markdown("Paste")).includes("let a = 1;"));
  const text = await markdown("Paste");
  for (const kept of ["# Report", "**Bold** and *slanted* words", "## News", "- one", "- two", "deep", "[good](https://example.org/)"]) {
    assert.ok(text.includes(kept), `${kept} is missing from:\n${text}`);
  }
  assert.doesNotMatch(text, /javascript|alert|iframe|Mso|color|Calibri|never used/);
  assert.equal(await ada.page.locator(".sheaf-editor :is(script, iframe, [onclick], [onerror], [style*=color])").count(), 0);
});

story("Markdown that was pasted as it is becomes what it means when that is asked for, as one step", async () => {
  await ada.begins("Notes from elsewhere");
  await ada.page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "# Seeds\n\n- rye\n- **oats**\n");
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await ada.sees("# Seeds");
  await ada.clicks("Format as Markdown");
  await until("the disk to have a heading", async () => (await markdown("Notes from elsewhere")).trim() === "# Seeds\n\n- rye\n- **oats**");
  await ada.presses("Control+z");
  await ada.sees("# Seeds");
});

story("a table in pasted Markdown becomes a real one when that is asked for, and is copied as Markdown again", async () => {
  await ada.begins("Table from elsewhere");
  const table = "| Field | Crop \\| kind | Sum |\n| --- | :-: | --: |\n| East | **rye**<br>late | 12 |\n| West |  | 7 |";
  await ada.page.evaluate((table) => {
    const data = new DataTransfer();
    data.setData("text/plain", `The harvest:\n\n${table}\n`);
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, table);
  await ada.sees("| Field |");
  await ada.clicks("Format as Markdown");
  await ada.page.locator(".sheaf-editor .cell.head", { hasText: "Crop | kind" }).waitFor();
  assert.equal(await ada.page.locator(".sheaf-editor .cell").count(), 9);
  assert.equal(await ada.page.locator(".sheaf-editor .cell", { hasText: "12" }).evaluate((cell) => getComputedStyle(cell).textAlign), "right");
  await until("the disk to have the table", async () => (await markdown("Table from elsewhere")).trim() === `The harvest:\n\n${table}`);
  await ada.isInText();
  await ada.presses("Control+a", "Control+Shift+c");
  await ada.hasCopied(`The harvest:\n\n${table}`);
  await ada.picture("table-from-markdown-light");
});

/** Blocks beyond words, against the real engine and under the page's own policy: callouts, formulas, diagrams, footnotes, the width of the page. */
import assert from "node:assert/strict";
import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");

const newline = (block) => ({ insert: "\n", attributes: { line: "x", ...(block && { block }) } });

/** A text with all of them, as another page of Sheaf would have copied it. */
const BODY = [
  { insert: { toc: true } },
  newline(),
  { insert: "Rye" },
  newline("h1"),
  { insert: "Mind the scythe." },
  newline("p call=warning q=1"),
  { insert: "Mass " },
  { insert: { formula: "E=mc^2" } },
  { insert: " holds" },
  { insert: { footnote: "n1" } },
  newline(),
  { insert: "\\frac{a}{b}" },
  newline("code lang=math"),
  { insert: "graph TD" },
  newline("code lang=mermaid"),
  { insert: "A[Sow] --> B[Reap]" },
  newline("code lang=mermaid"),
  { insert: "As far as one knows." },
  newline("p note=n1"),
];

story("every block is shown, and drawn without a complaint of the page's policy", async () => {
  await ada.opens();
  await ada.begins("Blocks");
  const editor = ada.page.locator(".sheaf-editor");
  await editor.evaluate((text, ops) => {
    const copied = document.createElement("div");
    copied.dataset.sheaf = JSON.stringify({ ops });
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", copied.outerHTML);
    text.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, BODY);
  await ada.sees("Mind the scythe.");
  assert.equal(await editor.locator(".callout[data-callout=warning]").count(), 1);
  await editor.locator(".formula .katex-html").waitFor();
  await editor.locator(".formula-picture .katex-display").waitFor();
  await until("the diagram", () => editor.locator(".diagram-picture img").evaluateAll((all) => all.some((one) => one.naturalWidth > 20)));
  assert.equal(await editor.locator(".footnote").innerText(), "1");
  assert.deepEqual(await editor.locator(".contents-entry").allInnerTexts(), ["Rye"]);
  const fonts = () => ada.page.evaluate(() => [...document.fonts].some((font) => font.family === "KaTeX_Main" && font.status === "loaded"));
  await until("the formulas' own font", fonts);
  assert.deepEqual(ada.complaints, []);
  for (const colorScheme of ["light", "dark"]) {
    await ada.page.emulateMedia({ colorScheme });
    await until("the diagram", () => editor.locator(".diagram-picture img").evaluateAll((all) => all.some((one) => one.naturalWidth > 20)));
    assert.deepEqual(await ada.hindrances(), [], colorScheme);
    await ada.picture(`blocks-${colorScheme}`);
  }
  await ada.page.setViewportSize({ width: 320, height: 800 });
  const over = () => ada.page.locator(".canvas").evaluate((canvas) => canvas.scrollWidth - canvas.clientWidth);
  assert.ok((await over()) <= 0, `wider than the page by ${await over()} px`);
  await ada.page.setViewportSize({ width: 1280, height: 860 });
  await ada.page.emulateMedia({ colorScheme: "light" });
});

story("on paper stand the pictures and not their sources, the footnote's number at both ends, and the headings listed", async () => {
  await ada.page.evaluate(() => {
    window.prints = 0;
    window.print = () => (window.prints += 1);
  });
  await ada.presses("Control+p");
  await until("the dialog", () => ada.page.evaluate(() => window.prints === 1));
  const printed = await ada.page.locator(".printed").evaluate((sheet) => ({
    formulas: sheet.querySelectorAll(".katex").length,
    diagrams: [...sheet.querySelectorAll("figure img")].filter((image) => image.naturalWidth > 20).length,
    sources: sheet.querySelectorAll("pre").length,
    numbers: [...sheet.querySelectorAll("sup")].map((sup) => sup.textContent),
    title: sheet.querySelector(".callout-title").textContent,
    contents: sheet.querySelector(".contents").textContent,
  }));
  assert.deepEqual(printed, { formulas: 2, diagrams: 1, sources: 0, numbers: ["1", "1"], title: "Warning", contents: "Rye" });
  await ada.page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
});

story("printing stands in a document's menu with its key, and a document that is not open is opened for it", async () => {
  const prints = async (title, times) => {
    await ada.page.getByRole("button", { name: `Actions for ${title}` }).click();
    const item = ada.page.getByRole("menuitem", { name: "Print" });
    assert.match(await item.innerText(), /Ctrl\+P/u);
    await item.click();
    await until("the dialog", () => ada.page.evaluate((times) => window.prints === times, times));
    assert.equal(await ada.page.locator(".printed-title").innerText(), title);
    await ada.page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  };
  await prints("Blocks", 2);
  await prints("Welcome to Sheaf", 3);
  await ada.chooses("Blocks");
});

story("a page is made wide in its menu, narrow in the settings, and stays so for this document alone", async () => {
  const width = () => ada.page.locator(".sheaf-editor").evaluate((text) => Math.round(text.getBoundingClientRect().width));
  assert.equal(await width(), 680);
  await ada.page.getByRole("button", { name: "Actions for Blocks" }).click();
  await ada.page.getByRole("menuitemradio", { name: "Wide" }).click();
  await until("a wide page", async () => (await width()) > 680);
  await ada.presses("Control+,");
  await ada.page.getByLabel("Width of the page").selectOption("narrow");
  await ada.leavesDialog();
  await until("a narrow page", async () => (await width()) === 520);
  await ada.page.reload();
  await ada.sees("Mind the scythe.");
  assert.equal(await width(), 520);
  await ada.begins("Other");
  await until("a normal page", async () => (await width()) === 680);
  assert.deepEqual(ada.complaints, []);
});

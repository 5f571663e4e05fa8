/**
 * Words of others that are no mere words: a name and a title with markup and with signs that cannot be seen, a colour that is a style, hostile HTML pasted into the
 * real page. Nothing runs, nothing is loaded from elsewhere, and whoever reads a name or a title sees all of it. (Hundreds more in both engines: ui/tests/safe.)
 */
import assert from "node:assert/strict";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben");

/** Turns what follows around, is not seen, ends an attribute, begins an element. */
const markup = (token) => `"><img src=x onerror=canary('${token}')>`;
const NAME = `Ada\u202Eneb\u200B${markup("name")}`;
const TITLE = `Plan\u202Efdp.exe\u2066\u200D${markup("title")}`;
const SHOWN = { name: `Ada[U+202E]neb[U+200B]${markup("name")}`, title: `Plan[U+202E]fdp.exe[U+2066][U+200D]${markup("title")}` };
/** A layer of a background that would be asked for. */
const COLOUR = "x,url(http://127.0.0.1:9/c)";

/** Watches over a page: what sings, and what is asked of anybody but its own node. */
async function isWatched(person) {
  person.foreign = [];
  person.page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(person.node.url).origin && !request.url().startsWith("data:")) person.foreign.push(request.url());
  });
  await person.page.evaluate(() => Object.assign(globalThis, { songs: [], canary: (token) => globalThis.songs.push(token) }));
}

async function nothingHappened(person) {
  assert.deepEqual(person.foreign, []);
  assert.deepEqual(await person.page.evaluate(() => globalThis.songs), []);
  // Of a document without a window, too, Chromium says what the Content Security Policy would refuse in it.
  assert.deepEqual(person.complaints.filter((words) => !words.startsWith("Executing inline event handler violates")), []);
}

/** Where in the page a sign stands that nobody sees; but for the text, and the title where it is written (whose size its shadow measures). */
function hiding() {
  const UNSEEN = /[\u00AD\u061C\u200B\u200D-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element.closest(".sheaf-editor, textarea, .shadow") && !element.closest(".peer-caret")) continue;
    if (node.nodeType === 3 && UNSEEN.test(node.nodeValue)) found.push(node.nodeValue);
    else if (node.nodeType === 1) found.push(...[...node.attributes].filter(({ value }) => UNSEEN.test(value)).map(({ name, value }) => `${name}=${value}`));
  }
  return found;
}

const hidesNothing = async (person, where) => assert.deepEqual(await person.page.evaluate(hiding), [], where);

/** The window's title, what is written on a part, or its `title`. */
const shows = (person, words) =>
  until(`${person.name} to see ${words}`, () =>
    person.page.evaluate((words) => document.body.innerText.includes(words) || document.title.includes(words), words),
  );

story("a name and a title that hide something show it wherever they stand", async () => {
  await ada.opens();
  await isWatched(ada);
  await ada.clicks("New document");
  await ada.page.waitForFunction(() => document.activeElement?.matches("textarea.title"));
  await ada.page.keyboard.insertText(TITLE);
  await ada.presses("Enter");
  ada.name = NAME;
  const ticket = await ada.shares();
  await ada.writes("A line.");
  await ben.opens();
  await isWatched(ben);
  await ben.clicks("Join with an invitation");
  await ben.page.locator("[role=dialog] textarea").fill(ticket);
  await ben.clicks("Continue");
  await ben.page.locator(".invitation").waitFor();
  await hidesNothing(ben, "the preview of an invitation");
  await ben.writesName();
  await ben.clicks("Join");
  await ben.sees("A line.");
  await shows(ben, SHOWN.title);
  assert.ok((await ben.page.title()).startsWith(SHOWN.title));
  await ada.writes(" More.");
  await ben.seesCursorOf(SHOWN.name);
  await ben.page.locator(`header .people button[title*="U+202E"]`).waitFor();
  await hidesNothing(ben, "the document, its people, the library");
  await ben.clicks("Share");
  await ben.page.getByRole("dialog").getByRole("listitem").first().waitFor();
  await shows(ben, SHOWN.name);
  await hidesNothing(ben, "share");
  await ben.leavesDialog();
  await ben.page.locator(".status-facts").click();
  await ben.page.getByRole("dialog").waitFor();
  await hidesNothing(ben, "who has what");
  await ben.presses("Escape");
  await ben.page.locator("nav .row-menu").first().click();
  await ben.page.getByRole("menuitem", { name: "Move to trash" }).click();
  await ben.page.locator(".toast").waitFor();
  await hidesNothing(ben, "a toast");
  await nothingHappened(ada);
  await nothingHappened(ben);
});

story("a colour is one of ours, whatever a peer says it is", async () => {
  await ada.page.routeWebSocket(/./, (page) => {
    const node = page.connectToServer();
    node.onMessage((message) => page.send(String(message).replaceAll(/"colour":"\w*"/g, `"colour":"${COLOUR}"`)));
  });
  await ada.page.goto("about:blank");
  await ada.page.goto(ada.node.url);
  await isWatched(ada);
  await ada.page.locator("nav [data-row]", { hasText: "fdp.exe" }).first().click();
  await ada.clicks("Share");
  await ada.page.getByRole("dialog").getByRole("listitem").first().waitFor();
  const backgrounds = await ada.page.evaluate(() => [...document.querySelectorAll("[role=dialog] .avatar")].map((avatar) => getComputedStyle(avatar).backgroundImage));
  assert.ok(backgrounds.length > 0 && backgrounds.every((image) => image === "none"), backgrounds.join());
  await ada.leavesDialog();
  await nothingHappened(ada);
});

const PASTED = [
  `<script>canary('a')</script>`,
  `<img src=x onerror="canary('b')">`,
  `<svg onload="canary('c')"><a href="javascript:canary('d')"><text y=9>words</text></a></svg>`,
  `<iframe srcdoc="<script>parent.canary('e')</script>"></iframe>`,
  `<a href="java\tscript:canary('f')">words</a> <a href="data:text/html,x">words</a>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=canary('g')&gt;">`,
  `<img src="http://127.0.0.1:9/pixel"><link rel=stylesheet href="http://127.0.0.1:9/style"><p style="background:url(http://127.0.0.1:9/p)">words</p>`,
  `<form name=body id=body action="http://127.0.0.1:9/"><input name=childNodes><button autofocus formaction="javascript:canary('h')">words</button></form>`,
  `<div data-sheaf='{"ops":[{"insert":"words","attributes":{"link":"javascript:canary(1)","__proto__":{"canary":1}}},{"insert":{"source":{"toString":1}}},{"insert":"\\n"}]}'></div>`,
];

story("hostile HTML pasted into the real page does nothing, and the text goes on", async () => {
  for (const html of PASTED) {
    await ada.page.focus(".sheaf-editor");
    await ada.presses("Control+End");
    await ada.page.evaluate((html) => {
      const data = new DataTransfer();
      data.setData("text/html", html);
      document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, html);
  }
  await ada.writes("\nAfter all of it.");
  await ada.sees("After all of it.");
  await ada.hasSaved(TITLE, (text) => text.includes("After all of it."));
  const strangers = "script, iframe, form, input, svg, math, link, style, img:not(.ProseMirror-separator), [onerror], [onload], [id], [name], a:not([href^=http])";
  assert.equal(await ada.page.locator(".sheaf-editor").locator(strangers).count(), 0);
  await nothingHappened(ada);
});

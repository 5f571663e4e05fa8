/**
 * Every screen that there is, opened one after the other, and what can be wrong with one. Told in terms of hands, so that Chromium and the real window
 * go the same way. Knows no words, so that it goes in any language.
 *
 * Hands: `press(selector)`, `sees(selector, nth?)`, `leaves(selector)` (waits until none is there), `keys(...names)`, `fills(selector, text)`,
 * `closesToast()` (also one that went by itself), `value(selector)`, `library(shown)`, `choosesWords()` (with the pointer, in the first line), `writes(text)`.
 */

const DIALOG = "[role=dialog]";

export async function everyScreen(hands, look) {
  await theLibrary(hands, look);
  await invitations(hands, look);
  await overTheText(hands, look);
}

async function closes(hands) {
  await hands.keys("Escape");
  await hands.leaves(DIALOG);
}

async function theLibrary(hands, look) {
  await hands.library(false);
  await look("the document, a review and rescued words");
  await hands.press(".review .button");
  await hands.sees(".paragraphs");
  await look("the review, open");
  await hands.press(".review .button");

  await hands.library(true);
  await look("the library");
  await hands.press("nav .row-menu");
  await hands.sees("[role=menu]");
  await look("a document's menu");
  await hands.keys("Escape");
  await hands.leaves("[role=menu]");
  await hands.press("nav footer .entry");
  await look("the trash");
  await hands.press("nav .entry");
  await hands.library(false);
}

async function invitations(hands, look) {
  await hands.press("header .primary");
  await hands.sees(`${DIALOG} li`);
  await look("share");
  await hands.press(`${DIALOG} .primary`);
  await hands.sees(`${DIALOG} textarea`);
  const ticket = await hands.value(`${DIALOG} textarea`);
  await look("share with an invitation");
  await closes(hands);

  await hands.library(true);
  await hands.press("nav .entry");
  await hands.sees(`${DIALOG} textarea`);
  await look("join");
  await hands.fills(`${DIALOG} textarea`, "sheafzzz");
  await hands.press(`${DIALOG} .primary`);
  await hands.sees(`${DIALOG} [role=alert]`);
  await look("join with something else");
  await hands.fills(`${DIALOG} textarea`, ticket);
  await hands.press(`${DIALOG} .primary`);
  await hands.sees(`${DIALOG} .invitation`);
  await look("join, the preview");
  await closes(hands);
  await hands.library(false);

  await hands.keys("Control+,");
  await hands.sees(`${DIALOG} dl`);
  await look("settings");
  await closes(hands);

  await hands.press(".status-facts");
  await hands.press(`${DIALOG} .connection .link`);
  await hands.sees(`${DIALOG} .connection li`);
  await hands.press(`${DIALOG} .disclosure`);
  await hands.sees("#status-details");
  await look("who has what");
  await closes(hands);
}

async function overTheText(hands, look) {
  await hands.choosesWords();
  await hands.sees("[role=toolbar]");
  await look("the toolbar");
  await hands.keys("Control+k");
  await hands.sees(`${DIALOG} input`);
  await look("a link's address");
  await hands.keys("Escape");
  await hands.keys("Control+Alt+w");
  await hands.sees(`${DIALOG} li`);
  await look("who has a paragraph");
  await hands.keys("Escape");
  await hands.keys("Control+Home", "Escape", "Enter");
  await hands.sees("[role=menu]");
  await look("a block's menu, and the block chosen");
  await hands.keys("ArrowRight");
  await hands.sees("[role=menu]", 1);
  await look("what a block can become");
  await hands.keys("Escape", "Escape", "Escape");
  await hands.press(".status-count");
  await hands.sees(DIALOG);
  await look("how long the text is");
  await closes(hands);
  await hands.keys("F1");
  await hands.sees(`${DIALOG} kbd`);
  await look("every shortcut");
  await closes(hands);
  await hands.writes("\n/");
  await hands.sees("[role=listbox]");
  await look("the insert menu");
  await hands.keys("Escape", "Backspace", "Backspace", "Control+s");
  await hands.sees(".toast");
  await look("a toast");
  await hands.closesToast();
}

/**
 * What is wrong with the size and place of what is on top: something is cut off or stands out of the window, a control is too small or lies under
 * something else. Titles and addresses that people wrote may end in an ellipsis; they stand in full elsewhere. Runs in the page.
 */
export function flaws() {
  const CONTROLS = "button, input, select, textarea, [role=option], [role=menuitem], .sheaf-editor .check";
  const MAY_BE_LONG = "nav .title, header .title, .owner, .address, .person, .visually-hidden, .sheaf-editor, .shadow";
  const LEAST = 24;
  const found = [];
  const name = (element) => `<${element.tagName.toLowerCase()} class="${element.className}"> ${(element.innerText || element.ariaLabel || "").slice(0, 40)}`;
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide`);
  const top = [...document.querySelectorAll("[role=dialog], [role=menu], [role=listbox], [role=toolbar], .toast")].at(-1) ?? document.body;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, [aria-hidden=true], [inert]");
  for (const element of [top, ...top.querySelectorAll("*")]) {
    if (!seen(element) || element.matches(MAY_BE_LONG) || element.closest(".sheaf-editor")) continue;
    const { overflowX } = getComputedStyle(element);
    if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) found.push(`cut off: ${name(element)}`);
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && (left < -1 || right > innerWidth + 1) && !element.closest("svg")) found.push(`out of the window: ${name(element)}`);
  }
  // What may end in an ellipsis has to begin all the same.
  for (const long of top.querySelectorAll(MAY_BE_LONG)) {
    if (seen(long) && long.scrollWidth > long.clientWidth && long.clientWidth < 48) found.push(`nothing left of: ${name(long)}`);
  }
  for (const label of top.querySelectorAll("label, .button")) {
    if (seen(label) && label.innerText.trim() && label.scrollHeight > label.clientHeight + 1 && label.clientHeight > 0) found.push(`too low for its words: ${name(label)}`);
  }
  for (const control of top.querySelectorAll(CONTROLS)) {
    if (!seen(control) || control.disabled) continue;
    // A press on its label is a press on it.
    const target = control.matches("[type=radio], [type=checkbox]") ? control.closest("label") : control;
    target.scrollIntoView({ block: "nearest" });
    const { left, top: upper, width, height } = target.getBoundingClientRect();
    if (width < LEAST - 0.5 || height < LEAST - 0.5) found.push(`${Math.round(width)} by ${Math.round(height)}: ${name(target)}`);
    const hit = document.elementFromPoint(left + width / 2, upper + height / 2);
    if (!hit || !(target.contains(hit) || hit.contains(target))) found.push(`lies under ${hit ? name(hit) : "nothing"}: ${name(target)}`);
  }
  return [...new Set(found)];
}

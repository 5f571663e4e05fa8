/**
 * Replays a step of an input method in a page whose engine has no door for it: the events in WebKitGTK's order and the changes of the text that it makes
 * between them. What a real input method does there is in the suite already, with GTK's own (Driver.compose).
 */
import type { Driver, ImeStep } from "../drive/driver.ts";

/** In the page: holds the text node and the range under composition between two steps. */
const STEP = `
  const root = document.querySelector("#a .sheaf-editor");
  const say = (type, name, data, inputType) => {
    const init = { bubbles: true, cancelable: type === "beforeinput", data, inputType, isComposing: true };
    root.dispatchEvent(name === "input" ? new InputEvent(type, init) : new CompositionEvent(type, init));
  };
  const put = (text, caret) => {
    const selection = getSelection();
    if (!window.ime) {
      let { anchorNode: node, anchorOffset: at } = selection;
      if (node.nodeType !== 3) {
        const made = document.createTextNode("");
        node.insertBefore(made, node.childNodes[at] ?? null);
        [node, at] = [made, 0];
      }
      window.ime = { node, at, length: 0 };
    }
    const { node, at, length } = window.ime;
    node.replaceData(at, length, text);
    window.ime.length = text.length;
    selection.collapse(node, at + caret);
  };`;

/** Takes a step. One that leaves nothing ends the composition, as if it were given up. */
export async function step(driver: Driver, one: ImeStep): Promise<void> {
  if (driver.ime !== undefined) return driver.ime(one);
  const [text, caret, isLast] =
    "commit" in one ? [one.commit, one.commit.length, true] : [one.preedit, one.caret ?? one.preedit.length, one.preedit === ""];
  await driver.evaluate(`${STEP}
    const text = ${JSON.stringify(text)};
    if (!window.ime) say("compositionstart", "composition", "");
    say("compositionupdate", "composition", text);
    say("beforeinput", "input", text, ${isLast} ? "insertFromComposition" : "insertCompositionText");
    put(text, ${caret});
    say("input", "input", text, ${isLast} ? "insertFromComposition" : "insertCompositionText");
    if (${isLast}) {
      window.ime = undefined;
      say("compositionend", "composition", text);
    }
    await new Promise((done) => setTimeout(done, 20));`);
}

/**
 * Takes the picture in the README: one document, two real windows, nothing staged but the words.
 *
 * dbus-run-session -- xvfb-run -a -s "-screen 0 1600x1000x24" node tests/e2e/js/windows/picture.mjs
 */
import { resolve } from "node:path";

import { KEY } from "./driver.mjs";
import { Person } from "./person.mjs";

const PICTURE = resolve(import.meta.dirname, "../../../../docs/window.png");

const ada = new Person("Ada");
const ben = new Person("Ben");
try {
  await ada.opens();
  await ada.begins("Harvest plan");
  await ada.window.type("Every device holds the whole document. What you type is on your own disk before anything else happens.");
  await ada.window.type(`${KEY.enter}## Before the rain${KEY.enter}`);
  await ada.window.type(`[] Cut the rye on Monday${KEY.enter}Borrow the second cart${KEY.enter}Ask Cleo about the barn${KEY.enter}${KEY.enter}`);
  await ada.window.type(`> Sheaves stand in the field until they ring dry.${KEY.enter}${KEY.enter}`);
  await ada.window.type(`We bind in **pairs**: one gathers, one ties. `);
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest plan");
  await ben.sees("one gathers, one ties.");
  await ben.writes("Ben brings the twine");
  await ada.sees("Ben brings the twine");
  await ada.seesCursorOf("Ben");
  await ada.reads("Up to date with Ben");
  // A name flies beside a caret only while it moves.
  await ben.window.type(".");
  await ada.sees("the twine.");
  await ada.window.screenshot(PICTURE);
  console.log(PICTURE);
} catch (error) {
  await ada.picture("picture-ada");
  await ben.picture("picture-ben");
  throw error;
} finally {
  await ada.closes().catch(() => {});
  await ben.closes().catch(() => {});
  ada.forgets();
  ben.forgets();
}

/**
 * The smallest story: an app starts on an empty profile and shows its page. Used on the installed package.
 *
 * node starts.mjs BINARY HOME
 */
import { Window, until } from "./driver.mjs";

const [binary, home] = process.argv.slice(2);
const began = Date.now();
const window = await Window.open({ binary, args: ["--home", home] });
try {
  await until("the page to draw something", () => window.run("return document.querySelector('#app')?.childElementCount > 0"));
  await until("a button that begins a document", () => window.run("return document.querySelector('button[aria-label=\"New document\"]') !== null"));
  console.log(`the page is there after ${Date.now() - began} ms`);
} finally {
  await window.close();
}

/**
 * Puts a document on paper. What is printed is made for it and taken away afterwards: the window's own text is mounted in parts, and has
 * carets and menus in it.
 */
import "./print.css";

import { type Editor, hasPictures, illustrate } from "../../editor/index.ts";

/** Asks the system to print the open document. */
export async function printDocument(title: string, language: string, editor: Editor): Promise<void> {
  document.querySelector(".printed")?.remove();
  const sheet = document.createElement("article");
  sheet.className = "printed";
  sheet.lang = language;
  const heading = document.createElement("h1");
  heading.className = "printed-title";
  heading.textContent = title;
  // Everything in it was escaped where it was written.
  const body = new DOMParser().parseFromString(editor.printable, "text/html").body;
  sheet.append(heading, ...body.childNodes);
  document.body.append(sheet);
  if (hasPictures(sheet)) await illustrate(sheet, editor.files);
  window.addEventListener("afterprint", () => sheet.remove(), { once: true });
  window.print();
}

/** Draws the formulas and diagrams of a text that goes on paper, in place of their sources. */
import { drawDiagram } from "./diagram.ts";
import { drawTex } from "./tex.ts";

/** What is drawn so. */
const SOURCES = "code.math, pre > code.language-math, pre > code.language-mermaid";

/** Whether a piece of HTML has anything to draw. */
export function hasPictures(root: HTMLElement): boolean {
  return root.querySelector(SOURCES) !== null;
}

/** Replaces what is drawn so in this piece of HTML; what cannot be drawn stays as its source. */
export async function illustrate(root: HTMLElement): Promise<void> {
  const draw = async (source: Element, drawing: Promise<HTMLElement | undefined>): Promise<void> => {
    const drawn = await drawing;
    if (drawn !== undefined) source.replaceWith(drawn);
  };
  const inLines = [...root.querySelectorAll("code.math")].map((code) => draw(code, drawTex(code.textContent ?? "", false)));
  const blocks = [...root.querySelectorAll("pre > code.language-math")].map((code) =>
    draw(code.parentElement ?? code, drawTex(code.textContent ?? "", true)),
  );
  const diagrams = [...root.querySelectorAll("pre > code.language-mermaid")].map((code) =>
    draw(code.parentElement ?? code, imageOf(code.textContent ?? "")),
  );
  await Promise.all([...inLines, ...blocks, ...diagrams]);
}

/** Paper is light, whatever the screen is. */
async function imageOf(source: string): Promise<HTMLElement | undefined> {
  const address = await drawDiagram(source, false);
  if (address === undefined) return undefined;
  const image = document.createElement("img");
  const figure = document.createElement("figure");
  figure.append(image);
  // Nothing is printed before it can be seen; a picture that does not come is its source.
  const isThere = await new Promise<boolean>((told) => {
    image.addEventListener("load", () => told(true));
    image.addEventListener("error", () => told(false));
    image.src = address;
  });
  addEventListener("afterprint", () => URL.revokeObjectURL(address), { once: true });
  return isThere ? figure : undefined;
}

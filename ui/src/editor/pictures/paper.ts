/** Draws the images, formulas and diagrams of a text that goes on paper, in place of their words and sources. */
import { isDrawn, readAttachment } from "../attachments/attachment.ts";
import type { Files } from "../attachments/files.ts";
import { drawDiagram } from "./diagram.ts";
import { drawTex } from "./tex.ts";

/** What is drawn so. */
const SOURCES = "code.image, code.math, pre > code.language-math, pre > code.language-mermaid";

/** Whether a piece of HTML has anything to draw. */
export function hasPictures(root: HTMLElement): boolean {
  return root.querySelector(SOURCES) !== null;
}

/** Replaces what is drawn so in this piece of HTML; what cannot be drawn, or is not on this device, stays as its words or its source. */
export async function illustrate(root: HTMLElement, files: Files): Promise<void> {
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
  const images = [...root.querySelectorAll<HTMLElement>("code.image")].map((code) => draw(code, attached(code, files)));
  await Promise.all([...images, ...inLines, ...blocks, ...diagrams]);
}

/** An image of the document. */
async function attached(code: HTMLElement, files: Files): Promise<HTMLElement | undefined> {
  const value = JSON.parse(code.dataset["image"] ?? "null") as { drawn?: number } | null;
  const attachment = readAttachment(value);
  if (attachment === undefined || !isDrawn(attachment)) return undefined;
  const stands = await files.stands(attachment).catch(() => undefined);
  if (stands?.here !== true) return undefined;
  const address = await files.picture(attachment).catch(() => undefined);
  addEventListener("afterprint", () => files.release(attachment), { once: true });
  const image = document.createElement("img");
  image.alt = code.textContent ?? "";
  image.style.width = `${value?.drawn ?? attachment.width}px`;
  return address !== undefined && (await comes(image, address)) ? image : undefined;
}

/** Paper is light, whatever the screen is. */
async function imageOf(source: string): Promise<HTMLElement | undefined> {
  const address = await drawDiagram(source, false);
  if (address === undefined) return undefined;
  addEventListener("afterprint", () => URL.revokeObjectURL(address), { once: true });
  const image = document.createElement("img");
  const figure = document.createElement("figure");
  figure.append(image);
  return (await comes(image, address)) ? figure : undefined;
}

/** Nothing is printed before it can be seen; a picture that does not come is its source. */
async function comes(image: HTMLImageElement, address: string): Promise<boolean> {
  return await new Promise<boolean>((told) => {
    image.addEventListener("load", () => told(true));
    image.addEventListener("error", () => told(false));
    image.src = address;
  });
}

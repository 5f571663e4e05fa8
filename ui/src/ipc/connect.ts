/** The one door to the core: Tauri IPC in the window, a WebSocket in a browser. Everything else in the page speaks `Wire`. */
import { Refusal, type Wire } from "../editor/lane/wire.ts";
import { overSocket } from "./socket.ts";
import { isWindow, openFile, openOutside, overTauri, readPicture, sayInTray, spellIn, writePicture, zoomTo } from "./tauri.ts";

export { isWindow };

/** Connects to whichever core this page belongs to. */
export async function connect(): Promise<Wire> {
  if (isWindow()) return await overTauri();
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) throw new Refusal("no_key", "This page was opened without its key. Start it again with `sheaf up --bridge`.");
  return await overSocket(`ws://${location.host}/lanes`, token);
}

/** Opens an address outside the document, after the person saw where it leads. Only web and mail addresses come here. */
export async function openLink(url: string): Promise<void> {
  if (isWindow()) await openOutside(url);
  else window.open(url, "_blank", "noopener,noreferrer");
}

/** The picture on the clipboard that a paste did not bring; undefined where a paste brings all there is. */
export const pictureOnClipboard = isWindow() ? readPicture : undefined;

/** Puts a picture on the clipboard. WebKitGTK lets no page do that; the others want to be asked before the picture is made. */
export async function copyPicture(png: Promise<Blob>): Promise<void> {
  if (isWindow() && navigator.userAgent.includes("Linux")) await writePicture(await png);
  else await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

/** Puts words on the clipboard that are still to come. Engines allow it only as long as a key or a press is being dealt with: so they are promised. */
export async function copyText(words: Promise<string>): Promise<void> {
  const blob = words.then((text) => new Blob([text], { type: "text/plain" }));
  // Where the clipboard refuses at once, nobody else waits for it.
  blob.catch(() => undefined);
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

/** Opens a file of a document with the system's program, after the person agreed. A browser has none to open it with. */
export const openAttachment = isWindow() ? openFile : undefined;

/** Makes everything larger or smaller, in percent. A browser does that by itself, with keys of its own. */
export async function zoom(percent: number): Promise<void> {
  if (isWindow()) await zoomTo(percent);
}

/** Which language the window's dictionaries are for; null for the system's. A browser has its own settings for that. */
export async function spell(on: boolean, language: string | null): Promise<void> {
  if (isWindow()) await spellIn(on, language === null ? [] : [language.replaceAll("-", "_")]);
}

/** What the menu of the window's tray says, in the language in use. */
export async function tray(words: { readonly open: string; readonly quit: string }): Promise<void> {
  if (isWindow()) await sayInTray(words);
}

/** The window's carrier: one command for what the page says, one channel for what it hears, in batches (src-tauri/src/lanes.rs). */
import { Channel, invoke } from "@tauri-apps/api/core";

import { Refusal, type Wire } from "../editor/lane/wire.ts";
import { Requests } from "./requests.ts";

/** Whether this page is in Sheaf's own window. */
export function isWindow(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

export async function overTauri(): Promise<Wire> {
  const requests = new Requests(async (message) => {
    if (typeof message === "string") await invoke("call", { message });
    else await invoke("call_with_bytes", message);
  });
  const channel = new Channel<unknown[]>();
  channel.onmessage = (batch) => {
    for (const message of batch) requests.receive(message);
  };
  await invoke("listen", { channel });
  return requests;
}

/** Makes everything in the window larger or smaller. */
export async function zoomTo(percent: number): Promise<void> {
  await invoke("zoom", { percent });
}

/** Spells in these languages (`de_AT`), or in the system's when none is named; or not at all. */
export async function spellIn(on: boolean, languages: readonly string[]): Promise<void> {
  await invoke("spell", { on, languages });
}

/** What the tray's menu says. */
export async function sayInTray(words: { readonly open: string; readonly quit: string }): Promise<void> {
  await invoke("tray_words", { ...words });
}

/** Asks what may fail for a reason that people are told: the window's errors are those of a call to the core. */
async function ask<T>(command: string, argument: Parameters<typeof invoke>[1]): Promise<T> {
  try {
    return await invoke<T>(command, argument);
  } catch (failure) {
    if (typeof failure !== "object" || failure === null || !("code" in failure)) throw failure;
    const { code, message, said } = failure as { code: string; message: string; said: unknown };
    throw new Refusal(code, message, said);
  }
}

/** The picture on the clipboard, which WebKitGTK keeps from a paste (src-tauri/src/clipboard.rs). */
export async function readPicture(): Promise<File | undefined> {
  const png = await ask<ArrayBuffer>("read_picture", {});
  return png.byteLength === 0 ? undefined : new File([png], "image.png", { type: "image/png" });
}

/** Puts a PNG on the clipboard, which WebKitGTK lets no page do. */
export async function writePicture(png: Blob): Promise<void> {
  await ask("write_picture", await png.arrayBuffer());
}

/** Opens a file of a document with the system's program. The page has asked the person before. */
export async function openFile(document: string, hash: string, size: number): Promise<void> {
  await ask("open_attachment", { document, hash, size });
}

/** Opens a web or mail address outside the window. The page has asked the person before. */
export async function openOutside(url: string): Promise<void> {
  await ask("open_link", { url });
}

/** Saving a text that is in no document: in the window through the core, elsewhere as a browser does. */
import { isWindow } from "../ipc/connect.ts";
import type { Core } from "./core.ts";

/** A browser has read what it saves by then. */
const READ_WITHIN_MS = 10_000;

/** Saves it under a name that ends with `.txt` or `.sheaf`. Answers where, as far as that is known. */
export async function saveText(core: Core, name: string, text: string): Promise<string | undefined> {
  if (isWindow()) return ((await core.wire.ask("save_text", { name, text })) as { path: string }).path;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READ_WITHIN_MS);
  return undefined;
}

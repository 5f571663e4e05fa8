/** What is done with files and pictures outside of the page: by Sheaf's own window, or by the browser. */
import type { Attachment } from "./attachment.ts";

/** Everything that is not the page's to do. What is absent is not offered. */
export interface Outside {
  /** Who saves a file: the core in Sheaf's own window, else the browser. */
  readonly saves: "core" | "browser";
  /** The picture that a paste did not bring, where the view keeps it from the page. */
  readonly pictureOnClipboard?: (() => Promise<File | undefined>) | undefined;
  /** Puts a picture, as PNG, on the clipboard. Is called while the person's press is being heard: a browser asks for that. */
  readonly copyPicture?: ((png: Promise<Blob>) => Promise<void>) | undefined;
  /** Opens a file with the system's program, once the person has agreed. */
  readonly open?: ((document: string, file: Attachment) => Promise<void>) | undefined;
}

/** A picture as PNG, which every clipboard takes. */
import type { Attachment } from "./attachment.ts";

const PNG = "image/png";

/** A picture that is drawn: its own bytes where they are PNG, what is seen of it otherwise. */
export async function pngOf(file: Attachment, drawn: HTMLImageElement, bytes: () => Promise<Uint8Array<ArrayBuffer>[]>): Promise<Blob> {
  if (file.type === PNG) return new Blob(await bytes(), { type: PNG });
  const canvas = document.createElement("canvas");
  canvas.width = drawn.naturalWidth;
  canvas.height = drawn.naturalHeight;
  canvas.getContext("2d")?.drawImage(drawn, 0, 0);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("the image cannot be drawn again")) : resolve(blob)), PNG);
  });
}

/** What the embeds `image` and `file` hold, read with distrust: it comes from anywhere. The core's copy of these rules is crates/schema. */
import { type FILE, type IMAGE, IMAGES, MAX_PIXELS } from "../../generated/schema.ts";

/** A file that the text refers to. */
export interface Attachment {
  /** The BLAKE3 hash of its bytes, which is its name everywhere. */
  readonly hash: string;
  /** In bytes. */
  readonly size: number;
  readonly name: string;
  /** By its bytes, not by its name; empty when unknown. */
  readonly type: string;
  /** Pixels, of an image. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** An attachment as it goes into the text. */
export interface AttachmentEmbed {
  readonly kind: typeof IMAGE | typeof FILE;
  readonly value: unknown;
}

/** What an embed's value says; undefined when it says nothing that could be a file. */
export function readAttachment(value: unknown): Attachment | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { hash, size, name, type, width, height } = value as Record<string, unknown>;
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash) || !isWhole(size)) return undefined;
  const hasPixels = isWhole(width) && isWhole(height) && width > 0 && height > 0;
  return {
    hash,
    size,
    name: typeof name === "string" ? name.slice(0, 255) : "",
    type: typeof type === "string" ? type : "",
    width: hasPixels ? width : undefined,
    height: hasPixels ? height : undefined,
  };
}

/** Whether it is drawn. An image of more pixels than any screen has is a file: its bytes may be few, and what they become is not. */
export function isDrawn({ type, width, height }: Attachment): boolean {
  return (IMAGES as readonly string[]).includes(type) && width !== undefined && height !== undefined && width * height <= MAX_PIXELS;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

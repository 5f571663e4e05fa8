/**
 * One document's images and files at the core: attaching in parts, reading in parts, and how much is here. A page gets bytes as `blob:` addresses of
 * types that are drawn and nothing else; what they hold is never run.
 */
import { IMAGES } from "../../generated/schema.ts";
import type { Wire } from "../lane/wire.ts";
import type { Attachment, AttachmentEmbed } from "./attachment.ts";
import type { Outside } from "./outside.ts";
import { pngOf } from "./png.ts";

/** Bytes of a part on the way to the core, as many as it takes at once: a part costs a round trip, and its bytes next to nothing. */
const PART = 1024 * 1024;

/** Bytes of a chunk on the way back: no message holds a keystroke up. */
const CHUNK = 256 * 1024;

/** How long an image's bytes stay that is not on the screen: it is drawn anew when somebody changes its width, and must not flicker. */
const STAYS_MS = 5000;

/** How a file stands on this device. */
export interface Stands {
  readonly here: boolean;
  /** Bytes that are here. */
  readonly got: number;
  /** Whether it comes by itself; large ones wait to be asked for. */
  readonly awaited: boolean;
  /** Devices that it comes from. */
  readonly from: readonly string[];
  /** What is in the way, in English, and for the words of the reader's language. */
  readonly problem: string | null;
  readonly said?: unknown;
  /** Whether it is of a kind that may be opened with the system's program. */
  readonly opens?: boolean;
}

interface Shown {
  readonly address: Promise<string>;
  users: number;
}

/** One document's files. */
export class Files {
  private readonly shown = new Map<string, Shown>();
  private readonly listeners = new Set<() => void>();
  private readonly stops: ReadonlyArray<() => void>;

  constructor(
    private readonly wire: Wire,
    private readonly document: string,
    readonly outside: Outside = { saves: "browser" },
  ) {
    const changed = (): void => this.listeners.forEach((listener) => listener());
    this.stops = [
      wire.hear((told) => {
        if (told.event === "attachments" && told["document"] === document) changed();
      }),
      wire.whenBack(changed),
    ];
  }

  stop(): void {
    this.stops.forEach((stop) => stop());
    this.listeners.clear();
  }

  /** Calls back when how files stand may have changed. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hands a file to the core. It is whole and durable there when this resolves with what the text is to hold. Rejects once the signal has come. */
  async attach(file: File, told: (bytes: number) => void, signal: AbortSignal): Promise<AttachmentEmbed> {
    const { upload } = (await this.wire.ask("attach", { document: this.document, name: file.name })) as { upload: number };
    try {
      const read = (at: number): Promise<ArrayBuffer> => file.slice(at, at + PART).arrayBuffer();
      let next = read(0);
      for (let at = 0; at < file.size; at += PART) {
        const bytes = await next;
        signal.throwIfAborted();
        // Read while the core writes.
        next = read(at + PART);
        next.catch(() => undefined);
        await this.wire.ask("attach_part", { upload, at }, bytes);
        told(Math.min(at + PART, file.size));
      }
      signal.throwIfAborted();
      const { embed } = (await this.wire.ask("attach_done", { upload })) as { embed: Record<string, unknown> };
      signal.throwIfAborted();
      const [kind, value] = Object.entries(embed)[0] ?? [];
      return { kind, value } as AttachmentEmbed;
    } catch (error) {
      void this.wire.ask("attach_stop", { upload }).catch(() => undefined);
      throw error;
    }
  }

  async stands(file: Attachment): Promise<Stands> {
    return (await this.wire.ask("attachment", this.named(file))) as Stands;
  }

  /** Fetches a file, however large it is. */
  async get(file: Attachment): Promise<void> {
    await this.wire.ask("attachment_get", this.named(file));
  }

  /** An address at which an image that is here can be drawn, until `release`. */
  picture(file: Attachment): Promise<string> {
    const shown = this.shown.get(file.hash) ?? { address: this.address(file), users: 0 };
    shown.users += 1;
    this.shown.set(file.hash, shown);
    return shown.address;
  }

  release(file: Attachment): void {
    const shown = this.shown.get(file.hash);
    if (shown === undefined || --shown.users > 0) return;
    setTimeout(() => {
      if (shown.users > 0 || this.shown.get(file.hash) !== shown) return;
      this.shown.delete(file.hash);
      void shown.address.then(
        (address) => URL.revokeObjectURL(address),
        () => undefined,
      );
    }, STAYS_MS);
  }

  /** Saves a file that is here. Answers where, as far as that is known. */
  async save(file: Attachment): Promise<string | undefined> {
    if (this.outside.saves === "core") return ((await this.wire.ask("attachment_save", this.named(file))) as { path: string }).path;
    // Bytes without a type: a browser saves them and never shows them.
    const address = URL.createObjectURL(new Blob(await this.chunks(file), { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = file.name === "" ? "attachment" : file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return undefined;
  }

  /** Opens a file that may be opened, once the person has agreed. */
  async open(file: Attachment): Promise<void> {
    await this.outside.open?.(this.document, file);
  }

  /** Puts an image, which is drawn here, on the clipboard. */
  async copy(file: Attachment, drawn: HTMLImageElement): Promise<void> {
    await this.outside.copyPicture?.(pngOf(file, drawn, () => this.chunks(file)));
  }

  private async address(file: Attachment): Promise<string> {
    const type = (IMAGES as readonly string[]).includes(file.type) ? file.type : "application/octet-stream";
    return URL.createObjectURL(new Blob(await this.chunks(file), { type }));
  }

  private async chunks(file: Attachment): Promise<Uint8Array<ArrayBuffer>[]> {
    const chunks = [];
    for (let chunk = 0; chunk * CHUNK < file.size; chunk++) {
      const { bytes } = (await this.wire.ask("attachment_bytes", { ...this.named(file), chunk })) as { bytes: string };
      chunks.push(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)));
    }
    return chunks;
  }

  private named({ hash, size }: Attachment): Record<string, unknown> {
    return { document: this.document, hash, size };
  }
}

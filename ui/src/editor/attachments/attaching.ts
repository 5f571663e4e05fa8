/**
 * Files on their way into the text: pasted, dropped or picked. Each enters the text when the core has all of it, at the place that was meant, wherever
 * that has gone meanwhile; in a line of its own, for that is where images and cards are read.
 */
import { type Attributes, Delta } from "../delta.ts";
import { caret, ends, newline } from "../editing/range.ts";
import { readBlock } from "../lines/block.ts";
import { heldCount } from "../lines/span.ts";
import type { Page } from "../page/page.ts";
import type { Telling } from "../telling.ts";
import type { Files } from "./files.ts";

/** A file on its way to the core: the same object from its beginning to its end. */
export interface Upload {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Lets it be: it does not enter the text, and nothing more is said of it. */
  giveUp(): void;
}

/** What the chrome shows of it. */
export interface AttachingState {
  readonly upload: Upload;
  /** So many bytes are at the core; undefined: it is no longer on its way. */
  readonly bytes: number | undefined;
}

/** How many pictures of what was pasted are links to the web now, and how many could not be had at all. */
export interface PicturesLeft {
  readonly away: number;
  readonly lost: number;
}

/** One page's files on their way. */
export class Attaching {
  /** Where the next one goes. */
  private readonly places = new Set<{ offset: number }>();
  /** What was begun and has not ended. */
  private readonly going = new Set<Promise<void>>();

  constructor(
    private readonly page: Page,
    private readonly files: Files,
    private readonly telling: Telling,
  ) {}

  /** Attaches files one after the other at an offset, or at the selection. */
  add(files: readonly File[] | Promise<readonly File[]>, offset = ends(this.page.selection).from): void {
    if (!this.page.editable) return;
    const place = { offset };
    this.places.add(place);
    this.goes(async () => {
      for (const file of await files) await this.one(file, place);
      this.places.delete(place);
    });
  }

  /** Attaches pictures one after the other, each where it stood in what was pasted. */
  bring(pictures: ReadonlyArray<{ readonly file: File; readonly alt: string; readonly offset: number }>): void {
    const waiting = pictures.map(({ file, alt, offset }) => ({ file, alt, place: { offset } }));
    for (const { place } of waiting) this.places.add(place);
    this.goes(async () => {
      for (const { file, alt, place } of waiting) {
        await this.one(file, place, alt === "" ? undefined : { alt });
        this.places.delete(place);
      }
    });
  }

  /** Whether something is on its way. */
  get isUnderWay(): boolean {
    return this.going.size > 0;
  }

  /** Resolves when nothing is on its way any more. */
  async ended(): Promise<void> {
    while (this.isUnderWay) await Promise.all(this.going);
  }

  /** Pictures of what was pasted did not come along. */
  left(pictures: PicturesLeft): void {
    this.telling.say("picturesLeft", pictures);
  }

  private goes(work: () => Promise<void>): void {
    const going = work().finally(() => this.going.delete(going));
    this.going.add(going);
  }

  private async one(file: File, place: { offset: number }, attributes?: Attributes): Promise<void> {
    const { name, size } = file;
    const stop = new AbortController();
    const { signal } = stop;
    const tell = (bytes: number | undefined): void => this.telling.say("attaching", { upload, bytes: signal.aborted ? undefined : bytes });
    const giveUp = (): void => {
      stop.abort();
      tell(undefined);
    };
    const upload: Upload = { name, size, giveUp };
    try {
      tell(0);
      const { kind, value } = await this.files.attach(file, tell, signal);
      if (this.page.editable) this.insert(place, { [kind]: value }, attributes);
      else this.telling.say("notAttached", { name });
    } catch (error) {
      if (!signal.aborted) this.telling.say("notAttached", { name, error });
    } finally {
      tell(undefined);
    }
  }

  /** A paste brought no words and no files: attaches the picture that the view has kept back. Answers whether that is looked for. */
  paste(otherwise: () => void = () => undefined): boolean {
    const { pictureOnClipboard } = this.files.outside;
    if (pictureOnClipboard === undefined) return false;
    const kept = pictureOnClipboard().then(
      (picture) => (picture === undefined ? (otherwise(), []) : [picture]),
      (error: unknown) => {
        this.telling.say("notAttached", { name: "", error });
        return [];
      },
    );
    this.add(kept);
    return true;
  }

  /** Asks which files, with the system's own dialog. */
  pick(accept: string): void {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.accept = accept;
    input.addEventListener("change", () => this.add([...(input.files ?? [])]));
    input.click();
  }

  /** The text changes: what is on its way goes where its place goes. */
  textChanging(delta: Delta): void {
    for (const place of this.places) place.offset = delta.transformPosition(place.offset);
  }

  private insert(place: { offset: number }, embed: Record<string, unknown>, attributes?: Attributes): void {
    const { page } = this;
    const { line, start, index } = page.lines.at(Math.min(place.offset, page.lines.length));
    const { cell, kind } = readBlock(line.block);
    const delta = new Delta();
    let behind: number;
    if (cell !== null) {
      // A cell's line stays the one it is.
      delta.retain(place.offset).insert(embed, attributes);
      behind = place.offset + 1;
    } else {
      const isFree = line.width === 0 && kind !== "code";
      const at = isFree ? start : start + line.width + 1;
      delta.retain(isFree || line.ends ? at : at - 1);
      if (!isFree && !line.ends) delta.insert("\n", newline(page, line.block));
      delta.insert(embed, attributes);
      if (isFree && line.ends) delta.retain(1);
      else delta.insert("\n", newline(page, isFree ? line.block : ""));
      behind = at + 1;
      // At the end of the text a line is left to go on in.
      if (index >= heldCount(page.lines) - 1) {
        delta.insert("\n", newline(page, ""));
        behind = at + 2;
      }
    }
    // Who waits at the place goes on behind the image; who has gone elsewhere stays there.
    const waits = page.selection.anchor === page.selection.head && page.selection.head === place.offset;
    page.edit(delta, waits ? { selection: caret(behind) } : { scroll: false });
    place.offset = behind;
  }
}

/** Copy, cut, paste and drop on one page, as the browser's events bring them. */
import type { Attaching } from "../attachments/attaching.ts";
import { Delta } from "../delta.ts";
import { choiceOn } from "../editing/cells.ts";
import { ends } from "../editing/range.ts";
import { pressed } from "../editing/pressed.ts";
import { deleteSelection, deletion } from "../editing/text.ts";
import { Lines } from "../lines/lines.ts";
import { readBlock } from "../lines/block.ts";
import type { EditorOptions } from "../options.ts";
import type { MarkdownPasted } from "../snapshot.ts";
import type { Page } from "../page/page.ts";
import { OBJECT } from "../lines/line.ts";
import { readSectionAddress, sectionNamed } from "../links/section.ts";
import { isOneUrl } from "../links/url.ts";
import { type Copied, copiedFrom, wholeLines } from "./lines.ts";
import { looksLikeMarkdown, pasteLines, pasteLink, pastePlain } from "./paste.ts";
import { type FromHtml, isPicture, readHtml } from "./read.ts";
import { type EditorWords, WORDS } from "../words.ts";
import { copiedCells, isIntoCell, outOfCells, readTsv } from "./tables.ts";
import { toHtml, toPlain } from "./write.ts";

/** How soon after its keys a paste is the plain one. */
const PLAIN_MS = 1000;

/** One page's clipboard. */
export class Clipboard {
  private plainUntil = 0;
  /** What was pasted last and could become what it means: where that is by now. */
  private pasted = { from: 0, to: 0 };

  constructor(
    private readonly page: Page,
    private readonly interrupt: () => void,
    private readonly core: Pick<EditorOptions, "readMarkdown" | "copyAsMarkdown">,
    private readonly offer: (accept: MarkdownPasted["accept"]) => void,
    private readonly attaching?: Attaching,
    private readonly words: EditorWords = WORDS,
    /** Whole blocks that are chosen: they are copied and cut as such. */
    private readonly chosen?: { readonly range: { readonly from: number; readonly to: number } | undefined; act(act: "delete"): void },
  ) {}

  /** A key went down: Mod+Shift+V means the paste that follows. */
  keyDown(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && pressed(event) === "v") this.plainUntil = performance.now() + PLAIN_MS;
  }

  /** Puts the selection on the clipboard. */
  copy(data: DataTransfer, cut: boolean): boolean {
    const { copied } = this;
    if (copied === undefined) return false;
    data.setData("text/html", toHtml(copied, this.words));
    data.setData("text/plain", toPlain(copied));
    if (cut && this.chosen?.range !== undefined) this.chosen.act("delete");
    else if (cut) deleteSelection(this.page);
    return true;
  }

  /** Puts the selection on the clipboard as the Markdown that a file of it would be. */
  copyAsMarkdown(): void {
    const { copied } = this;
    if (copied !== undefined) this.core.copyAsMarkdown?.(wholeLines(copied));
  }

  /** What is chosen or selected; undefined when nothing is. */
  private get copied(): readonly Copied[] | undefined {
    const { page } = this;
    const whole = this.chosen?.range;
    const cells = whole === undefined ? choiceOn(page) : undefined;
    const { from, to } = whole ?? ends(page.selection);
    if (from === to && cells === undefined) return undefined;
    const lines = cells === undefined ? copiedFrom(page.lines, from, to) : copiedCells(page.lines, cells);
    const isOneCell = lines.every(({ block }) => block === lines[0]?.block);
    return isOneCell ? outOfCells(lines) : lines;
  }

  /** Pastes what the clipboard holds. */
  paste(data: DataTransfer): boolean {
    const { page } = this;
    if (!page.editable) return true;
    this.interrupt();
    const plain = data.getData("text/plain");
    const isPlain = performance.now() < this.plainUntil;
    const isAsItIs = isPlain || readBlock(page.lines.at(ends(page.selection).from).line.block).kind === "code";
    // In code an address is itself, whatever its HTML calls it.
    const html = isPlain || (isAsItIs && isOneUrl(plain)) ? "" : data.getData("text/html");
    this.plainUntil = 0;
    // What has words is words: spreadsheets put a picture of their cells beside them.
    if (plain === "" && !html.includes("data-sheaf") && data.files.length > 0) {
      this.attaching?.add([...data.files]);
      return true;
    }
    if (!isAsItIs && pasteLink(page, plain)) return true;
    if (html !== "") {
      const read = readHtml(html, this.words.attachmentImage);
      const put = (): boolean => this.put(read);
      // What is copied off a picture in a browser is the picture, and its description only where there is none.
      if (plain === "" && isPicture(html) && this.attaching?.paste(put)) return true;
      if (read.lines.length > 0) return put();
    }
    if (plain === "") return this.attaching?.paste() ?? false;
    const { from } = ends(page.selection);
    const isOverCells = page.selection.cells !== undefined;
    const address = isAsItIs ? undefined : readSectionAddress(plain);
    if (address !== undefined) return pasteLines(page, [{ block: "", runs: [{ text: OBJECT, embed: sectionNamed(address) }] }]) || true;
    const cells = isAsItIs ? undefined : readTsv(plain);
    if (cells !== undefined) return pasteLines(page, cells) || true;
    pastePlain(page, plain);
    if (html === "" && !isOverCells && looksLikeMarkdown(plain)) this.offerMarkdown(plain, from);
    this.interrupt();
    return true;
  }

  /** Drops at an offset what was dragged there. */
  drop(data: DataTransfer | null, offset: number, moved: boolean): boolean {
    const { page } = this;
    if (!page.editable) return true;
    this.interrupt();
    if (moved) return this.move(offset);
    if (data === null) return true;
    page.select({ anchor: offset, head: offset }, false);
    if (data.files.length > 0) {
      this.attaching?.add([...data.files], offset);
      return true;
    }
    const html = data.getData("text/html");
    const plain = data.getData("text/plain");
    const read = html === "" ? undefined : readHtml(html, this.words.attachmentImage);
    if (read !== undefined && read.lines.length > 0) this.put(read);
    else if (plain !== "") pastePlain(page, plain);
    return true;
  }

  /** Puts in what HTML says; its pictures follow when the core has them. */
  private put({ lines: read, pictures, away, lost }: FromHtml): true {
    const { page } = this;
    const { from } = ends(page.selection);
    // In a cell many lines become one, and the cells of a table go each where its place is.
    const isOneLine = isIntoCell(page, from);
    const brought = readBlock(page.lines.at(from).line.block).kind === "code" ? [] : pictures;
    pasteLines(page, read);
    const { lines, selection } = page;
    const last = lines.at(selection.head);
    const offsetOf = (line: number): number => {
      const index = isOneLine ? last.index : Math.max(0, last.index - (read.length - 1 - line));
      return lines.startOf(index) + lines.line(index).width;
    };
    this.attaching?.bring(brought.map(({ line, file, alt }) => ({ file, alt, offset: offsetOf(line) })));
    const left = { away, lost: lost + pictures.length - brought.length };
    if (left.away + left.lost > 0) this.attaching?.left(left);
    return true;
  }

  private move(offset: number): boolean {
    const { page } = this;
    const { from, to } = ends(page.selection);
    if (offset >= from && offset <= to) return true;
    const lines = copiedFrom(page.lines, from, to);
    const copied = lines.every(({ block }) => block === lines[0]?.block) ? outOfCells(lines) : lines;
    const cut = deletion(page, from, to);
    const place = cut.transformPosition(offset);
    page.edit(cut, { joins: "drag" });
    page.select({ anchor: place, head: place }, false);
    pasteLines(page, copied, { joins: "drag" });
    return true;
  }

  /** The text changes: what was pasted is where it goes. */
  textChanging(delta: Delta): void {
    const { from, to } = this.pasted;
    this.pasted.from = delta.transformPosition(from);
    // What is written right behind it is none of it.
    this.pasted.to = delta.transformPosition(to, true);
  }

  /** Markdown was pasted as plain text. Accepting takes the paste back and puts in what it means. */
  private offerMarkdown(text: string, from: number): void {
    const { page } = this;
    const { readMarkdown } = this.core;
    if (readMarkdown === undefined) return;
    const place = (this.pasted = { from, to: ends(page.selection).to });
    const pasted = page.lines.text(place.from, place.to);
    this.offer(async () => {
      const meaning = await readMarkdown(text);
      // What somebody has changed in it since is kept.
      if (page.lines.text(place.from, place.to) !== pasted) return false;
      page.select({ anchor: place.from, head: place.to }, false);
      const lines = Lines.from(new Delta(meaning.ops));
      return pasteLines(page, copiedFrom(lines, 0, Math.max(0, lines.length - (lines.line(lines.count - 1).width === 0 ? 1 : 0))));
    });
  }
}

/**
 * One open document as the chrome sees it: the editor's state, who is here, the facts about its copies. The editor is framework-free; this is
 * the one place where its callbacks become state that the page's parts can show.
 */
import {
  type Attachment,
  type BlockMenuAsked,
  type CellMenuAsked,
  type Box,
  copySectionLink,
  type Delta,
  Editor,
  type EditorSnapshot,
  type EditorWords,
  type Heading,
  type Here,
  type LinkAsked,
  type MarkdownPasted,
  readDelta,
} from "../editor/index.ts";
import { copyPicture, copyText, isWindow, openAttachment, openLink, pictureOnClipboard } from "../ipc/connect.ts";
import { say, spoken } from "../messages/index.ts";
import { reason, untitledIs, type Core } from "./core.ts";
import type { Histories } from "./histories.ts";
import type { Library } from "./library.svelte.ts";
import { Members } from "./members.svelte.ts";
import { Mentions } from "./mentioning.svelte.ts";
import { Status } from "./status.svelte.ts";
import type { Uploads } from "./uploads.svelte.ts";

/** A person counts as writing at this moment for as long after a key. */
const SAVING_SHOWS_AFTER_MS = 400;

/** Between two tries to hand words over that the text did not take. */
const KEEPING_WAITS_AT_MOST_MS = 30_000;

/** What is in the way of a file: something went wrong just now, or the core says that something is wrong. */
function problemOf(why: unknown): string {
  if (why instanceof Error) return reason(why);
  const { said, problem } = why as { said?: unknown; problem?: unknown };
  return spoken(said, String(problem));
}

/** What the text itself says, in the language in use. */
export function textWords(): EditorWords {
  const { textLabel: label, placeholder, newer, notHere, source, table, row, column, handle, done, toDo } = say.document;
  const { footnote, footnoteMissing, contents, contentsEmpty } = say.document;
  const { formulaField, formulaEmpty, formulaProblem, diagramProblem, diagram } = say.document;
  const { untitled, somebody } = say;
  const { blocks: titles, blocksAlso } = say.format;
  const named = Object.keys({ ...titles, ...blocksAlso });
  const blocks = Object.fromEntries(named.map((id) => [id, { title: titles[id], also: blocksAlso[id] }]));
  const text = { label, placeholder, newer, notHere, source, table, row, column, handle, done, toDo, untitled, somebody, blocks };
  const notes = { footnote, footnoteMissing, contents, contentsEmpty, contentsUnnamed: say.outline.unnamed };
  const { inText } = say.attachments;
  const attachmentProblem = (bytes: number, why: unknown): string => inText.attachmentProblem(bytes, problemOf(why));
  return { ...text, ...notes, ...inText, attachmentProblem, formulaField, formulaEmpty, formulaProblem, diagramProblem, diagram };
}

export class Page {
  editor = $state.raw<Editor | null>(null);
  state = $state.raw<EditorSnapshot | null>(null);
  title = $state<string | null>(null);
  people = $state.raw<readonly Here[]>([]);
  link = $state.raw<{ asked: LinkAsked; editing: boolean } | null>(null);
  /** The paragraph of which it is asked who has it. */
  asked = $state.raw<{ version: number; offset: number; box: Box } | null>(null);
  /** Find and replace is open, asked for in this way: from after the selection or from its start. */
  finding = $state.raw<{ replacing: boolean; onward: boolean } | null>(null);
  /** Pasted Markdown that could become what it means. */
  offer = $state.raw<MarkdownPasted | null>(null);
  /** A file that is to be opened with the system's program, if the person agrees. */
  opening = $state.raw<{ readonly name: string; answer(opens: boolean): void } | null>(null);
  /** What a person should know of that was done just now, or could not be: that a link was copied, that a part has gone. */
  saying = $state<string | null>(null);
  /** What was folded, unfolded or chosen last, said to those who do not see it. */
  told = $state("");
  /** What can be done to blocks is shown. */
  blockMenu = $state.raw<BlockMenuAsked | null>(null);
  /** What can be done to rows and columns is shown. */
  cellMenu = $state.raw<CellMenuAsked | null>(null);
  /** Why the text cannot be shown, in the core's words. */
  problem = $state<string | null>(null);
  /** Typed, and not durable for more than 400 ms. */
  saving = $state(false);
  titleWanted = $state(false);

  readonly status: Status;
  readonly members: Members;
  readonly mentions: Mentions;
  readonly #stops: Array<() => void> = [];
  #closed = false;
  #opening = false;
  #savingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly core: Core,
    readonly id: string,
    library: Library,
    /** Goes to another document, to a line of it. */
    goTo: (document: string) => void,
    private readonly histories: Histories,
    readonly uploads: Uploads,
    /** The line to begin with. */
    readonly line: string | null = null,
  ) {
    this.mentions = new Mentions(core, library, id, goTo);
    this.status = new Status(core, id);
    void this.status.refresh().catch(() => undefined);
    this.members = new Members(core, id);
    // A document that waits for its first copy opens by itself when the copy is here.
    this.#stops.push(core.listen("documents", () => void this.#openAgain()));
    void this.#open();
  }

  get viewing(): boolean {
    return this.state !== null && !this.state.editable;
  }

  /** This device is not in the document any more; what it had stays, and does not change. */
  get gone(): "removed" | "left" | null {
    const state = this.status.document?.state;
    return state === "removed" || state === "left" ? state : null;
  }

  /** What this person is here, where they cannot write, and why; null where they can. */
  get badge(): string | null {
    if (this.gone) return say.readOnly.badge.gone;
    return this.viewing ? say.readOnly.badge[this.#reads] : null;
  }

  get whyNot(): string | null {
    if (this.gone) return say.readOnly.why[this.gone];
    return this.viewing ? say.readOnly.why[this.#reads] : null;
  }

  get #reads(): "comment" | "view" {
    return this.state?.role === "comment" ? "comment" : "view";
  }

  /** Everything typed is on the disk. */
  get saved(): boolean {
    return this.state?.saved ?? true;
  }

  get words(): number | null {
    return this.state?.words ?? null;
  }

  focusTitle(): void {
    this.titleWanted = true;
  }

  async rename(title: string): Promise<void> {
    this.title = title;
    await this.core.rename(this.id, title);
  }

  /** Asks who has the paragraph with the caret. */
  async askWhoHas(): Promise<void> {
    const { editor } = this;
    // What was typed just now is part of the question.
    await editor?.saved();
    const paragraph = this.editor?.paragraph;
    if (paragraph?.box) this.asked = { ...paragraph, box: paragraph.box };
  }

  /** The answer was read; writing goes on. */
  closeWhoHas(): void {
    this.asked = null;
    this.editor?.focus();
  }

  /** Opens find and replace, or gives it the focus again. */
  find(replacing: boolean, onward = false): void {
    if (this.editor) this.finding = { replacing, onward };
  }

  /** Goes to the next hit, or the one before; opens find when it is closed. */
  findNext(back: boolean): void {
    if (!this.finding) this.find(false, !back);
    else if (back) this.editor?.find.previous();
    else this.editor?.find.next();
  }

  /** What was pasted becomes what it means, and whoever asked for that writes on; why that cannot be is said. */
  async formatPasted(): Promise<void> {
    const accepted = this.offer?.accept();
    this.editor?.focus();
    try {
      if ((await accepted) === false) this.saying = say.document.markdownChanged;
    } catch (error) {
      this.saying = reason(error);
    }
  }

  /** Goes to a line of the text; says so when it has gone. */
  showLine(line: string): void {
    if (this.editor?.showLine(line) === true) return;
    this.saying = say.outline.gone;
    this.editor?.focus();
  }

  /** Puts a link to a heading on the clipboard. */
  copyLinkTo(heading: Heading): void {
    const copied = copySectionLink({ document: this.id, title: this.title ?? "", line: heading.id, heading: heading.text });
    this.saying = copied ? say.outline.linkCopied : say.outline.linkNotCopied;
  }

  jumpTo(device: string): void {
    this.editor?.jumpTo(device);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#savingTimer);
    this.#stops.forEach((stop) => stop());
    this.status.close();
    this.members.close();
    if (this.editor) this.histories.keep(this.id, this.editor.destroy());
    this.editor = null;
  }

  async #openAgain(): Promise<void> {
    if (!this.editor && !this.#closed) await this.#open();
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      const editor = await Editor.open({
        history: await this.histories.take(this.id),
        wire: this.core.wire,
        document: this.id,
        readMarkdown: async (text) => readDelta(await this.core.markdown(text)),
        copyAsMarkdown: (lines) => void this.#copyAsMarkdown(lines),
        openOutside: (url) => void this.openLink(url),
        words: textWords(),
        mentioning: this.mentions,
        outside: {
          saves: isWindow() ? "core" : "browser",
          pictureOnClipboard,
          copyPicture,
          open: openAttachment && ((document, file) => this.#openFile(document, file)),
        },
      });
      if (this.#closed) {
        this.histories.keep(this.id, editor.destroy());
        return;
      }
      this.#attach(editor);
    } catch (error) {
      this.problem = reason(error);
    } finally {
      this.#opening = false;
    }
  }

  /** Puts lines on the clipboard as the Markdown that a file would have. */
  async #copyAsMarkdown(lines: Delta): Promise<void> {
    // A file ends with a line's end; a few words that are put into others do not.
    const markdown = this.core.asMarkdown(lines).then((text) => text.replace(/\n$/, ""));
    try {
      await copyText(markdown);
    } catch {
      // Where the core has answered, it is the clipboard that did not take it.
      this.saying = await markdown.then(() => say.document.notCopied, reason);
    }
  }

  /** Opens an address outside, and says why where that does not work. */
  async openLink(url: string): Promise<void> {
    try {
      await openLink(url);
    } catch (error) {
      this.saying = reason(error);
    }
  }

  /** Asks before a file leaves the page. */
  async #openFile(document: string, { name, hash, size }: Attachment): Promise<void> {
    const agreed = await new Promise<boolean>((answer) => (this.opening = { name, answer }));
    this.opening = null;
    if (agreed) await openAttachment?.(document, hash, size);
  }

  #attach(editor: Editor): void {
    this.problem = null;
    this.title = untitledIs(editor.title);
    this.state = editor.state;
    this.people = editor.here;
    this.#stops.push(
      editor.subscribe(() => this.#changed(editor)),
      editor.on("people", (people) => {
        this.people = people;
        this.mentions.here(people.map(({ device }) => device));
      }),
      editor.on("link", (asked) => (this.link = { asked, editing: false })),
      editor.on("linkWanted", (asked) => (this.link = { asked, editing: true })),
      editor.on("markdownPasted", (offer) => (this.offer = offer)),
      editor.on("picturesLeft", ({ away, lost }) => (this.saying = say.attachments.left(away, lost))),
      editor.on("folded", ({ heading, folded }) => {
        this.told = (folded ? say.outline.folded : say.outline.unfolded)(heading || say.outline.unnamed);
      }),
      editor.on("chosen", ({ blocks, words }) => (this.told = blocks === 0 ? "" : say.blocks.chosen(blocks, words))),
      editor.on("blockMenu", (asked) => (this.blockMenu = asked)),
      editor.on("cells", ({ rows, columns }) => (this.told = rows === 0 ? "" : say.blocks.cells(rows, columns))),
      editor.on("cellMenu", (asked) => (this.cellMenu = asked)),
    );
    // These go on after the document is left, for as long as the editor has something on its way.
    editor.on("rescued", (words) => words.forEach(({ line, text }) => void this.#keep(line, text)));
    editor.on("trouble", (what) => console.warn(what));
    this.uploads.follow(editor);
    this.editor = editor;
  }

  /** Words that the text did not take are kept by the core; until it has them, they are tried again. */
  async #keep(line: string, text: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.core.rescue(this.id, line, text);
      } catch (error) {
        console.warn("words are not kept yet", reason(error));
        await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** tries, KEEPING_WAITS_AT_MOST_MS)));
      }
    }
  }

  #changed(editor: Editor): void {
    this.state = editor.state;
    if (editor.state.saved) {
      clearTimeout(this.#savingTimer);
      this.#savingTimer = undefined;
      this.saving = false;
    } else {
      this.#savingTimer ??= setTimeout(() => (this.saving = true), SAVING_SHOWS_AFTER_MS);
    }
  }
}

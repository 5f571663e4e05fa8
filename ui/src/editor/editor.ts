/**
 * The editor as the chrome sees it: open a document over a wire, mount it, run commands, subscribe to its state, destroy it. Knows no UI framework. The
 * view, the screen, presence and menus are put together here; none of them knows another.
 */
import "./editor.css";
import "./attachments/attachments.css";
import "./outline/folding.css";
import "./page/tables.css";
import { Attaching } from "./attachments/attaching.ts";
import { Files } from "./attachments/files.ts";
import { dropCursor } from "prosemirror-dropcursor";
import { Counting } from "./counting.ts";
import { type CommandName, isPageCommand, runOn } from "./commands.ts";
import { Drawing } from "./drawing.ts";
import type { Delta } from "./delta.ts";
import { Find } from "./find/find.ts";
import { FIRST_LINES, Growing, MOST_UNASKED } from "./growing.ts";
import { sharedBlock, setLanguage, turnTask } from "./editing/blocks.ts";
import { type KeyHost, handleKey, isMac } from "./editing/keys.ts";
import { activeMarks, setLink, toggleMark, unlink } from "./editing/marks.ts";
import { ends } from "./editing/range.ts";
import { Typing } from "./editing/typing.ts";
import { type Wording, indexOf, useWording } from "./editing/wording.ts";
import { TextLane } from "./lane/lane.ts";
import type { Wire } from "./lane/wire.ts";
import type { Selection } from "./lane/undo.ts";
import { Highlighting } from "./code/highlighting.ts";
import { type CodePlace, codePlace } from "./code/place.ts";
import { LinkAsking } from "./links/asking.ts";
import type { Change } from "./lines/rewriting.ts";
import { randomName } from "./names.ts";
import { SlashMenu } from "./menus/slash.ts";
import { Folding } from "./outline/folding.ts";
import { Outline } from "./outline/outline.ts";
import { isShown } from "./page/project.ts";
import { Clipboard } from "./clipboard/clipboard.ts";
import { People } from "./presence/people.ts";
import { Pressing } from "./pressing.ts";
import { type Box, arrangeLines, boxOf, mountScreen, showPlace } from "./screen.ts";
import type { EditorEvents, EditorSnapshot, Here } from "./snapshot.ts";
import { Telling } from "./telling.ts";
import { reachEmbed } from "./embeds/reach.ts";
import { View } from "./view.ts";
import { type EditorWords, WORDS, showWords } from "./words.ts";

/** What an editor needs. */
export interface EditorOptions {
  readonly wire: Wire;
  readonly document: string;
  /** Opens a link outside, after the person saw where it goes. */
  readonly openOutside: (url: string) => void;
  /** The core's Markdown reader; without it pasted Markdown is plain text and nothing is offered. */
  readonly readMarkdown?: (text: string) => Promise<Delta>;
  /** Words that the text itself shows or says. */
  readonly words?: Partial<EditorWords>;
  readonly now?: () => number;
  /** Lines mounted without being scrolled to; infinite for assistive technology that reads the whole text. */
  readonly mountLimit?: number;
  /** Who saves files: the core in Sheaf's own window, else the browser. */
  readonly saves?: "core" | "browser";
}

/** An open document. */
export class Editor {
  /** Find and replace in the text. */
  readonly find = new Find(() => this.view.page);
  /** The headings, and the section one is in. */
  readonly outline: Outline;
  private readonly view: View;
  private readonly people: People;
  private readonly slash: SlashMenu;
  private readonly typing: Typing;
  private readonly links: LinkAsking;
  private readonly folding: Folding;
  private readonly clipboard: Clipboard;
  private readonly files: Files;
  private readonly attaching: Attaching;
  private readonly drawing: Drawing;
  private readonly counting: Counting;
  private readonly words: EditorWords;
  private readonly now: () => number;
  private readonly telling = new Telling();
  private readonly pressing = new Pressing((event) => this.released(event));
  private snapshot: EditorSnapshot | undefined;
  private unsavedSince: number | undefined;
  private focused = false;
  private toolbarAsked = false;
  private composing = false;
  private growing: Growing | undefined;
  private keyAt = Number.NEGATIVE_INFINITY;

  /** Opens a document. Rejects with the core's reason. */
  static async open(options: EditorOptions): Promise<Editor> {
    return new Editor(options, await TextLane.open(options.wire, options.document, () => randomName(20)));
  }

  private constructor(
    private readonly options: EditorOptions,
    private readonly lane: TextLane,
  ) {
    this.now = options.now ?? ((): number => Date.now());
    this.words = { ...WORDS, ...options.words };
    this.people = new People(options.wire, lane, {
      now: this.now,
      page: () => this.view.page,
      isFocused: () => this.focused,
      isComposing: () => this.composing,
      changed: (here) => this.telling.say("people", here),
    });
    const landing = dropCursor({ color: false, class: "landing", width: 2 });
    const plugins = [this.people.plugin, new Highlighting(() => this.view.page).plugin(), this.find.plugin, landing];
    this.view = new View(lane, { now: this.now, newId: () => randomName(10) }, this.viewListener(), plugins, FIRST_LINES);
    const { page } = this.view;
    this.outline = new Outline(page);
    this.folding = new Folding(page, (told) => this.telling.say("folded", told));
    this.counting = new Counting(page.lines);
    this.files = new Files(options.wire, options.document, options.saves ?? "browser");
    this.attaching = new Attaching(page, this.files, {
      state: (state) => this.telling.say("attaching", state),
      failed: (name, error) => this.telling.say("notAttached", { name, error }),
    });
    this.slash = new SlashMenu(
      page,
      () => this.words.blocks,
      (accept) => this.attaching.pick(accept),
    );
    this.typing = new Typing(page, () => this.view.undo.interrupt());
    this.clipboard = new Clipboard(
      page,
      () => this.view.undo.interrupt(),
      options.readMarkdown,
      (accept) => this.telling.say("markdownPasted", { accept }),
      (files, offset) => void this.attaching.add(files, offset),
    );
    this.links = new LinkAsking(page, {
      boxAt: (from, to) => this.boxAt(from, to),
      open: (url) => this.options.openOutside(url),
      show: (asked) => this.telling.say("link", asked),
    });
    this.drawing = new Drawing(
      () => this.view.draw(),
      () => this.composing || page.view?.composing === true,
    );
  }

  /** The document's title when it was opened. */
  get title(): string {
    return this.lane.opened.title;
  }

  /** Puts the text on the screen. */
  mount(host: HTMLElement): void {
    const { page } = this.view;
    const view = mountScreen(host, page, this.screenEvents(), this.words, this.files);
    view.dom.setAttribute("data-placeholder", this.words.placeholder);
    this.showEmptiness();
    arrangeLines(view, page);
    this.growing = new Growing(
      page,
      view,
      this.options.mountLimit ?? MOST_UNASKED,
      (from, to) => {
        arrangeLines(view, page, from, to);
        this.folding.draw(from, to);
      },
      () => (this.composing ? Number.POSITIVE_INFINITY : this.keyAt),
    );
    this.outline.mount(this.growing.scroller);
    if (this.view.lane.owes) this.drawing.due();
  }

  /** The reader's language changed. */
  setWords(words: Partial<EditorWords>): void {
    Object.assign(this.words, words);
    const { view } = this.view.page;
    if (view) showWords(view, this.words);
  }

  /** Ends it. What is unsaved is still sent. */
  async destroy(): Promise<void> {
    this.drawing.stop();
    this.growing?.stop();
    this.find.stop();
    this.outline.stop();
    this.people.stop();
    this.pressing.stop();
    this.telling.stop();
    this.files.stop();
    this.view.page.view?.destroy();
    this.view.page.view = undefined;
    await this.lane.close();
  }

  /** The state now. The same object until something changed. */
  get state(): EditorSnapshot {
    this.snapshot ??= this.takeSnapshot();
    return this.snapshot;
  }

  /** Calls back, once per task, after anything in the state changed. */
  subscribe(listener: () => void): () => void {
    return this.telling.subscribe(listener);
  }

  /** Calls back when something happens. */
  on<Name extends keyof EditorEvents>(name: Name, handler: (event: EditorEvents[Name]) => void): () => void {
    return this.telling.on(name, handler);
  }

  /** Runs a command. Answers whether it did anything. */
  run(name: CommandName): boolean {
    if (name === "undo") return this.view.undoEdit();
    if (name === "redo") return this.view.redoEdit();
    if (name === "tableMenu") return this.openTableMenu();
    return isPageCommand(name) && runOn(this.view.page, name);
  }

  /** Highlights the selection with a pen, or takes the highlight away. */
  highlight(pen: string): boolean {
    return toggleMark(this.view.page, "background", pen);
  }

  /** Makes the selection, or the link at the caret, lead to `href`; with `text`, puts a new link there. */
  setLink(href: string, text?: string): boolean {
    return setLink(this.view.page, href, text);
  }

  /** Takes the link at an offset away. */
  unlink(offset: number): boolean {
    return unlink(this.view.page, offset);
  }

  /** The code that the caret stands in, and where it is just now. */
  get code(): CodePlace | undefined {
    return codePlace(this.view.page);
  }

  /** Sets the language of the code the caret is in. */
  setLanguage(language: string): boolean {
    return setLanguage(this.view.page, language);
  }

  /** Shows what can be done to the table that the caret is in. */
  private openTableMenu(): boolean {
    const opened = this.slash.openInTable();
    this.changed();
    return opened;
  }

  /** Chooses an item of the insert menu. */
  chooseSlash(id: string): void {
    this.slash.choose(id);
    this.focus();
  }

  /** Closes the insert menu. */
  closeSlash(): void {
    this.slash.close();
    this.changed();
  }

  /** Shows the selection toolbar although the selection was made with keys. */
  askForToolbar(): void {
    this.toolbarAsked = true;
    this.changed();
  }

  /** Takes keys. */
  focus(): void {
    this.view.page.view?.focus();
  }

  /** Puts the selection somewhere and scrolls there. */
  select(selection: Selection): void {
    this.view.page.select(selection);
    this.focus();
  }

  /** Scrolls to somebody's caret. Answers false when they have none. */
  jumpTo(device: string): boolean {
    const place = this.people.placeOf(device);
    if (place === undefined) return false;
    this.scrollTo(place);
    return true;
  }

  /** Scrolls to a place in the text without moving the caret. */
  scrollTo(offset: number, block: ScrollLogicalPosition = "center"): void {
    showPlace(this.view.page, offset, block);
  }

  /** Puts the caret where a section begins, and that to the top of the screen. Answers false when it has gone. */
  goToSection(nth: number): boolean {
    const start = this.outline.startOf(nth);
    if (start === undefined) return false;
    this.view.page.select({ anchor: start, head: start }, false);
    this.focus();
    this.scrollTo(start, "start");
    return true;
  }

  /** Brings a line into view and selects it. Answers false when it has gone. */
  showLine(id: string): boolean {
    const { lines } = this.view.page;
    const index = indexOf(lines, id);
    if (index < 0) return false;
    const start = lines.startOf(index);
    this.scrollTo(start);
    this.select({ anchor: start, head: start + lines.line(index).width });
    return true;
  }

  /** The paragraph with the caret, in the core's words, and where it is on the screen. */
  get paragraph(): { readonly version: number; readonly offset: number; readonly box: Box | undefined } {
    const { lines, selection } = this.view.page;
    const { start, line } = lines.at(selection.head);
    const [version, offset] = [this.lane.version, this.lane.toCore(selection.head)];
    return { version, offset, box: this.boxAt(start, start + line.width) };
  }

  /** Makes a line what it was once; `null` takes it out. One that has gone is put back behind the line `after`. It can be undone. */
  useWording(id: string, after: string | null, wording: Wording | null): boolean {
    return useWording(this.view.page, id, after, wording);
  }

  /** Shows or hides everybody's carets; sends mine or not. */
  setPresence(show: boolean, send: boolean): void {
    this.people.set(show, send);
  }

  /** Who is here. */
  get here(): readonly Here[] {
    return this.people.here;
  }

  /** The text as plain characters: for tests and for the outline. */
  get text(): string {
    return this.view.page.lines.text();
  }

  /** The text as a Delta. */
  get delta(): Delta {
    return this.view.page.lines.toDelta();
  }

  /** Resolves when everything typed so far is durable, or after so many milliseconds. */
  saved(within = 10_000): Promise<boolean> {
    return this.lane.settled(within);
  }

  /** Whether the screen shows the text; draws it anew when not. For tests and after trouble. */
  verify(): boolean {
    return this.view.page.verify();
  }

  private viewListener(): ConstructorParameters<typeof View>[2] {
    return {
      owes: () => this.drawing.due(),
      changing: (delta) => {
        this.people.textChanging(delta);
        this.slash.textChanged(delta);
        this.attaching.textChanging(delta);
      },
      textChanged: (delta, changes, mine) => {
        this.textChanged(changes, mine);
        this.find.textChanged(delta, changes);
      },
      changed: () => this.selectionChanged(),
      savedChanged: () => {
        this.unsavedSince = this.lane.isUnsaved ? (this.unsavedSince ?? this.now()) : undefined;
        this.people.booked();
        this.changed();
      },
      roleChanged: (role) => {
        this.view.page.view?.setProps({});
        this.telling.say("role", role);
        this.changed();
      },
      rescued: (words) => this.telling.say("rescued", words),
      trouble: (what) => this.telling.say("trouble", what),
    };
  }

  private textChanged(changes: readonly Change[], mine: boolean): void {
    const { page } = this.view;
    this.counting.textChanged(page.lines, changes);
    if (mine) this.people.typed();
    else this.people.booked();
    if (page.view !== undefined) {
      let shift = 0;
      for (const change of changes) {
        const first = change.index + shift;
        arrangeLines(page.view, page, first, first + change.added.length + 1);
        shift += change.added.length - change.removed;
      }
    }
    this.showEmptiness();
    this.outline.textChanged();
    this.folding.textChanged(changes);
    if (!page.isWhole) this.growing?.follow();
  }

  private selectionChanged(): void {
    this.slash.follow(this.typing.takeTyped());
    const { anchor, head } = this.view.page.selection;
    if (this.pressing.isDown || anchor === head) this.toolbarAsked = false;
    this.folding.selectionChanged();
    this.outline.selectionChanged();
    this.people.tell();
    this.changed();
  }

  private screenEvents(): Parameters<typeof mountScreen>[2] {
    const { page } = this.view;
    return {
      key: (event) => this.key(event),
      typing: (text) => this.typing.type(text),
      copy: (data, cut) => this.clipboard.copy(data, cut),
      paste: (data) => this.clipboard.paste(data),
      drop: (data, offset, moved) => this.clipboard.drop(data, offset, moved),
      click: (event) => this.links.click(event, this.pressing.isPlainClick(event)),
      check: (offset) => void turnTask(page, offset),
      fold: (offset) => void this.folding.toggleAt(offset),
      tableMenu: () => void this.run("tableMenu"),
      pointer: (event) => this.pointer(event),
      focus: (focused) => {
        this.focused = focused;
        this.people.tell();
        this.changed();
      },
      composition: (active) => {
        this.composing = active;
        if (!active) this.drawing.compositionEnded();
      },
      browserCommand: (type) => this.browserCommand(type),
    };
  }

  private key(event: KeyboardEvent): boolean {
    this.keyAt = performance.now();
    if (!event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && this.slash.key(event.key)) {
      this.changed();
      return true;
    }
    if (event.key === "Escape" && this.toolbarBox() !== undefined) this.toolbarAsked = false;
    this.clipboard.keyDown(event);
    if (this.folding.key(event)) return true;
    return handleKey(this.keyHost(), event);
  }

  private keyHost(): KeyHost {
    return {
      page: this.view.page,
      isMac: isMac(),
      undo: () => this.view.undoEdit(),
      redo: () => this.view.redoEdit(),
      interrupt: () => this.view.undo.interrupt(),
      askForLink: () => this.telling.say("linkWanted", this.links.here),
      fold: () => this.folding.toggleHere(),
      reachLink: () => this.links.reach() || reachEmbed(this.view.page),
      copyAsMarkdown: () => this.clipboard.copyAsMarkdown(),
      tableMenu: () => this.run("tableMenu"),
    };
  }

  private pointer(event: MouseEvent): void {
    this.pressing.press(event);
    this.toolbarAsked = false;
    this.changed();
  }

  private released(event: MouseEvent): void {
    this.toolbarAsked = !this.pressing.isPlainClick(event);
    this.changed();
  }

  private browserCommand(type: string): boolean {
    if (type === "historyUndo") return this.run("undo") || true;
    if (type === "historyRedo") return this.run("redo") || true;
    const mark = { formatBold: "bold", formatItalic: "italic", formatUnderline: "underline", formatStrikeThrough: "strike" }[type];
    return mark !== undefined && (this.run(mark as CommandName) || true);
  }

  private toolbarBox(): Box | undefined {
    const { page } = this.view;
    const { from, to } = ends(page.selection);
    if (!this.toolbarAsked || this.pressing.isDown || from === to || !page.editable || page.view === undefined) return undefined;
    if (sharedBlock(page).kind === "code") return undefined;
    return this.boxAt(from, to);
  }

  private boxAt(from: number, to: number): Box | undefined {
    const { page } = this.view;
    return page.view === undefined ? undefined : boxOf(page.view, page, from, to);
  }

  private showEmptiness(): void {
    const { page } = this.view;
    const first = page.lines.line(0);
    const isEmpty = page.lines.length <= 1 && first.width === 0 && isShown(page.lines, first) && first.block === "";
    page.view?.dom.classList.toggle("is-empty", isEmpty);
  }

  private takeSnapshot(): EditorSnapshot {
    const { page, undo } = this.view;
    const { from, to } = ends(page.selection);
    const block = sharedBlock(page);
    const slash = this.slash.state;
    return {
      role: this.lane.role,
      editable: page.editable,
      saved: !this.lane.isUnsaved,
      unsavedSince: this.unsavedSince,
      focused: this.focused,
      empty: page.lines.length <= 1,
      selection: page.selection,
      marks: activeMarks(page),
      kind: block.kind,
      quote: block.quote,
      language: block.language,
      canUndo: undo.canUndo && page.editable,
      canRedo: undo.canRedo && page.editable,
      words: this.counting.words,
      selectedWords: from === to ? 0 : this.counting.between(from, to),
      slash: slash === undefined ? undefined : { ...slash, box: this.boxAt(slash.from, slash.from) },
      toolbar: this.toolbarBox(),
    };
  }

  private changed(): void {
    this.snapshot = undefined;
    this.telling.changed();
  }
}

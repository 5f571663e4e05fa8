/**
 * The editor as the chrome sees it: open a document over a wire, mount it, run commands, subscribe to its state, destroy it. Knows no UI framework. The
 * view, the screen, presence and menus are put together here; none of them knows another.
 */
import "./editor.css";
import "./attachments/attachments.css";
import "./cells/cells.css";
import "./outline/folding.css";
import "./handle/handle.css";
import "./page/callouts.css";
import "./page/tables.css";
import { Attaching } from "./attachments/attaching.ts";
import { Files } from "./attachments/files.ts";
import { landing } from "./attachments/landing.ts";
import { DOCUMENT } from "../generated/schema.ts";
import { type Counts, Counting } from "./counting.ts";
import { type CommandName, commandOfBrowser, isBlockCommand, isPageCommand, runOn } from "./commands.ts";
import { Drawing } from "./drawing.ts";
import type { Delta } from "./delta.ts";
import { Find } from "./find/find.ts";
import { setLanguage, turnTask } from "./editing/blocks.ts";
import { type KeyHost, TURNS, handleKey, isMac, nameOf } from "./editing/keys.ts";
import { setLink, toggleMark, unlink } from "./editing/marks.ts";
import { ends } from "./editing/range.ts";
import { Typing } from "./editing/typing.ts";
import { type Wording, indexOf, useWording } from "./editing/wording.ts";
import { TextLane } from "./lane/lane.ts";
import type { Selection } from "./lane/undo.ts";
import { Highlighting } from "./code/highlighting.ts";
import { type CodePlace, codePlace } from "./code/place.ts";
import { Blocks } from "./handle/blocks.ts";
import { LinkAsking } from "./links/asking.ts";
import type { Change } from "./lines/rewriting.ts";
import { randomName } from "./names.ts";
import { NOTHING_KNOWN } from "./mentioning.ts";
import { Menus } from "./menus/menus.ts";
import { openNamedHere, reachEmbed, reachOf } from "./embeds/reach.ts";
import { retellEmbeds } from "./embeds/view.ts";
import { Footnotes } from "./footnotes/footnotes.ts";
import { Folding } from "./outline/folding.ts";
import { Outline } from "./outline/outline.ts";
import type { EditorOptions } from "./options.ts";
import { Clipboard } from "./clipboard/clipboard.ts";
import { Pictures } from "./pictures/pictures.ts";
import { heldLine } from "./page/composing.ts";
import { People } from "./presence/people.ts";
import { printable } from "./printable.ts";
import { type Box, type Spelling, arrangeChanges, arrangeLines, boxOf, mountScreen, showEmptiness, showPlace } from "./screen.ts";
import { type EditorEvents, type EditorSnapshot, type Here, snapshotOf } from "./snapshot.ts";
import { Toolbar } from "./toolbar.ts";
import { Telling } from "./telling.ts";
import { type History, View } from "./view.ts";
import { beforeKey, beforeText } from "./window/keys.ts";
import { USUAL_EXTENT, Window } from "./window/window.ts";
import { type EditorWords, WORDS, showWords } from "./words.ts";

/** An open document. */
export class Editor {
  /** Find and replace in the text. */
  readonly find = new Find(() => this.view.page);
  /** The headings, and the section one is in. */
  readonly outline: Outline;
  /** Whole blocks: chosen, moved, turned. */
  readonly blocks: Blocks;
  /** The images and files of the document. */
  readonly files: Files;
  private readonly view: View;
  private readonly people: People;
  private readonly menus: Menus;
  private readonly typing: Typing;
  private readonly links: LinkAsking;
  private readonly folding: Folding;
  private readonly footnotes: Footnotes;
  private readonly clipboard: Clipboard;
  private readonly attaching: Attaching;
  private readonly drawing: Drawing;
  private readonly counting: Counting;
  private readonly pictures: Pictures;
  private readonly words: EditorWords;
  private readonly now: () => number;
  private readonly telling = new Telling();
  private readonly toolbar = new Toolbar(
    () => this.view.page,
    () => this.changed(),
    () => this.telling.say("toolbarWanted", undefined),
  );
  private snapshot: EditorSnapshot | undefined;
  private unsavedSince: number | undefined;
  private focused = false;
  private composing = false;
  private spelling: Spelling = { on: true, language: null };
  private window: Window | undefined;
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
    this.pictures = new Pictures(
      () => this.view.page,
      () => this.words,
    );
    const coloured = new Highlighting(() => this.view.page);
    const drawn = [this.people.plugin, coloured.plugin(), this.pictures.plugin(), this.find.plugin, heldLine()];
    const plugins = [...drawn, ...landing(() => this.view.page)];
    const extent = { ...USUAL_EXTENT, ...options.extent };
    this.view = new View(lane, { now: this.now, newId: () => randomName(10) }, this.viewListener(), plugins, extent, options.history);
    const { page } = this.view;
    this.outline = new Outline(page);
    this.footnotes = new Footnotes(page);
    this.folding = new Folding(page, (told) => this.telling.say("folded", told));
    this.blocks = new Blocks(
      page,
      this.folding,
      {
        chosen: (event) => {
          this.telling.say("chosen", event);
          this.changed();
        },
        menu: (asked) => this.telling.say("blockMenu", asked),
      },
      (key) => TURNS[key],
      { told: (event) => this.telling.say("cells", event), menu: (asked) => this.telling.say("cellMenu", asked) },
    );
    this.counting = new Counting(page.lines, () => this.changed());
    this.files = new Files(options.wire, options.document, options.outside);
    this.attaching = new Attaching(page, this.files, this.telling);
    this.menus = new Menus(
      page,
      options.mentioning ?? NOTHING_KNOWN,
      () => this.words.blocks,
      (accept) => this.attaching.pick(accept),
      () => this.changed(),
    );
    this.typing = new Typing(page, () => this.view.undo.interrupt());
    this.clipboard = new Clipboard(
      page,
      () => this.view.undo.interrupt(),
      options,
      (accept) => this.telling.say("markdownPasted", { accept }),
      this.attaching,
      this.words,
      this.blocks.chosen,
    );
    this.links = new LinkAsking(page, {
      boxAt: (from, to) => this.blocks.cells.box ?? this.boxAt(from, to),
      open: (url) => this.options.openOutside(url),
      show: (asked) => this.telling.say("link", asked),
    });
    this.drawing = new Drawing(
      () => this.view.draw(),
      () => this.isComposing,
    );
  }

  /** The document's title when it was opened. */
  get title(): string {
    return this.lane.opened.title;
  }

  /** Puts the text on the screen. */
  mount(host: HTMLElement): void {
    const { page } = this.view;
    const view = mountScreen(host, page, this.screenEvents(), {
      words: this.words,
      reach: reachOf(this.outline, this.footnotes, (nth) => this.goToSection(nth), {
        mentioning: this.options.mentioning ?? NOTHING_KNOWN,
        files: this.files,
      }),
      spelling: () => this.spelling,
    });
    view.dom.setAttribute("data-placeholder", this.words.placeholder);
    showEmptiness(page);
    arrangeLines(view, page);
    page.onMounted = (from, to): void => {
      arrangeLines(view, page, from, to);
      this.folding.draw(from, to);
      this.blocks.mounted();
      this.footnotes.mounted();
    };
    this.window = new Window(page, view, {
      keyAt: () => this.keyAt,
      isComposing: () => this.isComposing,
      isHeld: () => this.toolbar.isHeld,
      hidden: () => this.folding.hidden,
    });
    this.outline.mount(this.window.scroller);
    this.blocks.mount(this.window.scroller, this.words);
    this.footnotes.mounted();
    if (this.view.lane.owes) this.drawing.due();
  }

  /** Keeps every line on the page, for who has it read out, or only those around what is seen of a long text. */
  holdEverything(everything: boolean): void {
    const { page } = this.view;
    page.extent = { ...page.extent, whole: everything ? Number.POSITIVE_INFINITY : (this.options.extent?.whole ?? USUAL_EXTENT.whole) };
    this.window?.follow();
  }

  /** The reader's language changed. */
  setWords(words: Partial<EditorWords>): void {
    Object.assign(this.words, words);
    const { view } = this.view.page;
    if (view) showWords(view, this.words);
    this.pictures.retell();
  }

  /** What the names in the text stand for changed: a document has another title. */
  mentionedChanged(): void {
    const { view } = this.view.page;
    if (view) retellEmbeds(view.dom, DOCUMENT);
  }

  /**
   * Ends it. What is unsaved is still sent, and files on their way still enter the text; whoever listens is told of those until then. Answers what can be
   * undone, for who opens the document again.
   */
  async destroy(): Promise<History | undefined> {
    const { drawing, counting, find, outline, blocks, people, toolbar, attaching } = this;
    for (const part of [drawing, this.window, counting, find, outline, blocks, people, toolbar]) part?.stop();
    const { page } = this.view;
    const { rescued, trouble } = this.viewListener();
    const history = this.view.leave({ rescued, trouble, changing: (delta) => attaching.textChanging(delta) });
    page.view?.destroy();
    page.view = page.onMounted = undefined;
    const closed = attaching.ended().then(() => this.close());
    await (attaching.isUnderWay ? this.lane.settled() : closed);
    return history;
  }

  private async close(): Promise<void> {
    await this.lane.close();
    this.telling.stop();
    this.files.stop();
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
    if (name === "menuHere") return this.menus.openHere();
    if (isBlockCommand(name)) return this.blocks.run(name);
    return isPageCommand(name) && runOn(this.view.page, name);
  }

  /** Highlights the selection with a pen, or takes the highlight away. */
  highlight(pen: string): boolean {
    return toggleMark(this.view.page, "background", pen);
  }

  /** Asks for the address of what is selected, or of the link at the caret: says what that is now. */
  askForLink(): void {
    this.telling.say("linkWanted", this.links.here);
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

  /** Chooses an item of the insert menu. */
  chooseSlash(id: string): void {
    this.menus.slash.choose(id);
    this.focus();
  }

  /** Closes the insert menu. */
  closeSlash(): void {
    this.menus.slash.close();
    this.changed();
  }

  /** Names an item of the menu of what can be named. */
  chooseMention(id: string): void {
    this.menus.naming.choose(id);
    this.focus();
  }

  /** Takes the selection's toolbar away; keys go on in the text. */
  leaveToolbar(): void {
    this.toolbar.dismiss();
    this.focus();
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
    return this.outline.goTo(nth);
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

  /** Underlines what is misspelled, in the language that the text is written in as far as one is named (`de-AT`); or does not. */
  setSpelling(on: boolean, language: string | null): void {
    this.spelling = { on, language };
    this.view.page.view?.setProps({});
  }

  /** Puts the quotation marks and dashes of a language for what is typed; null leaves it as it is typed. */
  setTypography(language: string | null): void {
    this.typing.typography = language;
  }

  /** Shows or hides everybody's carets; sends mine or not. */
  setPresence(show: boolean, send: boolean): void {
    this.people.set(show, send);
  }

  /** Who is here. */
  get here(): readonly Here[] {
    return this.people.here;
  }

  /** How long the text is, and what is selected of it; undefined when there is only a caret. */
  get counts(): { readonly all: Counts; readonly selected: Counts | undefined } {
    return { all: this.counting.counts, selected: this.counting.selectedCounts(this.view.page.selection) };
  }

  /** The text as plain characters: for tests and for the outline. */
  get text(): string {
    return this.view.page.lines.text();
  }

  /** The text as a Delta. */
  get delta(): Delta {
    return this.view.page.lines.toDelta();
  }

  /** The text as it goes on paper: plain, whole HTML. */
  get printable(): string {
    return printable(this.delta, this.words);
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
        const { people, menus, blocks, attaching, clipboard } = this;
        for (const part of [people, menus, blocks, attaching, clipboard]) part.textChanging(delta);
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
    this.counting.textChanged(page.lines);
    if (mine) this.people.typed();
    else this.people.booked();
    arrangeChanges(page, changes);
    showEmptiness(page);
    this.outline.textChanged();
    this.folding.textChanged(changes);
    this.blocks.textChanged(mine);
    this.footnotes.textChanged(changes);
    this.window?.follow();
  }

  private selectionChanged(): void {
    this.menus.follow(this.typing.takeTyped());
    this.toolbar.selectionChanged();
    this.folding.selectionChanged();
    this.blocks.selectionChanged();
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
      paste: (data) => {
        this.blocks.chosen.narrow();
        return this.clipboard.paste(data);
      },
      drop: (data, offset, moved) => this.clipboard.drop(data, offset, moved),
      click: (event) => this.links.click(event, this.toolbar.isPlainClick(event)),
      check: (offset) => void turnTask(page, offset),
      fold: (offset) => void this.folding.toggleAt(offset),
      footnote: (offset) => {
        page.select({ anchor: offset, head: offset }, false);
        this.footnotes.goToReference();
      },
      menuHere: () => void this.run("menuHere"),
      pointer: (event) => this.toolbar.press(event),
      focus: (focused) => {
        this.focused = focused;
        this.people.tell();
        this.changed();
      },
      composition: (active) => {
        if (active) {
          beforeText(page, true);
          // An input method may begin without a key.
          this.blocks.chosen.release(true);
        }
        this.composing = active;
        if (active) return;
        this.drawing.compositionEnded();
        this.window?.follow();
      },
      browserCommand: (type) => this.browserCommand(type),
    };
  }

  private key(event: KeyboardEvent): boolean {
    this.keyAt = performance.now();
    if (this.menus.key(event)) {
      this.changed();
      return true;
    }
    if (beforeKey(this.view.page, event)) return true;
    if (event.key === "Escape" && !this.blocks.cells.isActive && this.toolbarBox() !== undefined) {
      this.toolbar.dismiss();
      return true;
    }
    this.clipboard.keyDown(event);
    if (this.blocks.key(nameOf(event, isMac()), event)) return true;
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
      askForLink: () => this.askForLink(),
      askForToolbar: () => !this.blocks.chosen.isActive && this.toolbar.ask(),
      fold: () => this.folding.toggleHere(),
      reachLink: () =>
        this.links.reach() ||
        openNamedHere(this.view.page, this.options.mentioning) ||
        reachEmbed(this.view.page) ||
        this.footnotes.goToReference(),
      copyAsMarkdown: () => this.clipboard.copyAsMarkdown(),
      menuHere: () => this.run("menuHere"),
      blockMenu: () => this.blocks.openMenu(),
      move: (by) => this.blocks.move(by),
      duplicate: () => this.blocks.duplicate(),
    };
  }

  private get isComposing(): boolean {
    return this.composing || this.view.page.view?.composing === true;
  }

  private browserCommand(type: string): boolean {
    if (!this.isComposing && /^(?:insert|delete)/.test(type)) beforeText(this.view.page, false);
    const command = commandOfBrowser(type);
    return command !== undefined && (this.run(command) || true);
  }

  private toolbarBox(): Box | undefined {
    const { from, to } = ends(this.view.page.selection);
    return this.toolbar.isShown && !this.blocks.chosen.isActive ? (this.blocks.cells.box ?? this.boxAt(from, to)) : undefined;
  }

  private boxAt(from: number, to: number): Box | undefined {
    const { page } = this.view;
    return page.view === undefined ? undefined : boxOf(page.view, page, from, to);
  }

  private takeSnapshot(): EditorSnapshot {
    return snapshotOf(this.view, {
      unsavedSince: this.unsavedSince,
      focused: this.focused,
      words: this.counting.words,
      selectedWords: this.counting.selectedWords(this.view.page.selection),
      ...this.menus.placed((at) => this.boxAt(at, at)),
      toolbar: this.toolbarBox(),
    });
  }

  private changed(): void {
    this.snapshot = undefined;
    this.telling.changed();
  }
}

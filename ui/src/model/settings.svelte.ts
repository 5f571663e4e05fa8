/** What this person chose about the page. Kept by the core as plain values; a value that makes no sense falls back to its default. */
import { zoom } from "../ipc/connect.ts";
import { languages, speak, type LanguageChoice } from "../messages/index.ts";
import type { Core } from "./core.ts";
import { readZoom } from "./zoom.ts";

export type Theme = "system" | "light" | "dark";
export type DocumentFont = "serif" | "sans" | "mono";
export const PAGE_WIDTHS = ["narrow", "normal", "wide"] as const;
/** How wide the lines of a document are for this person. */
export type PageWidth = (typeof PAGE_WIDTHS)[number];

/** Widths are kept for so many documents, those chosen last: all settings together may be 64 KB (crates/engine/src/settings.rs). */
const MOST_WIDTHS = 300;

/** Languages of documents beyond this many are forgotten, the oldest first: settings are switches, not files. */
const MOST_LANGUAGES = 200;

export class Settings {
  language = $state<LanguageChoice>("system");
  theme = $state<Theme>("system");
  font = $state<DocumentFont>("serif");
  sidebar = $state(true);
  outline = $state(false);
  /** Quotation marks, dashes and the like are put as one types. */
  typography = $state(false);
  /** What is misspelled is underlined. */
  spelling = $state(true);
  /** The language that a document is written in, for this reader, by document; as the system has it where none is named. */
  writtenIn = $state.raw<Readonly<Record<string, string>>>({});
  /** How large everything is, in percent. */
  zoom = $state(100);
  /** Pages that are not of the normal width, by document. */
  widths = $state.raw<Readonly<Record<string, PageWidth>>>({});
  /** Whether others' carets are shown, and whether mine is told to others. */
  carets = $state({ theirs: true, mine: true });
  /** Whether the whole of a long document is on the page, for who has it read out. Else only what is seen and some of what is around it. */
  wholeText = $state(false);
  /** Whether Sheaf goes on when its window is closed. The window reads it too (src-tauri/src/window.rs). */
  background = $state(false);
  lastDocument = $state<string | null>(null);
  welcomed = $state(false);
  /** Where the caret was last, in the text of which document: as good as a bookmark, since others may have written before it. */
  lastCaret: { document: string; offset: number } | null = null;

  readonly #core: Core;
  /** What the window was told last. */
  #zoomed = 100;
  /** One change at a time: the core reads what is kept, changes it and writes it. */
  #kept: Promise<unknown> = Promise.resolve();

  constructor(core: Core) {
    this.#core = core;
  }

  async load(): Promise<void> {
    const kept = await this.#core.settings();
    this.language = oneOf(kept["language"], ["system", ...(Object.keys(languages) as LanguageChoice[])], "system");
    this.theme = oneOf(kept["theme"], ["system", "light", "dark"], "system");
    this.font = oneOf(kept["font"], ["serif", "sans", "mono"], "serif");
    this.sidebar = kept["sidebar"] !== false;
    this.widths = widthsIn(kept["page_widths"]);
    this.outline = kept["outline"] === true;
    this.typography = kept["typography"] === true;
    this.spelling = kept["spelling"] !== false;
    this.writtenIn = textsOf(kept["written_in"]);
    this.zoom = readZoom(kept["zoom"]);
    this.carets = { theirs: kept["their_carets"] !== false, mine: kept["my_caret"] !== false };
    this.wholeText = kept["whole_text"] === true;
    this.background = kept["background"] === true;
    this.lastDocument = typeof kept["last_document"] === "string" ? kept["last_document"] : null;
    const [document, offset] = [kept["last_caret_in"], kept["last_caret"]];
    this.lastCaret = typeof document === "string" && typeof offset === "number" ? { document, offset } : null;
    this.welcomed = kept["welcomed"] === true;
    this.#show();
  }

  async setLanguage(language: LanguageChoice): Promise<void> {
    this.language = language;
    await this.#keep({ language });
  }

  async setTheme(theme: Theme): Promise<void> {
    this.theme = theme;
    await this.#keep({ theme });
  }

  async setFont(font: DocumentFont): Promise<void> {
    this.font = font;
    await this.#keep({ font });
  }

  /** How wide a document's page is. */
  widthOf(document: string): PageWidth {
    return this.widths[document] ?? "normal";
  }

  async setWidth(document: string, width: PageWidth): Promise<void> {
    const others = Object.entries(this.widths).filter(([other]) => other !== document);
    const widths = width === "normal" ? others : [...others, [document, width] as const].slice(-MOST_WIDTHS);
    this.widths = Object.fromEntries(widths);
    await this.#keep({ page_widths: this.widths });
  }

  async setSidebar(sidebar: boolean): Promise<void> {
    this.sidebar = sidebar;
    await this.#keep({ sidebar });
  }

  async setOutline(outline: boolean): Promise<void> {
    this.outline = outline;
    await this.#keep({ outline });
  }

  async setTypography(typography: boolean): Promise<void> {
    this.typography = typography;
    await this.#keep({ typography });
  }

  async setSpelling(spelling: boolean): Promise<void> {
    this.spelling = spelling;
    await this.#keep({ spelling });
  }

  /** Says which language a document is written in; null for the system's. */
  async setWrittenIn(document: string, language: string | null): Promise<void> {
    const others = Object.entries(this.writtenInWithout(document));
    const all = language === null ? others : [...others, [document, language] as const];
    this.writtenIn = Object.fromEntries(all.slice(-MOST_LANGUAGES));
    await this.#keep({ written_in: this.writtenIn });
  }

  async setZoom(percent: number): Promise<void> {
    this.zoom = percent;
    await this.#keep({ zoom: percent });
  }

  async setCarets(carets: { theirs: boolean; mine: boolean }): Promise<void> {
    this.carets = carets;
    await this.#keep({ their_carets: carets.theirs, my_caret: carets.mine });
  }

  async setWholeText(wholeText: boolean): Promise<void> {
    this.wholeText = wholeText;
    await this.#keep({ whole_text: wholeText });
  }

  async setBackground(background: boolean): Promise<void> {
    this.background = background;
    await this.#keep({ background });
  }

  async setLastDocument(document: string | null): Promise<void> {
    this.lastDocument = document;
    await this.#keep({ last_document: document });
  }

  async setLastCaret(document: string, offset: number): Promise<void> {
    this.lastCaret = { document, offset };
    await this.#keep({ last_caret_in: document, last_caret: offset });
  }

  async setWelcomed(): Promise<void> {
    this.welcomed = true;
    await this.#keep({ welcomed: true });
  }

  /** Makes several values these at once; null makes one what it is when nobody chose. Answers what takes that back. */
  async change(change: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    await this.#kept.catch(() => undefined);
    const kept = await this.#core.settings();
    const before = Object.fromEntries(Object.keys(change).map((name) => [name, kept[name] ?? null]));
    await this.#keep({ ...change });
    await this.load();
    return before;
  }

  /** The languages of all documents but one. */
  writtenInWithout(document: string): Readonly<Record<string, string>> {
    const { [document]: _one, ...others } = this.writtenIn;
    return others;
  }

  async #keep(change: Record<string, unknown>): Promise<void> {
    this.#show();
    const keeping = this.#kept.catch(() => undefined).then(() => this.#core.settings(change));
    this.#kept = keeping;
    await keeping;
  }

  /** Words, colours and fonts follow at once: the tokens are `light-dark()` and variables. */
  #show(): void {
    speak(this.language);
    const root = document.documentElement;
    root.style.colorScheme = this.theme === "system" ? "light dark" : this.theme;
    root.dataset["font"] = this.font;
    if (this.zoom !== this.#zoomed) {
      this.#zoomed = this.zoom;
      void zoom(this.zoom).catch((error: unknown) => console.warn("the window stays as large as it is", error));
    }
  }
}

function widthsIn(kept: unknown): Readonly<Record<string, PageWidth>> {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).map(([document, width]) => [document, oneOf(width, PAGE_WIDTHS, "normal")] as const));
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.find((choice) => choice === value) ?? otherwise;
}

/** The texts of an object, by their names. */
function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

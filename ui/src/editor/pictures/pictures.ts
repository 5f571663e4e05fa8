/**
 * Draws what code in TeX or Mermaid says, below its lines, when they can be seen. The picture hangs on the run's last line and is no part of the text;
 * it is found by the id of the first line, so that it stays while lines come and go, and drawn anew when nobody has typed for a moment.
 */
import "./pictures.css";

import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type Pictured, picturedAt } from "../lines/pictured.ts";
import { SOFT_BREAK } from "../lines/line.ts";
import type { LineElement } from "../page/lineview.ts";
import type { Page } from "../page/page.ts";
import { linesBetween } from "../page/seen.ts";
import type { EditorWords } from "../words.ts";
import { drawDiagram } from "./diagram.ts";
import { drawTex } from "./tex.ts";

/** It is looked what is visible so soon after a change or a scroll. */
const LOOK_AFTER_MS = 120;
/** A picture is drawn anew when its words have rested for so long. */
const REST_MS = 450;
/** The pictures of one page. */
export class Pictures {
  private readonly pictures = new Map<string, Picture>();
  private looking: ReturnType<typeof setTimeout> | undefined;
  private view: EditorView | undefined;

  constructor(
    private readonly page: () => Page,
    private readonly words: () => EditorWords,
  ) {}

  /** The plugin that watches a page. */
  plugin(): Plugin {
    return new Plugin({
      view: (view) => {
        this.view = view;
        const soon = (): void => this.lookSoon();
        const dark = matchMedia("(prefers-color-scheme: dark)");
        const themed = new MutationObserver(() => this.themeChanged());
        document.addEventListener("scroll", soon, { capture: true, passive: true });
        dark.addEventListener("change", this.themeChanged);
        themed.observe(document.documentElement, { attributeFilter: ["style"] });
        soon();
        return {
          update: (_, before) => {
            if (before.doc !== view.state.doc) soon();
          },
          destroy: () => {
            document.removeEventListener("scroll", soon, { capture: true });
            dark.removeEventListener("change", this.themeChanged);
            themed.disconnect();
            clearTimeout(this.looking);
            for (const picture of this.pictures.values()) picture.stop();
            this.pictures.clear();
          },
        };
      },
    });
  }

  /** Says its words again: the reader's language changed. */
  retell(): void {
    for (const picture of this.pictures.values()) picture.retell();
  }

  private readonly themeChanged = (): void => {
    for (const picture of this.pictures.values()) picture.themeChanged(this.isDark());
  };

  private isDark(): boolean {
    const scheme = this.view === undefined ? "" : getComputedStyle(this.view.dom).colorScheme;
    if (scheme === "dark" || scheme === "light") return scheme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  private lookSoon(): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(), LOOK_AFTER_MS);
  }

  private look(): void {
    const { view } = this;
    const { lines, mounted } = this.page();
    if (view === undefined || view.isDestroyed) return;
    const { from, to } = linesBetween(view, 0, window.innerHeight);
    const end = Math.min(mounted.from + to, lines.count);
    for (let index = mounted.from + from; index < end; index++) {
      const run = picturedAt(lines, index);
      if (run === undefined) continue;
      const of = [...lines.between(run.from, run.to)];
      const id = of[0]?.id ?? "";
      const source = of.map((line) => line.text.replaceAll(SOFT_BREAK, " ")).join("\n");
      const elements = of.map((_, nth) => view.dom.children[run.from + nth - mounted.from] as LineElement | undefined);
      if (id !== "") this.hang(id, run.as, source, elements);
      index = run.to - 1;
    }
    this.forget();
  }

  private hang(id: string, as: Pictured, source: string, elements: ReadonlyArray<LineElement | undefined>): void {
    let picture = this.pictures.get(id);
    if (picture?.as !== as) {
      picture?.stop();
      picture = new Picture(as, this.words);
      this.pictures.set(id, picture);
    }
    for (const [nth, element] of elements.entries()) element?.sheafLine?.hang(nth === elements.length - 1 ? picture.dom : undefined);
    picture.show(source, this.isDark());
  }

  /** What hangs nowhere any more is drawn anew when it comes back. */
  private forget(): void {
    for (const [id, picture] of this.pictures) {
      if (picture.dom.isConnected) continue;
      picture.stop();
      this.pictures.delete(id);
    }
  }
}

/** One picture. */
class Picture {
  readonly dom = document.createElement("div");
  private source: string | undefined;
  private dark = false;
  private problem = false;
  private address: string | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;
  /** Counts drawings: one that comes late is not shown. */
  private drawing = 0;

  constructor(
    readonly as: Pictured,
    private readonly words: () => EditorWords,
  ) {
    this.dom.className = `picture ${as}-picture`;
    this.dom.contentEditable = "false";
    this.dom.hidden = true;
  }

  /** Shows what a source says: at once when nothing was shown before, else when it has rested. */
  show(source: string, isDark: boolean): void {
    if (source === this.source && isDark === this.dark) return;
    const isFirst = this.source === undefined;
    this.source = source;
    this.dark = isDark;
    clearTimeout(this.resting);
    if (isFirst) void this.draw();
    else this.resting = setTimeout(() => void this.draw(), REST_MS);
  }

  themeChanged(isDark: boolean): void {
    if (this.as === "diagram" && this.source !== undefined) this.show(this.source, isDark);
  }

  retell(): void {
    if (this.problem) this.sayProblem();
    this.dom.querySelector("img")?.setAttribute("alt", this.words().diagram);
  }

  stop(): void {
    clearTimeout(this.resting);
    this.drawing++;
    this.source = undefined;
    this.revoke();
  }

  private async draw(): Promise<void> {
    const nth = ++this.drawing;
    const { source = "" } = this;
    if (source.trim() === "") {
      this.dom.hidden = true;
      return;
    }
    const drawn = this.as === "formula" ? await drawTex(source, true) : await this.drawImage(source, () => nth === this.drawing);
    if (nth !== this.drawing) return;
    this.dom.hidden = false;
    this.problem = drawn === undefined;
    if (drawn === undefined) this.sayProblem();
    else this.dom.replaceChildren(drawn);
  }

  private async drawImage(source: string, isWanted: () => boolean): Promise<HTMLElement | undefined> {
    const address = await drawDiagram(source, this.dark);
    if (address === undefined) return undefined;
    if (!isWanted()) {
      URL.revokeObjectURL(address);
      return undefined;
    }
    this.revoke();
    this.address = address;
    const image = document.createElement("img");
    image.src = address;
    image.alt = this.words().diagram;
    image.draggable = false;
    return image;
  }

  private sayProblem(): void {
    const said = document.createElement("span");
    said.className = "picture-problem";
    said.textContent = this.as === "formula" ? this.words().formulaProblem : this.words().diagramProblem;
    this.dom.replaceChildren(said);
  }

  private revoke(): void {
    if (this.address !== undefined) URL.revokeObjectURL(this.address);
    this.address = undefined;
  }
}

/**
 * A formula in a line: drawn by KaTeX, edited in a small field below it, which a click or Enter opens. What cannot be drawn is shown as its source. Its
 * value is TeX and from anywhere; what is no text is an empty formula.
 */
import "./formula.css";

import { drawTex } from "../pictures/tex.ts";
import { escapeHtml } from "../clipboard/escape.ts";
import type { Drawn, EmbedHost, EmbedKind, Embedded } from "./kind.ts";

/** More of a source that is not drawn is not shown. */
const LONGEST_SHOWN = 200;

/** A formula in a line. */
export const formula: EmbedKind = {
  draw: (embedded, host) => new Formula(embedded, host),
  text: ({ value }) => `$${texOf(value)}$`,
  html: ({ value }) => `<code class="math">${escapeHtml(texOf(value))}</code>`,
};

function texOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

class Formula implements Drawn {
  readonly dom = document.createElement("span");
  private readonly shown = document.createElement("span");
  private tex = "";
  private field: HTMLTextAreaElement | undefined;
  /** Counts drawings: one that comes late is not shown. */
  private drawing = 0;

  constructor(
    { value }: Embedded,
    private readonly host: EmbedHost,
  ) {
    this.dom.className = "formula";
    this.shown.className = "formula-shown";
    this.dom.append(this.shown);
    this.shown.addEventListener("click", (event) => {
      event.preventDefault();
      this.open();
    });
    this.show(texOf(value));
  }

  update({ value }: Embedded): boolean {
    if (texOf(value) !== this.tex) this.show(texOf(value));
    return true;
  }

  retell(): void {
    if (this.tex === "") this.showSource("");
  }

  stopEvent(event: Event): boolean {
    return this.field !== undefined && event.target instanceof Node && this.field.parentElement?.contains(event.target) === true;
  }

  destroy(): void {
    this.drawing++;
    this.field = undefined;
  }

  /** Opens the field in which it is edited. */
  open(): boolean {
    if (!this.host.isEditable() || this.field !== undefined) return this.field !== undefined;
    const editor = document.createElement("span");
    editor.className = "formula-editor";
    const field = document.createElement("textarea");
    field.rows = 1;
    field.value = this.tex;
    field.spellcheck = false;
    field.setAttribute("autocapitalize", "off");
    field.setAttribute("aria-label", this.host.words().formulaField);
    field.placeholder = "x^2";
    this.field = field;
    editor.append(field);
    this.dom.append(editor);
    field.addEventListener("input", () => void this.draw(field.value));
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close(true));
    field.focus();
    field.select();
    return true;
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape") || event.shiftKey) return;
    event.preventDefault();
    this.close(event.key === "Enter");
    this.host.leave();
  }

  private close(keeps: boolean): void {
    const { field } = this;
    if (field === undefined) return;
    this.field = undefined;
    field.parentElement?.remove();
    const tex = field.value.replace(/\s+/g, " ").trim();
    if (keeps && tex !== this.tex) this.host.replace(tex);
    else void this.draw(this.tex);
  }

  private show(tex: string): void {
    this.tex = tex;
    if (this.field === undefined) void this.draw(tex);
  }

  private async draw(tex: string): Promise<void> {
    const nth = ++this.drawing;
    if (this.shown.childNodes.length === 0) this.showSource(tex);
    const element = await drawTex(tex, false);
    if (nth !== this.drawing) return;
    if (element === undefined) this.showSource(tex);
    else {
      this.dom.classList.remove("as-source");
      this.shown.replaceChildren(element);
    }
  }

  private showSource(tex: string): void {
    this.dom.classList.add("as-source");
    this.shown.textContent = tex === "" ? this.host.words().formulaEmpty : tex.slice(0, LONGEST_SHOWN);
  }
}

/**
 * Reads HTML from web pages, Word and Google Docs into lines. The schema alone decides what comes in: kinds it knows, marks it knows, links it may open.
 * Fonts, colours, scripts, styles and everything else stay outside. The HTML is parsed into a document without a window: nothing in it runs or loads.
 */
import { CALLOUTS, type Callout, FORMULA } from "../../generated/schema.ts";
import type { Embed, Scalar } from "../delta.ts";
import { changeBlock, headingLevel, readBlock } from "../lines/block.ts";
import { OBJECT, Runs, SOFT_BREAK } from "../lines/line.ts";
import { safeUrl } from "../links/url.ts";
import { MOST_PICTURES, pictureOf } from "./pictures.ts";
import { Sides } from "./sides.ts";
import { type Copied, cleanText, copiedFromJson } from "./lines.ts";

interface Context {
  readonly block: string;
  readonly marks: Readonly<Record<string, Scalar>>;
  /** Depth of lists we are in; -1 outside. */
  readonly depth: number;
  readonly list: "ul" | "ol";
  readonly isPre: boolean;
  /** Blanks are kept as they are, though it is no code. */
  readonly keepsBlanks: boolean;
}

const IGNORED = new Set([
  "SCRIPT",
  "STYLE",
  "HEAD",
  "TITLE",
  "META",
  "LINK",
  "TEMPLATE",
  "NOSCRIPT",
  "IFRAME",
  "OBJECT",
  "SVG",
  "BUTTON",
  "SELECT",
  "TEXTAREA",
  "AUDIO",
  "VIDEO",
  "CANVAS",
]);
const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY THEAD TFOOT TR UL".split(
    " ",
  ),
);
const MARKS: Readonly<Record<string, string>> = {
  B: "bold",
  STRONG: "bold",
  I: "italic",
  EM: "italic",
  CITE: "italic",
  DFN: "italic",
  VAR: "italic",
  U: "underline",
  INS: "underline",
  S: "strike",
  DEL: "strike",
  STRIKE: "strike",
  CODE: "code",
  KBD: "code",
  SAMP: "code",
  TT: "code",
};

/** What HTML says. */
export interface FromHtml {
  readonly lines: readonly Copied[];
  /** Pictures that come along, each with the line that it is on or below. */
  readonly pictures: ReadonlyArray<{ readonly line: number; readonly file: File; readonly alt: string }>;
  /** How many pictures became links, and how many cannot be had at all. */
  readonly away: number;
  readonly lost: number;
}

/** What HTML says. A picture that has no description is called `picture` where only a link to it stands. */
export function readHtml(html: string, picture = "Image"): FromHtml {
  const document = parsed(html);
  const own = document.querySelector("[data-sheaf]")?.getAttribute("data-sheaf");
  const mine = own === null || own === undefined ? undefined : copiedFromJson(own);
  return mine === undefined ? new HtmlReader(picture).read(document.body) : { lines: mine, pictures: [], away: 0, lost: 0 };
}

/** Whether HTML is a picture and nothing else. */
export function isPicture(html: string): boolean {
  const { body } = parsed(html);
  return body.querySelector("img") !== null && (body.textContent ?? "").trim() === "";
}

/** The HTML as a document without a window, in which nothing has a name: an element called `body` or `childNodes` would be found in their place. */
function parsed(html: string): Document {
  const document = new DOMParser().parseFromString(html, "text/html");
  for (const element of unnamed(document).querySelectorAll.call(document, "[id], [name]"))
    for (const name of ["id", "name"]) unnamed(element).removeAttribute.call(element, name);
  return document;
}

/** What something can do by its kind, whatever it has been given the name of. */
function unnamed<T extends object>(thing: T): T {
  return Object.getPrototypeOf(thing) as T;
}

/** The lines of a plain text. */
export function readPlain(text: string, block = ""): Copied[] {
  return cleanText(text)
    .split("\n")
    .map((line) => {
      const runs = new Runs();
      runs.text(line, undefined);
      return { block, runs: runs.runs };
    });
}

/** A cell that says it reaches over more than so many is not believed. */
const MOST_SPAN = 100;

class HtmlReader {
  private tables = 0;
  private readonly pictures: Array<FromHtml["pictures"][number]> = [];
  private away = 0;
  private lost = 0;
  private readonly lines: Copied[] = [];
  private runs = new Runs();
  private block = "";
  private hasText = false;
  private endsInSpace = true;

  constructor(private readonly pictureWord: string) {}

  read(body: HTMLElement): FromHtml {
    this.children(body, { block: "", marks: {}, depth: -1, list: "ul", isPre: false, keepsBlanks: false });
    this.endLine();
    const { lines, pictures, away, lost } = this;
    const least = Math.max(1, 1 + (pictures.at(-1)?.line ?? 0));
    while (lines.length > least && lines.at(-1)?.block === "" && lines.at(-1)?.runs.length === 0) lines.pop();
    return { lines, pictures, away, lost };
  }

  private children(node: Node, context: Context): void {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) this.text(child.nodeValue ?? "", context);
      else if (child.nodeType === 1) this.element(child as HTMLElement, context);
    }
  }

  private element(element: HTMLElement, context: Context): void {
    const tag = element.tagName.toUpperCase();
    if (IGNORED.has(tag) || element.getAttribute("aria-hidden") === "true" || isIgnoredByWord(element) || isTitle(element)) return;
    if (tag === "BR") return this.lineBreak(element, context);
    if (tag === "INPUT") return this.checkbox(element as HTMLInputElement, context);
    const tex = tag === "MATH" ? texOf(element) : undefined;
    if (tex !== undefined) return this.embed({ [FORMULA]: tex }, context);
    if (tag === "IMG") return isDrawnCheckbox(element) ? undefined : this.picture(element, context);
    if (tag === "TD" || tag === "TH") return this.cell(element, context);
    if (!BLOCKS.has(tag) && element.style.display !== "block") return this.children(element, inMarks(element, tag, context));
    this.endLine();
    if (tag === "TABLE" && readBlock(context.block).cell === null && isOfData(element as HTMLTableElement))
      return this.table(element as HTMLTableElement, context);
    if (tag === "HR") {
      this.lines.push({ block: "divider", runs: [] });
      return;
    }
    const inner = inBlock(element, tag, context);
    this.block = inner.block;
    this.children(element, inMarks(element, tag, inner));
    if (!this.hasText && inner.depth < 0 && isEmptyLine(element, tag)) this.keepEmpty(inner);
    this.endLine();
    this.block = context.block;
  }

  /** A table of words. Its ids are the reader's own: what is pasted gets fresh ones. */
  private table(table: HTMLTableElement, context: Context): void {
    const id = `t${(this.tables += 1)}`;
    const sides = new Sides(table);
    const began = this.lines.length;
    /** How many rows more a cell from above reaches down, by column. */
    const reaching: number[] = [];
    for (const [nth, row] of [...table.rows].entries()) {
      const isHead = row.parentElement?.tagName === "THEAD" || [...row.cells].every((cell) => cell.tagName === "TH");
      const head = row.cells.length > 0 && isHead;
      let column = 0;
      const skip = (): void => {
        while ((reaching[column] ?? 0) > 0) reaching[column] = (reaching[column++] ?? 0) - 1;
      };
      for (const cell of row.cells) {
        skip();
        const block = changeBlock("", { cell: { table: id, row: `r${nth}`, column: `c${column}` }, head });
        this.inCell(cell, { ...context, block, depth: -1 });
        if (!head) sides.see(cell, `c${column}`);
        for (let across = Math.min(cell.colSpan, MOST_SPAN); across > 0; across--)
          reaching[column++] = Math.min(cell.rowSpan, MOST_SPAN) - 1;
      }
      skip();
    }
    for (const [nth, line] of this.lines.entries()) if (nth >= began) this.lines[nth] = sides.aligned(line);
    this.block = context.block;
  }

  private inCell(cell: HTMLTableCellElement, context: Context): void {
    const before = this.lines.length;
    this.block = context.block;
    const { marks, ...inner } = inMarks(cell, cell.tagName, context);
    const { bold, ...plain } = marks;
    this.children(cell, { ...inner, marks: cell.tagName === "TH" || bold === undefined ? plain : marks });
    this.endLine(this.lines.length === before);
  }

  /** An empty paragraph that somebody left on purpose. */
  private keepEmpty(context: Context): void {
    if (this.lines.length > 0 && this.lines.at(-1)?.runs.length !== 0) this.lines.push({ block: context.block, runs: [] });
  }

  private lineBreak(element: HTMLElement, context: Context): void {
    if (context.isPre) return this.endLine(true);
    if (!this.hasText) {
      // Between two blocks it is a line by itself.
      const before = element.previousElementSibling;
      if (before !== null && BLOCKS.has(before.tagName) && !isLastInBlock(element)) this.keepEmpty(context);
      return;
    }
    // The last break of a block is only there to give it height.
    if (isLastInBlock(element)) return;
    const { runs } = this;
    this.runs = new Runs();
    for (const run of trimmed(runs)) this.runs.add(run);
    this.runs.text(SOFT_BREAK, context.marks);
    this.endsInSpace = true;
  }

  private checkbox(input: HTMLInputElement, context: Context): void {
    if (input.type !== "checkbox" || context.depth < 0 || this.hasText) return;
    this.block = changeBlock(this.block, { kind: "task", done: input.hasAttribute("checked") });
  }

  private cell(element: HTMLElement, context: Context): void {
    if (element.previousElementSibling !== null && this.hasText) this.runs.text("\t", undefined);
    this.endsInSpace = true;
    for (const child of element.childNodes) {
      if (child.nodeType === 3) this.text(child.nodeValue ?? "", context);
      else if (child.nodeType === 1) this.children(child, inMarks(child as HTMLElement, (child as HTMLElement).tagName, context));
    }
  }

  private text(text: string, context: Context): void {
    if (context.isPre) {
      for (const [nth, part] of cleanText(text).split("\n").entries()) {
        if (nth > 0) this.endLine(true);
        this.block = context.block;
        this.runs.text(part, undefined);
        this.hasText ||= part !== "";
      }
      return;
    }
    const words = context.keepsBlanks ? asWritten(text) : this.collapsed(text);
    if (words === "") return;
    this.runs.text(words.replace(/\u00a0/g, " "), Object.keys(context.marks).length === 0 ? undefined : context.marks);
    this.hasText = true;
    this.endsInSpace = words.endsWith(" ");
  }

  private collapsed(text: string): string {
    const words = cleanText(text).replace(/[\t\n ]+/g, " ");
    return this.endsInSpace ? words.replace(/^ /, "") : words;
  }

  private picture(element: HTMLElement, context: Context): void {
    const found = pictureOf(element);
    if (found === undefined) return;
    const { alt } = found;
    if (found.kind === "here" && !context.isPre && this.pictures.length < MOST_PICTURES)
      return void this.pictures.push({ line: this.lines.length, file: found.file, alt });
    if (found.kind !== "away") {
      this.lost++;
      return this.text(alt, context);
    }
    this.away++;
    this.text(alt || this.pictureWord, { ...context, marks: { link: found.address, ...context.marks } });
  }

  private embed(embed: Embed, context: Context): void {
    this.runs.add({ text: OBJECT, embed, attributes: Object.keys(context.marks).length === 0 ? undefined : context.marks });
    this.hasText = true;
    this.endsInSpace = false;
  }

  private endLine(evenEmpty = false): void {
    if (this.hasText || evenEmpty) this.lines.push(withoutBox({ block: this.block, runs: trimmed(this.runs) }));
    // A picture that no words stand beside has a line for itself.
    else if (this.pictures.at(-1)?.line === this.lines.length) this.lines.push({ block: asLineOfPicture(this.block), runs: [] });
    this.runs = new Runs();
    this.hasText = false;
    this.endsInSpace = true;
  }
}

/** Whether nothing but blanks and empty elements stands between an element and the end of its block. */
function isLastInBlock(element: HTMLElement): boolean {
  let node: Node = element;
  for (;;) {
    for (let next = node.nextSibling; next !== null; next = next.nextSibling)
      if (
        next.nodeType === 1
          ? next.textContent?.trim() !== "" || BLOCKS.has((next as Element).tagName)
          : next.nodeValue?.trim() !== "" && next.nodeType === 3
      )
        return false;
    const parent: HTMLElement | null = node.parentElement;
    if (parent === null || parent.tagName === "BODY" || BLOCKS.has(parent.tagName)) return true;
    node = parent;
  }
}

/** A paragraph without words, or the way mails and notes write one. */
function isEmptyLine(element: HTMLElement, tag: string): boolean {
  if (element.textContent?.trim() !== "") return false;
  return (
    tag === "P" ||
    (tag === "DIV" &&
      element.querySelector("br") !== null &&
      ![...element.querySelectorAll("*")].some(({ tagName }) => BLOCKS.has(tagName)))
  );
}

/** Text whose blanks count; but a line's end between elements is how somebody laid out their HTML. */
function asWritten(text: string): string {
  return /^\s*\n\s*$/.test(text) ? "" : cleanText(text).replaceAll("\n", SOFT_BREAK);
}

/** The line of a picture is no heading and no code, whatever its words would be. */
function asLineOfPicture(block: string): string {
  return headingLevel(readBlock(block).kind) > 0 ? changeBlock(block, { kind: "p" }) : block;
}

/** Google Docs draws its checkboxes as pictures. */
function isDrawnCheckbox(element: HTMLElement): boolean {
  return element.getAttribute("aria-roledescription") === "checkbox";
}

/** Notion, and we ourselves for mails, write a task's box into the words of a list's item. */
function withoutBox(line: Copied): Copied {
  const [first, ...rest] = line.runs;
  const box =
    first?.embed === undefined && readBlock(line.block).kind === "ul" ? /^(?:\[([ xX])\] +|([☐☑☒]) ?)/u.exec(first?.text ?? "") : null;
  if (first === undefined || box === null) return line;
  const text = first.text.slice(box[0].length);
  return {
    block: changeBlock(line.block, { kind: "task", done: box[2] === undefined ? box[1] !== " " : box[2] !== "☐" }),
    runs: text === "" ? rest : [{ ...first, text }, ...rest],
  };
}

/** Whether a table holds data; mails and pages use tables for their looks, too. */
function isOfData(table: HTMLTableElement): boolean {
  const { rows } = table;
  if (table.getAttribute("role") === "presentation" || table.querySelector("table") !== null) return false;
  return [...rows].some(({ cells }) => cells.length > 1);
}

function trimmed(runs: Runs): Runs["runs"] {
  const last = runs.runs.at(-1);
  if (last === undefined || last.embed !== undefined || !last.text.endsWith(" ")) return runs.runs;
  const text = last.text.replace(/ $/, "");
  return text === "" ? runs.runs.slice(0, -1) : [...runs.runs.slice(0, -1), { ...last, text }];
}

/** What a block element makes of the lines in it. */
function inBlock(element: HTMLElement, tag: string, context: Context): Context {
  const level = headingOf(element, tag);
  if (level !== undefined) return { ...context, block: changeBlock(context.block, { kind: `h${level}`, indent: 0 }) };
  if (tag === "FIGCAPTION") return { ...context, block: changeBlock(context.block, { kind: "p", caption: true }) };
  const callout = calloutNamed(element);
  if (tag === "BLOCKQUOTE" || callout !== undefined || /\bMso(Intense)?Quote\b/.test(element.className)) {
    const quote = 1 + quoteOf(context);
    return { ...context, block: changeBlock(context.block, callout !== undefined && quote === 1 ? { quote, callout } : { quote }) };
  }
  if (tag === "PRE" || isOfCodeEditor(element))
    return {
      ...context,
      isPre: true,
      marks: {},
      block: changeBlock(context.block, { kind: "code", indent: 0, language: languageOf(element) }),
    };
  if (tag === "UL" || tag === "OL") return { ...context, depth: context.depth + 1, list: tag === "OL" ? "ol" : "ul" };
  if (tag === "LI" && context.depth >= 0) {
    const indent = Math.max(context.depth, indentOf(element));
    if (element.getAttribute("role") === "checkbox") {
      const done = element.getAttribute("aria-checked") === "true";
      return { ...context, block: changeBlock(context.block, { kind: "task", done, indent }) };
    }
    return { ...context, block: changeBlock(context.block, { kind: context.list, indent }) };
  }
  const word = wordList(element, context);
  return word === undefined ? context : { ...context, ...word };
}

/** Headings by their element, by their role (Word online) and by the name of their style (Word). */
function headingOf(element: HTMLElement, tag: string): number | undefined {
  const byRole = element.getAttribute("role") === "heading" ? element.getAttribute("aria-level") : null;
  const level = Number(/^H([1-6])$/.exec(tag)?.[1] ?? byRole ?? "0");
  if (level >= 1 && level <= 6) return level;
  const style = /\bMso(Title|Subtitle)\b/.exec(element.className)?.[1];
  return style === undefined ? undefined : style === "Title" ? 1 : 2;
}

/** How deep an item says it is: lists of Google Docs and Word online stand beside their parents, Slack's one after the other. */
function indentOf(element: HTMLElement): number {
  const level = element.getAttribute("aria-level") ?? element.getAttribute("data-aria-level");
  return level === null ? Number(element.getAttribute("data-stringify-indent") ?? "0") || 0 : (Number(level) || 1) - 1;
}

/** Code editors copy lines of divs in letters of one width. */
function isOfCodeEditor({ style }: HTMLElement): boolean {
  return style.whiteSpace === "pre" && /\bmonospace\b/.test(style.fontFamily);
}

/** What a callout is about: ours, or one of GitHub's. */
function calloutNamed(element: HTMLElement): Callout | undefined {
  const { classList } = element;
  return CALLOUTS.find(
    (sort) => classList.contains(`markdown-alert-${sort}`) || (classList.contains("callout") && classList.contains(sort)),
  );
}

/** A callout's title, which is drawn for each reader in their language. */
function isTitle(element: HTMLElement): boolean {
  return element.matches(".callout-title, .markdown-alert-title");
}

/** The TeX that a formula on a web page was drawn from, where it says so. */
function texOf(math: HTMLElement): string | undefined {
  const tex = math.querySelector("annotation[encoding='application/x-tex']")?.textContent ?? math.getAttribute("alttext") ?? "";
  const line = cleanText(tex).replaceAll(/\s+/g, " ").trim();
  return line === "" ? undefined : line;
}

function quoteOf({ block }: Context): number {
  return Number(/(?:^| )q=(\d+)/.exec(block)?.[1] ?? "0");
}

function languageOf(element: HTMLElement): string | null {
  const around = element.parentElement?.className ?? "";
  const named = /(?:^|\s)(?:language|lang|highlight-source)-([\w+#-]+)/.exec(
    `${element.className} ${element.querySelector("code")?.className ?? ""} ${around}`,
  );
  return named?.[1] ?? null;
}

/** Word says lists by style: `mso-list:l0 level2 lfo1`. Whether it counts is told by the marker it drew. */
function wordList(element: HTMLElement, context: Context): Partial<Context> | undefined {
  const level = /mso-list:\s*\S+\s+level(\d)/.exec(element.getAttribute("style") ?? "");
  if (level === null) return undefined;
  const marker = element.querySelector('[style*="mso-list:Ignore"], [style*="mso-list: Ignore"]')?.textContent?.trim() ?? "";
  const kind = /^[(（]?[\p{L}\p{N}]{1,6}(\.\p{N}+)*[.)）、．]/u.test(marker) ? "ol" : "ul";
  return { block: changeBlock(context.block, { kind, indent: Number(level[1]) - 1 }), depth: Number(level[1]) - 1 };
}

function isIgnoredByWord(element: HTMLElement): boolean {
  return /mso-list:\s*Ignore/i.test(element.getAttribute("style") ?? "") || element.tagName.toUpperCase() === "O:P";
}

/** The marks that an element adds or takes, by its tag and by its style. */
function inMarks(element: HTMLElement, tag: string, context: Context): Context {
  const marks: Record<string, Scalar> = { ...context.marks };
  const mark = MARKS[tag];
  if (mark !== undefined && !context.isPre) marks[mark] = true;
  if (tag === "MARK") marks["background"] = "yellow";
  if (tag === "A") {
    const href = safeUrl(element.getAttribute("href") ?? "");
    if (href !== undefined) marks["link"] = href;
  }
  styleMarks(element, marks);
  // A link is underlined anyway, and a heading or a table's header is heavy anyway.
  if (marks["link"] !== undefined) delete marks["underline"];
  if (/^h[1-6]/.test(context.block) || readBlock(context.block).head) delete marks["bold"];
  const { whiteSpace } = element.style;
  const keepsBlanks = whiteSpace === "" ? context.keepsBlanks : /^(pre|pre-wrap|break-spaces)$/.test(whiteSpace);
  return { ...context, marks, keepsBlanks };
}

function styleMarks({ style }: HTMLElement, marks: Record<string, Scalar>): void {
  const weight = style.fontWeight;
  if (weight === "bold" || weight === "bolder" || Number(weight) >= 600) marks["bold"] = true;
  else if (weight !== "" && (weight === "normal" || Number(weight) < 600)) delete marks["bold"];
  if (style.fontStyle === "italic" || style.fontStyle === "oblique") marks["italic"] = true;
  else if (style.fontStyle === "normal") delete marks["italic"];
  const decoration = `${style.textDecoration} ${style.textDecorationLine}`;
  if (decoration.includes("underline")) marks["underline"] = true;
  if (decoration.includes("line-through")) marks["strike"] = true;
  if (decoration.includes("none")) {
    delete marks["underline"];
    delete marks["strike"];
  }
}

/**
 * Reads HTML from web pages, Word and Google Docs into lines. The schema alone decides what comes in: kinds it knows, marks it knows, links it may open.
 * Fonts, colours, scripts, styles and everything else stay outside. The HTML is parsed into a document without a window: nothing in it runs or loads.
 */
import { CALLOUTS, type Callout, FORMULA } from "../../generated/schema.ts";
import type { Embed, Scalar } from "../delta.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { OBJECT, Runs, SOFT_BREAK } from "../lines/line.ts";
import { safeUrl } from "../links/url.ts";
import { type Copied, cleanText, copiedFromJson } from "./lines.ts";

interface Context {
  readonly block: string;
  readonly marks: Readonly<Record<string, Scalar>>;
  /** Depth of lists we are in; -1 outside. */
  readonly depth: number;
  readonly list: "ul" | "ol";
  readonly isPre: boolean;
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

/** The lines that HTML says. */
export function readHtml(html: string): Copied[] {
  const document = new DOMParser().parseFromString(html, "text/html");
  const own = document.querySelector("[data-sheaf]")?.getAttribute("data-sheaf");
  const mine = own === null || own === undefined ? undefined : copiedFromJson(own);
  return mine ?? new HtmlReader().read(document.body);
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
  private readonly lines: Copied[] = [];
  private runs = new Runs();
  private block = "";
  private hasText = false;
  private endsInSpace = true;

  read(body: HTMLElement): Copied[] {
    this.children(body, { block: "", marks: {}, depth: -1, list: "ul", isPre: false });
    this.endLine();
    return this.lines;
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
    if (tag === "IMG") return this.text(element.getAttribute("alt") ?? "", context);
    if (tag === "TD" || tag === "TH") return this.cell(element, context);
    if (!BLOCKS.has(tag)) return this.children(element, inMarks(element, tag, context));
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
    if (tag === "P" && !this.hasText && element.textContent?.trim() === "" && inner.depth < 0 && this.lines.length > 0 && !isWord(element))
      this.keepEmpty(inner);
    this.endLine();
    this.block = context.block;
  }

  /** A table of words. Its ids are the reader's own: what is pasted gets fresh ones. */
  private table(table: HTMLTableElement, context: Context): void {
    const id = `t${(this.tables += 1)}`;
    /** How many rows more a cell from above reaches down, by column. */
    const reaching: number[] = [];
    for (const [nth, row] of [...table.rows].entries()) {
      const head = row.cells.length > 0 && [...row.cells].every((cell) => cell.tagName === "TH");
      let column = 0;
      const skip = (): void => {
        while ((reaching[column] ?? 0) > 0) reaching[column] = (reaching[column++] ?? 0) - 1;
      };
      for (const cell of row.cells) {
        skip();
        const block = changeBlock("", { cell: { table: id, row: `r${nth}`, column: `c${column}` }, head });
        this.inCell(cell, { ...context, block, depth: -1 });
        for (let across = Math.min(cell.colSpan, MOST_SPAN); across > 0; across--)
          reaching[column++] = Math.min(cell.rowSpan, MOST_SPAN) - 1;
      }
      skip();
    }
    this.block = context.block;
  }

  private inCell(cell: HTMLTableCellElement, context: Context): void {
    const before = this.lines.length;
    this.block = context.block;
    const { marks, ...inner } = inMarks(cell, cell.tagName, context);
    // A header is heavy anyway.
    const { bold, ...plain } = marks;
    this.children(cell, { ...inner, marks: cell.tagName === "TH" || bold === undefined ? plain : marks });
    this.endLine(this.lines.length === before);
  }

  /** An empty paragraph that somebody left on purpose. */
  private keepEmpty(context: Context): void {
    if (this.lines.at(-1)?.runs.length !== 0) this.lines.push({ block: context.block, runs: [] });
  }

  private lineBreak(element: HTMLElement, context: Context): void {
    if (context.isPre) return this.endLine(true);
    // The last break of a block is only there to give it height.
    const isLast = element.nextSibling === null && element.parentElement !== null && BLOCKS.has(element.parentElement.tagName);
    if (isLast || !this.hasText) return;
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
    let words = cleanText(text).replace(/[\t\n ]+/g, " ");
    if (this.endsInSpace) words = words.replace(/^ /, "");
    if (words === "") return;
    this.runs.text(words.replace(/\u00a0/g, " "), Object.keys(context.marks).length === 0 ? undefined : context.marks);
    this.hasText = true;
    this.endsInSpace = words.endsWith(" ");
  }

  private embed(embed: Embed, context: Context): void {
    this.runs.add({ text: OBJECT, embed, attributes: Object.keys(context.marks).length === 0 ? undefined : context.marks });
    this.hasText = true;
    this.endsInSpace = false;
  }

  private endLine(evenEmpty = false): void {
    if (this.hasText || evenEmpty) this.lines.push({ block: this.block, runs: trimmed(this.runs) });
    this.runs = new Runs();
    this.hasText = false;
    this.endsInSpace = true;
  }
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
  if (/^H[1-6]$/.test(tag)) return { ...context, block: changeBlock(context.block, { kind: tag.toLowerCase(), indent: 0 }) };
  const callout = calloutNamed(element);
  if (tag === "BLOCKQUOTE" || callout !== undefined) {
    const quote = 1 + quoteOf(context);
    return { ...context, block: changeBlock(context.block, callout !== undefined && quote === 1 ? { quote, callout } : { quote }) };
  }
  if (tag === "PRE")
    return {
      ...context,
      isPre: true,
      marks: {},
      block: changeBlock(context.block, { kind: "code", indent: 0, language: languageOf(element) }),
    };
  if (tag === "UL" || tag === "OL") return { ...context, depth: context.depth + 1, list: tag === "OL" ? "ol" : "ul" };
  if (tag === "LI" && context.depth >= 0) {
    const level = Number(element.getAttribute("aria-level") ?? "0") - 1;
    return { ...context, block: changeBlock(context.block, { kind: context.list, indent: Math.max(context.depth, level) }) };
  }
  const word = wordList(element, context);
  return word === undefined ? context : { ...context, ...word };
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
  const named = /(?:^|\s)(?:language|lang)-([\w+#-]+)/.exec(`${element.className} ${element.querySelector("code")?.className ?? ""}`);
  return named?.[1] ?? null;
}

/** Word says lists by style: `mso-list:l0 level2 lfo1`. Whether it counts is told by the marker it drew. */
function wordList(element: HTMLElement, context: Context): Partial<Context> | undefined {
  const level = /mso-list:\s*\S+\s+level(\d)/.exec(element.getAttribute("style") ?? "");
  if (level === null) return undefined;
  const marker = element.querySelector('[style*="mso-list:Ignore"], [style*="mso-list: Ignore"]')?.textContent?.trim() ?? "";
  const kind = /^[\dA-Za-z]+[.)]/.test(marker) ? "ol" : "ul";
  return { block: changeBlock(context.block, { kind, indent: Number(level[1]) - 1 }), depth: Number(level[1]) - 1 };
}

function isIgnoredByWord(element: HTMLElement): boolean {
  return /mso-list:\s*Ignore/i.test(element.getAttribute("style") ?? "") || element.tagName.toUpperCase() === "O:P";
}

function isWord(element: HTMLElement): boolean {
  return /\bMso/.test(element.className);
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
  // A link is underlined anyway, and a heading is heavy anyway.
  if (marks["link"] !== undefined) delete marks["underline"];
  if (/^h[1-6]/.test(context.block)) delete marks["bold"];
  return { ...context, marks };
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

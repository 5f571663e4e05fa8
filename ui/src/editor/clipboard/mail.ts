/**
 * Gives the HTML that write.ts makes a look where no style sheet of ours goes: mail programs drop style sheets and form fields and draw tables without
 * lines. Everything that people wrote is escaped in it, so that what looks like an element is one of ours.
 */
import { COLOURS } from "../../generated/schema.ts";

/** No colours of text: a mail may be dark. */
const STYLES: Readonly<Record<string, string>> = {
  table: "border-collapse:collapse",
  td: "border:1px solid #b5b5b5;padding:4px 8px;text-align:left;vertical-align:top",
  th: "border:1px solid #b5b5b5;padding:4px 8px;text-align:left;vertical-align:top;font-weight:bold",
  blockquote: "margin:0 0 0 8px;padding-left:12px;border-left:3px solid #b5b5b5",
  pre: "font-family:Consolas,Menlo,monospace;white-space:pre-wrap;margin:8px 0",
  code: "font-family:Consolas,Menlo,monospace",
};

const ELEMENTS = new RegExp(`<(${Object.keys(STYLES).join("|")})(?=[ >])`, "g");

/** What a cell says of the side that its words stand on, right behind its name or what a header is the header of. */
const SIDE = /^(?: scope="col")? align="(left|center|right)"/;
const LONGEST_SIDE = ' scope="col" align="center"'.length;

/** The same HTML for a mail: looks on the elements, a task's box as a character. */
export function mailed(html: string): string {
  return html
    .replaceAll(ELEMENTS, (open, element: string, at: number, whole: string) => {
      const side = SIDE.exec(whole.slice(at + open.length, at + open.length + LONGEST_SIDE))?.[1] ?? "left";
      return `${open} style="${STYLES[element] ?? ""}"`.replace("text-align:left", `text-align:${side}`);
    })
    .replaceAll(/<input type="checkbox" disabled( checked)?>/g, (_box, checked: string | undefined) =>
      checked === undefined ? "\u2610" : "\u2611",
    );
}

/** The look of a pen: its colour, and a colour of words that can be read on it. */
export function penned(value: unknown): string {
  const { css } = COLOURS.find(({ name }) => name === value) ?? COLOURS[0];
  return `background:${css};color:#1c1c1c`;
}

/** All payloads, in families: the same ones, in the same order, every time. */
import { clobbering, forged, pollution } from "./data.ts";
import { documents, foreign, mutations, styles } from "./markup.ts";
import type { Maker } from "./payload.ts";
import { addresses, elements, handlers } from "./scripts.ts";
import { giants, lookalikes, markdown, unseen } from "./words.ts";

/** One hostile content, in the three forms that the ways in need. */
export interface Payload {
  readonly family: string;
  readonly token: string;
  readonly html: string;
  readonly markdown: string;
  readonly words: string;
}

const FAMILIES: Readonly<Record<string, readonly Maker[]>> = {
  "script elements": elements,
  "event handlers": handlers,
  addresses,
  "SVG and MathML": foreign,
  styles,
  "documents and forms": documents,
  mutations,
  clobbering,
  "the own format, forged": forged,
  "prototype pollution": pollution,
  "unseen signs": unseen,
  lookalikes,
  giants,
  markdown,
};

/** How many payloads a family has. */
export const counted: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(FAMILIES).map(([family, makers]) => [family, makers.length]),
);

/** The payloads; what they load they ask of `server`, an address without a slash at its end. */
export function payloads(server: string): Payload[] {
  const all: Payload[] = [];
  for (const [family, makers] of Object.entries(FAMILIES))
    for (const make of makers) {
      const token = `c${all.length}`;
      const shape = make({ token, sings: `canary('${token}')`, url: `${server}/canary/${token}` });
      const markdown = shape.markdown ?? `# Head\n\n- one\n\n${shape.html}\n\nand ${shape.html.replaceAll("\n", " ")} inline`;
      all.push({ family, token, html: shape.html, markdown, words: shape.words ?? shape.html });
    }
  return all;
}

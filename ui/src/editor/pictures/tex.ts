/**
 * The one door of KaTeX, which is loaded when the first formula is met. TeX comes from anybody: what is longer, expands further, or nests deeper than
 * any formula that people read is not drawn, and whoever asked shows its source.
 */

import type Katex from "katex";

/** A page of TeX. Longer is no formula. */
const LONGEST = 5000;
/** Macros that expand more often were made to. */
const MOST_EXPANSIONS = 300;
/** In em: a rule or a space as wide as a page is wide enough. */
const LARGEST_EM = 40;
/** Elements inside of one another: engines lay them out by recursion, and a screen reader reads them. */
const DEEPEST = 200;
const MOST_ELEMENTS = 20_000;

let loading: Promise<typeof Katex> | undefined;

async function load(): Promise<typeof Katex> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(([katex]) => katex.default);
  try {
    return await loading;
  } catch (error) {
    // The next formula tries again.
    loading = undefined;
    throw error;
  }
}

/** Draws TeX, as a block or in a line. Answers nothing when it is no formula that can be drawn. */
export async function drawTex(tex: string, isBlock: boolean): Promise<HTMLElement | undefined> {
  if (tex.length > LONGEST || tex.trim() === "") return undefined;
  try {
    const katex = await load();
    const element = document.createElement(isBlock ? "div" : "span");
    katex.render(tex, element, {
      displayMode: isBlock,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: MOST_EXPANSIONS,
      maxSize: LARGEST_EM,
    });
    return isModest(element) ? element : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what was drawn is of a size that engines can take. */
function isModest(root: HTMLElement): boolean {
  let depth = 0;
  let count = 0;
  for (let at: Element = root; ;) {
    if (++count > MOST_ELEMENTS || depth > DEEPEST) return false;
    let next = at.firstElementChild;
    if (next !== null) depth++;
    while (next === null) {
      if (at === root) return true;
      next = at.nextElementSibling;
      if (next !== null) break;
      depth--;
      at = at.parentElement ?? root;
    }
    at = next;
  }
}

/**
 * The one door of Mermaid, which is loaded when the first diagram is met. Its source comes from anybody: directives and settings in it are taken out
 * before it is read, and what is drawn becomes a picture without scripts that requests nothing (it is only ever the source of an `<img>`).
 */

import type Mermaid from "mermaid";

/** About two pages. */
const LONGEST = 8000;
/**
 * Laying out takes more than twice as long for twice as much, and no key is answered meanwhile: 195 edges took 4 s on a busy machine, 1,140 boxes
 * without any 20 s. What a diagram is made of stands on lines of its own, or is parted by these signs.
 */
const MOST_EDGES = 120;
const MOST_PARTS = 200;
const PARTS = /[\n;&]/g;
/** A picture's own source. */
const LARGEST = 3_000_000;
/** The font in which words are measured and drawn; a picture has none of the page's own. */
const FONT = "sans-serif";

let loading: Promise<typeof Mermaid> | undefined;
let drawn = 0;
let turn: Promise<unknown> = Promise.resolve();

/** Draws a diagram, for a light page or a dark one. Answers the address of a picture, to be revoked by who asked; nothing when it cannot be drawn. */
export function drawDiagram(source: string, isDark: boolean): Promise<string | undefined> {
  // One at a time: Mermaid's settings are its own, and it measures in the page.
  const next = turn.then(() => draw(source, isDark)).catch(() => undefined);
  turn = next;
  return next;
}

async function draw(source: string, isDark: boolean): Promise<string | undefined> {
  const plain = withoutSettings(source);
  if (plain.length > LONGEST || plain.trim() === "" || (plain.match(PARTS)?.length ?? 0) > MOST_PARTS) return undefined;
  loading ??= import("mermaid").then((module) => module.default);
  const mermaid = await loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: isDark ? "dark" : "neutral",
    fontFamily: FONT,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    maxTextSize: LONGEST,
    maxEdges: MOST_EDGES,
    suppressErrorRendering: true,
    deterministicIds: true,
  });
  const stage = document.createElement("div");
  stage.className = "diagram-stage";
  stage.setAttribute("aria-hidden", "true");
  document.body.append(stage);
  try {
    const { svg } = await mermaid.render(`sheaf-diagram-${++drawn}`, plain, stage);
    return pictureOf(svg);
  } finally {
    stage.remove();
  }
}

/** A diagram may hold settings of its own: themes, styles, fonts. They are the page's. */
function withoutSettings(source: string): string {
  return source.replace(/^\s*---\n[\s\S]*?\n\s*---\s*(?:\n|$)/, "").replace(/%%\{[\s\S]*?\}%%/g, "");
}

/** An address of the picture, which says how large it is: as an `<img>` it has no page to fill. */
function pictureOf(svg: string): string | undefined {
  if (svg.length > LARGEST) return undefined;
  const element = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  const [, , width = 0, height = 0] = (element?.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (element === null || !(width > 0) || !(height > 0)) return undefined;
  element.setAttribute("width", String(Math.ceil(width)));
  element.setAttribute("height", String(Math.ceil(height)));
  element.style.removeProperty("max-width");
  return URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(element)], { type: "image/svg+xml" }));
}

/**
 * Colours stretches of the page without touching its elements, by CSS custom highlights: the text that is typed into stays as ProseMirror made it, so
 * no caret moves and no composition ends. Engines without them show plain code.
 */
import { TOKEN_KINDS, type TokenKind } from "./tokens.ts";

/** The name that the style sheet colours. */
const named = (kind: TokenKind): string => `sheaf-code-${kind}`;

/** The colours of one page. */
export class Painter {
  private painted: [Highlight, Range][] = [];

  /** Whether this engine can. */
  static get isThere(): boolean {
    return typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight === "function";
  }

  /** Colours these and nothing else any more. */
  paint(ranges: Iterable<readonly [TokenKind, Range]>): void {
    const before = this.painted;
    this.painted = [];
    for (const [kind, range] of ranges) {
      const highlight = highlightOf(kind);
      highlight.add(range);
      this.painted.push([highlight, range]);
    }
    for (const [highlight, range] of before) highlight.delete(range);
  }
}

function highlightOf(kind: TokenKind): Highlight {
  const known = CSS.highlights.get(named(kind));
  if (known !== undefined) return known;
  const highlight = new Highlight();
  // Below whatever else is highlighted, what is found by searching above all.
  highlight.priority = -1 - TOKEN_KINDS.indexOf(kind);
  CSS.highlights.set(named(kind), highlight);
  return highlight;
}

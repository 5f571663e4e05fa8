/**
 * A selection whose ends lie, wholly or in part, outside of what is mounted: what the person selected, in offsets, and what stands for it on the page.
 * Where an end is not mounted, the page's own selection ends at the edge; as long as it stays there, the true end holds.
 */
import { AllSelection, type Selection as Drawn, TextSelection } from "prosemirror-state";
import type { Selection } from "../lane/undo.ts";

/** What was selected, and whether each end of it is mounted. */
export interface Apart {
  readonly selection: Selection;
  readonly anchorMounted: boolean;
  readonly headMounted: boolean;
}

/** Where the ends of a page's selection stand. */
interface Ends {
  readonly anchor: number;
  readonly head: number;
}

/**
 * The ends of what the person selects now that the page's selection went from `was` to `now`: one that stands where it stood at the edge is still the true
 * one. `map` says where a place of before is now; `kept` are the true ends now, `plain` what the page's places alone would say.
 */
export function followed(
  was: Drawn,
  apart: Apart,
  now: Drawn,
  map: (place: number) => number,
  kept: Selection,
  plain: Selection,
): Selection {
  if (!(now instanceof TextSelection)) return plain;
  const size = was.$head.doc.content.size;
  const stood: Ends = was instanceof AllSelection ? { anchor: 1, head: size - 1 } : { anchor: was.anchor, head: was.head };
  const isSame = now.anchor === map(stood.anchor) && now.head === map(stood.head);
  // A caret is one the person put there.
  if (now.empty && !isSame) return plain;
  return {
    anchor: !apart.anchorMounted && now.anchor === map(stood.anchor) ? kept.anchor : plain.anchor,
    head: !apart.headMounted && now.head === map(stood.head) ? kept.head : plain.head,
  };
}

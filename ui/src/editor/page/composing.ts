/**
 * What keeps a line there while an input method composes all of it. When WebKit takes out what was selected, or what was shown for now, to put in what is
 * meant, and nothing else stands in the line, it takes the line along, and the words go into the next. So something without width stands behind them, from
 * the input method's first key to the composition's end.
 */
import { Plugin, type Selection } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";

/** The key of which an input method makes what it likes. */
const TAKEN = 229;

/** One for each page: it knows whether somebody composes there. */
export function heldLine(): Plugin {
  let isHeld = false;
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: (view, event) => {
          if (event.keyCode !== TAKEN || view.composing || isHeld || !isAll(view.state.selection)) return false;
          isHeld = true;
          // Drawn although nothing else has changed.
          view.updateState(view.state);
          return false;
        },
        keyup: (view) => {
          isHeld &&= view.composing;
          return false;
        },
        compositionstart: (view) => {
          isHeld ||= isAll(view.state.selection);
          return false;
        },
        compositionend: () => {
          isHeld = false;
          return false;
        },
      },
      decorations: ({ doc, selection: { $from, $to } }) => {
        if (!isHeld || !$from.parent.isTextblock || !$from.sameParent($to)) return null;
        return DecorationSet.create(doc, [Decoration.widget($to.pos, held, { key: "held line", ignoreSelection: true, side: 1 })]);
      },
    },
  });
}

/** Whether nothing of a line is left without what is selected. */
function isAll({ $from, $to }: Selection): boolean {
  return $from.sameParent($to) && $from.parentOffset === 0 && $to.parentOffset === $to.parent.content.size;
}

function held(): HTMLElement {
  const span = document.createElement("span");
  span.className = "held-line";
  return span;
}

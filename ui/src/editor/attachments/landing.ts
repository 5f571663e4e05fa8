/**
 * Where what is dragged over the text would land. Words land between letters, and in a cell files do, too: a caret shows it. Everywhere else files come
 * after a block: a line shows below which.
 */
import { dropCursor } from "prosemirror-dropcursor";
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { cellOf } from "../lines/table.ts";
import type { Page } from "../page/page.ts";

/** A drag that tells nothing for so long has gone elsewhere: not every engine says so. */
const GONE_MS = 400;

/** Shows it on one page. */
export function landing(page: () => Page): Plugin[] {
  return [dropCursor({ color: false, class: "landing", width: 2 }), landingOfFiles(page)];
}

function landingOfFiles(page: () => Page): Plugin {
  let landing: Landing | undefined;
  const hide = (): boolean => landing?.hide() ?? false;
  return new Plugin({
    view: (view) => {
      landing = new Landing(view, page);
      return { destroy: () => landing?.stop() };
    },
    props: {
      handleDOMEvents: {
        dragover: (_view, event) => landing?.over(event) ?? false,
        dragleave: (view, event) => (event.relatedTarget instanceof Node && view.dom.contains(event.relatedTarget) ? false : hide()),
        drop: hide,
        dragend: hide,
      },
    },
  });
}

/** The line on one screen. */
class Landing {
  private readonly line = document.createElement("div");
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly page: () => Page,
  ) {
    this.line.className = "file-landing";
    this.line.hidden = true;
    view.dom.parentElement?.append(this.line);
  }

  /** Something is dragged here. Nothing of the event is taken. */
  over({ dataTransfer, clientX, clientY }: DragEvent): false {
    const below = dataTransfer?.types.includes("Files") === true && this.page().editable ? this.lineAt(clientX, clientY) : undefined;
    if (below === undefined) return this.hide();
    const { left, bottom, width } = below.getBoundingClientRect();
    this.line.hidden = false;
    for (const [name, px] of Object.entries({ left, top: bottom - 1, width })) this.line.style.setProperty(name, `${Math.round(px)}px`);
    this.view.dom.classList.add("has-files-over");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), GONE_MS);
    return false;
  }

  /** Nothing is dragged here any more. */
  hide(): false {
    clearTimeout(this.timer);
    this.line.hidden = true;
    this.view.dom.classList.remove("has-files-over");
    return false;
  }

  /** The screen is taken away. */
  stop(): void {
    this.hide();
    this.line.remove();
  }

  /** The element of the line below which they would land. */
  private lineAt(left: number, top: number): Element | undefined {
    const { view } = this;
    const page = this.page();
    const at = view.posAtCoords({ left, top });
    if (at === null) return undefined;
    const { index, line } = page.lines.at(page.offsetOf(at.pos));
    return cellOf(line) === null ? view.dom.children[index - page.mounted.from] : undefined;
  }
}

/** When a link is asked about: it was clicked, the caret is in it and a key was pressed, or one is wanted. What is then shown is the chrome's. */
import { linkAt, sharedLink } from "../editing/marks.ts";
import { ends } from "../editing/range.ts";
import type { Page } from "../page/page.ts";
import type { Box } from "../screen.ts";
import type { LinkAsked } from "../snapshot.ts";
import { leadsElsewhere } from "./seen.ts";
import { safeUrl } from "./url.ts";

/** Who answers. */
export interface LinkHost {
  boxAt(from: number, to: number): Box | undefined;
  /** Opens an address outside. */
  open(url: string): void;
  /** Shows where a link leads. */
  show(asked: LinkAsked): void;
}

/** Links on one page. */
export class LinkAsking {
  constructor(
    private readonly page: Page,
    private readonly host: LinkHost,
  ) {}

  /** What a link put here would be made of: the selection, or the link at the caret. */
  get here(): LinkAsked {
    const { page, host } = this;
    const { cells } = page.selection;
    const { from, to } = ends(page.selection);
    if (cells !== undefined) return { href: sharedLink(page) ?? "", text: "", from, to, cells, box: host.boxAt(from, to) };
    const link = linkAt(page, from === to ? from : from + 1);
    const range = from === to && link !== undefined ? { from: link.from, to: link.to } : { from, to };
    return {
      href: link?.href ?? "",
      text: page.lines.text(range.from, range.to),
      ...range,
      box: host.boxAt(range.from, range.to),
    };
  }

  /** Shows where the link at the caret leads; keys go on there. Answers false when there is none. */
  reach(): boolean {
    const link = linkAt(this.page, this.page.selection.head);
    if (link === undefined) return false;
    this.host.show({ ...link, box: this.host.boxAt(link.from, link.to), by: "keys" });
    return true;
  }

  /** Something was clicked. Answers whether it was a link. */
  click(event: MouseEvent, isPlain: boolean): boolean {
    const { page, host } = this;
    const target = event.target instanceof Element ? event.target.closest(".link") : null;
    const at = target === null ? undefined : page.view?.posAtDOM(target, 0);
    const link = at === undefined ? undefined : linkAt(page, page.offsetOf(at) + 1);
    if (link === undefined) return false;
    const asked: LinkAsked = { ...link, box: host.boxAt(link.from, link.to) };
    if (!event.ctrlKey && !event.metaKey) {
      if (isPlain) host.show(asked);
    } else if (safeUrl(link.href) === undefined) host.show(asked);
    // Words that name another address are no consent to this one.
    else if (leadsElsewhere(link.text, link.href)) host.show({ ...asked, by: "opening" });
    else host.open(link.href);
    return true;
  }
}

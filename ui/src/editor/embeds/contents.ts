/** A table of contents: the headings as they are now, each a button that goes there. Follows the outline while it is on a screen. */
import "./contents.css";

import type { Heading } from "../outline/headings.ts";
import type { Drawn, EmbedHost, EmbedKind } from "./kind.ts";

/** Headings beyond so many are not listed: nobody reads them, and each is a button. */
const MOST = 1000;

/** A table of contents. */
export const contents: EmbedKind = {
  draw: (_, host) => new Contents(host),
  text: () => "[TOC]",
  // Where it is written as HTML, the headings are put in (see ../clipboard/write.ts).
  html: () => '<span class="contents"></span>',
};

class Contents implements Drawn {
  readonly dom = document.createElement("span");
  private shown: readonly Heading[] | undefined;
  private readonly stop: () => void;

  constructor(private readonly host: EmbedHost) {
    this.dom.className = "contents";
    this.dom.setAttribute("role", "navigation");
    this.dom.addEventListener("keydown", (event) => this.key(event));
    this.stop = host.reach.onHeadings(() => this.show());
    this.show();
    this.retell();
  }

  update(): boolean {
    return true;
  }

  retell(): void {
    this.dom.setAttribute("aria-label", this.host.words().contents);
    this.shown = undefined;
    this.show();
  }

  stopEvent(event: Event): boolean {
    return event.target instanceof HTMLButtonElement;
  }

  destroy(): void {
    this.stop();
  }

  /** Gives the keys to the first heading. */
  open(): boolean {
    const first = this.dom.querySelector("button");
    first?.focus();
    return first !== null;
  }

  private show(): void {
    const headings = this.host.reach.headings();
    // The list is the same object until something in it changes.
    if (headings === this.shown) return;
    this.shown = headings;
    const isWithin = this.dom.contains(document.activeElement);
    const least = headings.reduce((level, heading) => Math.min(level, heading.level), 6);
    const buttons = headings.slice(0, MOST).map(({ level, text }, nth) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.className = "contents-entry";
      button.dataset["depth"] = String(level - least);
      button.textContent = text === "" ? this.host.words().contentsUnnamed : text;
      button.addEventListener("click", () => this.host.reach.goToSection(nth));
      return button;
    });
    if (buttons.length === 0) this.dom.textContent = this.host.words().contentsEmpty;
    else this.dom.replaceChildren(...buttons);
    if (isWithin) this.open();
  }

  /** In it the arrows go from heading to heading, and Escape goes back to the text. */
  private key(event: KeyboardEvent): void {
    const buttons = [...this.dom.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0) return;
    if (by !== undefined) buttons[Math.max(0, Math.min(buttons.length - 1, at + by))]?.focus();
    else if (event.key === "Escape") this.host.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

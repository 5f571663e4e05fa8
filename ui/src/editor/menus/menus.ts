/** The menus that open as one types: what can be inserted, and what can be named. At most one of them is open. */
import type { Delta } from "../delta.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Page } from "../page/page.ts";
import type { BlockWords } from "../words.ts";
import { MentionMenu } from "./mention.ts";
import { SlashMenu } from "./slash.ts";

/** The menus of one page. */
export class Menus {
  readonly slash: SlashMenu;
  readonly naming: MentionMenu;

  constructor(page: Page, mentioning: Mentioning, named: () => BlockWords, changed: () => void) {
    this.slash = new SlashMenu(page, named);
    this.naming = new MentionMenu(page, mentioning, changed);
  }

  /** The text is about to change: each stays at its sign. */
  textChanged(delta: Delta): void {
    this.slash.textChanged(delta);
    this.naming.textChanged(delta);
  }

  /** The text or the selection changed, by this character if one was typed. */
  follow(typed: string | undefined): void {
    this.slash.follow(typed);
    this.naming.follow(typed);
  }

  /** A key. Answers whether it was a menu's. */
  key(event: KeyboardEvent): boolean {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    return this.slash.key(event.key) || this.naming.key(event.key);
  }
}

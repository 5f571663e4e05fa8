/** The menus that open as one types: what can be inserted, and what can be named. At most one of them is open. */
import type { Delta } from "../delta.ts";
import type { Mentioning } from "../mentioning.ts";
import type { Page } from "../page/page.ts";
import type { Box } from "../screen.ts";
import type { EditorSnapshot } from "../snapshot.ts";
import type { BlockWords } from "../words.ts";
import { MentionMenu } from "./mention.ts";
import { SlashMenu } from "./slash.ts";

/** The menus of one page. */
export class Menus {
  readonly slash: SlashMenu;
  readonly naming: MentionMenu;

  constructor(
    page: Page,
    mentioning: Mentioning,
    named: () => BlockWords,
    pick: (accept: string) => void,
    private readonly changed: () => void,
  ) {
    this.slash = new SlashMenu(page, named, pick);
    this.naming = new MentionMenu(page, mentioning, changed);
  }

  /** The text is about to change: each stays at its sign. */
  textChanging(delta: Delta): void {
    this.slash.textChanging(delta);
    this.naming.textChanging(delta);
  }

  /** The text or the selection changed, by this character if one was typed. */
  follow(typed: string | undefined): void {
    this.slash.follow(typed);
    this.naming.follow(typed);
  }

  /** Shows what can be done to the table or the callout that the caret is in. Answers false elsewhere. */
  openHere(): boolean {
    const opened = this.slash.openHere();
    this.changed();
    return opened;
  }

  /** What they show, and where; undefined when one is closed. */
  placed(boxAt: (offset: number) => Box | undefined): Pick<EditorSnapshot, "slash" | "mention"> {
    const slash = this.slash.state;
    const mention = this.naming.state;
    return {
      slash: slash && { ...slash, box: boxAt(slash.from) },
      mention: mention && { ...mention, box: boxAt(mention.from) },
    };
  }

  /** A key. Answers whether it was a menu's. */
  key(event: KeyboardEvent): boolean {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    return this.slash.key(event.key) || this.naming.key(event.key);
  }
}

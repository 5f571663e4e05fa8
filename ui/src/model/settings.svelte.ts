/** What this person chose about the page. Kept by the core as plain values; a value that makes no sense falls back to its default. */
import type { Core } from "./core.ts";

export type Theme = "system" | "light" | "dark";
export type DocumentFont = "serif" | "sans" | "mono";

export class Settings {
  theme = $state<Theme>("system");
  font = $state<DocumentFont>("serif");
  sidebar = $state(true);
  lastDocument = $state<string | null>(null);
  welcomed = $state(false);

  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  async load(): Promise<void> {
    const kept = await this.#core.settings();
    this.theme = oneOf(kept["theme"], ["system", "light", "dark"], "system");
    this.font = oneOf(kept["font"], ["serif", "sans", "mono"], "serif");
    this.sidebar = kept["sidebar"] !== false;
    this.lastDocument = typeof kept["last_document"] === "string" ? kept["last_document"] : null;
    this.welcomed = kept["welcomed"] === true;
    this.#show();
  }

  async setTheme(theme: Theme): Promise<void> {
    this.theme = theme;
    await this.#keep({ theme });
  }

  async setFont(font: DocumentFont): Promise<void> {
    this.font = font;
    await this.#keep({ font });
  }

  async setSidebar(sidebar: boolean): Promise<void> {
    this.sidebar = sidebar;
    await this.#keep({ sidebar });
  }

  async setLastDocument(document: string | null): Promise<void> {
    this.lastDocument = document;
    await this.#keep({ last_document: document });
  }

  async setWelcomed(): Promise<void> {
    this.welcomed = true;
    await this.#keep({ welcomed: true });
  }

  async #keep(change: Record<string, unknown>): Promise<void> {
    this.#show();
    await this.#core.settings(change);
  }

  /** Colours and fonts follow at once: the tokens are `light-dark()` and variables. */
  #show(): void {
    const root = document.documentElement;
    root.style.colorScheme = this.theme === "system" ? "light dark" : this.theme;
    root.dataset["font"] = this.font;
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.find((choice) => choice === value) ?? otherwise;
}

/**
 * The people of one document, as the core last told them: who is in, which invitations are out, who waits to be let in. Asked for again when the
 * core says that it has changed.
 */
import type { Asking, Invitation, Member, Rights } from "./access.ts";
import type { Core } from "./core.ts";

/** Facts about a document change with every key that somebody presses; who is in it, seldom. */
const RESTS_MS = 1000;

export class Members {
  all = $state.raw<readonly Member[]>([]);
  invitations = $state.raw<readonly Invitation[]>([]);
  asking = $state.raw<readonly Asking[]>([]);
  rights = $state.raw<Rights>({ invite: false, manage: false, transfer: false, leave: false });
  /** The core knows how to limit invitations, give roles and remove. */
  knows = $state(false);

  readonly #core: Core;
  readonly #id: string;
  readonly #stops: Array<() => void>;
  #asks: Promise<void> | undefined;
  #again = false;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core, id: string) {
    this.#core = core;
    this.#id = id;
    const isMine = (told: Readonly<Record<string, unknown>>): boolean => told["document"] === undefined || told["document"] === id;
    this.#stops = [
      core.listen("members", (told) => {
        if (isMine(told)) void this.#quietly();
      }),
      core.listen("status", (told) => {
        if (isMine(told)) this.#resting ??= setTimeout(() => void this.#quietly(), RESTS_MS);
      }),
    ];
    void this.#quietly();
  }

  get mine(): Member | undefined {
    return this.all.find((member) => member.mine);
  }

  /** Asks again. What changes while it is asked costs one more question, not one each. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#asks ??= this.#ask().finally(() => (this.#asks = undefined));
    return this.#asks;
  }

  close(): void {
    clearTimeout(this.#resting);
    this.#stops.forEach((stop) => stop());
  }

  async #ask(): Promise<void> {
    const { access } = this.#core;
    while (this.#again) {
      this.#again = false;
      const { members, rights, knows } = await access.members(this.#id);
      [this.all, this.rights, this.knows] = [members, rights, knows];
      if (!knows) continue;
      [this.invitations, this.asking] = await Promise.all([access.invitations(this.#id), access.requests(this.#id)]);
    }
  }

  /** Nobody asked: a document that is not here yet, or not any more, has nothing to tell. */
  async #quietly(): Promise<void> {
    clearTimeout(this.#resting);
    this.#resting = undefined;
    await this.refresh().catch(() => undefined);
  }
}

/**
 * The people of one document, as the core last told them: who is in, which invitations are out, who waits to be let in. Asked for again when the
 * core says that it has changed.
 */
import type { Asking, Invitation, Member, Rights } from "./access.ts";
import type { Core } from "./core.ts";

export class Members {
  all = $state.raw<readonly Member[]>([]);
  invitations = $state.raw<readonly Invitation[]>([]);
  asking = $state.raw<readonly Asking[]>([]);
  rights = $state.raw<Rights>({ invite: false, manage: false, transfer: false, leave: false });

  readonly #core: Core;
  readonly #id: string;
  readonly #stop: () => void;
  #asks: Promise<void> | undefined;
  #again = false;

  constructor(core: Core, id: string) {
    this.#core = core;
    this.#id = id;
    this.#stop = core.listen("members", (told) => {
      if (told["document"] === undefined || told["document"] === id) void this.#quietly();
    });
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
    this.#stop();
  }

  async #ask(): Promise<void> {
    const { access } = this.#core;
    while (this.#again) {
      this.#again = false;
      const id = this.#id;
      const [known, invitations, asking] = await Promise.all([access.members(id), access.invitations(id), access.requests(id)]);
      [this.all, this.rights, this.invitations, this.asking] = [known.members, known.rights, invitations, asking];
    }
  }

  /** Nobody asked: a document that is not here yet, or not any more, has nothing to tell. */
  async #quietly(): Promise<void> {
    await this.refresh().catch(() => undefined);
  }
}

/** What images and file cards in the text have in common: how the file stands on this device, and what can be done with it. */
import type { Attachment } from "../attachments/attachment.ts";
import type { Stands } from "../attachments/files.ts";
import type { Drawn, EmbedAct, EmbedHost } from "./kind.ts";

/** Everything that can be done with a file, in the order of its buttons. */
const ACTS = ["get", "caption", "copy", "open", "save"] as const;
type Act = (typeof ACTS)[number];

/** A file in the text, however it is shown. */
export abstract class Attached implements Drawn {
  readonly dom = document.createElement("span");
  protected readonly state = element("span", "attachment-state");
  protected stands: Stands | undefined;
  private readonly made = ACTS.map((act) => ({ act, made: button(`attachment-${act}`, () => this.can()[act]?.()) }));
  private readonly unlisten: () => void;
  /** It stands in the text, and it was looked how. */
  private settled = false;
  private ended = false;

  constructor(
    protected readonly attachment: Attachment,
    protected readonly host: EmbedHost,
  ) {
    this.dom.setAttribute("role", "group");
    this.state.setAttribute("role", "status");
    this.unlisten = host.reach.files.listen(() => {
      if (this.stands?.here !== true) void this.look();
    });
    void this.look();
  }

  abstract retell(): void;

  /** The file is here. */
  protected abstract arrived(): void;

  /** Only what it has buttons for is its own; a press elsewhere selects it as any character. */
  stopEvent(event: Event): boolean {
    return event.target instanceof Element && event.target.closest("button, input") !== null;
  }

  destroy(): void {
    this.ended = true;
    this.unlisten();
  }

  acts(): readonly EmbedAct[] {
    const can = this.can();
    return ACTS.flatMap((id) => {
      const run = can[id];
      return run === undefined ? [] : [{ id, title: this.titles()[id], run }];
    });
  }

  /** What can be done with it now. */
  protected can(): { readonly [act in Act]?: (() => void) | undefined } {
    const { stands, host } = this;
    const { files } = host.reach;
    const opens = stands?.here === true && stands.opens === true && files.outside.open !== undefined;
    const isComing = stands === undefined || stands.here || stands.awaited;
    return {
      get: isComing ? undefined : () => void files.get(this.attachment).then(() => this.look()),
      caption: this.settled && host.mayHaveCaption() ? () => host.addCaption() : undefined,
      open: opens ? () => void this.attempt(() => files.open(this.attachment), "") : undefined,
      save: stands?.here === true ? () => void this.attempt(() => files.save(this.attachment), "saved") : undefined,
    };
  }

  /** Buttons for all of that, in the reader's language. What takes keys is never moved: it would lose them. */
  protected buttons(): HTMLElement[] {
    const can = this.can();
    const titles = this.titles();
    for (const { act, made } of this.made) {
      made.textContent = titles[act];
      made.hidden = can[act] === undefined;
    }
    return this.made.map(({ made }) => made);
  }

  protected saySo(): void {
    const { size } = this.attachment;
    this.state.textContent = this.told(size, this.stands);
  }

  /** Says how something went that the person asked for. */
  protected tell(words: string): void {
    this.state.textContent = words;
  }

  private titles(): Readonly<Record<Act, string>> {
    const words = this.host.words();
    const { attachmentGet: get, attachmentCaption: caption, attachmentSave: save } = words;
    return { get, caption, copy: words.attachmentCopy, open: words.attachmentOpen, save };
  }

  private told(size: number, stands: Stands | undefined): string {
    const words = this.host.words();
    if (stands === undefined || (stands.here && stands.problem === null)) return words.attachmentSize(size);
    if (stands.problem !== null) return words.attachmentProblem(size, stands.problem);
    if (stands.got > 0) return words.attachmentComing(stands.got, size);
    return stands.awaited ? words.attachmentAwaited(size) : words.attachmentLarge(size);
  }

  private async look(): Promise<void> {
    try {
      this.stands = await this.host.reach.files.stands(this.attachment);
    } catch {
      // The record that refers to it is on its way to the disk: an event follows.
    }
    if (this.ended) return;
    this.settled = true;
    this.retell();
    if (this.stands?.here === true) this.arrived();
  }

  /** Does something and says how that went. */
  protected async attempt(act: () => Promise<unknown>, done: "saved" | "copied" | ""): Promise<void> {
    const words = this.host.words();
    try {
      const where = await act();
      if (done !== "")
        this.tell(done === "copied" ? words.attachmentCopied : words.attachmentSaved(typeof where === "string" ? where : ""));
    } catch (error) {
      this.tell(words.attachmentProblem(this.attachment.size, error instanceof Error ? error.message : String(error)));
    }
  }
}

/** An element with a class. */
export function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

/** A button that does something. */
export function button(className: string, act: () => void): HTMLButtonElement {
  const made = element("button", className) as HTMLButtonElement;
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/**
 * Images and files in the text: drawn when they are here, a quiet box of the right size until then. The bytes come from the core alone; an image
 * element runs nothing, whatever its file holds.
 */
import { type Attachment, isDrawn, readAttachment } from "../attachments/attachment.ts";
import type { Stands } from "../attachments/files.ts";
import { FILE, IMAGE, IMAGE_WIDTHS } from "../../generated/schema.ts";
import { legible } from "../links/seen.ts";
import { newerCard } from "./card.ts";
import type { Drawn, EmbedHost, EmbedKind, Embedded } from "./kind.ts";

/** An arrow key makes an image so much wider or narrower, in CSS pixels. */
const STEP = 16;

export const image: EmbedKind = { draw: (embedded, host) => draw(IMAGE, embedded, host), text: spoken };
export const file: EmbedKind = { draw: (embedded, host) => draw(FILE, embedded, host), text: spoken };

function draw(kind: string, embedded: Embedded, host: EmbedHost): Drawn {
  const attachment = readAttachment(embedded.value);
  if (attachment === undefined) return newerCard(kind, host);
  return isDrawn(attachment) ? new Picture(attachment, embedded, host) : new FileCard(attachment, host);
}

/** What stands for it where only words can go: what is to be seen, else what it is called. */
function spoken({ value, attributes }: Embedded): string {
  const { alt } = attributes;
  return typeof alt === "string" && alt !== "" ? alt : (readAttachment(value)?.name ?? "");
}

/** What an image and a card have in common: looking how the file stands, and saying so. */
abstract class Attached implements Drawn {
  readonly dom = document.createElement("span");
  protected readonly state = element("span", "attachment-state");
  protected stands: Stands | undefined;
  private readonly ask = button("attachment-get", () => void this.host.reach.files.get(this.attachment).then(() => this.look()));
  private readonly saving = button("attachment-save", () => void this.save());
  private readonly unlisten: () => void;
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

  /** Buttons that every file has, in the reader's language. */
  protected buttons(): HTMLElement[] {
    const words = this.host.words();
    this.ask.textContent = words.attachmentGet;
    this.saving.textContent = words.attachmentSave;
    this.ask.hidden = this.stands === undefined || this.stands.here || this.stands.awaited;
    this.saving.hidden = this.stands?.here !== true;
    return [this.ask, this.saving];
  }

  protected saySo(): void {
    const { size } = this.attachment;
    this.state.textContent = this.told(size, this.stands);
  }

  private told(size: number, stands: Stands | undefined): string {
    const words = this.host.words();
    if (stands === undefined || (stands.here && stands.problem === null)) return words.attachmentSize(size);
    if (stands.problem !== null) return words.attachmentProblem(size, stands);
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
    this.retell();
    if (this.stands?.here === true) this.arrived();
  }

  private async save(): Promise<void> {
    const words = this.host.words();
    try {
      const where = await this.host.reach.files.save(this.attachment);
      this.state.textContent = where === undefined ? words.attachmentSaved("") : words.attachmentSaved(where);
    } catch (error) {
      this.state.textContent = words.attachmentProblem(this.attachment.size, error);
    }
  }
}

/** A file that is not drawn. */
class FileCard extends Attached {
  private readonly title = element("bdi", "attachment-name");

  constructor(attachment: Attachment, host: EmbedHost) {
    super(attachment, host);
    this.dom.className = "attachment file";
    this.retell();
  }

  override retell(): void {
    const name = legible(this.attachment.name) || this.host.words().attachmentNameless;
    this.title.textContent = name;
    this.dom.setAttribute("aria-label", name);
    this.saySo();
    const buttons = this.buttons();
    if (this.dom.childElementCount === 0) this.dom.append(this.title, this.state, ...buttons);
  }

  protected override arrived(): void {
    // Nothing is drawn of it.
  }
}

/** An image. */
class Picture extends Attached {
  private readonly frame = element("span", "attachment-frame");
  private readonly img = document.createElement("img");
  private readonly tools = element("span", "attachment-tools");
  private readonly handle = button("attachment-handle", () => undefined);
  private readonly alt = document.createElement("input");
  private attributes: Embedded["attributes"];
  private drawn = false;

  constructor(attachment: Attachment, embedded: Embedded, host: EmbedHost) {
    super(attachment, host);
    this.attributes = embedded.attributes;
    this.dom.className = "attachment image";
    this.img.decoding = "async";
    this.img.draggable = false;
    this.img.addEventListener("error", () => this.broken());
    this.handle.setAttribute("role", "slider");
    this.handle.addEventListener("keydown", (event) => this.key(event));
    this.handle.addEventListener("pointerdown", (event) => this.drag(event));
    this.alt.type = "text";
    this.alt.className = "attachment-alt";
    this.alt.addEventListener("change", () => this.describe());
    this.alt.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.describe();
    });
    this.retell();
  }

  update({ value, attributes }: Embedded): boolean {
    if (readAttachment(value)?.hash !== this.attachment.hash) return false;
    this.attributes = attributes;
    this.retell();
    return true;
  }

  override retell(): void {
    const words = this.host.words();
    const { alt } = this.attributes;
    const says = typeof alt === "string" ? alt : "";
    this.img.alt = says;
    this.dom.setAttribute("aria-label", says || legible(this.attachment.name) || words.attachmentImage);
    if (this.alt !== document.activeElement) this.alt.value = says;
    this.alt.placeholder = words.attachmentAlt;
    this.alt.setAttribute("aria-label", words.attachmentAlt);
    this.alt.readOnly = !this.host.isEditable();
    this.handle.hidden = !this.host.isEditable();
    this.handle.setAttribute("aria-label", words.attachmentWidth);
    this.handle.title = words.attachmentWidth;
    this.resize(this.width);
    this.saySo();
    this.state.hidden = this.drawn;
    // What takes keys is never moved: it would lose them.
    const buttons = this.buttons();
    if (this.dom.childElementCount === 0) {
      this.frame.append(this.handle);
      this.tools.append(this.alt, ...buttons);
      this.dom.append(this.frame, this.tools);
    }
    const [seen, other] = this.drawn ? [this.img, this.state] : [this.state, this.img];
    other.remove();
    if (!this.frame.contains(seen)) this.frame.prepend(seen);
  }

  override destroy(): void {
    if (this.drawn) this.host.reach.files.release(this.attachment);
    super.destroy();
  }

  protected override arrived(): void {
    if (this.drawn) return;
    this.drawn = true;
    void this.host.reach.files.picture(this.attachment).then(
      (address) => {
        this.img.src = address;
        this.retell();
      },
      () => this.broken(),
    );
  }

  /** As wide as somebody said, else as it is. */
  private get width(): number {
    const { width } = this.attributes;
    return typeof width === "number" && Number.isFinite(width) ? within(width) : within(this.attachment.width ?? IMAGE_WIDTHS.most);
  }

  private resize(width: number): void {
    this.frame.style.width = `${width}px`;
    this.frame.style.aspectRatio = `${this.attachment.width ?? 1} / ${this.attachment.height ?? 1}`;
    this.handle.setAttribute("aria-valuemin", String(IMAGE_WIDTHS.least));
    this.handle.setAttribute("aria-valuemax", String(IMAGE_WIDTHS.most));
    this.handle.setAttribute("aria-valuenow", String(width));
    this.handle.setAttribute("aria-valuetext", `${width} px`);
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP }[event.key];
    if (by !== undefined) this.host.format({ width: within(Math.round(this.frame.getBoundingClientRect().width) + by) });
    else if (event.key === "Home") this.host.format({ width: null });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The image follows the pointer; the text learns of it when it is let go. */
  private drag(event: PointerEvent): void {
    if (event.button !== 0 || !this.host.isEditable()) return;
    event.preventDefault();
    const { left } = this.frame.getBoundingClientRect();
    const wanted = (at: PointerEvent): number => within(Math.round(at.clientX - left));
    const move = (at: PointerEvent): void => this.resize(wanted(at));
    const done = (at: PointerEvent): void => {
      this.handle.removeEventListener("pointermove", move);
      this.handle.removeEventListener("pointerup", done);
      this.handle.removeEventListener("pointercancel", done);
      if (at.type === "pointerup") this.host.format({ width: wanted(at) });
      else this.resize(this.width);
    };
    this.handle.setPointerCapture(event.pointerId);
    this.handle.addEventListener("pointermove", move);
    this.handle.addEventListener("pointerup", done);
    this.handle.addEventListener("pointercancel", done);
  }

  private describe(): void {
    const says = this.alt.value.trim();
    if (says !== (this.attributes["alt"] ?? "")) this.host.format({ alt: says === "" ? null : says });
  }

  /** The bytes are those that were attached, and no browser draws them. */
  private broken(): void {
    if (this.drawn) this.host.reach.files.release(this.attachment);
    this.drawn = false;
    this.retell();
    this.state.textContent = this.host.words().attachmentBroken;
  }
}

function within(width: number): number {
  return Math.min(Math.max(Math.round(width), IMAGE_WIDTHS.least), IMAGE_WIDTHS.most);
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function button(className: string, act: () => void): HTMLButtonElement {
  const made = element("button", className) as HTMLButtonElement;
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

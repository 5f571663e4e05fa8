/**
 * Images and files in the text: drawn when they are here, a quiet box of the right size until then. The bytes come from the core alone; an image
 * element runs nothing, whatever its file holds.
 */
import { type Attachment, isDrawn, readAttachment } from "../attachments/attachment.ts";
import { FILE, IMAGE, IMAGE_WIDTHS } from "../../generated/schema.ts";
import { escapeHtml } from "../clipboard/escape.ts";
import { legible } from "../links/seen.ts";
import { Attached, button, element } from "./attached.ts";
import { newerCard } from "./card.ts";
import type { Drawn, EmbedHost, EmbedKind, Embedded } from "./kind.ts";

/** An arrow key makes an image so much wider or narrower, in CSS pixels. */
const STEP = 16;

export const image: EmbedKind = { draw: (embedded, host) => draw(IMAGE, embedded, host), text: spoken, html: written };
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

/** Its words, and for paper which image it is and how wide (see ../pictures/paper.ts). Elsewhere nobody has its bytes. */
function written(embedded: Embedded): string {
  const words = escapeHtml(spoken(embedded));
  const attachment = readAttachment(embedded.value);
  if (attachment === undefined || !isDrawn(attachment)) return `<code>${words}</code>`;
  const { width } = embedded.attributes;
  const drawn = typeof width === "number" && Number.isFinite(width) ? within(width) : attachment.width;
  return `<code class="image" data-image="${escapeHtml(JSON.stringify({ ...attachment, drawn }))}">${words}</code>`;
}

/** An image. */
class Picture extends Attached {
  private readonly frame = element("span", "attachment-frame");
  private readonly img = document.createElement("img");
  private readonly tools = element("span", "attachment-tools");
  private readonly handle = button("attachment-handle", () => undefined);
  private readonly alt = document.createElement("input");
  private readonly outcome = element("span", "attachment-outcome");
  private attributes: Embedded["attributes"];
  private drawn = false;

  constructor(attachment: Attachment, embedded: Embedded, host: EmbedHost) {
    super(attachment, host);
    this.attributes = embedded.attributes;
    this.dom.className = "attachment image";
    this.dom.setAttribute("role", "figure");
    this.img.decoding = "async";
    this.img.draggable = false;
    this.img.addEventListener("error", () => this.broken());
    this.handle.setAttribute("role", "slider");
    this.handle.addEventListener("keydown", (event) => this.key(event));
    this.handle.addEventListener("pointerdown", (event) => this.drag(event));
    this.outcome.setAttribute("role", "status");
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
    const buttons = this.buttons();
    if (this.dom.childElementCount === 0) {
      this.frame.append(this.handle);
      this.tools.append(this.alt, ...buttons, this.outcome);
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

  protected override can(): ReturnType<Attached["can"]> {
    const { files } = this.host.reach;
    const copies = this.drawn && files.outside.copyPicture !== undefined;
    const copy = (): void => void this.attempt(() => files.copy(this.attachment, this.img), "copied");
    return { ...super.can(), copy: copies ? copy : undefined };
  }

  protected override tell(words: string): void {
    this.outcome.textContent = words;
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

/**
 * Pictures in foreign HTML. Those whose bytes stand in it are brought along; those that stand on the web stay there, with a link, for nothing that is
 * pasted makes Sheaf fetch anything; and what only the other program can reach is told as missing. Nothing is loaded or drawn here.
 */
import { safeUrl } from "../links/url.ts";

/** A picture with more bytes is not brought along: its page would hold it three times over while it is read. A photograph has a tenth. */
const MOST_BYTES = 32 * 1024 * 1024;

/** So many pictures come along with one paste. */
export const MOST_PICTURES = 100;

/** What is no larger than this many pixels is there to count readers or to keep places apart, not to be seen. */
const SPECK = 2;

/** How the kinds that are drawn begin, by the type that an address says. Vector pictures can hold a program, and are not among them. */
const BEGINS: Readonly<Record<string, RegExp>> = { png: /^\x89PNG/, jpeg: /^\xff\xd8\xff/, gif: /^GIF8[79]a/, webp: /^RIFF[^]{4}WEBP/ };

/** What an element says of its picture. */
export type PastedPicture =
  /** It is all here. */
  | { readonly kind: "here"; readonly file: File; readonly alt: string }
  /** It stands on the web. */
  | { readonly kind: "away"; readonly address: string; readonly alt: string }
  /** Nobody but the other program can reach it, or it is none that is drawn. */
  | { readonly kind: "lost"; readonly alt: string };

/** The picture of an element; undefined where it is only there for the looks of a page. */
export function pictureOf(image: HTMLElement): PastedPicture | undefined {
  const source = (image.getAttribute("src") ?? "").trim();
  const alt = (image.getAttribute("alt") ?? "").replace(/\s+/g, " ").trim();
  if (source === "" || isSpeck(image)) return alt === "" ? undefined : { kind: "lost", alt };
  const file = fileOf(source);
  if (file !== undefined) return { kind: "here", file, alt };
  // An empty description says that it is an ornament.
  if (alt === "" && image.hasAttribute("alt")) return undefined;
  const address = /^https?:/i.test(source) ? safeUrl(source) : undefined;
  return address === undefined ? { kind: "lost", alt } : { kind: "away", address, alt };
}

function isSpeck(image: HTMLElement): boolean {
  return ["width", "height"].some((side) => {
    const said = Number.parseFloat(image.style.getPropertyValue(side) || (image.getAttribute(side) ?? ""));
    return said <= SPECK;
  });
}

/** The bytes that stand in an address, if they are a picture that is drawn. */
function fileOf(source: string): File | undefined {
  const [head = "", type = ""] = /^data:image\/(png|jpe?g|gif|webp);base64,/i.exec(source) ?? [];
  const kind = type.toLowerCase().replace("jpg", "jpeg");
  // Four letters are three bytes.
  if (kind === "" || (source.length - head.length) * 0.75 > MOST_BYTES) return undefined;
  try {
    const bytes = atob(source.slice(head.length));
    if (BEGINS[kind]?.test(bytes.slice(0, 16)) !== true) return undefined;
    const own = Uint8Array.from(bytes, (letter) => letter.charCodeAt(0));
    return new File([own], `image.${kind}`, { type: `image/${kind}` });
  } catch {
    return undefined;
  }
}

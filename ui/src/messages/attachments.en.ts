/** The words of images and files, in English (part of en.ts). */
import { speaking } from "./speaking.ts";

const { count, plural, size } = speaking("en", ["one", "other"]);

export const attachments = {
  attaching: (name: string, part: number) => `Attaching ${name}: ${count.format(Math.round(part * 100))}%`,
  giveUp: (name: string) => `Cancel: attach ${name}`,
  mayNotWrite: "you cannot write in the document any more.",
  failed: (name: string, why: string) => `${name === "" ? "The picture" : name} was not attached: ${why}`,
  /** Of what was pasted: pictures that are links now, and pictures that could not be had. */
  left: (away: number, lost: number) =>
    [
      away > 0 ? `${plural(away, "picture is a link", "pictures are links")} now: Sheaf fetches nothing from the web by itself.` : "",
      lost > 0 ? `${plural(lost, "picture", "pictures")} could not be brought along.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  open: (name: string) => `Open “${name}”?`,
  openHint:
    "It is saved in your folder for downloads and opened with this computer’s own program. Open it only if you trust who put it here.",
  /** What the text itself says about its images and files. */
  inText: {
    attachmentImage: "Image",
    attachmentNameless: "File without a name",
    attachmentAlt: "What is to be seen, for those who do not see it",
    attachmentWidth: "Width of the image",
    attachmentGet: "Get it",
    attachmentSave: "Save…",
    attachmentOpen: "Open…",
    attachmentCopy: "Copy image",
    attachmentCopied: "Copied",
    attachmentCaption: "Caption",
    attachmentCaptionHere: "What is this?",
    attachmentBroken: "This image cannot be drawn. It can be saved.",
    attachmentSize: (bytes: number) => size(bytes),
    attachmentAwaited: (bytes: number) => `${size(bytes)}, waiting for somebody who has it`,
    attachmentLarge: (bytes: number) => `${size(bytes)}, not fetched yet`,
    attachmentComing: (got: number, bytes: number) => `${size(got)} of ${size(bytes)}`,
    attachmentProblem: (bytes: number, why: string) => `${size(bytes)}: ${why}`,
    attachmentSaved: (where: string) => (where === "" ? "Saved" : `Saved as ${where}`),
  },
} as const;

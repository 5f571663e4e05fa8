/** Die Worte für Bilder und Dateien (Teil von de.ts). */
import type { Messages } from "./en.ts";
import { speaking } from "./speaking.ts";

const { count, plural, size } = speaking("de", ["one", "other"]);

export const attachments: Messages["attachments"] = {
  attaching: (name, part) => `${name} wird angehängt: ${count.format(Math.round(part * 100))} %`,
  giveUp: (name) => `Abbrechen: ${name} anhängen`,
  mayNotWrite: "In dem Dokument darfst du nicht mehr schreiben.",
  failed: (name, why) => `${name === "" ? "Das Bild" : name} wurde nicht angehängt: ${why}`,
  left: (away, lost) =>
    [
      away > 0 ? `${plural(away, "Bild ist jetzt ein Link", "Bilder sind jetzt Links")}: Sheaf holt von selbst nichts aus dem Netz.` : "",
      lost > 0 ? `${plural(lost, "Bild", "Bilder")} konnte${lost === 1 ? "" : "n"} nicht mitkommen.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  open: (name) => `„${name}“ öffnen?`,
  openHint:
    "Die Datei wird in deinem Ordner für Downloads gespeichert und mit dem Programm dieses Computers geöffnet. Öffne sie nur, wenn du denen traust, die sie hierher gelegt haben.",
  inText: {
    attachmentImage: "Bild",
    attachmentNameless: "Datei ohne Namen",
    attachmentAlt: "Was zu sehen ist, für alle, die es nicht sehen",
    attachmentWidth: "Breite des Bildes",
    attachmentGet: "Holen",
    attachmentSave: "Speichern…",
    attachmentOpen: "Öffnen…",
    attachmentCopy: "Bild kopieren",
    attachmentCopied: "Kopiert",
    attachmentCaption: "Beschriftung",
    attachmentCaptionHere: "Was ist das?",
    attachmentBroken: "Dieses Bild lässt sich nicht zeichnen. Speichern geht.",
    attachmentSize: (bytes) => size(bytes),
    attachmentAwaited: (bytes) => `${size(bytes)}, wartet auf jemanden, der sie hat`,
    attachmentLarge: (bytes) => `${size(bytes)}, noch nicht geholt`,
    attachmentComing: (got, bytes) => `${size(got)} von ${size(bytes)}`,
    attachmentProblem: (bytes, why) => `${size(bytes)}: ${why}`,
    attachmentSaved: (where) => (where === "" ? "Gespeichert" : `Gespeichert als ${where}`),
  },
};

/** Was über die Geräte einer Person gesagt wird (ein Teil von de.ts). */
import type { devices as english } from "./devices.en.ts";
import { speaking } from "./speaking.ts";

const { plural } = speaking("de", ["one", "other"]);

export const devices: typeof english = {
  title: "Deine Geräte",
  hint: "Jedes bekommt die Dokumente der anderen, mit deinen Rollen, während Sheaf auf beiden läuft.",
  list: "Deine Geräte",
  mine: "dieses Gerät",
  linked: "verbunden",
  lastSeen: (when: string) => `zuletzt gesehen ${when}`,
  neverSeen: "noch nicht gesehen",
  documents: (n: number) => plural(n, "Dokument", "Dokumente"),
  nameless: "ein Gerät ohne Namen",
  link: "Weiteres Gerät verbinden…",
  have: "Ich habe ein Ticket zum Verbinden…",
  ticket: "Ticket zum Verbinden",
  ticketHint:
    "Öffne es auf dem anderen Gerät: unter „Mit Einladung beitreten“ oder in den Einstellungen unter „Deine Geräte“. Es gilt einmal, zehn Minuten lang, solange Sheaf hier weiterläuft.",
  copy: "Ticket kopieren",
  copied: "Kopiert",
  waiting: "Warten auf das andere Gerät…",
  unreached: (why: string) => `Bisher nicht erreicht: ${why} Läuft Sheaf dort? Dieses Gerät versucht es weiter.`,
  paste: "Füg das Ticket ein, das dein anderes Gerät zeigt",
  look: "Weiter",
  joinTitle: "Dieses Gerät verbinden",
  links: (name: string) => `Dieses Gerät wird eines der Geräte von ${name}.`,
  both: "Jedes bekommt die Dokumente des anderen, heutige und spätere, mit denselben Rollen. Mach nur weiter, wenn das andere Gerät deines ist.",
  fingerprint: (short: string) => `Gerät ${short}, nicht bewiesen`,
  contacts: (routes: string) => `Kontaktiert wird ${routes}.`,
  known: "Dieses Gerät ist schon verbunden.",
  go: "Die beiden verbinden",
  somebody: "jemandem ohne Namen",
  there: (name: string, short: string) => `${name} (${short}) ist da`,
  compare: "Zeigen beide Geräte dieselben Zahlen? Wenn nicht, hat jemand anderes dein Ticket.",
  numbers: "Zahlen zum Vergleichen",
  same: "Sie sind gleich",
  different: "Sie sind es nicht",
  agreed: "Sag auch auf dem anderen Gerät, dass sie gleich sind.",
  done: (name: string) => `${name} ist verbunden. Die Dokumente sind unterwegs.`,
  stop: "Abbrechen",
  over: (why: string) => `Die Geräte wurden nicht verbunden: ${why}`,
  remove: (name: string) => `${name} entfernen`,
  removeShort: "Entfernen…",
  question: (name: string) => `${name} aus allen deinen Dokumenten entfernen?`,
  does: "Nichts Neues erreicht es, was darauf von jetzt an geschrieben wird, zählt nicht, und wo du verwalten darfst, gibt es einen neuen Schlüssel.",
  keeps:
    "Es behält die Kopien, die es hat. Ging es verloren oder wurde es gestohlen, kann sie lesen, wer es entsperrt. Das kann niemand zurückholen.",
  yes: "Entfernen",
  removed: (name: string, n: number) => `${name} wurde aus ${plural(n, "Dokument", "Dokumenten")} entfernt.`,
  exposed: (n: number) =>
    `In ${plural(n, "Dokument", "Dokumenten")} muss jemand, der verwalten darf, den neuen Schlüssel machen; dessen Gerät tut das von selbst.`,
  still: (title: string, why: string) => `Es ist noch in „${title}“: ${why}`,
};

/** Die Worte für Ordner (Teil von de.ts). */
import type { Messages } from "./en.ts";
import { speaking } from "./speaking.ts";

const { plural } = speaking("de", ["one", "other"]);

export const folders: Messages["folders"] = {
  title: "Ordner",
  create: "Neuer Ordner",
  name: "Neuer Ordner",
  label: (name) => `Ordner ${name}`,
  labelShared: (name, people) => `Ordner ${name}, geteilt von ${plural(people, "Person", "Personen")}`,
  labelGone: (name) => `Ordner ${name}, in dem du nicht mehr bist`,
  actions: (name) => `Aktionen für den Ordner ${name}`,
  open: "Inhalt zeigen",
  close: "Inhalt verbergen",
  empty: "Noch nichts darin",
  coming: (n) => `${plural(n, "Dokument ist", "Dokumente sind")} unterwegs`,
  newIn: "Neues Dokument darin",
  share: "Ordner teilen…",
  move: "Ordner",
  none: "In keinem Ordner",
  shareTitle: (name) => `Den Ordner „${name}“ teilen`,
  shareExplain:
    "Wer beitritt, bekommt jedes Dokument in diesem Ordner, mit derselben Rolle: was jetzt darin ist und was später dazukommt. Was jemand hineinlegt, gehört von da an der Person, der der Ordner gehört.",
  explain: "Schick diese Einladung jemandem, dem du vertraust. Wer sie hat, kann alles in dem Ordner öffnen.",
  within: (name) => `Alle im Ordner „${name}“ sind in diesem Dokument, und wer von ihnen was darf, wird dort entschieden.`,
  withinOpen: "Die Leute im Ordner zeigen",
  alone: "nur in diesem Dokument",
  inviteAlone: "Nur zu diesem Dokument einladen",
  withinHint: "Wer damit beitritt, bekommt dieses Dokument und sonst nichts aus dem Ordner.",
  forFolder: "Alle im Ordner",
  moveTitle: (title) => `„${title}“ verschieben?`,
  moveIn: (name, people) =>
    people > 1
      ? `Im Ordner „${name}“ sind ${plural(people, "Person", "Personen")}. Sie, und wer später dazukommt, bekommen dieses Dokument.`
      : "",
  moveInOwned: "Es gehört von da an der Person, der der Ordner gehört. Sie kann darin Rollen vergeben und Leute entfernen, auch dich.",
  moveOut: (name) =>
    `Wer dieses Dokument hat, behält es und bekommt weiter, was geschrieben wird. Wer später in den Ordner „${name}“ kommt, bekommt es nicht. Um es jemandem zu nehmen, entferne die Person im Dokument.`,
  moveNow: "Verschieben",
  moved: (title, name) => `„${title}“ ist im Ordner „${name}“.`,
  movedOut: (title) => `„${title}“ ist in keinem Ordner.`,
  joined: (name) => `Der Ordner „${name}“ ist in deiner Bibliothek. Seine Dokumente kommen von selbst.`,
  ticket: (n) =>
    n === 0 ? "Das ist ein Ordner, in dem noch nichts ist." : `Das ist ein Ordner mit ${plural(n, "Dokument", "Dokumenten")}.`,
  ticketHint: "Du bekommst alles, was darin ist, und was später dazukommt.",
  leave: "Diesen Ordner verlassen",
  leaving:
    "Du verlässt den Ordner und jedes Dokument darin. Die Kopien hier behältst du. Sie ändern sich nicht mehr, und zurück kommst du nur mit einer neuen Einladung.",
  remove: "Aus dem Ordner entfernen",
  removing: (person) =>
    `${person} wird aus dem Ordner und aus jedem Dokument darin entfernt, ebenso, wer durch ihre Einladungen dazu hineinkam. Die Kopien, die sie haben, behalten sie. Sobald die anderen es wissen, bekommen sie nichts Neues.`,
};

/**
 * Deutsch. Sheaf sagt du, schlicht und ohne Fachwörter, und behauptet nie mehr, als eine Bestätigung belegt: „synchronisiert“ gibt es nicht.
 */
import type { Messages } from "./en.ts";
import { speaking } from "./speaking.ts";

const { categories, count, decimal, form, list, plural, size } = speaking("de", ["one", "other"]);

const time = (ms: number): string => {
  if (ms < 1) return "unter 1 ms";
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  return `${ms < 10_000 ? decimal(ms / 1000) : count.format(Math.round(ms / 1000))} s`;
};

const SMALL = ["Kein", "Ein", "Zwei", "Drei", "Vier", "Fünf", "Sechs", "Sieben", "Acht", "Neun", "Zehn", "Elf", "Zwölf"];
const countedWord = (n: number): string => SMALL[n] ?? count.format(n);

const people = (n: number): string => plural(n, "Person", "Personen");
const edits = (n: number): string => plural(n, "Änderung", "Änderungen");

const refusals: Readonly<Record<string, string>> = {
  stranger: "nicht als Mitglied bekannt",
  ticket: "eine Einladung, die nicht gilt",
  unknown: "kein solches Dokument",
  waiting: "noch keine erste Kopie",
  removed: "entfernt oder ausgetreten",
  invalid: "etwas Ungültiges kam an",
  version: "eine andere Version",
};

export const de: Messages = {
  categories,

  appName: "Sheaf",
  untitled: "Ohne Titel",
  somebody: "Jemand",
  names: (names) => list.format(names),
  keys: (shortcut) => shortcut.replaceAll("Ctrl", "Strg").replaceAll("Shift", "Umschalt").replaceAll("Delete", "Entf"),

  when: {
    now: "gerade eben",
    on: (day) => `am ${day}`,
  },

  errors: {
    unknown: () => "Dieses Dokument gibt es hier nicht.",
    ambiguous: () => "Damit kann mehr als ein Dokument gemeint sein.",
    refused: (words) => `Das geht hier nicht; geändert wurde nichts. (${words})`,
    reset: () => "Der Text hat sich zu weit verändert und wird neu geöffnet.",
    ended: () => "Das Dokument wurde geschlossen, bevor es antworten konnte. Versuch es noch einmal.",
    unusable: (words) => `Dieses Dokument lässt sich nicht öffnen. (${words})`,
    not_saved: (words) => `Nicht gespeichert: ${words.replace(/^not saved: /iu, "")}`,
    ticket: () =>
      "Das ist keine vollständige Einladung zu einem Sheaf-Dokument. Füg den ganzen Text ein oder bitte um eine neue Einladung.",
    version: () => "Diese Fassung des Dokuments gibt es hier nicht.",
    gone: () => "Sheaf wurde inzwischen beendet.",
    malformed: (words) => `Das war nicht zu verstehen. (${words})`,
    no_key: () => "Diese Seite wurde ohne ihren Schlüssel geöffnet. Starte sie neu mit `sheaf up --bridge`.",
    failed: (words) => `Das hat nicht geklappt. (${words})`,
  },
  notices: {
    rescued: "Jemand hat eine Zeile mit Worten von dir entfernt, ohne sie gesehen zu haben. Deine Worte sind aufgehoben.",
    quarantined: "Eine Änderung war nicht zu verwenden und wurde beiseitegelegt; das Dokument geht ohne sie weiter.",
    forked:
      "Eine Kopie von Sheaf hat an zwei Orten zugleich gearbeitet, etwa weil ein Rechner zweimal aus derselben Sicherung zurückkam. Alles, was an beiden Orten geschrieben wurde, ist erhalten.",
    alarm:
      "Zwei Geräte haben dieselben Änderungen und zeigen verschiedenen Text. Das ist ein Fehler in Sheaf; die Einzelheiten stehen im Protokoll.",
  },
  sentences: [
    [
      /^Sheaf does not run on this device, so nobody can reach it\. .*$/u,
      "Sheaf läuft auf diesem Gerät nicht, deshalb kann es niemand erreichen. Starte die App oder `sheaf up`.",
    ],
    [
      /^Nobody can be reached at the moment\. Is this device online\? Sheaf goes on trying\.$/u,
      "Gerade ist niemand erreichbar. Ist dieses Gerät online? Sheaf versucht es weiter.",
    ],
    [/^Sheaf runs on this device\.$/u, "Sheaf läuft auf diesem Gerät."],
    [
      /^People are reached anywhere: .*$/u,
      "Andere werden überall erreicht: über die öffentlichen Relays und die Adresssuche von iroh, und direkt, wo das geht.",
    ],
    [
      /^People are reached by the relay (\S+), and directly where that works\.$/u,
      "Andere werden über das Relay $1 erreicht, und direkt, wo das geht.",
    ],
    [/^People are reached on the local network only\.$/u, "Andere werden nur im lokalen Netz erreicht."],
    [
      /^People are reached by the addresses in their invitations only\.$/u,
      "Andere werden nur über die Adressen in ihren Einladungen erreicht.",
    ],
    [/^No network connection could be opened: (.*)\.$/u, "Es ließ sich keine Netzverbindung öffnen: $1."],
    [/^This device listens on UDP port (\d+)\.$/u, "Dieses Gerät ist auf UDP-Port $1 zu erreichen."],
    [/^This device uses its relay alone\.$/u, "Dieses Gerät nutzt nur sein Relay."],
    [
      /^Nothing is open: the first share or join opens a connection\.$/u,
      "Es ist nichts geöffnet: Erst Teilen oder Beitreten öffnet eine Verbindung.",
    ],
    [/^Nothing is open\.$/u, "Es ist nichts geöffnet."],
    [/^The relay answers\.$/u, "Das Relay antwortet."],
    [
      /^The relay does not answer\. .*$/u,
      "Das Relay antwortet nicht. Ist dieses Gerät online? Vielleicht hält eine Firewall HTTPS dorthin auf. Wer im selben Netz ist, kann trotzdem erreichbar sein.",
    ],
    [/^The relay has not answered yet\.$/u, "Das Relay hat noch nicht geantwortet."],
    [/^No relay has been asked yet\.$/u, "Es wurde noch kein Relay gefragt."],
    [/^This network setting uses no relay\.$/u, "Diese Netzeinstellung nutzt kein Relay."],
    [/^Nobody's clock is noticeably ahead of this device's\.$/u, "Niemandes Uhr geht gegenüber diesem Gerät merklich vor."],
    [
      /^The clock of (.*) is (\d+) minutes ahead .*$/u,
      "Die Uhr von $1 geht gegenüber diesem Gerät $2 Minuten vor. Eine der beiden ist falsch; angezeigte Zeiten können es auch sein.",
    ],
    [
      /^The clock of (.*) is (\d+) hours ahead .*$/u,
      "Die Uhr von $1 geht gegenüber diesem Gerät $2 Stunden vor. Eine der beiden ist falsch; angezeigte Zeiten können es auch sein.",
    ],
    [
      /^The clock of (.*) is (\d+) days ahead .*$/u,
      "Die Uhr von $1 geht gegenüber diesem Gerät $2 Tage vor. Eine der beiden ist falsch; angezeigte Zeiten können es auch sein.",
    ],
    [/^(.*) is connected directly, round trip (\d+) ms\.$/u, "$1 ist direkt verbunden, $2 ms hin und zurück."],
    [/^(.*) is connected through the relay, round trip (\d+) ms\.$/u, "$1 ist über das Relay verbunden, $2 ms hin und zurück."],
    [/^(.*) is connected, round trip (\d+) ms\.$/u, "$1 ist verbunden, $2 ms hin und zurück."],
    [/^(.*) is connected directly\.$/u, "$1 ist direkt verbunden."],
    [/^(.*) is connected through the relay\.$/u, "$1 ist über das Relay verbunden."],
    [/^(.*) is connected\.$/u, "$1 ist verbunden."],
    [/^(.*) is not connected: (.*)\.$/u, "$1 ist nicht verbunden: $2."],
    [/^(.*) is not connected\.$/u, "$1 ist nicht verbunden."],
    [/^(.*) does not take part: (.*)\.$/u, "$1 nimmt nicht teil: $2."],
    [/^Sheaf (\S+), protocol version (\d+)\.$/u, "Sheaf $1, Protokollversion $2."],
    [/^the invitation does not say where this device is: (.*)$/u, "Die Einladung sagt nicht, wo dieses Gerät zu finden ist: $1"],
    [
      /^nobody can join until Sheaf runs on this device: .*$/u,
      "Beitreten kann erst jemand, wenn Sheaf auf diesem Gerät läuft: Starte die App oder `sheaf up`.",
    ],
  ],
  unanswered: "Sheaf hat nicht geantwortet. Ob es getan wurde, ist nicht bekannt.",

  library: {
    label: "Bibliothek",
    documents: "Dokumente",
    trash: "Papierkorb",
    settings: "Einstellungen",
    join: "Mit Einladung beitreten",
    newDocument: "Neues Dokument",
    hide: "Seitenleiste ausblenden",
    show: "Seitenleiste einblenden",
    empty: "Noch keine Dokumente",
    emptyHint: "Schreib eins, oder tritt mit einer Einladung dem Dokument von jemand anderem bei.",
    waiting: "Wartet auf die erste Kopie",
    actions: (title) => `Aktionen für ${title}`,
    rename: "Umbenennen",
    duplicate: "Duplizieren",
    moveToTrash: "In den Papierkorb legen",
    trashed: (title) => `„${title}“ liegt im Papierkorb.`,
    undo: "Rückgängig",
    restore: "Zurückholen",
    trashEmpty: "Der Papierkorb ist leer",
    trashHint: "Dokumente bleiben hier, bis du sie zurückholst. Wer ein geteiltes Dokument hat, behält seine Kopie.",
    back: "Zurück zu den Dokumenten",
    rowShared: people,
  },

  document: {
    titlePlaceholder: "Titel",
    titleLabel: "Titel des Dokuments",
    textLabel: "Text des Dokuments",
    placeholder: "Schreib, oder drücke / für Bausteine",
    words: (n) => plural(n, "Wort", "Wörter"),
    selectedWords: (n, all) => `${count.format(n)} von ${plural(all, "Wort", "Wörtern")}`,
    edited: (when) => `Bearbeitet ${when}`,
    viewing: "Du kannst dieses Dokument lesen. Bitte den Besitzer, dich schreiben zu lassen.",
    viewOnly: "Nur lesen",
    waitingTitle: (person) => `Wartet, bis ${person} online ist`,
    waitingHint: "Du kannst das schließen; wir versuchen es weiter.",
    opening: "Wird geöffnet …",
    newer: "Mit einer neueren Version erstellt",
    source: "Markdown",
    markdownPasted: "Als einfacher Text eingefügt.",
    markdownFormat: "Als Markdown formatieren",
    rebuilt: "Dieses Dokument wurde aus seinen Aufzeichnungen neu zusammengesetzt. Sieh nach, ob deine letzten Worte da sind.",
  },

  share: {
    open: "Teilen",
    title: (title) => `„${title}“ teilen`,
    explain: "Schick diese Einladung jemandem, dem du vertraust. Wer sie hat, kann das Dokument öffnen.",
    role: "Wer beitritt",
    canEdit: "Darf schreiben",
    canView: "Darf lesen",
    copy: "Einladung kopieren",
    copied: "Kopiert",
    making: "Die Einladung wird erstellt …",
    people: "Personen",
    you: "du",
    owner: "Besitzer",
    lastSeen: (when) => `zuletzt gesehen ${when}`,
    neverSeen: "noch nicht gesehen",
    onlyOwner: (person) => `Nur ${person} kann zu diesem Dokument einladen.`,
    network: "Wie eure Geräte einander finden",
    anywhere: "Überall",
    anywhereHint:
      "Nutzt öffentliche Relay- und Suchserver des iroh-Projekts, um das andere Gerät zu finden. Sie sehen Adressen, nie deinen Text.",
    local: "Nur im lokalen Netz",
    localHint: "Nichts verlässt dieses Netz. Die Einladung enthält die Adressen dieses Geräts.",
    nameHint: "Dein Name, wie andere ihn sehen",
    removing: "Alle hier behalten die Kopie, die sie schon haben.",
  },

  join: {
    title: "Mit Einladung beitreten",
    paste: "Füg die Einladung ein",
    placeholder: "sheaf…",
    look: "Weiter",
    about: "Diese Einladung gilt für",
    from: (person) => `von ${person} (nicht nachgewiesen)`,
    fingerprint: (short) => `Fingerabdruck ${short}`,
    role: (role) => (role === "view" ? "Du wirst es lesen können." : "Du wirst es lesen und bearbeiten können."),
    contacts: (devices) => `Beim Beitreten wird Verbindung aufgenommen zu ${devices}`,
    known: "Du hast dieses Dokument schon.",
    openKnown: "Öffnen",
    accept: "Beitreten",
    joining: "Beitritt läuft …",
    waiting: "Noch nicht erreichbar. Du kannst das schließen; wir versuchen es weiter.",
    name: "Dein Name, wie andere ihn sehen",
  },

  status: {
    label: "Wo dieses Dokument ist",
    saved: "Auf diesem Gerät gespeichert",
    saving: "Wird gespeichert …",
    notSaved: (reason) => `Nicht gespeichert: ${reason}`,
    upToDateWith: (names) => `Auf demselben Stand mit ${names}`,
    upToDateWithSome: (some, all) => `Auf demselben Stand mit ${count.format(some)} von ${plural(all, "Person", "Personen")}`,
    nobody: "Sonst ist niemand online",
    offline: (waiting) => (waiting > 0 ? `Offline · ${edits(waiting)} ${form(waiting, "wartet", "warten")}` : "Offline"),
    sending: (names) => `Wird an ${names} gesendet …`,
    getting: (person, bytes, total) =>
      `Die erste Kopie kommt von ${person}, ${total === null ? size(bytes) : `${size(bytes)} von ${size(total)}`}`,
    panel: "Wer hat welchen Stand",
    open: "Zeigen, wer dieses Dokument hat",
    catchingUp: (changes, names) => `${edits(changes)} ${form(changes, "kommt", "kommen")} von ${names} …`,
    coming: (changes) => `${edits(changes)} unterwegs hierher`,
    hasAll: (when) => `Hat alles, bestätigt ${when}`,
    hasAllNow: "Hat alles",
    behind: (missing) => `${edits(missing)} noch nicht dort`,
    unreachable: (when) => `Nicht erreichbar, zuletzt gesehen ${when}`,
    refused: (reason) => `Abgelehnt: ${reason}`,
    waiting: "Wartet auf die erste Kopie",
    waitingFor: (person) => `Wartet auf die erste Kopie von ${person}`,
    direct: (ms) => `direkt, ${count.format(ms)} ms`,
    relayed: (ms) => `über ein Relay, ${count.format(ms)} ms`,
    mine: "dieses Gerät",
    check: "Verbindung prüfen",
    checkAgain: "Noch einmal prüfen",
    findings: "Was geht und was nicht",
    health: { works: "Geht", fails: "Geht nicht", unused: "Nicht benutzt" },
    nothingShared: "Dieses Dokument ist nur auf diesem Gerät.",
    connectionLost: "Sheaf antwortet nicht mehr. Dein Text ist noch da; Neues wird nicht gespeichert.",
    retry: "Noch einmal versuchen",
    alreadySaved: "Schon auf diesem Gerät gespeichert",
  },

  who: {
    ask: "Wer hat diesen Absatz?",
    title: "Wer diesen Absatz hat",
    here: "Dieses Gerät",
    hereHint: "Hier gespeichert",
    hasIt: (when) => `Hat ihn, bestätigt ${when}`,
    notYet: "Hat ihn noch nicht",
    onItsWay: "Verbunden, hat ihn noch nicht bestätigt",
    notYetSeen: (when) => `Hat ihn noch nicht, zuletzt gesehen ${when}`,
    unknown: "Hat noch nicht gesagt, was da ist",
    refused: (reason) => `Abgelehnt: ${reason}`,
    changedBy: (person) => `Zuletzt von ${person} geändert.`,
    changedHere: "Zuletzt auf diesem Gerät geändert.",
    how: "Ein Gerät zählt, wenn es bestätigt hat, dass es diesen Absatz so aufbewahrt, wie er jetzt ist.",
    alone: "Dieses Dokument ist nur auf diesem Gerät.",
    asking: "Wird gefragt …",
  },

  details: {
    title: "Einzelheiten",
    hint: "Seit dem Start von Sheaf. Auf diesem Gerät gezählt, nirgendwohin gesendet.",
    saving: "Zeit, bis eine Änderung hier gespeichert ist",
    confirming: "Zeit, bis ein anderes Gerät sie bestätigt",
    time: (mean, most) => (most === null ? `im Mittel ${time(mean)}` : `im Mittel ${time(mean)}, 9 von 10 in höchstens ${time(most)}`),
    none: "noch nichts zu sagen",
    stored: "Gespeicherte Änderungen",
    storedCount: (n, bytes) => `${count.format(n)} (${size(bytes)})`,
    merges: "Mit inzwischen hier Geschriebenem zusammengekommen",
    duplicates: "Änderungen, die mehr als einmal kamen",
    resyncs: "So oft wurde eine langsame Verbindung neu abgeglichen",
    putAside: "Änderungen, die nicht zu verwenden waren",
    waited: "Höchstens so viele warteten zugleich",
    refused: "Hier abgelehnt",
    refusedThere: "Von anderen abgelehnt",
    refusals: (by) => list.format(Object.entries(by).map(([reason, times]) => `${refusals[reason] ?? reason} (${count.format(times)})`)),
    number: (n) => count.format(n),
    connection: (person) => `Verbindung zu ${person}`,
    direct: "Direkt",
    relayed: "Über ein Relay",
    finding: "Der Weg wird gesucht",
    trip: (ms) => `${time(ms)} hin und zurück`,
    traffic: (sent, received) => `${size(sent)} gesendet, ${size(received)} empfangen`,
    messages: (n) => plural(n, "Nachricht", "Nachrichten"),
    session: (id) => `Sitzung ${id}`,
  },

  statistics: {
    title: "Was dieses Gerät getan hat",
    hint: (since) => `Auf diesem Gerät gezählt seit ${since}, hier aufbewahrt, nirgendwohin gesendet.`,
    words: "Geschriebene Wörter",
    edits: "Änderungen",
    merges: "Mit Änderungen anderer vereint",
    people: "Mit so vielen geschrieben",
    sent: "Gesendet",
    received: "Empfangen",
    number: (n) => count.format(n),
    size: (bytes) => (bytes === 0 ? "0 KB" : size(bytes)),
  },

  presence: {
    label: "Wer hier ist",
    writing: (names) =>
      names.length > 2 ? `${people(names.length)} schreiben` : `${list.format(names)} ${form(names.length, "schreibt", "schreiben")}`,
    more: (n) => `und ${plural(n, "weitere Person", "weitere Personen")}`,
    jump: (person) => `Dorthin gehen, wo ${person} ist`,
    here: (names) => (names.length === 0 ? "Sonst ist niemand hier" : `${list.format(names)} ${form(names.length, "ist", "sind")} hier`),
  },

  rescued: {
    title: "Für dich aufgehoben",
    explain: (n) =>
      `Für ${plural(n, "Textstück", "Textstücke")} von dir hat jemand anderes den Platz entfernt. Hier ${form(n, "ist es", "sind sie")} sicher.`,
    putBack: "Wieder einsetzen",
    dismiss: "Verwerfen",
  },

  review: {
    label: "Geändert, während ihr getrennt wart",
    summary: (n, names) =>
      `${countedWord(n)} ${form(n, "Absatz wurde", "Absätze wurden")} von dir und von ${list.format(names)} geändert, während ihr getrennt wart`,
    merged: "Alles davon steht im Text. Hier siehst du, was jede Seite vorher hatte.",
    review: "Ansehen",
    hide: "Zuklappen",
    more: (n) => `${plural(n, "weiterer Absatz ist", "weitere Absätze sind")} hier nicht aufgeführt.`,
    you: "Bei dir stand",
    they: (names) => `Bei ${list.format(names)} stand`,
    removed: "Entfernt",
    show: "Zeigen",
    showNamed: (nth) => `Absatz ${count.format(nth)} im Text zeigen`,
    use: "Diese Fassung nehmen",
    useNamed: (nth, whose) => `Diese Fassung nehmen: Absatz ${count.format(nth)}, ${whose}`,
    remove: "Entfernen",
    removeNamed: (nth) => `Entfernen: Absatz ${count.format(nth)}`,
    used: "Der Absatz lautet jetzt so, wie du gewählt hast. Rückgängig nimmt das zurück.",
    gone: "Diesen Absatz gibt es im Text nicht mehr.",
    kinds: {
      p: "Text",
      h1: "Überschrift 1",
      h2: "Überschrift 2",
      h3: "Überschrift 3",
      h4: "Überschrift 4",
      h5: "Überschrift 5",
      h6: "Überschrift 6",
      ul: "Aufzählung",
      ol: "Nummerierte Liste",
      task: "Aufgabe",
      code: "Code",
      divider: "Trennlinie",
    },
  },

  settings: {
    title: "Einstellungen",
    you: "Du",
    name: "Dein Name",
    colour: "Deine Farbe",
    colours: {
      blue: "Blau",
      teal: "Petrol",
      green: "Grün",
      lime: "Limette",
      amber: "Bernstein",
      orange: "Orange",
      red: "Rot",
      pink: "Rosa",
      magenta: "Magenta",
      violet: "Violett",
    },
    appearance: "Darstellung",
    language: "Sprache",
    theme: "Farbschema",
    system: "Wie das System",
    light: "Hell",
    dark: "Dunkel",
    font: "Schrift der Dokumente",
    serif: "Mit Serifen",
    sans: "Ohne Serifen",
    mono: "Feste Breite",
    together: "Gemeinsam schreiben",
    theirCarets: "Zeigen, wo andere sind",
    myCaret: "Anderen zeigen, wo ich bin",
    closing: "Wenn das Fenster geschlossen wird",
    background: "Sheaf weiterlaufen lassen",
    backgroundHint:
      "Dokumente erreichen die anderen weiterhin. Sheaf wartet im Infobereich; wo der Desktop keinen hat, wird das Fenster stattdessen verkleinert. Öffne Sheaf noch einmal, um es zurückzuholen.",
    network: "Netz",
    networkHint: "Solange du nichts teilst und nirgends beitrittst, wird niemand kontaktiert.",
    profile: "Andere Geräte finden",
    anywhere: "Überall",
    local: "Im lokalen Netz",
    direct: "Über direkte Adressen",
    relay: "Über mein eigenes Relay",
    relayUrl: "Adresse des Relays",
    data: "Dieses Gerät",
    device: "Gerät",
  },

  find: {
    open: "In diesem Dokument suchen",
    label: "Suchen und ersetzen",
    placeholder: "Suchen",
    replaceWith: "Ersetzen durch",
    matchCase: "Groß- und Kleinschreibung beachten",
    wholeWord: "Ganze Wörter",
    regex: "Regulärer Ausdruck",
    withReplace: "Auch ersetzen",
    previous: "Vorheriges Ergebnis",
    next: "Nächstes Ergebnis",
    close: "Schließen",
    replace: "Ersetzen",
    replaceAll: "Alle ersetzen",
    nth: (nth, all) => `${count.format(nth)} von ${count.format(all)}`,
    found: (n) => `${count.format(n)} gefunden`,
    none: "Keine Ergebnisse",
    searching: "Suche läuft…",
    replaced: (n) => `${count.format(n)} ersetzt`,
    problems: {
      mistake: "Dieser Ausdruck ist unvollständig oder enthält einen Fehler.",
      slow: "Dieser Ausdruck braucht zu lange. Versuche einen einfacheren.",
      failed: "Ausdrücke können hier gerade nicht verwendet werden.",
    },
  },

  format: {
    toolbar: "Auswahl formatieren",
    bold: "Fett",
    italic: "Kursiv",
    underline: "Unterstrichen",
    strike: "Durchgestrichen",
    code: "Code",
    codeBar: "Dieser Code",
    codeLanguage: "Sprache dieses Codes",
    codePlain: "Nur Text",
    codeCopy: "Diesen Code kopieren",
    codeCopied: "Kopiert",
    highlight: "Hervorheben",
    link: "Link",
    insert: "Baustein einfügen",
    none: (query) => `Kein Baustein heißt „${query}“`,
    blocks: {
      p: "Text",
      h1: "Überschrift 1",
      h2: "Überschrift 2",
      h3: "Überschrift 3",
      ul: "Aufzählung",
      ol: "Nummerierte Liste",
      task: "Aufgabenliste",
      quote: "Zitat",
      code: "Codeblock",
      divider: "Trennlinie",
    },
    blocksAlso: {
      p: ["absatz", "fließtext"],
      h1: ["titel"],
      h2: ["untertitel"],
      ul: ["liste", "punkte", "stichpunkte"],
      ol: ["liste", "nummern"],
      task: ["liste", "haken", "checkliste", "todo"],
      quote: ["zitieren"],
      code: ["quelltext", "programm"],
      divider: ["linie", "strich"],
    },
    turnInto: "Umwandeln in",
    linkAddress: "Adresse",
    linkOpen: "Öffnen",
    linkCopy: "Adresse kopieren",
    linkEdit: "Bearbeiten",
    linkRemove: "Link entfernen",
    linkApply: "Link setzen",
    linkBad: "Nur Web- und Mailadressen können Links sein.",
  },

  welcome: {
    title: "Willkommen bei Sheaf",
    markdown: `Deine Dokumente liegen auf diesem Rechner. Teile eine Einladung, um direkt mit jemandem zu schreiben.

## Probier es hier aus

- [ ] Hake dieses Kästchen mit einem Klick ab
- [ ] Tippe \`/\` in eine leere Zeile und wähle einen Baustein
- [ ] Wähle ein paar Wörter aus und mach sie **fett**
- [ ] Beginne eine Zeile mit \`#\` und einem Leerzeichen für eine Überschrift
- [ ] Drücke Strg+Z: Es nimmt zurück, was *du* getan hast, nie, was jemand anderes geschrieben hat

## Schreib mit jemandem

Drücke **Teilen**, kopiere die Einladung und schick sie jemandem, dem du vertraust. Ihr seht die Worte des anderen, während ihr tippt. Geht offline, wann ihr wollt: Beide können weiterschreiben, und alles kommt zusammen, wenn ihr euch wieder trefft.

> Nichts, was du tippst, wartet auf ein Netz, und nichts verlässt diesen Rechner, bevor du teilst.
`,
  },

  actions: { cancel: "Abbrechen", close: "Schließen", done: "Fertig" },
};

/** What the core says, in German: its refusals and notices by their codes, its sentences by their patterns. */
import type { Messages } from "./en.ts";

export const ofCore: Pick<Messages, "errors" | "notices" | "sentences" | "unanswered"> = {
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
    disk_full: () => "Auf der Festplatte ist kein Platz mehr.",
    not_here: () => "Diese Datei ist noch nicht hier.",
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
};

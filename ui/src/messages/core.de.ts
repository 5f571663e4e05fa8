/** Was der Kern sagt, auf Deutsch: ein Satz zu jedem seiner Kennwörter. */
import type { CoreMessages } from "./spoken.ts";
import { speaking } from "./speaking.ts";

const { count, plural } = speaking("de", ["one", "other"]);

const device = (person: string, id: string): string => (person === "" ? `Gerät ${id}` : `${person} (${id})`);

const span = (minutes: number): string => {
  if (minutes < 120) return plural(minutes, "Minute", "Minuten");
  return minutes < 2880 ? plural(Math.floor(minutes / 60), "Stunde", "Stunden") : plural(Math.floor(minutes / 1440), "Tag", "Tage");
};

const roles: Readonly<Record<string, string>> = {
  view: "lesen",
  comment: "lesen und kommentieren",
  edit: "schreiben",
  admin: "verwalten",
  owner: "alles tun",
};
const full: Readonly<Record<string, (most: string) => string>> = {
  records: (most) => `Ein Gerät darf ${most} Angaben zu Mitgliedern machen, diese war eine zu viel. Ein anderes Gerät kann weitermachen.`,
  removals: (most) =>
    `Ein Gerät darf ${most} Mal Leute entfernen, Rechte verringern oder das Dokument weitergeben, das war einmal zu viel. Ein anderes Gerät kann weitermachen.`,
  revocations: (most) => `Ein Gerät darf ${most} Einladungen zurücknehmen, diese war eine zu viel. Ein anderes Gerät kann weitermachen.`,
  members: (most) => `Ein Dokument hat höchstens ${most} Mitglieder. Sobald welche entfernt sind, können andere kommen.`,
  row: (most) => `Höchstens ${most} Leute können der Reihe nach je die nächste Person hereinlassen.`,
  devices: (most) => `Niemand hat in einem Dokument mehr als ${most} Geräte. Sobald eins entfernt ist, kann ein anderes kommen.`,
  invitations: (most) =>
    `Ein Dokument hat höchstens ${most} offene Einladungen. Sobald eine zurückgenommen ist, ist Platz für eine andere.`,
  uses: (most) => `Eine Einladung lässt höchstens ${most} Leute herein.`,
  named: (most) => `Höchstens ${most} Geräte lassen sich auf einmal entfernen.`,
};
const ways: Readonly<Record<string, string>> = { direct: "direkt", relayed: "über das Relay" };

export const core: CoreMessages = {
  malformed: ({ why }) => `Sheaf hat sich selbst nicht verstanden. Das ist ein Fehler in Sheaf. (${why})`,
  failed: ({ why }) => `Das hat nicht geklappt. (${why})`,
  fault: () => "In Sheaf selbst ist etwas schiefgegangen. Die Einzelheiten stehen im Protokoll.",
  no_document: ({ name }) => `Ein Dokument „${name}“ gibt es hier nicht.`,
  ambiguous: ({ name, candidates }) => `Mit „${name}“ kann mehr als eines gemeint sein: ${candidates}.`,
  no_version: ({ version }) => `Eine Fassung ${count.format(version)} hat dieses Dokument nicht.`,

  role_too_small: ({ role }) => `Du kannst hier nur ${roles[role] ?? role}. Geändert wurde nichts.`,
  no_first_copy: () => "Die erste Kopie dieses Dokuments ist noch nicht hier.",
  edit_misfit: ({ why }) => `Diese Änderung passt nicht zum Text und wurde nicht gemacht. (${why})`,
  view_behind: () => "Der Text hat sich zu weit verändert und wird neu geöffnet.",
  closed: ({ why }) => `Dieses Gerät kann hier nicht mehr schreiben. (${why})`,
  ended: () => "Das Dokument wurde geschlossen, bevor es antworten konnte. Sieh nach, ob es getan wurde, und versuch es noch einmal.",
  unusable: ({ title, why }) => `„${title}“ lässt sich nicht öffnen. (${why})`,
  bad_title: ({ most }) => `Ein Titel ist eine Zeile mit höchstens ${count.format(most)} Zeichen.`,
  bad_name: ({ most }) => `Ein Name ist eine Zeile mit höchstens ${count.format(most)} Zeichen.`,
  bad_colour: ({ name }) => `„${name}“ ist keine der Farben.`,
  settings_too_large: ({ most }) => `Die Einstellungen wären größer als ${count.format(most)} Bytes.`,

  not_saved: ({ why }) => `Noch nicht gespeichert. ${why}`,
  disk_full: () => "Auf der Festplatte ist kein Platz mehr. Schaff Platz; Sheaf versucht es von selbst noch einmal.",
  disk_failed: ({ why }) => `Die Festplatte hat versagt; Sheaf versucht es von selbst noch einmal. (${why})`,
  store_refused: ({ why }) => `Das lässt sich nicht ablegen. (${why})`,
  store_closed: () => "Sheaf wird gerade beendet.",
  unreadable: ({ why }) => `Was Sheaf abgelegt hat, ist nicht zu lesen. (${why})`,

  no_attachment: () => "Diese Datei hat das Dokument nicht.",
  no_upload: () => "Diese Datei wird nicht mehr angehängt. Fang noch einmal an.",
  uploads_full: () => "Es werden zu viele Dateien auf einmal angehängt. Warte, bis einige fertig sind.",
  file_absent: () => "Diese Datei ist noch nicht hier.",
  file_damaged: () => "Diese Datei ist auf dieser Festplatte beschädigt.",
  file_too_large: ({ gigabytes }) => `Eine Datei mit mehr als ${count.format(gigabytes)} GB lässt sich nicht anhängen.`,
  may_do_harm: () =>
    "Eine solche Datei kann beim Öffnen Schaden anrichten. Speichere sie, und öffne sie, wo sie liegt, wenn du dem vertraust, der sie gemacht hat.",
  file_not_opened: ({ why }) => `Dieser Rechner konnte die Datei nicht öffnen: ${why}.`,
  link_not_opened: ({ why }) => `Dieser Rechner konnte den Link nicht öffnen: ${why}.`,
  link_refused: () => "Geöffnet werden nur vollständige Adressen des Webs (http, https) und der Post.",
  clipboard_unread: ({ why }) => `Die Zwischenablage lässt sich nicht lesen: ${why}.`,
  clipboard_unwritten: () => "Die Zwischenablage dieses Rechners hat es nicht angenommen.",
  picture_too_large: ({ megabytes }) => `Das Bild in der Zwischenablage ist größer als ${count.format(megabytes)} MB.`,
  no_downloads: () => "Auf diesem Rechner gibt es keinen Ordner für Downloads.",
  file_not_written: ({ file, why }) => `${file} lässt sich nicht schreiben. (${why})`,
  restless: () => "Das Dokument ändert sich schneller, als es sich festhalten lässt. Versuch es gleich noch einmal.",

  no_such_words: () => "Kein Absatz enthält diese Worte.",
  many_such_words: ({ count: paragraphs }) => `${plural(paragraphs, "Absatz enthält", "Absätze enthalten")} diese Worte.`,
  no_such_paragraph: ({ has }) => `Dieses Dokument hat ${plural(has, "Absatz", "Absätze")}.`,

  not_a_folder: ({ name }) => `„${name}“ ist kein Ordner.`,
  folder_has_no_text: () => "Das ist ein Ordner: Er hat keinen eigenen Text.",
  folder_nested: () => "Ein Ordner kann nicht in einen anderen gelegt werden.",
  in_another_folder: ({ folder }) => `Das Dokument ist schon im Ordner „${folder}“. Nimm es erst dort heraus.`,
  not_in_folder: () => "Das Dokument ist nicht in diesem Ordner.",
  folder_full: ({ most }) => `In einen Ordner passen höchstens ${count.format(most)} Dokumente.`,
  through_folder: ({ person, folder }) =>
    `${person || "Diese Person"} ist durch den Ordner „${folder}“ in diesem Dokument. Ändere es dort, für alles darin.`,

  title_gone: () => "Der Titel steht dort nicht mehr, oder nur in Code oder in einem Link.",

  ticket_empty: () => "Hier steht keine Einladung. Füg den ganzen Text ein; er beginnt mit „sheaf“.",
  ticket_foreign: () => "Das ist keine Einladung zu einem Sheaf-Dokument. Eine Einladung beginnt mit „sheaf“.",
  ticket_too_long: () => "Das ist länger als jede Einladung. Füg nur die Einladung selbst ein.",
  ticket_in_pieces: () => "Diese Einladung ist von Leerzeichen oder Zeilenenden zerteilt. Füg sie am Stück ein.",
  ticket_letter: ({ letter }) =>
    `Diese Einladung enthält „${letter}“, und das tut keine. Bitte um eine neue, oder füg sie noch einmal ein.`,
  ticket_incomplete: () => "Diese Einladung ist nicht vollständig. Bitte um eine neue, oder füg sie noch einmal ein.",
  ticket_for_device: () =>
    "Das verbindet ein Gerät mit einer Bibliothek und lädt zu keinem Dokument ein. Öffne es in den Einstellungen unter „Deine Geräte“.",
  ticket_for_document: () => "Das ist eine Einladung zu einem Dokument und verbindet kein Gerät. Tritt dem Dokument damit bei.",
  ticket_other_version: ({ version }) =>
    `Diese Einladung stammt von einer anderen Version von Sheaf (Format ${count.format(version)}). Bring Sheaf auf den neuen Stand und öffne sie dann noch einmal.`,
  ticket_wrong: ({ why }) => `Diese Einladung ist falsch gemacht. Bitte um eine neue. (${why})`,
  only_owner_invites: ({ owner }) => `Einladen kann, wem das Dokument gehört oder wer es mit verwaltet. Frag ${owner}.`,
  invitation_over: () => "Die Einladung ist abgelaufen oder schon so oft benutzt, wie sie gilt.",
  no_invitation: () => "Diese Einladung gibt es nicht mehr.",
  no_request: () => "Auf diese Anfrage hin wartet niemand mehr.",
  linking_needs_network: () => "Geräte werden verbunden, während Sheaf auf beiden läuft.",
  not_linking: () => "Es wird kein Gerät mehr verbunden.",
  nothing_to_compare: () => "Es gibt keine Ziffern zu vergleichen, oder inzwischen andere. Sieh noch einmal nach.",
  link_ticket_own: () => "Dieses Ticket hat dieses Gerät gemacht. Öffne es auf dem anderen.",
  link_ticket_unknown: () => "Dort ist dieses Ticket nicht bekannt. Es gilt einige Minuten, und nur solange Sheaf dort weiterläuft.",
  link_ticket_expired: () => "Das Ticket ist abgelaufen. Mach ein neues.",
  link_ticket_used: () => "Das Ticket wurde schon benutzt. Mach ein neues.",
  linking_stopped: () => "Auf dem anderen Gerät wurde abgebrochen.",
  linking_broken: () => "Das andere Gerät hält sich nicht an die Regeln. Es wurde nichts verbunden.",
  devices_full: () => "Mehr Geräte lassen sich nicht verbinden. Nimm erst eines heraus.",
  no_such_device: () => "Das ist kein anderes Gerät von dir mehr.",
  device_out_in_trash: () => "Das Dokument liegt im Papierkorb. Die anderen erfahren davon, wenn du es wiederherstellst.",
  device_on_its_own: () => "Es kam mit einer eigenen Einladung. Entfern es dort wie jeden anderen.",
  event_by_stranger: () => "Die Person gehörte nicht zu diesem Dokument.",
  event_role_too_small: ({ role, needs }) =>
    `Die Person konnte nur ${roles[role] ?? role}; das kann nur, wer hier ${roles[needs] ?? needs} kann.`,
  event_no_beginning: () => "Damit beginnt dieses Dokument nicht.",
  event_no_invitation: () => "Die Einladung ließ niemanden herein.",
  event_not_its_maker: () => "Diese Einladung hatte ein anderes Gerät gemacht, und nur das lässt damit herein.",
  event_used_up: ({ times }) => `Die Einladung hatte schon ${count.format(times)} hereingelassen, mehr darf sie nicht.`,
  event_already_there: () => "Wer damit hereinkommen sollte, war schon da.",
  event_no_proof: () => "Darin steht etwas, das nur jemand anders hätte unterschreiben können.",
  event_owner_left: () => "Das Dokument gehörte dieser Person, und sie hatte es nicht weitergegeben.",
  event_no_member: () => "Es betrifft jemanden, der nicht zu diesem Dokument gehörte.",
  event_not_theirs: () => "Damit käme ein Gerät zu jemand anderem.",
  event_no_such_key: () => "Damit würde ein Schlüssel verteilt, der nicht zu diesem Dokument gehört.",

  no_member: () => "Dieses Mitglied gibt es hier nicht mehr.",
  owner_stays: () => "Das Dokument gehört dir. Gib es an jemanden weiter, bevor du es verlässt.",
  owner_untouched: () => "Nur wem das Dokument gehört, ändert, was er selbst darf.",
  one_owner: () => "Ein Dokument gehört einer Person. Es lässt sich weitergeben.",
  members_full: ({ what, most }) => full[what]?.(count.format(most)) ?? `Davon darf es höchstens ${count.format(most)} geben.`,
  no_key_yet: () => "Der neueste Schlüssel des Dokuments ist auf diesem Gerät noch nicht da. Er kommt, sobald jemand erreicht wird.",
  they_were_asked: () => "Die Anfrage ist gestellt und noch nicht beantwortet.",
  they_declined: () => "Dort wurde dieses Gerät nicht eingelassen.",
  in_already: () => "Du bist schon in diesem Dokument.",
  invitation_refused: ({ why }) => `Die Einladung wurde abgelehnt. ${why}`,
  invitation_without_place: ({ why }) => `Die Einladung sagt nicht, wo dieses Gerät zu finden ist. ${why}`,
  nobody_can_join: () => "Beitreten kann erst jemand, wenn Sheaf auf diesem Gerät läuft. Starte die App oder `sheaf up`.",

  they_know_no_member: () => "Dort ist dieses Gerät nicht als Mitglied bekannt.",
  they_know_no_invitation: () => "Dort ist diese Einladung nicht bekannt, oder sie wurde zurückgezogen.",
  they_lack_it: () => "Dort gibt es dieses Dokument nicht.",
  they_wait: () => "Dort wird noch auf die eigene erste Kopie gewartet.",
  we_are_out: () => "Dieses Gerät wurde entfernt oder ist ausgetreten.",
  they_got_invalid: () => "Dort kam von diesem Gerät etwas Ungültiges an.",
  they_differ: () => "Dort läuft eine andere Version von Sheaf.",

  node_absent: () => "Sheaf läuft auf diesem Gerät nicht. Starte die App oder `sheaf up`.",
  network_not_ready: () => "Das Netz ist noch nicht bereit.",
  no_way: () => "Von diesem Gerät ist keine Adresse bekannt, und diese Netzeinstellung hat niemanden, der sich fragen ließe.",
  no_answer: () => "Wo es zuletzt war, antwortet niemand.",
  not_understood: ({ why }) => `Wer geantwortet hat, war nicht zu verstehen. (${why})`,
  profile_twice: () => "Dieses Profil wird zweimal benutzt: Zwei Rechner arbeiten mit dem Schlüssel eines Geräts.",
  cannot_listen: ({ address, why }) => `Sheaf kann auf ${address} nicht erreichbar sein. (${why})`,
  bad_url: ({ url }) => `„${url}“ ist keine Adresse eines Servers. Eine sieht aus wie https://relay.example.org.`,
  network_failed: ({ why }) => `Das Netz ließ sich nicht starten. (${why})`,
  bad_profile: ({ name }) => `„${name}“ ist keine Netzeinstellung.`,

  doctor_alone: () => "Gerade ist niemand erreichbar. Ist dieses Gerät online? Sheaf versucht es weiter.",
  doctor_node_absent: () => "Sheaf läuft auf diesem Gerät nicht, deshalb kann es niemand erreichen. Starte die App oder `sheaf up`.",
  doctor_node: () => "Sheaf läuft auf diesem Gerät.",
  doctor_anywhere: () =>
    "Andere werden überall erreicht: über die öffentlichen Relays und die Adresssuche von iroh, und direkt, wo das geht.",
  doctor_own_relay: ({ url }) => `Andere werden über das Relay ${url} erreicht, und direkt, wo das geht.`,
  doctor_local: () => "Andere werden nur im lokalen Netz erreicht.",
  doctor_direct: () => "Andere werden nur über die Adressen in ihren Einladungen erreicht.",
  doctor_no_socket: ({ why }) => `Es ließ sich keine Netzverbindung öffnen. ${why}`,
  doctor_port: ({ port }) => `Dieses Gerät ist auf UDP-Port ${String(port)} zu erreichen.`,
  doctor_relay_alone: () => "Dieses Gerät nutzt nur sein Relay.",
  doctor_not_yet_open: () => "Es ist nichts geöffnet: Erst Teilen oder Beitreten öffnet eine Verbindung.",
  doctor_closed: () => "Es ist nichts geöffnet.",
  doctor_relay: () => "Das Relay antwortet.",
  doctor_relay_silent: () =>
    "Das Relay antwortet nicht. Ist dieses Gerät online? Vielleicht hält eine Firewall HTTPS dorthin auf. Wer im selben Netz ist, kann trotzdem erreichbar sein.",
  doctor_relay_not_yet: () => "Das Relay hat noch nicht geantwortet.",
  doctor_relay_unasked: () => "Es wurde noch kein Relay gefragt.",
  doctor_no_relay: () => "Diese Netzeinstellung nutzt kein Relay.",
  doctor_clock: ({ person, device: id, minutes }) =>
    `Bei ${device(person, id)} geht die Uhr gegenüber diesem Gerät vor: ${span(minutes)}. Eine der beiden ist falsch; angezeigte Zeiten können es auch sein.`,
  doctor_clocks: () => "Niemandes Uhr geht gegenüber diesem Gerät merklich vor.",
  doctor_linked: ({ person, device: id, path, trip }) => {
    const way = ways[path] === undefined ? "" : `${ways[path]} `;
    return `${device(person, id)} ist ${way}verbunden${trip === null ? "" : `, ${count.format(trip)} ms hin und zurück`}.`;
  },
  doctor_not_linked: ({ person, device: id, why }) => `${device(person, id)} ist nicht verbunden.${why === null ? "" : ` ${why}`}`,
  doctor_refuses: ({ person, device: id, why }) => `${device(person, id)} nimmt nicht teil. ${why}`,
  doctor_version: ({ version, protocol }) => `Sheaf ${version}, Protokollversion ${count.format(protocol)}.`,

  notice_rescued: () => "Jemand hat eine Zeile mit Worten von dir entfernt, ohne sie gesehen zu haben. Deine Worte sind aufgehoben.",
  notice_quarantined: ({ person, title, why }) =>
    `Eine Änderung von ${person} an „${title || "Ohne Titel"}“ war nicht zu verwenden und wurde beiseitegelegt; das Dokument geht ohne sie weiter. (${why})`,
  notice_twin: () =>
    "Dieses Profil wird an zwei Orten zugleich benutzt, vielleicht weil es kopiert wurde. Alles, was an beiden Orten geschrieben wurde, ist erhalten. Benutze es nur an einem, und verbinde den anderen als eigenes Gerät.",
  notice_forked_here: () =>
    "Diese Kopie von Sheaf hat an zwei Orten zugleich gearbeitet, etwa weil ein Rechner zweimal aus derselben Sicherung zurückkam. Alles, was an beiden Orten geschrieben wurde, ist erhalten.",
  notice_forked_there: () =>
    "Jemandes Kopie von Sheaf hat an zwei Orten zugleich gearbeitet. Alles, was an beiden Orten geschrieben wurde, ist erhalten. Lässt sich dort nicht sagen, warum, benutzt vielleicht jemand anderes den Schlüssel.",
  notice_alarm: () =>
    "Zwei Geräte haben dieselben Änderungen und zeigen verschiedenen Text. Das ist ein Fehler in Sheaf; die Einzelheiten stehen im Protokoll.",
  notice_folder_out: ({ title }) =>
    `„${title}“ gehört jemandem, der aus dem Ordner entfernt wurde, und daraus kann ihn niemand entfernen. Es wurde aus dem Ordner genommen; wer es hat, behält es.`,
  notice_ended: ({ why }) => `Ein Dokument wurde geschlossen, weil es nicht weitergehen konnte. Öffne es noch einmal. (${why})`,
};

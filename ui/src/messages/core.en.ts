/** What the core says, in English: a sentence for each of its codes. The command line has English of its own, said where it is said. */
import type { CoreMessages } from "./spoken.ts";
import { speaking } from "./speaking.ts";

const { count, plural } = speaking("en", ["one", "other"]);

const device = (person: string, id: string): string => (person === "" ? `Device ${id}` : `${person} (${id})`);

/** A length of time in the unit that people would take. */
const span = (minutes: number): string => {
  if (minutes < 120) return plural(minutes, "minute", "minutes");
  return minutes < 2880 ? plural(Math.floor(minutes / 60), "hour", "hours") : plural(Math.floor(minutes / 1440), "day", "days");
};

const roles: Readonly<Record<string, string>> = {
  view: "read",
  comment: "read and comment",
  edit: "edit",
  admin: "manage",
  owner: "do everything",
};
/** What is full, and what helps. */
const full: Readonly<Record<string, (most: string) => string>> = {
  records: (most) => `One device may say ${most} things about members, and this was one more. Another device can go on.`,
  removals: (most) =>
    `One device may remove people, lower roles and hand over ${most} times, and this was once more. Another device can go on.`,
  revocations: (most) => `One device may take back ${most} invitations, and this was one more. Another device can go on.`,
  members: (most) => `A document has at most ${most} members. Once some are removed, others can come.`,
  row: (most) => `At most ${most} people can let one another in, one after the other.`,
  devices: (most) => `Nobody has more than ${most} devices in a document. Once one is removed, another can come.`,
  invitations: (most) => `A document has at most ${most} open invitations. Once one is taken back, there is room for another.`,
  uses: (most) => `One invitation lets in at most ${most} people.`,
  named: (most) => `At most ${most} devices can be removed at once.`,
};
const ways: Readonly<Record<string, string>> = { direct: " directly", relayed: " through the relay" };

export const core: CoreMessages = {
  malformed: ({ why }) => `Sheaf did not understand itself. That is a fault in Sheaf. (${why})`,
  failed: ({ why }) => `That did not work. (${why})`,
  fault: () => "Something went wrong in Sheaf itself. The log has the details.",
  no_document: ({ name }) => `There is no document “${name}” here.`,
  ambiguous: ({ name, candidates }) => `“${name}” may mean more than one: ${candidates}.`,
  no_version: ({ version }) => `This document has no version ${count.format(version)}.`,

  role_too_small: ({ role }) => `You can only ${roles[role] ?? role} here. Nothing was changed.`,
  no_first_copy: () => "The first copy of this document is not here yet.",
  edit_misfit: ({ why }) => `This change does not fit the text and was not made. (${why})`,
  view_behind: () => "The text has moved on too far; it is opened again.",
  closed: ({ why }) => `This device can no longer write here. (${why})`,
  ended: () => "The document was closed before it could answer. Look whether it was done, and try again.",
  unusable: ({ title, why }) => `“${title}” cannot be opened. (${why})`,
  bad_title: ({ most }) => `A title is one line of at most ${count.format(most)} characters.`,
  bad_name: ({ most }) => `A name is one line of at most ${count.format(most)} characters.`,
  bad_colour: ({ name }) => `“${name}” is not one of the colours.`,
  settings_too_large: ({ most }) => `The settings would take more than ${count.format(most)} bytes.`,

  not_saved: ({ why }) => `Not saved yet. ${why}`,
  disk_full: () => "The disk is full. Make room; Sheaf tries again by itself.",
  disk_failed: ({ why }) => `The disk failed; Sheaf tries again by itself. (${why})`,
  store_refused: ({ why }) => `This cannot be stored. (${why})`,
  store_closed: () => "Sheaf is closing.",
  unreadable: ({ why }) => `What Sheaf has stored cannot be read. (${why})`,

  no_attachment: () => "This document does not have that file.",
  no_upload: () => "This file is not being attached any more. Begin again.",
  uploads_full: () => "Too many files are being attached at once. Wait until some are done.",
  file_absent: () => "This file is not here yet.",
  file_damaged: () => "This file is damaged on this disk.",
  file_too_large: ({ gigabytes }) => `A file of more than ${count.format(gigabytes)} GB cannot be attached.`,
  may_do_harm: () => "This kind of file may do harm when it is opened. Save it, and open it where it lies if you trust who made it.",
  file_not_opened: ({ why }) => `This desktop could not open the file: ${why}.`,
  link_not_opened: ({ why }) => `This desktop could not open the link: ${why}.`,
  link_refused: () => "Only complete addresses of the web (http, https) and of mail are opened.",
  clipboard_unread: ({ why }) => `The clipboard cannot be read: ${why}.`,
  clipboard_unwritten: () => "This desktop’s clipboard did not take it.",
  picture_too_large: ({ megabytes }) => `The picture on the clipboard is larger than ${count.format(megabytes)} MB.`,
  no_downloads: () => "There is no folder for downloads on this computer.",
  file_not_written: ({ file, why }) => `${file} cannot be written. (${why})`,
  restless: () => "The document changes faster than it can be written down. Try again in a moment.",

  no_such_words: () => "No paragraph holds these words.",
  many_such_words: ({ count: paragraphs }) => `${plural(paragraphs, "paragraph holds", "paragraphs hold")} these words.`,
  no_such_paragraph: ({ has }) => `This document has ${plural(has, "paragraph", "paragraphs")}.`,

  not_a_folder: ({ name }) => `“${name}” is not a folder.`,
  folder_has_no_text: () => "This is a folder: it has no text of its own.",
  folder_nested: () => "A folder cannot be put into another one.",
  in_another_folder: ({ folder }) => `The document is in the folder “${folder}” already. Take it out of there first.`,
  not_in_folder: () => "The document is not in that folder.",
  folder_full: ({ most }) => `A folder holds at most ${count.format(most)} documents.`,
  through_folder: ({ person, folder }) =>
    `${person || "This person"} is in this document through the folder “${folder}”. Change it there, for everything in it.`,

  title_gone: () => "The title is not there any more, or only in code or in a link.",

  ticket_empty: () => "There is no invitation here. Paste the whole text; it begins with “sheaf”.",
  ticket_foreign: () => "This is not an invitation to a Sheaf document. An invitation begins with “sheaf”.",
  ticket_too_long: () => "This is longer than any invitation. Paste only the invitation itself.",
  ticket_in_pieces: () => "This invitation is broken into pieces by spaces or line ends. Paste it in one piece.",
  ticket_letter: ({ letter }) => `This invitation contains “${letter}”, which no invitation does. Ask for a new one, or paste it again.`,
  ticket_incomplete: () => "This invitation is not complete. Ask for a new one, or paste it again.",
  ticket_for_device: () =>
    "This links a device to somebody's library, and invites to no document. Open it in the settings, under “Your devices”.",
  ticket_for_document: () => "This is an invitation to a document, and links no device. Join the document with it.",
  ticket_other_version: ({ version }) =>
    `This invitation was made with another version of Sheaf (format ${count.format(version)}). Update Sheaf, then open it again.`,
  ticket_wrong: ({ why }) => `This invitation was made wrongly. Ask for a new one. (${why})`,
  only_owner_invites: ({ owner }) => `Only the owner of a document and its admins can invite to it. Ask ${owner}.`,
  invitation_over: () => "The invitation has expired, or has been used as often as it may.",
  no_invitation: () => "There is no such invitation any more.",
  no_request: () => "Nobody waits to be let in by that request any more.",
  linking_needs_network: () => "Devices are linked while Sheaf runs on both.",
  not_linking: () => "No device is being linked any more.",
  nothing_to_compare: () => "There are no digits to compare, or others by now. Look again.",
  link_ticket_own: () => "This device made that ticket. Open it on the other one.",
  link_ticket_unknown: () =>
    "That device does not know this ticket. It is good for some minutes, and only while Sheaf goes on running there.",
  link_ticket_expired: () => "The ticket has expired. Make a new one.",
  link_ticket_used: () => "The ticket has been used already. Make a new one.",
  linking_stopped: () => "It was stopped on the other device.",
  linking_broken: () => "The other device does not keep to the rules. Nothing was linked.",
  devices_full: () => "No more devices can be linked. Take one out first.",
  no_such_device: () => "That is no other device of yours any more.",
  device_out_in_trash: () => "The document is in the trash. The others hear of it when you restore it.",
  device_on_its_own: () => "It came in by an invitation of its own. Remove it there like anybody else.",
  event_by_stranger: () => "They were not in this document.",
  event_role_too_small: ({ role, needs }) =>
    `They could only ${roles[role] ?? role}, and this takes somebody who can ${roles[needs] ?? needs}.`,
  event_no_beginning: () => "It does not begin this document.",
  event_no_invitation: () => "The invitation did not let anybody in.",
  event_not_its_maker: () => "Another device had made this invitation, and that one alone lets in by it.",
  event_used_up: ({ times }) => `The invitation had let in ${count.format(times)}, as many as it may.`,
  event_already_there: () => "Whom it lets in was in already.",
  event_no_proof: () => "It claims something that only somebody else could have signed.",
  event_owner_left: () => "The document was theirs, and they had not handed it over.",
  event_no_member: () => "It is about somebody who was not in this document.",
  event_not_theirs: () => "It adds a device to somebody else.",
  event_no_such_key: () => "It hands out a key that is none of this document’s.",

  no_member: () => "There is no such member here any more.",
  owner_stays: () => "The document is yours. Hand it over to somebody before you leave it.",
  owner_untouched: () => "Only the owner can change what the owner may do.",
  one_owner: () => "A document has one owner. It can be handed over.",
  members_full: ({ what, most }) => full[what]?.(count.format(most)) ?? `There may be no more than ${count.format(most)} of these.`,
  no_key_yet: () => "This device has not received the document’s newest key yet. It comes from whoever is reached next.",
  they_were_asked: () => "They have been asked and have not answered yet.",
  they_declined: () => "They did not let this device in.",
  in_already: () => "You are in that document already.",
  invitation_refused: ({ why }) => `The invitation was refused. ${why}`,
  invitation_without_place: ({ why }) => `The invitation does not say where this device is. ${why}`,
  nobody_can_join: () => "Nobody can join until Sheaf runs on this device. Start the app, or `sheaf up`.",

  they_know_no_member: () => "They do not know this device as a member.",
  they_know_no_invitation: () => "They do not know this invitation, or it has been withdrawn.",
  they_lack_it: () => "They do not have this document.",
  they_wait: () => "They are still waiting for their own first copy.",
  we_are_out: () => "This device was removed, or has left.",
  they_got_invalid: () => "They received something invalid from this device.",
  they_differ: () => "They use another version of Sheaf.",

  node_absent: () => "Sheaf does not run on this device. Start the app, or `sheaf up`.",
  network_not_ready: () => "The network is not ready yet.",
  no_way: () => "No address of this device is known, and this network setting has nobody to ask.",
  no_answer: () => "Nobody answers where it was last.",
  not_understood: ({ why }) => `Whoever answered could not be understood. (${why})`,
  profile_twice: () => "This profile is in use twice: two computers work with one device’s key.",
  cannot_listen: ({ address, why }) => `Sheaf cannot listen on ${address}. (${why})`,
  bad_url: ({ url }) => `“${url}” is not the address of a server. One looks like https://relay.example.org.`,
  network_failed: ({ why }) => `The network could not be started. (${why})`,
  bad_profile: ({ name }) => `“${name}” is not a network setting.`,

  doctor_alone: () => "Nobody can be reached at the moment. Is this device online? Sheaf goes on trying.",
  doctor_node_absent: () => "Sheaf does not run on this device, so nobody can reach it. Start the app, or `sheaf up`.",
  doctor_node: () => "Sheaf runs on this device.",
  doctor_anywhere: () => "People are reached anywhere: by iroh’s public relays and address lookup, and directly where that works.",
  doctor_own_relay: ({ url }) => `People are reached by the relay ${url}, and directly where that works.`,
  doctor_local: () => "People are reached on the local network only.",
  doctor_direct: () => "People are reached by the addresses in their invitations only.",
  doctor_no_socket: ({ why }) => `No network connection could be opened. ${why}`,
  doctor_port: ({ port }) => `This device listens on UDP port ${String(port)}.`,
  doctor_relay_alone: () => "This device uses its relay alone.",
  doctor_not_yet_open: () => "Nothing is open: the first share or join opens a connection.",
  doctor_closed: () => "Nothing is open.",
  doctor_relay: () => "The relay answers.",
  doctor_relay_silent: () =>
    "The relay does not answer. Is this device online? A firewall may stop HTTPS to it. People on the same network may still be reached.",
  doctor_relay_not_yet: () => "The relay has not answered yet.",
  doctor_relay_unasked: () => "No relay has been asked yet.",
  doctor_no_relay: () => "This network setting uses no relay.",
  doctor_clock: ({ person, device: id, minutes }) =>
    `${device(person, id)} has a clock ${span(minutes)} ahead of this device’s. One of the two is wrong; times that are shown may be, too.`,
  doctor_clocks: () => "Nobody’s clock is noticeably ahead of this device’s.",
  doctor_linked: ({ person, device: id, path, trip }) =>
    `${device(person, id)} is connected${ways[path] ?? ""}${trip === null ? "" : `, round trip ${count.format(trip)} ms`}.`,
  doctor_not_linked: ({ person, device: id, why }) => `${device(person, id)} is not connected.${why === null ? "" : ` ${why}`}`,
  doctor_refuses: ({ person, device: id, why }) => `${device(person, id)} does not take part. ${why}`,
  doctor_version: ({ version, protocol }) => `Sheaf ${version}, protocol version ${count.format(protocol)}.`,

  notice_rescued: () => "Words of yours were removed with their line by somebody who had not seen them. They are kept.",
  notice_quarantined: ({ person, title, why }) =>
    `A change by ${person} to “${title || "Untitled"}” could not be used and was put aside; the document goes on without it. (${why})`,
  notice_twin: () =>
    "This profile is in use in two places at once, perhaps because it was copied. Everything written in either place is kept. Use it in one of them only, and link the other as a device of its own.",
  notice_forked_here: () =>
    "This copy of Sheaf has been at work in two places at once, as when a computer is brought back twice from one saved state. Everything written in either place is kept.",
  notice_forked_there: () =>
    "Somebody’s copy of Sheaf has been at work in two places at once. Everything written in either place is kept. If they cannot tell why, somebody else may be using their key.",
  notice_alarm: () => "Two devices hold the same changes and show different text. This is a fault in Sheaf; the log has the details.",
  notice_folder_out: ({ title }) =>
    `“${title}” belongs to somebody who was removed from the folder, and nobody can remove them from it. It has been taken out of the folder; whoever has it keeps it.`,
  notice_ended: ({ why }) => `A document was closed, because it could not go on. Open it again. (${why})`,
};

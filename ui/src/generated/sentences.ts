// What the core can say to people. Written by `cargo xtask codegen` from crates/sentence: change it there.

/** A sentence that is told nothing. */
export type Nothing = Readonly<Record<string, never>>;

/** Every sentence by its code, with what it is told. A sentence within a sentence (`why`) has been put into words before. */
export interface CoreSentences {
  /** The request makes no sense: a fault of ours, said for whoever looks for it. */
  malformed: { why: string };
  /** Something failed that has no words of its own. */
  failed: { why: string };
  /** An error in Sheaf itself; the log has it. */
  fault: Nothing;
  /** There is no such document. */
  no_document: { name: string };
  /** The name may mean several documents, or files. */
  ambiguous: { name: string; candidates: string };
  /** A version that is not one of the document's. */
  no_version: { version: number };
  /** The role allows too little; `role` is what this device has. */
  role_too_small: { role: string };
  /** The first copy is not here yet. */
  no_first_copy: Nothing;
  /** The edit does not fit the text. */
  edit_misfit: { why: string };
  /** The view is too far behind, or not open: it opens again. */
  view_behind: Nothing;
  /** This device has left, or was removed. */
  closed: { why: string };
  /** The document was closed before it answered. */
  ended: Nothing;
  /** The document cannot be opened. */
  unusable: { title: string; why: string };
  /** A title breaks the rule. */
  bad_title: { most: number };
  /** Somebody's name breaks the rule. */
  bad_name: { most: number };
  /** Not one of the colours. */
  bad_colour: { name: string };
  /** The windows' settings would be too large. */
  settings_too_large: { most: number };
  /** What was to be kept is not on the disk. */
  not_saved: { why: string };
  /** There is no room. */
  disk_full: Nothing;
  /** The disk failed; the same bytes are written again. */
  disk_failed: { why: string };
  /** The store can never take this. */
  store_refused: { why: string };
  /** The store is closed: Sheaf is ending. */
  store_closed: Nothing;
  /** The database cannot be read. */
  unreadable: { why: string };
  /** The document refers to no such file. */
  no_attachment: Nothing;
  /** This file is not being attached any more. */
  no_upload: Nothing;
  /** Too many files at once. */
  uploads_full: Nothing;
  /** The file is not here yet. */
  file_absent: Nothing;
  /** The file is damaged on this disk. */
  file_damaged: Nothing;
  /** The file is too large. */
  file_too_large: { gigabytes: number };
  /** The file may do harm when it is opened. */
  may_do_harm: Nothing;
  /** The system's program for a file did not start. */
  file_not_opened: { why: string };
  /** The desktop did not open a link. */
  link_not_opened: { why: string };
  /** The link is none that is opened: no web address and no mail address. */
  link_refused: Nothing;
  /** The clipboard cannot be read. */
  clipboard_unread: { why: string };
  /** The clipboard took nothing. */
  clipboard_unwritten: Nothing;
  /** The picture on the clipboard is too large. */
  picture_too_large: { megabytes: number };
  /** There is no folder for downloads. */
  no_downloads: Nothing;
  /** A file cannot be written. */
  file_not_written: { file: string; why: string };
  /** The document changes too fast to be written down. */
  restless: Nothing;
  /** No paragraph holds the words. */
  no_such_words: Nothing;
  /** Several do. */
  many_such_words: { count: number };
  /** There are fewer paragraphs. */
  no_such_paragraph: { has: number };
  /** A text, where a folder is meant. */
  not_a_folder: { name: string };
  /** A folder, where a text is meant. */
  folder_has_no_text: Nothing;
  /** Folders hold documents only. */
  folder_nested: Nothing;
  /** The document is in another folder. */
  in_another_folder: { folder: string };
  /** The document is not in the folder. */
  not_in_folder: Nothing;
  /** There are as many documents in it as there may be. */
  folder_full: { most: number };
  /** Somebody is in a document through a folder, and is changed there. */
  through_folder: { person: string; folder: string };
  /** The title that was to become a link does not stand there any more. */
  title_gone: Nothing;
  /** Nothing was pasted. */
  ticket_empty: Nothing;
  /** Something else was pasted. */
  ticket_foreign: Nothing;
  /** Far more was pasted. */
  ticket_too_long: Nothing;
  /** It is in pieces. */
  ticket_in_pieces: Nothing;
  /** A letter that no invitation contains. */
  ticket_letter: { letter: string };
  /** It was cut short, or a letter changed. */
  ticket_incomplete: Nothing;
  /** It links a device, and invites to no document. */
  ticket_for_device: Nothing;
  /** It invites to a document, and links no device. */
  ticket_for_document: Nothing;
  /** Made by another version of Sheaf. */
  ticket_other_version: { version: number };
  /** Whole, and senseless. */
  ticket_wrong: { why: string };
  /** Only the owner and admins invite; `owner` is empty where nobody knows the name. */
  only_owner_invites: { owner: string };
  /** This device is in that document already. */
  in_already: Nothing;
  /** Whoever was asked refused. */
  invitation_refused: { why: string };
  /** The invitation does not say where this device is. */
  invitation_without_place: { why: string };
  /** Nobody can join while Sheaf does not run here. */
  nobody_can_join: Nothing;
  /** The invitation has expired, or has let in as many as it may. */
  invitation_over: Nothing;
  /** There is no such invitation. */
  no_invitation: Nothing;
  /** Nobody waits to be let in by that request any more. */
  no_request: Nothing;
  /** Devices are linked while Sheaf runs on both. */
  linking_needs_network: Nothing;
  /** No device is being linked. */
  not_linking: Nothing;
  /** There are no digits to compare, or others by now. */
  nothing_to_compare: Nothing;
  /** The ticket was made on this very device. */
  link_ticket_own: Nothing;
  /** The device that is asked does not know the ticket. */
  link_ticket_unknown: Nothing;
  /** It is too late. */
  link_ticket_expired: Nothing;
  /** It has done its work, or was shown by another device. */
  link_ticket_used: Nothing;
  /** Somebody stopped it. */
  linking_stopped: Nothing;
  /** The other device says what no honest one says. */
  linking_broken: Nothing;
  /** As many devices are linked as may be. */
  devices_full: Nothing;
  /** No other device of this person. */
  no_such_device: Nothing;
  /** The device is in the document by an invitation of its own. */
  device_on_its_own: Nothing;
  /** A device was taken out of a document in the trash, where nobody hears of it. */
  device_out_in_trash: Nothing;
  /** There is no such member, or the device is none of theirs. */
  no_member: Nothing;
  /** The owner hands the document over before leaving it. */
  owner_stays: Nothing;
  /** Nobody but the owner changes what the owner may do. */
  owner_untouched: Nothing;
  /** A document has one owner, and is handed over. */
  one_owner: Nothing;
  /** There may be no more of something about members; `what` says of what. */
  members_full: { what: string; most: number };
  /** A new key has been made and is not here yet. */
  no_key_yet: Nothing;
  /** They were no member. */
  event_by_stranger: Nothing;
  /** Their role allowed too little: what they had, and what it would have taken. */
  event_role_too_small: { role: string; needs: string };
  /** It does not begin this document. */
  event_no_beginning: Nothing;
  /** The invitation did not let them in. */
  event_no_invitation: Nothing;
  /** They let in by an invitation that another device had made. */
  event_not_its_maker: Nothing;
  /** The invitation had let in as many as it may. */
  event_used_up: { times: number };
  /** Whom it lets in was in already. */
  event_already_there: Nothing;
  /** A proof in it does not hold. */
  event_no_proof: Nothing;
  /** An owner left the document behind. */
  event_owner_left: Nothing;
  /** It is about somebody, or some device, that was not in it. */
  event_no_member: Nothing;
  /** A device was added to somebody else. */
  event_not_theirs: Nothing;
  /** A key was dealt that is none of the document's. */
  event_no_such_key: Nothing;
  /** They were asked, and have not answered yet. */
  they_were_asked: Nothing;
  /** They did not let this device in. */
  they_declined: Nothing;
  /** They do not know this device. */
  they_know_no_member: Nothing;
  /** They do not know the invitation, or it has been withdrawn. */
  they_know_no_invitation: Nothing;
  /** They do not have the document. */
  they_lack_it: Nothing;
  /** They wait for their own first copy. */
  they_wait: Nothing;
  /** This device was removed, or has left. */
  we_are_out: Nothing;
  /** They received something invalid. */
  they_got_invalid: Nothing;
  /** They speak another version of the protocol. */
  they_differ: Nothing;
  /** Sheaf does not run on this device. */
  node_absent: Nothing;
  /** It has only just begun. */
  network_not_ready: Nothing;
  /** No address is known. */
  no_way: Nothing;
  /** Nobody answers. */
  no_answer: Nothing;
  /** Whoever answered does not speak as Sheaf does. */
  not_understood: { why: string };
  /** Two processes with one device's key. */
  profile_twice: Nothing;
  /** The socket's address is not to be had. */
  cannot_listen: { address: string; why: string };
  /** Not the URL of a server. */
  bad_url: { url: string };
  /** Networking cannot be started. */
  network_failed: { why: string };
  /** Not a network profile. */
  bad_profile: { name: string };
  /** It runs, and nobody can be reached. */
  doctor_alone: Nothing;
  /** It does not run. */
  doctor_node_absent: Nothing;
  /** It runs. */
  doctor_node: Nothing;
  /** By public relays and lookup. */
  doctor_anywhere: Nothing;
  /** By a relay of one's own. */
  doctor_own_relay: { url: string };
  /** On the local network. */
  doctor_local: Nothing;
  /** By addresses in invitations. */
  doctor_direct: Nothing;
  /** The endpoint could not be opened. */
  doctor_no_socket: { why: string };
  /** It listens. */
  doctor_port: { port: number };
  /** It uses its relay alone. */
  doctor_relay_alone: Nothing;
  /** Nothing is open until somebody shares. */
  doctor_not_yet_open: Nothing;
  /** Nothing is open. */
  doctor_closed: Nothing;
  /** The relay answers. */
  doctor_relay: Nothing;
  /** It does not. */
  doctor_relay_silent: Nothing;
  /** It has not yet. */
  doctor_relay_not_yet: Nothing;
  /** None has been asked. */
  doctor_relay_unasked: Nothing;
  /** None is used. */
  doctor_no_relay: Nothing;
  /** Somebody's clock is ahead, by so many minutes. */
  doctor_clock: { person: string; device: string; minutes: number };
  /** Nobody's is. */
  doctor_clocks: Nothing;
  /** There is a link. `path` is `direct`, `relayed`, or empty while it is not known; `trip` is the round trip in milliseconds. */
  doctor_linked: { person: string; device: string; path: string; trip: number | null };
  /** There is none. */
  doctor_not_linked: { person: string; device: string; why: string | null };
  /** It refuses. */
  doctor_refuses: { person: string; device: string; why: string };
  /** The versions. */
  doctor_version: { version: string; protocol: number };
  /** A document went out of a folder with its owner, who was removed from there. */
  notice_folder_out: { title: string };
  /** Words were removed with their line, and are kept. */
  notice_rescued: Nothing;
  /** A change was put aside. */
  notice_quarantined: { person: string; title: string; why: string };
  /** A profile is in use in two places at once. */
  notice_twin: Nothing;
  /** This copy of Sheaf has been at work in two places. */
  notice_forked_here: Nothing;
  /** Somebody's has. */
  notice_forked_there: Nothing;
  /** Two devices hold the same and show different text. */
  notice_alarm: Nothing;
  /** A document could not go on. */
  notice_ended: { why: string };
}

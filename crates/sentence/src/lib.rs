//! What the core can say to people, as a list: each sentence has a code that stays, and the parts that it is told (a name, a number, another
//! sentence).
//!
//! The command line prints the English that stands where a sentence is said. Windows speak the person's language: they get code and parts
//! beside the English and have the words in `ui/src/messages`. `cargo xtask codegen` writes the list as TypeScript, so a catalogue that lacks
//! one of them, or uses a part that it is not told, does not compile.

mod told;
mod typescript;

pub use told::{Part, Told};
pub use typescript::typescript;

/// A sentence and what it may be told, as the list says it.
pub struct Listed {
    /// Its code.
    pub code: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// The parts: name and TypeScript's type.
    pub parts: &'static [(&'static str, &'static str)],
}

macro_rules! sentences {
    ($( $(#[doc = $meaning:literal])+ $name:ident = $code:literal { $($part:ident: $kind:ty),* $(,)? } )+) => {
        /// Something that the core says to a person.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Sentence {
            $( $(#[doc = $meaning])+ $name { $( #[doc = concat!("What it says as `", stringify!($part), "`.")] $part: $kind ),* } ),+
        }

        impl Sentence {
            /// Every sentence there is.
            pub const ALL: &'static [Listed] = &[
                $( Listed {
                    code: $code,
                    meaning: concat!($($meaning),+),
                    parts: &[$( (stringify!($part), <$kind as Part>::TYPE) ),*],
                } ),+
            ];

            /// Its code. It stays when the words change.
            pub fn code(&self) -> &'static str {
                match self { $( Sentence::$name { .. } => $code ),+ }
            }

            /// What it is told.
            pub fn parts(&self) -> Vec<(&'static str, Told)> {
                match self { $( Sentence::$name { $($part),* } => vec![$( (stringify!($part), $part.told()) ),*] ),+ }
            }
        }
    };
}

/// A sentence within another: why.
pub type Why = Box<Sentence>;

sentences! {
    // Requests.
    /// The request makes no sense: a fault of ours, said for whoever looks for it.
    Malformed = "malformed" { why: String }
    /// Something failed that has no words of its own.
    Failed = "failed" { why: String }
    /// An error in Sheaf itself; the log has it.
    Fault = "fault" {}
    /// There is no such document.
    NoDocument = "no_document" { name: String }
    /// The name may mean several documents, or files.
    Ambiguous = "ambiguous" { name: String, candidates: String }
    /// A version that is not one of the document's.
    NoVersion = "no_version" { version: u64 }

    // Documents that say no.
    /// The role allows too little; `role` is what this device has.
    RoleTooSmall = "role_too_small" { role: String }
    /// The first copy is not here yet.
    NoFirstCopy = "no_first_copy" {}
    /// The edit does not fit the text.
    EditMisfit = "edit_misfit" { why: String }
    /// The view is too far behind, or not open: it opens again.
    ViewBehind = "view_behind" {}
    /// This device has left, or was removed.
    Closed = "closed" { why: String }
    /// The document was closed before it answered.
    Ended = "ended" {}
    /// The document cannot be opened.
    Unusable = "unusable" { title: String, why: String }
    /// A title breaks the rule.
    BadTitle = "bad_title" { most: u64 }
    /// Somebody's name breaks the rule.
    BadName = "bad_name" { most: u64 }
    /// Not one of the colours.
    BadColour = "bad_colour" { name: String }
    /// The windows' settings would be too large.
    SettingsTooLarge = "settings_too_large" { most: u64 }

    // The disk.
    /// What was to be kept is not on the disk.
    NotSaved = "not_saved" { why: Why }
    /// There is no room.
    DiskFull = "disk_full" {}
    /// The disk failed; the same bytes are written again.
    DiskFailed = "disk_failed" { why: String }
    /// The store can never take this.
    StoreRefused = "store_refused" { why: String }
    /// The store is closed: Sheaf is ending.
    StoreClosed = "store_closed" {}
    /// The database cannot be read.
    Unreadable = "unreadable" { why: String }

    // Files.
    /// The document refers to no such file.
    NoAttachment = "no_attachment" {}
    /// This file is not being attached any more.
    NoUpload = "no_upload" {}
    /// Too many files at once.
    UploadsFull = "uploads_full" {}
    /// The file is not here yet.
    FileAbsent = "file_absent" {}
    /// The file is damaged on this disk.
    FileDamaged = "file_damaged" {}
    /// The file is too large.
    FileTooLarge = "file_too_large" { gigabytes: u64 }
    /// The file may do harm when it is opened.
    MayDoHarm = "may_do_harm" {}
    /// The system's program for a file did not start.
    FileNotOpened = "file_not_opened" { why: String }
    /// The desktop did not open a link.
    LinkNotOpened = "link_not_opened" { why: String }
    /// The link is none that is opened: no web address and no mail address.
    LinkRefused = "link_refused" {}
    /// The clipboard cannot be read.
    ClipboardUnread = "clipboard_unread" { why: String }
    /// The clipboard took nothing.
    ClipboardUnwritten = "clipboard_unwritten" {}
    /// The picture on the clipboard is too large.
    PictureTooLarge = "picture_too_large" { megabytes: u64 }
    /// There is no folder for downloads.
    NoDownloads = "no_downloads" {}
    /// A file cannot be written.
    FileNotWritten = "file_not_written" { file: String, why: String }
    /// The document changes too fast to be written down.
    Restless = "restless" {}

    // Who has a paragraph.
    /// No paragraph holds the words.
    NoSuchWords = "no_such_words" {}
    /// Several do.
    ManySuchWords = "many_such_words" { count: u64 }
    /// There are fewer paragraphs.
    NoSuchParagraph = "no_such_paragraph" { has: u64 }

    // Folders.
    /// A text, where a folder is meant.
    NotAFolder = "not_a_folder" { name: String }
    /// A folder, where a text is meant.
    FolderHasNoText = "folder_has_no_text" {}
    /// Folders hold documents only.
    FolderNested = "folder_nested" {}
    /// The document is in another folder.
    InAnotherFolder = "in_another_folder" { folder: String }
    /// The document is not in the folder.
    NotInFolder = "not_in_folder" {}
    /// There are as many documents in it as there may be.
    FolderFull = "folder_full" { most: u64 }
    /// Somebody is in a document through a folder, and is changed there.
    ThroughFolder = "through_folder" { person: String, folder: String }

    // Links.
    /// The title that was to become a link does not stand there any more.
    TitleGone = "title_gone" {}

    // Invitations.
    /// Nothing was pasted.
    TicketEmpty = "ticket_empty" {}
    /// Something else was pasted.
    TicketForeign = "ticket_foreign" {}
    /// Far more was pasted.
    TicketTooLong = "ticket_too_long" {}
    /// It is in pieces.
    TicketInPieces = "ticket_in_pieces" {}
    /// A letter that no invitation contains.
    TicketLetter = "ticket_letter" { letter: String }
    /// It was cut short, or a letter changed.
    TicketIncomplete = "ticket_incomplete" {}
    /// It links a device, and invites to no document.
    TicketForDevice = "ticket_for_device" {}
    /// It invites to a document, and links no device.
    TicketForDocument = "ticket_for_document" {}
    /// Made by another version of Sheaf.
    TicketOtherVersion = "ticket_other_version" { version: u64 }
    /// Whole, and senseless.
    TicketWrong = "ticket_wrong" { why: String }
    /// Only the owner and admins invite; `owner` is empty where nobody knows the name.
    OnlyOwnerInvites = "only_owner_invites" { owner: String }
    /// This device is in that document already.
    InAlready = "in_already" {}
    /// Whoever was asked refused.
    InvitationRefused = "invitation_refused" { why: Why }
    /// The invitation does not say where this device is.
    InvitationWithoutPlace = "invitation_without_place" { why: Why }
    /// Nobody can join while Sheaf does not run here.
    NobodyCanJoin = "nobody_can_join" {}

    /// The invitation has expired, or has let in as many as it may.
    InvitationOver = "invitation_over" {}
    /// There is no such invitation.
    NoInvitation = "no_invitation" {}
    /// Nobody waits to be let in by that request any more.
    NoRequest = "no_request" {}

    // One person's devices.
    /// Devices are linked while Sheaf runs on both.
    LinkingNeedsNetwork = "linking_needs_network" {}
    /// No device is being linked.
    NotLinking = "not_linking" {}
    /// There are no digits to compare, or others by now.
    NothingToCompare = "nothing_to_compare" {}
    /// The ticket was made on this very device.
    LinkTicketOwn = "link_ticket_own" {}
    /// The device that is asked does not know the ticket.
    LinkTicketUnknown = "link_ticket_unknown" {}
    /// It is too late.
    LinkTicketExpired = "link_ticket_expired" {}
    /// It has done its work, or was shown by another device.
    LinkTicketUsed = "link_ticket_used" {}
    /// Somebody stopped it.
    LinkingStopped = "linking_stopped" {}
    /// The other device says what no honest one says.
    LinkingBroken = "linking_broken" {}
    /// As many devices are linked as may be.
    DevicesFull = "devices_full" {}
    /// No other device of this person.
    NoSuchDevice = "no_such_device" {}
    /// The device is in the document by an invitation of its own.
    DeviceOnItsOwn = "device_on_its_own" {}
    /// A device was taken out of a document in the trash, where nobody hears of it.
    DeviceOutInTrash = "device_out_in_trash" {}

    // Members.
    /// There is no such member, or the device is none of theirs.
    NoMember = "no_member" {}
    /// The owner hands the document over before leaving it.
    OwnerStays = "owner_stays" {}
    /// Nobody but the owner changes what the owner may do.
    OwnerUntouched = "owner_untouched" {}
    /// A document has one owner, and is handed over.
    OneOwner = "one_owner" {}
    /// There may be no more of something about members; `what` says of what.
    MembersFull = "members_full" { what: String, most: u64 }
    /// A new key has been made and is not here yet.
    NoKeyYet = "no_key_yet" {}

    // Why an event of the history was refused: all about whoever did it.
    /// They were no member.
    EventByStranger = "event_by_stranger" {}
    /// Their role allowed too little: what they had, and what it would have taken.
    EventRoleTooSmall = "event_role_too_small" { role: String, needs: String }
    /// It does not begin this document.
    EventNoBeginning = "event_no_beginning" {}
    /// The invitation did not let them in.
    EventNoInvitation = "event_no_invitation" {}
    /// They let in by an invitation that another device had made.
    EventNotItsMaker = "event_not_its_maker" {}
    /// The invitation had let in as many as it may.
    EventUsedUp = "event_used_up" { times: u64 }
    /// Whom it lets in was in already.
    EventAlreadyThere = "event_already_there" {}
    /// A proof in it does not hold.
    EventNoProof = "event_no_proof" {}
    /// An owner left the document behind.
    EventOwnerLeft = "event_owner_left" {}
    /// It is about somebody, or some device, that was not in it.
    EventNoMember = "event_no_member" {}
    /// A device was added to somebody else.
    EventNotTheirs = "event_not_theirs" {}
    /// A key was dealt that is none of the document's.
    EventNoSuchKey = "event_no_such_key" {}

    // Why another device refuses.
    /// They were asked, and have not answered yet.
    TheyWereAsked = "they_were_asked" {}
    /// They did not let this device in.
    TheyDeclined = "they_declined" {}
    /// They do not know this device.
    TheyKnowNoMember = "they_know_no_member" {}
    /// They do not know the invitation, or it has been withdrawn.
    TheyKnowNoInvitation = "they_know_no_invitation" {}
    /// They do not have the document.
    TheyLackIt = "they_lack_it" {}
    /// They wait for their own first copy.
    TheyWait = "they_wait" {}
    /// This device was removed, or has left.
    WeAreOut = "we_are_out" {}
    /// They received something invalid.
    TheyGotInvalid = "they_got_invalid" {}
    /// They speak another version of the protocol.
    TheyDiffer = "they_differ" {}

    // The network.
    /// Sheaf does not run on this device.
    NodeAbsent = "node_absent" {}
    /// It has only just begun.
    NetworkNotReady = "network_not_ready" {}
    /// No address is known.
    NoWay = "no_way" {}
    /// Nobody answers.
    NoAnswer = "no_answer" {}
    /// Whoever answered does not speak as Sheaf does.
    NotUnderstood = "not_understood" { why: String }
    /// Two processes with one device's key.
    ProfileTwice = "profile_twice" {}
    /// The socket's address is not to be had.
    CannotListen = "cannot_listen" { address: String, why: String }
    /// Not the URL of a server.
    BadUrl = "bad_url" { url: String }
    /// Networking cannot be started.
    NetworkFailed = "network_failed" { why: String }
    /// Not a network profile.
    BadProfile = "bad_profile" { name: String }

    // The doctor. `person` is empty for a device without a name.
    /// It runs, and nobody can be reached.
    DoctorAlone = "doctor_alone" {}
    /// It does not run.
    DoctorNodeAbsent = "doctor_node_absent" {}
    /// It runs.
    DoctorNode = "doctor_node" {}
    /// By public relays and lookup.
    DoctorAnywhere = "doctor_anywhere" {}
    /// By a relay of one's own.
    DoctorOwnRelay = "doctor_own_relay" { url: String }
    /// On the local network.
    DoctorLocal = "doctor_local" {}
    /// By addresses in invitations.
    DoctorDirect = "doctor_direct" {}
    /// The endpoint could not be opened.
    DoctorNoSocket = "doctor_no_socket" { why: Why }
    /// It listens.
    DoctorPort = "doctor_port" { port: u64 }
    /// It uses its relay alone.
    DoctorRelayAlone = "doctor_relay_alone" {}
    /// Nothing is open until somebody shares.
    DoctorNotYetOpen = "doctor_not_yet_open" {}
    /// Nothing is open.
    DoctorClosed = "doctor_closed" {}
    /// The relay answers.
    DoctorRelay = "doctor_relay" {}
    /// It does not.
    DoctorRelaySilent = "doctor_relay_silent" {}
    /// It has not yet.
    DoctorRelayNotYet = "doctor_relay_not_yet" {}
    /// None has been asked.
    DoctorRelayUnasked = "doctor_relay_unasked" {}
    /// None is used.
    DoctorNoRelay = "doctor_no_relay" {}
    /// Somebody's clock is ahead, by so many minutes.
    DoctorClock = "doctor_clock" { person: String, device: String, minutes: u64 }
    /// Nobody's is.
    DoctorClocks = "doctor_clocks" {}
    /// There is a link. `path` is `direct`, `relayed`, or empty while it is not known; `trip` is the round trip in milliseconds.
    DoctorLinked = "doctor_linked" { person: String, device: String, path: String, trip: Option<u64> }
    /// There is none.
    DoctorNotLinked = "doctor_not_linked" { person: String, device: String, why: Option<Why> }
    /// It refuses.
    DoctorRefuses = "doctor_refuses" { person: String, device: String, why: Why }
    /// The versions.
    DoctorVersion = "doctor_version" { version: String, protocol: u64 }

    // Notices.
    /// A document went out of a folder with its owner, who was removed from there.
    NoticeFolderOut = "notice_folder_out" { title: String }
    /// Words were removed with their line, and are kept.
    NoticeRescued = "notice_rescued" {}
    /// A change was put aside.
    NoticeQuarantined = "notice_quarantined" { person: String, title: String, why: String }
    /// A profile is in use in two places at once.
    NoticeTwin = "notice_twin" {}
    /// This copy of Sheaf has been at work in two places.
    NoticeForkedHere = "notice_forked_here" {}
    /// Somebody's has.
    NoticeForkedThere = "notice_forked_there" {}
    /// Two devices hold the same and show different text.
    NoticeAlarm = "notice_alarm" {}
    /// A document could not go on.
    NoticeEnded = "notice_ended" { why: String }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sentences_share_a_code() {
        let mut codes: Vec<&str> = Sentence::ALL.iter().map(|listed| listed.code).collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
    }

    #[test]
    fn a_sentence_tells_its_parts_as_the_list_says() {
        let said = Sentence::DoctorNotLinked { person: "Ana".into(), device: "07".into(), why: Some(Box::new(Sentence::NoAnswer {})) };
        let listed = Sentence::ALL.iter().find(|listed| listed.code == said.code()).expect("it is listed");
        let parts = said.parts();
        assert_eq!(parts.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["person", "device", "why"]);
        assert_eq!(listed.parts.last(), Some(&("why", "string | null")), "windows get the words of the sentence within");
        assert_eq!(parts.last().map(|(_, told)| told.clone()), Some(Told::Sentence(Sentence::NoAnswer {})));
    }
}

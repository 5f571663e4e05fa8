//! How a refusal looks on the wire: a code for programs, a sentence for people.

use serde_json::{Value, json};
use sheaf_blobs::BlobError;
use sheaf_document::{Refused, folder::DOCUMENTS};
use sheaf_sentence::Sentence;
use sheaf_store::{CommitError, ReadError};

use crate::attachments::AttachmentError;
use crate::body::BodyError;
use crate::devices::DeviceError;
use crate::diagnose::DiagnoseError;
use crate::engine::DocumentError;
use crate::folders::FolderError;
use crate::holding::WhoError;
use crate::library::ResolveError;
use crate::live::AskError;
use crate::said::{Said, Tells, sentence_to_json};
use crate::settings::SettingError;
use crate::sharing::SharingError;
use crate::unlinked::LinkError;

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For programs; listed in `docs/lane.md`.
    pub code: String,
    /// For people, in English.
    pub message: String,
    /// For people, in any language. Whoever asks over the control socket reads English and gets none.
    pub sentence: Option<Box<Sentence>>,
}

impl Failure {
    pub(crate) fn new(code: &str, said: Said) -> Failure {
        Failure { code: code.to_owned(), message: said.english, sentence: Some(Box::new(said.sentence)) }
    }

    /// A request that no window of ours makes.
    pub(crate) fn malformed(message: impl Into<String>) -> Failure {
        let why = message.into();
        Failure::new("malformed", Said::new(Sentence::Malformed { why: why.clone() }, why))
    }

    /// A folder where a text is meant.
    pub(crate) fn no_text() -> Failure {
        Failure::new("refused", Said::new(Sentence::FolderHasNoText {}, "this is a folder: it has no text of its own"))
    }

    /// Nothing has that name.
    pub(crate) fn unknown_name(name: String) -> Failure {
        ResolveError::Unknown(name).into()
    }

    /// Several have.
    pub(crate) fn ambiguous(name: String, candidates: Vec<String>) -> Failure {
        ResolveError::Ambiguous { name, candidates }.into()
    }

    /// A file was saved, and the system's program for it did not start.
    pub fn not_opened(why: String) -> Failure {
        let english = format!("this desktop could not open the file: {why}");
        Failure::new("failed", Said::new(Sentence::FileNotOpened { why }, english))
    }

    /// The desktop did not open a link.
    pub fn link_not_opened(why: String) -> Failure {
        let english = format!("this desktop could not open the link: {why}");
        Failure::new("failed", Said::new(Sentence::LinkNotOpened { why }, english))
    }

    /// A link that no window opens.
    pub fn link_refused() -> Failure {
        let english = "only complete addresses of the web (http, https) and of mail are opened".to_owned();
        Failure::new("refused", Said::new(Sentence::LinkRefused {}, english))
    }

    /// The window could not read the clipboard.
    pub fn clipboard_unread(why: String) -> Failure {
        let english = format!("the clipboard cannot be read: {why}");
        Failure::new("failed", Said::new(Sentence::ClipboardUnread { why }, english))
    }

    /// The clipboard did not take what the window put there.
    pub fn clipboard_unwritten() -> Failure {
        Failure::new("failed", Said::new(Sentence::ClipboardUnwritten {}, "this desktop's clipboard did not take it".to_owned()))
    }

    /// The picture on the clipboard has more bytes than a window hands over.
    pub fn picture_too_large(most: u64) -> Failure {
        const MEGABYTE: u64 = 1024 * 1024;
        let megabytes = most / MEGABYTE;
        let english = format!("the picture on the clipboard is larger than {megabytes} MB");
        Failure::new("refused", Said::new(Sentence::PictureTooLarge { megabytes }, english))
    }

    /// As a page reads it: `code`, `message`, and `said` for the words of its language.
    pub fn to_json(&self) -> Value {
        json!({ "code": self.code, "message": self.message, "said": self.sentence.as_deref().map(sentence_to_json) })
    }
}

/// `not saved: ...`, and why.
pub(crate) fn not_saved(why: &Said) -> Sentence {
    Sentence::NotSaved { why: why.why() }
}

impl From<DiagnoseError> for Failure {
    fn from(error: DiagnoseError) -> Failure {
        let english = error.to_string();
        let sentence = match error {
            DiagnoseError::Body(error) => return error.into(),
            DiagnoseError::File { file, reason } => Sentence::FileNotWritten { file, why: reason },
            DiagnoseError::Restless => Sentence::Restless {},
        };
        Failure::new("failed", Said::new(sentence, english))
    }
}

impl From<WhoError> for Failure {
    fn from(error: WhoError) -> Failure {
        let english = error.to_string();
        let sentence = match error {
            WhoError::Body(error) => return error.into(),
            WhoError::NoWords => Sentence::NoSuchWords {},
            WhoError::ManyWords(count) => Sentence::ManySuchWords { count: count as u64 },
            WhoError::NoLine { has } => Sentence::NoSuchParagraph { has: has as u64 },
        };
        Failure::new("refused", Said::new(sentence, english))
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Failure {
        let english = error.to_string();
        match error {
            LinkError::Body(error) => error.into(),
            LinkError::Gone => Failure::new("refused", Said::new(Sentence::TitleGone {}, english)),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        // A view that the document does not know any more, or that is too far behind, opens again and keeps its words.
        let code = match refused {
            Refused::TooOld { .. } | Refused::NotOpen => "reset",
            _ => "refused",
        };
        Failure::new(code, refused.said())
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        let english = error.to_string();
        match error {
            AskError::Refused(refused) => refused.into(),
            AskError::NotSaved(why) => Failure::new("not_saved", Said::new(not_saved(&why), english)),
            AskError::Ended => Failure::new("ended", Said::new(Sentence::Ended {}, english)),
        }
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Failure {
        let english = error.to_string();
        match error {
            ResolveError::Unknown(name) => Failure::new("unknown", Said::new(Sentence::NoDocument { name }, english)),
            ResolveError::Ambiguous { name, candidates } => {
                let candidates = candidates.join(", ");
                Failure::new("ambiguous", Said::new(Sentence::Ambiguous { name, candidates }, english))
            }
        }
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Failure {
        let english = error.to_string();
        match error {
            DocumentError::Unknown(unknown) => unknown.into(),
            DocumentError::Unusable { title, reason } => {
                Failure::new("unusable", Said::new(Sentence::Unusable { title, why: reason }, english))
            }
            DocumentError::NotSaved(why) => Failure::new("not_saved", Said::new(not_saved(&why), english)),
        }
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Failure {
        let english = error.to_string();
        match error {
            BodyError::Document(error) => error.into(),
            BodyError::Ask(error) => error.into(),
            BodyError::ThroughFolder { person, folder } => {
                Failure::new("refused", Said::new(Sentence::ThroughFolder { person, folder }, english))
            }
            BodyError::Version(version) => Failure::new("version", Said::new(Sentence::NoVersion { version }, english)),
        }
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Failure {
        Failure::new("not_saved", Said::new(not_saved(&error.said()), format!("not saved: {error}")))
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Failure {
        Failure::new("failed", error.said())
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Failure {
        let english = error.to_string();
        let sentence = match error {
            SettingError::NotSaved(error) => return error.into(),
            SettingError::Name => Sentence::BadName { most: sheaf_base::limits::NAME as u64 },
            SettingError::Colour { name } => Sentence::BadColour { name },
            SettingError::TooLarge => Sentence::SettingsTooLarge { most: crate::settings::WINDOW_LIMIT as u64 },
        };
        Failure::new("refused", Said::new(sentence, english))
    }
}

impl From<SharingError> for Failure {
    fn from(error: SharingError) -> Failure {
        let english = error.to_string();
        match error {
            SharingError::Ticket(error) => Failure::new("ticket", error.said()),
            SharingError::Document(error) => error.into(),
            SharingError::Ask(error) => error.into(),
            SharingError::NotOwner(owner) => Failure::new("refused", Said::new(Sentence::OnlyOwnerInvites { owner }, english)),
            SharingError::Own => Failure::new("refused", Said::new(Sentence::InAlready {}, english)),
            SharingError::Refused(why) => Failure::new("refused", Said::new(Sentence::InvitationRefused { why: why.why() }, english)),
            SharingError::Profile(error) => Failure::new("malformed", error.said()),
            SharingError::NotSaved(why) => Failure::new("not_saved", Said::new(not_saved(&why), english)),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Failure {
        let english = error.to_string();
        let sentence = match error {
            FolderError::Sharing(error) => return error.into(),
            FolderError::Body(error) => return error.into(),
            FolderError::NotOne(name) => Sentence::NotAFolder { name },
            FolderError::Nested => Sentence::FolderNested {},
            FolderError::Elsewhere(folder) => Sentence::InAnotherFolder { folder },
            FolderError::NotInside => Sentence::NotInFolder {},
            FolderError::Full => Sentence::FolderFull { most: DOCUMENTS as u64 },
        };
        Failure::new("refused", Said::new(sentence, english))
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Failure {
        let english = error.to_string();
        let (code, sentence) = match error {
            DeviceError::Ticket(error) => return Failure::new("ticket", error.said()),
            DeviceError::NotSaved(why) => ("not_saved", not_saved(&why)),
            DeviceError::Own => ("ticket", Sentence::LinkTicketOwn {}),
            DeviceError::NoNetwork => ("refused", Sentence::LinkingNeedsNetwork {}),
            DeviceError::NotLinking => ("refused", Sentence::NotLinking {}),
            DeviceError::NothingToCompare => ("refused", Sentence::NothingToCompare {}),
            DeviceError::Full => ("refused", Sentence::DevicesFull {}),
            DeviceError::Unknown => ("unknown", Sentence::NoSuchDevice {}),
        };
        Failure::new(code, Said::new(sentence, english))
    }
}

impl From<AttachmentError> for Failure {
    fn from(error: AttachmentError) -> Failure {
        let english = error.to_string();
        let (code, sentence) = match error {
            AttachmentError::Body(error) => return error.into(),
            AttachmentError::NotSaved(error) => return error.into(),
            AttachmentError::Read(error) => return error.into(),
            AttachmentError::Blob(error) => {
                let code = match error {
                    BlobError::Full => "disk_full",
                    BlobError::Absent => "not_here",
                    BlobError::TooLarge => "refused",
                    BlobError::Damaged | BlobError::Io(_) => "failed",
                };
                (code, error.sentence())
            }
            AttachmentError::Busy => ("refused", Sentence::UploadsFull {}),
            AttachmentError::Unknown => ("unknown", Sentence::NoAttachment {}),
            AttachmentError::NoUpload => ("unknown", Sentence::NoUpload {}),
            AttachmentError::MayRun => ("refused", Sentence::MayDoHarm {}),
            AttachmentError::NoFolder => ("failed", Sentence::NoDownloads {}),
        };
        Failure::new(code, Said::new(sentence, english))
    }
}

//! How a refusal looks on the wire: a code for programs, a sentence for people.

use serde_json::{Value, json};
use sheaf_document::Refused;
use sheaf_store::{CommitError, ReadError};

use crate::diagnose::DiagnoseError;
use crate::engine::DocumentError;
use crate::holding::WhoError;
use crate::library::ResolveError;
use crate::live::AskError;
use crate::settings::SettingError;
use crate::sharing::SharingError;

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For programs; listed in `docs/lane.md`.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Failure {
        Failure { code: code.to_owned(), message: message.into() }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Failure {
        Failure::new("malformed", message)
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }
}

impl From<DiagnoseError> for Failure {
    fn from(error: DiagnoseError) -> Failure {
        match error {
            DiagnoseError::Body(error) => Failure::from(error),
            error => Failure::new("failed", error.to_string()),
        }
    }
}

impl From<WhoError> for Failure {
    fn from(error: WhoError) -> Failure {
        match error {
            WhoError::Body(error) => Failure::from(error),
            error => Failure::new("refused", error.to_string()),
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
        Failure::new(code, refused.to_string())
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        match error {
            AskError::Refused(refused) => refused.into(),
            AskError::NotSaved(_) => Failure::new("not_saved", error.to_string()),
            AskError::Ended => Failure::new("ended", error.to_string()),
        }
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Failure {
        let code = match error {
            ResolveError::Unknown(_) => "unknown",
            ResolveError::Ambiguous { .. } => "ambiguous",
        };
        Failure::new(code, error.to_string())
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Failure {
        match error {
            DocumentError::Unknown(unknown) => unknown.into(),
            DocumentError::Unusable { .. } => Failure::new("unusable", error.to_string()),
            DocumentError::NotSaved(_) => Failure::new("not_saved", error.to_string()),
        }
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Failure {
        Failure::new("not_saved", format!("not saved: {error}"))
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Failure {
        Failure::new("failed", error.to_string())
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Failure {
        let code = if matches!(error, SettingError::NotSaved(_)) { "not_saved" } else { "refused" };
        Failure::new(code, error.to_string())
    }
}

impl From<SharingError> for Failure {
    fn from(error: SharingError) -> Failure {
        let code = match error {
            SharingError::Ticket(_) => "ticket",
            SharingError::Document(error) => return error.into(),
            SharingError::Ask(error) => return error.into(),
            SharingError::NotOwner(_) | SharingError::Own | SharingError::Refused(_) => "refused",
            SharingError::Profile(_) => "malformed",
            SharingError::NotSaved(_) => "not_saved",
        };
        Failure::new(code, error.to_string())
    }
}

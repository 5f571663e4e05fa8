//! What reaches a document's task.

use std::sync::Arc;

use sheaf_base::limits;
use sheaf_document::{
    Act, Document, Done, FoldJob, Holding, HoldingJob, Hydration, Input, Place, Push, Refused, RequestId, ReviewJob, ViewId,
};
use sheaf_protocol::{Bundle, Frame};
use sheaf_schema::{Delta, Op};
use tokio::sync::oneshot;

use crate::diagnose::Witness;
use crate::lane::Outlet;

/// A message to a document's task.
pub(crate) enum Heard {
    /// As the document hears it.
    Input(Box<Input>),
    /// A view opens, and is told here.
    Attach { view: ViewId, outlet: Outlet },
    /// Somebody in this process asks, and waits for the answer.
    Ask { question: Question, reply: oneshot::Sender<Replied> },
    /// Somebody folds, and asks for what only the document can open.
    Fold { hydration: Hydration, reply: oneshot::Sender<FoldJob> },
    /// Somebody looks for words, and asks for the text if it is open, with the last row in it.
    Look { reply: oneshot::Sender<Option<(u64, Arc<Delta>)>> },
    /// Somebody makes a bundle, and asks for what only the document knows.
    Recorded { hydration: Hydration, reply: oneshot::Sender<Witness> },
    /// Somebody looks for what was changed apart, and asks for what only the document can open.
    Review { hydration: Hydration, reply: oneshot::Sender<Option<ReviewJob>> },
    /// Somebody asks who has the line around an offset of a version.
    AskWhoHas { version: u64, offset: usize, reply: oneshot::Sender<Result<HoldingJob, Refused>> },
    /// The rows that the answer needs.
    WhoHas { job: Box<HoldingJob>, hydration: Hydration, reply: oneshot::Sender<Holding> },
    /// Somebody looks at what only the document knows.
    Peek(Box<dyn FnOnce(&mut Document) + Send>),
    /// The moment that the document named has come.
    Timeout,
    /// What the replica is built from cannot be read.
    Unreadable(String),
    /// Enough.
    Stop,
}

/// What was done, durably, and the journal's last row then; or why not.
pub(crate) type Replied = Result<(Done, u64), Refused>;

/// What Rust asks of a document.
#[derive(Debug)]
pub(crate) enum Question {
    /// The body as it is.
    Read,
    /// An edit made at a version.
    Edit { base: Option<u64>, delta: Delta },
    /// A new title.
    Rename(String),
    /// A line of their own for rescued words.
    PutBack { text: String, place: Option<Place> },
    /// Something about members.
    Administer(Act),
}

impl Question {
    pub(crate) fn input(self, request: RequestId) -> Input {
        match self {
            Question::Read => Input::Read { request },
            Question::Edit { base, delta } => Input::Edit { request, base, delta },
            Question::Rename(title) => Input::Rename { request, title },
            Question::PutBack { text, place } => Input::PutBack { request, text, place },
            Question::Administer(act) => Input::Administer { request, act },
        }
    }
}

impl Heard {
    /// Whether this may be taken to heart while a turn is being written.
    pub(crate) fn makes_no_record(&self) -> bool {
        match self {
            Heard::Input(input) => input.makes_no_record(),
            _ => false,
        }
    }

    /// Whether somebody typed it just now, here or elsewhere.
    pub(crate) fn is_live(&self) -> bool {
        match self {
            Heard::Input(input) => matches!(&**input, Input::Push(_) | Input::Receive { frame: Frame::Live(_), .. }),
            _ => false,
        }
    }

    /// How many bytes it brings, roughly: what a turn's size is counted in.
    pub(crate) fn size(&self) -> usize {
        match self {
            Heard::Input(input) => match &**input {
                Input::Push(Push { delta, .. }) | Input::Edit { delta, .. } => delta_size(delta),
                Input::Receive { frame, .. } => frame_size(frame),
                _ => 0,
            },
            Heard::Ask { question: Question::Edit { delta, .. }, .. } => delta_size(delta),
            _ => 0,
        }
    }
}

fn delta_size(delta: &Delta) -> usize {
    let sizes = delta.ops.iter().map(|op| match op {
        Op::Insert { text, .. } => text.len(),
        _ => 1,
    });
    sizes.sum()
}

fn frame_size(frame: &Frame) -> usize {
    match frame {
        Frame::Records(bundle) | Frame::Live(bundle) => bundle_size(bundle),
        // What is in it is not known before it is unpacked. It was sealed at once.
        Frame::Packed(_) => limits::SEAL_EVERY,
        _ => 0,
    }
}

fn bundle_size(bundle: &Bundle) -> usize {
    bundle.runs.iter().flat_map(|run| &run.records).map(Vec::len).sum()
}

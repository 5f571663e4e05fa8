//! One task per live document, the library, background sync, lanes and control requests: everything that the app, the bridge and the
//! command line share.
//!
//! An [`Engine`] is one open profile. A document that somebody looks at, or that others share, lives in a task of its own
//! ([`DocumentHandle`]) that runs turns: it hears, thinks, writes, then tells. Windows, browser tabs and commands are [`Client`]s and speak
//! JSON (`docs/lane.md`). The network half reaches documents through their handles and is reached through [`Net`].
//!
//! Nothing here decides what a record means or who may do what: crates document and access do. Nothing of a document's content goes into
//! the log.

mod attachments;
mod body;
mod clock;
mod devices;
mod diagnose;
mod doctor;
mod engine;
mod event;
mod facts;
mod folders;
mod holding;
mod home;
mod journal;
mod lane;
mod library;
mod live;
mod lock;
mod members;
mod mentions;
mod metrics;
mod net;
mod peers;
mod random;
mod rescued;
mod review;
mod rows;
mod said;
mod settings;
mod sharing;
mod socket;
mod statistics;
mod task;
mod unlinked;

pub use attachments::{Attached, AttachmentError, Fetching};
pub use body::{Body, BodyError, Form, convert};
pub use clock::Clock;
pub use devices::{DeviceError, LinkPreview, LinkTicket, Linking, OwnDevice, OwnDeviceReport, TICKET_LIVES, TakenOut};
pub use diagnose::{DiagnoseError, Diagnosed, Played, replay};
pub use doctor::{Finding, Health};
pub use engine::{DocumentError, Engine, StartError};
pub use event::{Event, Events, Level};
pub use facts::{Facts, Remover};
pub use folders::{FolderDocument, FolderError, FolderReport};
pub use holding::{Paragraph, WhoError};
pub use home::{Home, HomeError};
pub use lane::{Client, Failure, event_to_json};
pub use library::{ResolveError, Standing};
pub use live::{AskError, DocumentHandle};
pub use members::Can;
pub use net::Network;
pub use peers::{LinkReport, Net, Way, Weather, Wire};
pub use random::token;
pub use review::KeptReview;
pub use said::Said;
pub use settings::{COLOURS, Me, SettingError};
pub use sharing::{DeviceReport, DocumentReport, Joined, NetworkReport, Offer, Preview, SharedTicket, SharingError};
pub use sheaf_store::OpenError;
pub use socket::{ControlSocket, LineClient, SocketError};
pub use statistics::Sums;
pub use task::supervised;
pub use unlinked::LinkError;

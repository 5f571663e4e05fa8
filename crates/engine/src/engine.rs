//! The engine: one open profile, its library, its live documents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use sheaf_base::{DeviceId, DocumentId};
use sheaf_blobs::{BlobError, Blobs};
use sheaf_document::{Document, Here};
use sheaf_record::DeviceKey;
use sheaf_sentence::Sentence;
use sheaf_store::{Batch, Change, CommitError, Entry, OpenError, ReadError, Store};
use tokio::sync::{broadcast, oneshot};

use crate::attachments::Attachments;
use crate::clock::Clock;
use crate::devices::Devices;
use crate::event::{Event, Events, Level};
use crate::folders::Folders;
use crate::home::{Home, HomeError};
use crate::library::{FOLDER, Library, ResolveError, Standing, TEXT, role_number};
use crate::live::{self, DocumentHandle, Ended};
use crate::lock::held;
use crate::mentions::Mentions;
use crate::metrics::Metrics;
use crate::peers::Net;
use crate::said::{Said, Tells};
use crate::settings::{self, Me};
use crate::statistics::Statistics;
use crate::{random, task};

/// The setting that says whose profile this is.
const DEVICE: &str = "device";

/// Replicas that are fetched at once: after a long absence hundreds of documents may want a look at their titles.
const HYDRATIONS: usize = 8;

/// Second launches that a window may be slow to heed.
const RAISES: usize = 8;

/// One open profile. Clones are the same one; [`Engine::close`] ends it.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

/// What all parts of the engine share.
pub(crate) struct Shared {
    pub(crate) home: Home,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) events: Events,
    pub(crate) library: Library,
    pub(crate) metrics: Metrics,
    pub(crate) statistics: Statistics,
    pub(crate) mentions: Mentions,
    pub(crate) folders: Folders,
    pub(crate) attachments: Attachments,
    pub(crate) devices: Devices,
    pub(crate) key: [u8; 32],
    pub(crate) device: DeviceId,
    live: Mutex<BTreeMap<DocumentId, DocumentHandle>>,
    /// Held while a document is brought to life, so that none lives twice.
    loading: tokio::sync::Mutex<()>,
    /// Held while what a replica is built from is fetched.
    pub(crate) hydrations: tokio::sync::Semaphore,
    net: RwLock<Option<Arc<dyn Net>>>,
    /// Tells this process's windows to come to the front, perhaps with a `sheaf://` link.
    raises: broadcast::Sender<Option<String>>,
}

/// The profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder cannot.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Its database cannot.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its database cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its database cannot be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The folder of its files cannot be used.
    #[error("the folder of attachments cannot be used: {0}")]
    Blobs(#[from] BlobError),
}

impl StartError {
    /// Another process has the profile.
    pub fn is_locked(&self) -> bool {
        matches!(self, StartError::Open(OpenError::Locked(_)))
    }
}

/// A document cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DocumentError {
    /// There is none.
    #[error(transparent)]
    Unknown(#[from] ResolveError),
    /// It cannot be opened.
    #[error("the document {title:?} cannot be opened: {reason}")]
    Unusable {
        /// Its title.
        title: String,
        /// Why.
        reason: String,
    },
    /// It cannot be saved.
    #[error("not saved: {0}")]
    NotSaved(Said),
}

impl From<CommitError> for DocumentError {
    fn from(error: CommitError) -> Self {
        DocumentError::NotSaved(error.said())
    }
}

impl Engine {
    /// Opens a profile, making what is missing. Fails if another process has it.
    pub async fn open(home: Home) -> Result<Engine, StartError> {
        Engine::open_on(home, sheaf_store::Options::default()).await
    }

    /// As [`Engine::open`], on a disk that may fail on demand: for tests.
    pub async fn open_on(home: Home, disk: sheaf_store::Options) -> Result<Engine, StartError> {
        let engine = task::blocking(move || Engine::open_now(home, disk)).await?;
        Mentions::catch_up(&engine.shared);
        Ok(engine)
    }

    fn open_now(home: Home, disk: sheaf_store::Options) -> Result<Engine, StartError> {
        home.prepare()?;
        let store = Store::open_with(home.folder(), disk)?;
        let known = store.read(|reader| reader.setting(DEVICE))?;
        let known = known.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(DeviceId);
        let key = home.key(known)?;
        let device = DeviceKey::from_bytes(&key).device();
        if known.is_none() {
            let change = Change::Setting { name: DEVICE.into(), value: Some(device.0.to_vec()) };
            store.commit(Batch::profile().with(change)).wait()?;
        }
        let attachments = Attachments::new(Blobs::open(home.blobs())?);
        let events = Events::new();
        let library = Library::load(store.clone(), events.clone())?;
        let clock = Clock::start();
        let statistics = Statistics::load(&store, clock.wall());
        let shared = Shared {
            home,
            store,
            clock,
            events,
            library,
            metrics: Metrics::default(),
            statistics,
            mentions: Mentions::default(),
            folders: Folders::default(),
            attachments,
            devices: Devices::default(),
            key,
            device,
            live: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            hydrations: tokio::sync::Semaphore::new(HYDRATIONS),
            net: RwLock::new(None),
            raises: broadcast::channel(RAISES).0,
        };
        shared.devices.load(&shared);
        Ok(Engine { shared: Arc::new(shared) })
    }

    /// Ends all documents and everything that waits for them. What was acknowledged is on the disk already.
    pub async fn close(self) {
        let live: Vec<DocumentHandle> = self.shared.live().values().cloned().collect();
        for document in &live {
            document.stop();
        }
        for document in live {
            document.end().await;
        }
        self.shared.statistics.keep(&self.shared.store);
        // What was handed over is written first.
        let store = self.shared.store.clone();
        task::blocking(move || store.close()).await;
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.shared.device
    }

    /// The profile.
    pub fn home(&self) -> &Home {
        &self.shared.home
    }

    /// What happens from now on.
    pub fn events(&self) -> &Events {
        &self.shared.events
    }

    /// For a window of this process: hears when it is to come to the front, because the profile was opened a second time.
    pub fn raises(&self) -> broadcast::Receiver<Option<String>> {
        self.shared.raises.subscribe()
    }

    /// Asks this process's windows to come to the front, and says how many there are.
    pub(crate) fn raise(&self, link: Option<String>) -> usize {
        self.shared.raises.send(link).unwrap_or(0)
    }

    /// All documents, the last changed first.
    pub fn documents(&self) -> Vec<Entry> {
        self.shared.library.entries()
    }

    /// Which document is meant.
    pub fn resolve(&self, name: &str) -> Result<DocumentId, ResolveError> {
        self.shared.library.resolve(name)
    }

    /// A document, brought to life if it is not.
    pub async fn live(&self, document: DocumentId) -> Result<DocumentHandle, DocumentError> {
        self.shared.clone().live_document(document).await
    }

    /// The documents that live now.
    pub fn living(&self) -> Vec<DocumentHandle> {
        self.shared.live().values().filter(|document| document.is_alive()).cloned().collect()
    }

    /// Makes a document. It is durable when this returns.
    pub async fn create(&self, title: &str) -> Result<DocumentHandle, DocumentError> {
        self.create_as(title, TEXT).await
    }

    /// Makes a document of a kind.
    pub(crate) async fn create_as(&self, title: &str, kind: u8) -> Result<DocumentHandle, DocumentError> {
        let shared = &self.shared;
        let now = shared.clock.now();
        let make = if kind == FOLDER { Document::create_folder } else { Document::create };
        let document = make(shared.here(), title, now).map_err(|error| DocumentError::NotSaved(Said::failed(error)))?;
        let id = document.id();
        let entry = Entry {
            document: id,
            title: title.to_owned(),
            created: now.wall,
            changed: now.wall,
            opened: None,
            trashed: None,
            role: role_number(document.role()),
            state: Standing::Private as u8,
            people: 1,
            placeholder: false,
            ticket: None,
            kind,
            folder: None,
        };
        let line = shared.library.enter(entry);
        let (first, durable) = oneshot::channel();
        let handle = live::start(shared.clone(), document, live::Place::default(), vec![line], Some(first));
        let failed = tokio::select! {
            biased;
            durable = durable => durable.err().map(|_| Said::failed("the new document could not be written")),
            why = handle.unsaved() => Some(why),
        };
        if let Some(why) = failed {
            handle.end().await;
            shared.library.withdraw(id);
            return Err(DocumentError::NotSaved(why));
        }
        shared.live().insert(id, handle.clone());
        // Other devices of this person are offered it.
        shared.net().into_iter().for_each(|net| net.appeared(id));
        shared.events.tell(Event::Documents);
        Ok(handle)
    }

    /// Takes back a document that was made just now and that nobody else knows.
    pub(crate) async fn abandon(&self, live: &DocumentHandle) {
        live.end().await;
        self.shared.library.withdraw(live.id());
        self.shared.write_aside(Batch::of(live.id()).with(Change::Forget), "forgetting a document that could not be made whole");
        self.shared.events.tell(Event::Documents);
    }

    /// Connects the network half. From now on documents' frames go to it.
    pub fn connect(&self, net: Arc<dyn Net>) {
        *self.shared.net.write().unwrap_or_else(PoisonError::into_inner) = Some(net);
    }

    /// Disconnects it.
    pub fn disconnect(&self) {
        *self.shared.net.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Shared {
    fn live(&self) -> MutexGuard<'_, BTreeMap<DocumentId, DocumentHandle>> {
        held(&self.live)
    }

    /// A document if it lives.
    pub(crate) fn if_live(&self, document: DocumentId) -> Option<DocumentHandle> {
        self.live().get(&document).filter(|handle| handle.is_alive()).cloned()
    }

    pub(crate) async fn live_document(self: Arc<Shared>, id: DocumentId) -> Result<DocumentHandle, DocumentError> {
        let entry = self.library.entry(id).ok_or_else(|| ResolveError::Unknown(id.to_string()))?;
        let _loading = self.loading.lock().await;
        if let Some(handle) = self.if_live(id) {
            return Ok(handle);
        }
        let unusable = |reason: String| DocumentError::Unusable { title: entry.title.clone(), reason };
        let (document, place) = live::load(self.clone(), &entry).await.map_err(|error| unusable(error.to_string()))?;
        let handle = live::start(self.clone(), document, place, Vec::new(), None);
        self.live().insert(id, handle.clone());
        if let Some(net) = self.net().filter(|_| entry.trashed.is_none()) {
            net.appeared(id);
        }
        Ok(handle)
    }

    /// Whoever this process is in a document, with fresh randomness.
    pub(crate) fn here(&self) -> Here {
        let Me { name, colour } = settings::me(self);
        Here { key: self.key, seed: random::bytes(), name, colour }
    }

    pub(crate) fn net(&self) -> Option<Arc<dyn Net>> {
        self.net.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A document's task has ended.
    pub(crate) fn ended(&self, document: DocumentId, why: &Ended) {
        self.live().retain(|id, handle| *id != document || handle.is_alive());
        if let Some(net) = self.net() {
            net.ended(document);
        }
        if *why != Ended::Stopped {
            tracing::error!(document = %document.short(), %why, "a document ended");
            let said = Said::new(Sentence::NoticeEnded { why: why.to_string() }, why.to_string());
            self.events.tell(Event::Notice { document: Some(document), device: None, level: Level::Error, code: "ended", said });
        }
    }

    /// Writes something that nobody waits for. If it fails, it is said in the log.
    pub(crate) fn write_aside(&self, batch: Batch, what: &'static str) {
        self.store.commit_then(batch, move |outcome| {
            if let Err(error) = outcome {
                tracing::warn!(%error, what, "not written");
            }
        });
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.shared.home.folder().display())
    }
}

//! Folders: making them, what is in them, and having everything in one have its members.
//!
//! A folder is a document of this library whose lines say what is in it ([`sheaf_document::folder`]). This module reads and writes those lines and does
//! what [`steps`] says is left to do; `keeping` does so by itself when something changes.

mod keeping;

use std::collections::BTreeSet;

use sheaf_base::{DeviceId, DocumentId, Hash};
use sheaf_document::folder::{self, DOCUMENTS, List, Problem, Sides, Step, Tag, row_of, steps};
use sheaf_document::{Act, Document, Done, InvitationFact, Membership, Refused, Role, State, Ticket};
use sheaf_schema::Delta;
use sheaf_sentence::Sentence;
use sheaf_store::{Batch, Change, CommitError, Entry};

use crate::body::BodyError;
use crate::engine::{DocumentError, Engine};
use crate::event::{Event, Level};
use crate::library::{FOLDER, Standing, role_number};
use crate::live::{AskError, DocumentHandle, Question};
use crate::random;
use crate::said::Said;
use crate::sharing::SharingError;

pub(crate) use keeping::Folders;

/// How often what is left to do in a document is looked at anew after doing it: each look finds what the one before made possible.
const ROUNDS: usize = 4;

/// How often lines are written again because somebody else was writing in the folder at that moment.
const TRIES: usize = 5;

/// What a folder holds, as it is told.
#[derive(Debug, Clone)]
pub struct FolderReport {
    /// Which.
    pub folder: DocumentId,
    /// Its name.
    pub name: String,
    /// The documents, in the order in which they came in.
    pub documents: Vec<FolderDocument>,
    /// Lines that list nothing, and why.
    pub problems: Vec<Problem>,
}

/// A document in a folder.
#[derive(Debug, Clone)]
pub struct FolderDocument {
    /// Which.
    pub document: DocumentId,
    /// Its title, as far as that is known here.
    pub title: String,
    /// Its first copy is here.
    pub here: bool,
    /// It is in this folder of this library. It is not where this device has it by itself, or in another folder.
    pub inside: bool,
}

/// Something about a folder was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FolderError {
    /// It is a text.
    #[error("{0:?} is not a folder: `sheaf folder new NAME` makes one")]
    NotOne(String),
    /// Folders hold documents only.
    #[error("a folder cannot be put into another one")]
    Nested,
    /// A document is in one folder at most.
    #[error("the document is in the folder {0:?} already: take it out of there first")]
    Elsewhere(String),
    /// It is not in there.
    #[error("the document is not in that folder")]
    NotInside,
    /// There are enough in it.
    #[error("a folder holds at most {DOCUMENTS} documents")]
    Full,
    /// A document cannot be shared, or used.
    #[error(transparent)]
    Sharing(#[from] SharingError),
    /// A document cannot be used.
    #[error(transparent)]
    Body(#[from] BodyError),
}

impl From<AskError> for FolderError {
    fn from(error: AskError) -> FolderError {
        FolderError::Body(error.into())
    }
}

impl From<DocumentError> for FolderError {
    fn from(error: DocumentError) -> FolderError {
        FolderError::Body(error.into())
    }
}

impl Engine {
    /// Whether a document of this library is a folder.
    pub fn is_folder(&self, document: DocumentId) -> bool {
        self.shared.library.entry(document).is_some_and(|entry| entry.kind == FOLDER)
    }

    /// Makes a folder. Nobody else is in it.
    pub async fn create_folder(&self, name: &str) -> Result<DocumentId, DocumentError> {
        Ok(self.create_as(name, FOLDER).await?.id())
    }

    /// What is in a folder.
    pub async fn folder(&self, folder: DocumentId) -> Result<FolderReport, FolderError> {
        let entry = self.folder_entry(folder)?;
        let list = self.list(&self.live(folder).await?).await?;
        let document = |listed: &folder::Listed| {
            let known = self.shared.library.entry(listed.document);
            let told = listed.ticket().map(|ticket| ticket.title.clone()).unwrap_or_default();
            FolderDocument {
                document: listed.document,
                title: known.as_ref().map_or(told, |entry| entry.title.clone()),
                here: known.as_ref().is_some_and(|entry| !entry.placeholder),
                inside: known.is_some_and(|entry| entry.folder == Some(folder)),
            }
        };
        let documents = list.documents.iter().map(document).collect();
        Ok(FolderReport { folder, name: entry.title, documents, problems: list.problems })
    }

    /// Puts a document into a folder: whoever is in the folder, now or later, is in the document.
    pub async fn put_into(&self, folder: DocumentId, document: DocumentId) -> Result<(), FolderError> {
        self.folder_entry(folder)?;
        let entry = self.shared.library.entry(document).filter(|_| !self.is_folder(document)).ok_or(FolderError::Nested)?;
        if let Some(other) = entry.folder.filter(|other| *other != folder && self.shared.is_in(document, *other)) {
            return Err(FolderError::Elsewhere(self.title(other)));
        }
        let (inside, live) = (self.live(folder).await?, self.live(document).await?);
        allowed(&inside, Role::Edit, "edit")?;
        if live.facts().state != State::Ready {
            return Err(AskError::Refused(Refused::Waiting).into());
        }
        self.may_invite(&live)?;
        let list = self.list(&inside).await?;
        if list.get(document).is_none() {
            if list.documents.len() >= DOCUMENTS {
                return Err(FolderError::Full);
            }
            self.list_anew(&inside, &live, folder::label_of_putting(folder)).await?;
        }
        self.set_folder(document, Some(folder)).await?;
        Ok(())
    }

    /// Takes a document out of a folder. Whoever is in it stays, and whoever comes into the folder later is not in it.
    pub async fn take_out(&self, folder: DocumentId, document: DocumentId) -> Result<(), FolderError> {
        self.folder_entry(folder)?;
        let inside = self.live(folder).await?;
        allowed(&inside, Role::Edit, "edit")?;
        if self.list(&inside).await?.get(document).is_none() {
            return Err(FolderError::NotInside);
        }
        self.write_row(&inside, document, None).await?;
        self.shared.tend_document(folder, document, &mut None).await;
        if self.shared.library.entry(document).is_some_and(|entry| entry.folder == Some(folder)) {
            self.set_folder(document, None).await?;
        }
        Ok(())
    }

    /// The folder that a document is in, and who of its members is in it through that folder. None: it is in no folder that is in use here.
    pub(crate) async fn through_folder(
        &self,
        document: DocumentId,
        members: &[Membership],
    ) -> Result<Option<(DocumentId, BTreeSet<Hash>)>, BodyError> {
        let within =
            self.shared.library.entry(document).and_then(|entry| entry.folder).filter(|folder| self.shared.is_in(document, *folder));
        let Some(folder) = within else { return Ok(None) };
        let devices: BTreeSet<DeviceId> = self.memberships(folder).await?.into_iter().flat_map(|member| member.devices).collect();
        let through = members.iter().filter(|member| member.devices.iter().any(|device| devices.contains(device)));
        Ok(Some((folder, through.map(|member| member.id).collect())))
    }

    /// Succeeds unless a member is in a document through its folder: what was said about them here would be undone from there.
    pub(crate) async fn is_of_document(&self, document: DocumentId, member: Hash) -> Result<(), BodyError> {
        let members = self.memberships(document).await?;
        let Some((folder, through)) = self.through_folder(document, &members).await? else { return Ok(()) };
        match members.into_iter().find(|it| it.id == member && !it.mine) {
            Some(member) if through.contains(&member.id) => {
                Err(BodyError::ThroughFolder { person: member.name, folder: self.title(folder) })
            }
            _ => Ok(()),
        }
    }

    /// Everything in a folder is to be had by whoever comes into it: says how much that is.
    pub(crate) async fn ready_for_others(&self, folder: DocumentId) -> u32 {
        self.shared.tend_folder(folder).await;
        let mut documents = 0;
        for entry in self.shared.library.entries().into_iter().filter(|entry| entry.folder == Some(folder)) {
            documents += 1;
            if Standing::of(&entry) == Standing::Private {
                self.open_up(entry.document);
            }
        }
        documents
    }

    /// Whoever leaves a folder leaves what is in it; what is theirs, and could not be handed over, stays theirs and is in the folder no more.
    pub(crate) async fn leave_documents_of(&self, folder: DocumentId) {
        // What has just been taken out is not left with it.
        self.shared.read_folder(folder).await;
        let inside = self.shared.library.entries().into_iter().filter(|entry| entry.folder == Some(folder));
        for entry in inside.collect::<Vec<_>>() {
            let document = entry.document;
            let left = if entry.placeholder {
                self.forget_placeholder(document);
                continue;
            } else if entry.role == role_number(Role::Owner) {
                self.take_out(folder, document).await
            } else {
                let leave = async { self.live(document).await?.ask(Question::Administer(Act::Leave)).await.map_err(FolderError::from) };
                leave.await.map(drop)
            };
            if let Err(error) = left {
                tracing::warn!(%error, document = %document.short(), "a document of a folder was not left with it");
            }
        }
    }

    /// A document that was only ever listed is not, any more.
    pub(crate) fn forget_placeholder(&self, document: DocumentId) {
        if let Some(live) = self.shared.if_live(document) {
            live.stop();
        }
        self.shared.library.withdraw(document);
        self.shared.write_aside(Batch::of(document).with(Change::Forget), "forgetting a document that is listed no more");
        self.shared.events.tell(Event::Documents);
    }

    fn folder_entry(&self, folder: DocumentId) -> Result<Entry, FolderError> {
        let entry = self.shared.library.entry(folder).filter(|entry| entry.kind == FOLDER);
        entry.ok_or_else(|| FolderError::NotOne(self.title(folder)))
    }

    fn title(&self, document: DocumentId) -> String {
        self.shared.library.entry(document).map_or_else(|| document.short(), |entry| entry.title)
    }

    /// The lines of a folder.
    pub(crate) async fn list(&self, folder: &DocumentHandle) -> Result<List, AskError> {
        Ok(List::read(folder.id(), &read(folder).await?.1))
    }

    /// Has one line list a document, or none.
    async fn write_row(&self, folder: &DocumentHandle, document: DocumentId, row: Option<String>) -> Result<(), AskError> {
        let mut tries = 0;
        loop {
            let (version, body) = read(folder).await?;
            let list = List::read(folder.id(), &body);
            let edit = list.replacing(document, row.clone().map(|row| (row, random::line_id())));
            if edit.is_empty() {
                return Ok(());
            }
            tries += 1;
            match folder.ask(Question::Edit { base: Some(version), delta: edit }).await {
                Err(AskError::Refused(Refused::TooOld { .. })) if tries < TRIES => {}
                done => return done.map(drop),
            }
        }
    }

    pub(crate) async fn set_folder(&self, document: DocumentId, folder: Option<DocumentId>) -> Result<(), DocumentError> {
        let durable = self.shared.library.change(document, |entry| entry.folder = folder);
        Ok(durable.await.unwrap_or(Err(CommitError::Closed))?)
    }

    // ------------------------------------------------------------------------------------------------------------ tending

    /// What is left to do in a document of a folder that holds `list`.
    async fn left_to_do(&self, inside: &DocumentHandle, document: &DocumentHandle, list: &List) -> Result<Vec<Step>, AskError> {
        let (folder, id) = (inside.id(), document.id());
        let there: There = document.peek(There::of).await?;
        let devices: Vec<DeviceId> = there.members.iter().flat_map(|member| member.devices.iter().copied()).collect();
        let here: Here = inside.peek(move |folder| Here::of(folder, &devices)).await?;
        Ok(steps(&Sides {
            folder,
            people: &here.people,
            known: &here.known,
            tag: here.tag,
            folder_role: here.role,
            members: &there.members,
            invitations: &there.invitations,
            role: there.role,
            listed: list.get(id),
        }))
    }

    async fn take_step(&self, inside: &DocumentHandle, document: &DocumentHandle, step: Step) -> Result<(), AskError> {
        let act = match step {
            Step::List => return self.list_anew(inside, document, folder::label(inside.id())).await,
            Step::TakeOut => return self.take_out_of_hand(inside, document).await,
            Step::Remove { member, devices } => Act::Remove { member, devices },
            Step::Role { member, role } => Act::Role { member, role },
            Step::Revoke { invitation } => Act::Revoke { invitation },
            Step::Transfer { member } => Act::Transfer { member },
        };
        document.ask(Question::Administer(act)).await.map(drop)
    }

    /// An invitation for everybody in the folder, in the place of whatever lists the document now.
    async fn list_anew(&self, inside: &DocumentHandle, document: &DocumentHandle, label: String) -> Result<(), AskError> {
        let act = Act::Invite { role: Role::View, seed: random::bytes(), label };
        let (Done::Ticket(ticket, _), _) = document.ask(Question::Administer(act)).await? else { return Err(AskError::Ended) };
        let ticket: Ticket = *ticket;
        // While nobody else can be in the folder, nobody can be in what is in it.
        if self.shared.library.entry(inside.id()).is_some_and(|entry| Standing::of(&entry) == Standing::Shared) {
            self.open_up(document.id());
        }
        let tag: Tag = inside.peek(|folder| folder.tag()).await?;
        self.write_row(inside, document.id(), Some(row_of(tag, &ticket))).await
    }

    /// From now on others may come and ask for a document.
    fn open_up(&self, document: DocumentId) {
        drop(self.shared.library.change(document, |entry| entry.state = Standing::Shared as u8));
        self.shared.net().into_iter().for_each(|net| net.appeared(document));
    }

    /// Nobody removes the owner of a document: it goes with them, and who has it keeps it.
    async fn take_out_of_hand(&self, inside: &DocumentHandle, document: &DocumentHandle) -> Result<(), AskError> {
        self.write_row(inside, document.id(), None).await?;
        let title = self.title(document.id());
        let english = format!(
            "“{title}” belongs to somebody who was removed from the folder, and nobody can remove them from it. It has been taken out of the folder."
        );
        let said = Said::new(Sentence::NoticeFolderOut { title }, english);
        let (level, code) = (Level::Warning, "folder_out");
        self.shared.events.tell(Event::Notice { document: Some(inside.id()), device: None, level, code, said });
        Ok(())
    }
}

/// What is asked of a document.
struct There {
    members: Vec<Membership>,
    invitations: Vec<InvitationFact>,
    role: Role,
}

impl There {
    fn of(document: &mut Document) -> There {
        There { members: document.memberships(), invitations: document.invitations(), role: document.role() }
    }
}

/// What is asked of its folder.
struct Here {
    people: Vec<Membership>,
    known: BTreeSet<DeviceId>,
    tag: Tag,
    role: Role,
}

impl Here {
    fn of(folder: &Document, devices: &[DeviceId]) -> Here {
        let known = devices.iter().copied().filter(|device| folder.was_member(device)).collect();
        Here { people: folder.memberships(), known, tag: folder.tag(), role: folder.role() }
    }
}

/// The text and the version that edits of it name.
async fn read(live: &DocumentHandle) -> Result<(u64, Delta), AskError> {
    match live.ask(Question::Read).await? {
        (Done::Body(opened), _) => Ok((opened.version, (*opened.delta).clone())),
        _ => Err(AskError::Ended),
    }
}

/// Succeeds if this device may do as much in a folder.
fn allowed(folder: &DocumentHandle, role: Role, needs: &'static str) -> Result<(), AskError> {
    let has = folder.facts().role;
    if has >= role { Ok(()) } else { Err(AskError::Refused(Refused::Role { role: has, needs })) }
}

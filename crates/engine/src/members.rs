//! Who is in a document: what is said about members, invitations and who waits to be let in, and the checked history of it.

use sheaf_access::Refusal;
use sheaf_base::{DeviceId, DocumentId, Hash, Wall};
use sheaf_document::{Act, Asked, Audit, Document, InvitationFact, Membership, Refused, Role};
use tokio::sync::oneshot;

use crate::body::BodyError;
use crate::engine::{DocumentError, Engine};
use crate::live::{AskError, DocumentHandle, Heard, Question};
use crate::task::blocking;
use crate::{live, rows};

/// What this device's person may do about members, by the present fold: what a window offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Can {
    /// Invite.
    pub invite: bool,
    /// Change roles, remove, take invitations back.
    pub manage: bool,
    /// Hand the document over.
    pub transfer: bool,
    /// Leave.
    pub leave: bool,
}

impl Can {
    /// What a role allows.
    pub fn of(role: Role) -> Can {
        let (admin, owner) = (role >= Role::Admin, role == Role::Owner);
        Can { invite: admin, manage: admin, transfer: owner, leave: !owner }
    }
}

impl Engine {
    /// The members of a document, the owner first.
    pub async fn memberships(&self, document: DocumentId) -> Result<Vec<Membership>, BodyError> {
        Ok(self.live(document).await?.peek(|document| document.memberships()).await?)
    }

    /// The invitations to a document that count, also those that let nobody in any more.
    pub async fn invitations(&self, document: DocumentId) -> Result<Vec<InvitationFact>, BodyError> {
        Ok(self.live(document).await?.peek(Document::invitations).await?)
    }

    /// Who waits to be let in by this device.
    pub async fn requests(&self, document: DocumentId) -> Result<Vec<Asked>, BodyError> {
        Ok(self.live(document).await?.peek(|document| document.requests()).await?)
    }

    /// Does something about members. Durable when this returns.
    pub async fn administer(&self, document: DocumentId, act: Act) -> Result<(), BodyError> {
        let is_folder = self.is_folder(document);
        if let Act::Role { member, .. } | Act::Remove { member, .. } = &act {
            self.is_of_document(document, *member).await?;
        }
        let leaves = matches!(act, Act::Leave);
        if is_folder && leaves {
            // Whoever may not leave takes nothing out of it first.
            if self.live(document).await?.facts().role == Role::Owner {
                return Err(AskError::Refused(Refused::Rule(Refusal::OwnerStays)).into());
            }
            self.leave_documents_of(document).await;
        }
        let changes = matches!(act, Act::Remove { .. } | Act::Role { .. } | Act::Revoke { .. } | Act::Transfer { .. });
        self.live(document).await?.ask(Question::Administer(act)).await?;
        if is_folder && changes {
            // What cannot be done now is tried again beside.
            self.shared.tend_folder(document).await;
        }
        if leaves && !is_folder {
            // Left by itself: what its folder lists is not followed again.
            self.set_folder(document, None).await?;
        }
        Ok(())
    }

    /// Removes one device, whoever's it is.
    pub async fn remove_device(&self, document: DocumentId, device: DeviceId) -> Result<(), BodyError> {
        let members = self.memberships(document).await?;
        // A device that is nobody's here is refused by the rule's own words.
        let member = members.iter().find(|member| member.devices.contains(&device)).map_or(Hash([0; 32]), |member| member.id);
        self.administer(document, Act::Remove { member, devices: vec![device] }).await
    }

    /// Says when a membership ends, or that it goes on.
    pub async fn ends(&self, document: DocumentId, member: Hash, at: Option<u64>) -> Result<(), BodyError> {
        self.administer(document, Act::Ends { member, at: at.map(Wall) }).await
    }

    /// What this device wrote and what was not accepted, each piece as it stood in one place.
    pub async fn unaccepted(&self, document: DocumentId) -> Result<Vec<String>, BodyError> {
        let live = self.live(document).await?;
        let (store, id) = (self.shared.store.clone(), live.id());
        let unusable = |reason: String| DocumentError::Unusable { title: String::new(), reason };
        let hydration =
            blocking(move || store.read(|reader| rows::hydration(reader, id, true))).await.map_err(|error| unusable(error.to_string()))?;
        let job = live.peek(move |document| document.unaccepted(hydration)).await?;
        Ok(blocking(move || job.run().map_err(|error| error.to_string())).await.map_err(unusable)?)
    }

    /// Checks everything in a document's journal from its first record on, and tells what has happened.
    pub async fn audit(&self, document: DocumentId) -> Result<Audit, BodyError> {
        // What is on the disk is complete: whoever is asked has written it down.
        let live = self.live(document).await?;
        live.peek(|_| ()).await?;
        let entry = self
            .shared
            .library
            .entry(live.id())
            .ok_or_else(|| DocumentError::Unusable { title: String::new(), reason: "it is not in the library any more".to_owned() })?;
        let (store, here, now) = (self.shared.store.clone(), self.shared.here(), self.shared.clock.now());
        let unusable = |reason: String| DocumentError::Unusable { title: String::new(), reason };
        let audit = blocking(move || {
            let ticket = entry.ticket.as_deref().and_then(|bytes| live::ticket(bytes).ok());
            let stored = store.read(|reader| rows::read(reader, &entry, ticket)).map_err(|error| error.to_string())?;
            Document::audit(here, stored, now).map_err(|error| error.to_string())
        });
        Ok(audit.await.map_err(unusable)?)
    }
}

impl DocumentHandle {
    /// Looks at what only the document knows, between two turns.
    pub(crate) async fn peek<T: Send + 'static>(&self, look: impl FnOnce(&mut Document) -> T + Send + 'static) -> Result<T, AskError> {
        let (reply, seen) = oneshot::channel();
        // Whoever looks may have given up.
        self.send(Heard::Peek(Box::new(move |document| drop(reply.send(look(document))))));
        seen.await.map_err(|_| AskError::Ended)
    }
}

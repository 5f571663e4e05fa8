//! Two histories under one name. A device that has sealed both is closed: nothing more is taken from it, and the proof is kept.
//!
//! Which of the two counts in the end is settled by access records of a later version; until then everybody keeps what came first.

use sheaf_base::Position;
use sheaf_record::{Branch, ForkProof, Seal, SignedHead};

use crate::{Document, delivery::Fork, evidence::Evidence, input::PeerId, output::Announcement};

impl Document {
    /// A device has sealed two histories of one chain.
    pub(crate) fn close_forked(&mut self, from: PeerId, fork: Fork) {
        let Fork { chain, records, seal } = fork;
        let Some(head) = self.history.head(&chain).cloned() else { return };
        let device = head.device();
        // Whoever told of one branch is told of the other, so that both hold the proof.
        if let Some(session) = self.peers.session(from) {
            let wishes = session.tell_branch(chain, &self.history.durable, self.now.elapsed);
            self.grant(from, wishes);
        }
        if self.history.closed_device(&device).is_some() {
            return;
        }
        let reason = format!("this device has written two different histories of chain {}: nothing more is taken from it", chain.short());
        self.history.close_device(device, reason.clone());
        let evidence = self.prove_fork(head, records, seal);
        self.quarantine(chain, seal.position.number, reason.clone(), &evidence);
        self.announce(Announcement::Quarantined { device, reason });
    }

    /// Puts a proof together from the seal that is held and the branch that came. Where the branch is sealed earlier than what is held,
    /// the records that would complete the proof are in the journal alone, and the other seal is kept as it came.
    fn prove_fork(&self, head: SignedHead, records: Vec<(Position, Vec<u8>)>, seal: Seal) -> Evidence {
        let chain = head.chain();
        let proof = self.history.seal(&chain).and_then(|(number, signature)| {
            let held = Seal { position: Position { chain, number, hash: self.history.graph.hash(&chain, number)? }, signature };
            let at = records.iter().position(|(position, _)| position.number == number)?;
            let trail = records[at + 1..].iter().map(|(_, bytes)| bytes.clone()).collect();
            ForkProof::new(&self.id(), head, held, Branch { hash: records[at].0.hash, trail, seal }).ok()
        });
        match proof {
            Some(proof) => Evidence::Fork(Box::new(proof)),
            None => Evidence::Rival(seal, records.into_iter().map(|(_, bytes)| bytes).collect()),
        }
    }
}

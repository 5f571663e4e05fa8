//! New secrets for those who remain.

use sheaf_access::{Access, Left, Operation, Rotation, SealingKey, SealingSeed, Wrap, limits};
use sheaf_base::DeviceId;
use sheaf_record::EpochSecret;

use crate::{Document, output::Refused};

/// A new secret, dealt, before the record that says so is written.
pub(super) struct Dealt {
    secret: EpochSecret,
    /// To as many as there is room for in one record.
    pub(super) rotation: Rotation,
    /// To whom it is dealt right behind it.
    behind: Vec<(DeviceId, SealingKey)>,
    /// There are secrets before it for which one record had no room: a further new one right behind it closes them.
    goes_on: bool,
}

impl Document {
    /// What secrets are sealed to for this device opens with this.
    pub(crate) fn sealing_seed(&self) -> SealingSeed {
        SealingSeed::of_device(&self.key, &self.id())
    }

    /// Makes a new secret for those that `left` names. None where this device does not hold the secret of now: it takes away all the same, and an
    /// admin's device that can makes the secret later (`tending`).
    pub(super) fn deal(&mut self, left: impl FnOnce(&Access) -> Left<'_>) -> Option<Dealt> {
        let (secret, randomness) = (EpochSecret::from_bytes(self.entropy.draw()), self.entropy.draw());
        let mut before = self.history.secrets_of_now()?;
        // And those that whoever replaced them did not close: what they close, whoever comes later could not read.
        before.extend(self.history.access.unclosed().iter().filter_map(|epoch| self.history.secret_of(epoch).cloned()));
        let goes_on = before.len() > limits::EPOCHS;
        before.truncate(limits::EPOCHS);
        let Left { mut devices, mut tickets } = left(&self.history.access);
        let behind = devices.split_off(devices.len().min(limits::SEALS));
        // Nobody makes more; of some made apart the rest die with the old secret.
        tickets.truncate(limits::TICKETS);
        let rotation = Rotation::deal(&self.id(), &secret, &devices, &tickets, &before, randomness).ok()?;
        Some(Dealt { secret, rotation, behind, goes_on })
    }

    /// What a record has just dealt is the secret from here on, and is dealt to those for whom it had no room.
    pub(super) fn begin_epoch(&mut self, dealt: Option<Dealt>) -> Result<(), Refused> {
        let Some(Dealt { secret, rotation: _, behind, goes_on }) = dealt else { return Ok(()) };
        self.history.add_secret(secret.clone());
        self.draft.secret(&secret);
        self.wrap(&secret, &behind)?;
        // Each closes all but one of as many as a record has room for, so this ends.
        if goes_on { self.rotate_alone() } else { Ok(()) }
    }

    /// Deals a secret that a rotation has committed to.
    pub(super) fn wrap(&mut self, secret: &EpochSecret, devices: &[(DeviceId, SealingKey)]) -> Result<(), Refused> {
        for some in devices.chunks(limits::SEALS) {
            let randomness = self.entropy.draw();
            // The fold names no key that is none, and there are not more than there is room for.
            let Ok(wrap) = Wrap::deal(&self.id(), secret, some, randomness) else { continue };
            self.write_operation(|_, _| Operation::Wrap(wrap))?;
        }
        Ok(())
    }
}

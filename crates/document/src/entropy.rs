//! The one source of randomness of a document in a process run: what the shell drew, spread out.

/// A stream of random bytes that follows from a seed. The same seed gives the same bytes.
#[derive(Clone)]
pub(crate) struct Entropy {
    seed: [u8; 32],
    drawn: u64,
}

impl Entropy {
    pub(crate) fn new(seed: [u8; 32]) -> Entropy {
        Entropy { seed, drawn: 0 }
    }

    /// Thirty-two bytes that were never given before.
    pub(crate) fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 document entropy");
        *hasher.update(&self.seed).update(&self.drawn.to_le_bytes()).finalize().as_bytes()
    }

    /// Sixteen of them, for nonces and instance numbers.
    pub(crate) fn draw_half(&mut self) -> [u8; 16] {
        let whole = self.draw();
        std::array::from_fn(|index| whole[index])
    }
}

//! Randomness, from the operating system. Handed to everything below.

/// Random bytes. A machine without randomness cannot make keys: there is nothing better to do than to stop.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// A fresh line id: ten characters of base 36.
pub(crate) fn line_id() -> String {
    let mut number = u64::from_le_bytes(bytes());
    std::iter::repeat_with(|| {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        number /= 36;
        char::from_digit(digit, 36).unwrap_or('0')
    })
    .take(10)
    .collect()
}

/// A name that nobody guesses: 128 bits, for tokens and views.
pub fn token() -> String {
    let bytes: [u8; 16] = bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

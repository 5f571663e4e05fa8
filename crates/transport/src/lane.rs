//! Frames on a stream: four bytes of length, big-endian, then that many bytes. The length is checked before anything is allocated.

use std::{io, time::Duration};

use sheaf_base::limits;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How long a frame that has begun may take to end. 64 KiB in this time is 8.7 kbit/s; who is slower than that holds our memory
/// for nothing.
const STALL: Duration = Duration::from_secs(60);

/// Why a lane cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LaneError {
    #[error("a frame of {0} bytes was announced; at most {max} are allowed", max = limits::FRAME)]
    Oversized(u32),
    #[error("an empty frame was sent; there is no such frame")]
    Empty,
    #[error("a frame was cut off")]
    Cut,
    #[error("a frame was begun and not ended within {0:?}")]
    Stalled(Duration),
    #[error("the stream broke: {0}")]
    Broken(#[from] io::Error),
}

/// The next frame, or None where the stream ends between two frames.
pub(crate) async fn read_frame(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Vec<u8>>, LaneError> {
    let mut first = [0u8; 1];
    if stream.read(&mut first).await? == 0 {
        return Ok(None);
    }
    match tokio::time::timeout(STALL, read_begun(stream, first[0])).await {
        Ok(frame) => frame.map(Some),
        Err(_) => Err(LaneError::Stalled(STALL)),
    }
}

async fn read_begun(stream: &mut (impl AsyncRead + Unpin), first: u8) -> Result<Vec<u8>, LaneError> {
    let mut length = [first, 0, 0, 0];
    stream.read_exact(&mut length[1..]).await.map_err(cut)?;
    let length = u32::from_be_bytes(length);
    if length == 0 {
        return Err(LaneError::Empty);
    }
    if length as usize > limits::FRAME {
        return Err(LaneError::Oversized(length));
    }
    let mut frame = vec![0; length as usize];
    stream.read_exact(&mut frame).await.map_err(cut)?;
    Ok(frame)
}

fn cut(error: io::Error) -> LaneError {
    if error.kind() == io::ErrorKind::UnexpectedEof { LaneError::Cut } else { LaneError::Broken(error) }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use tokio::io::AsyncWriteExt;

    use super::*;

    async fn read_all(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, LaneError> {
        let mut frames = Vec::new();
        while let Some(frame) = read_frame(&mut bytes).await? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[tokio::test]
    async fn frames_come_out_as_they_went_in() {
        let mut bytes = Vec::new();
        let sent: Vec<Vec<u8>> = vec![vec![1], vec![2; 300], vec![3; limits::FRAME]];
        for frame in &sent {
            bytes.extend_from_slice(&(frame.len() as u32).to_be_bytes());
            bytes.extend_from_slice(frame);
        }
        assert_eq!(read_all(&bytes).await.expect("whole frames"), sent);
    }

    #[tokio::test]
    async fn a_length_is_refused_before_memory_is_taken_for_it() {
        assert!(matches!(read_all(&u32::MAX.to_be_bytes()).await, Err(LaneError::Oversized(u32::MAX))));
        let just_over = limits::FRAME as u32 + 1;
        assert!(matches!(read_all(&just_over.to_be_bytes()).await, Err(LaneError::Oversized(claimed)) if claimed == just_over));
        assert!(matches!(read_all(&[0; 4]).await, Err(LaneError::Empty)));
        assert!(matches!(read_all(&[0, 0, 0, 9, 1, 2]).await, Err(LaneError::Cut)));
        assert!(matches!(read_all(&[0, 0]).await, Err(LaneError::Cut)));
    }

    #[tokio::test]
    async fn random_bytes_make_small_frames_or_errors_and_nothing_else() {
        for seed in 0..2_000u64 {
            let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let length = random.random_range(0..200);
            let bytes: Vec<u8> = (0..length).map(|_| if random.random_bool(0.6) { 0 } else { random.random() }).collect();
            if let Ok(frames) = read_all(&bytes).await {
                let told: usize = frames.iter().map(|frame| frame.len() + 4).sum();
                assert_eq!(told, bytes.len(), "seed {seed}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_before_a_frame_is_patience_silence_inside_one_is_not() {
        let (mut near, mut far) = tokio::io::duplex(64);
        let quiet = tokio::time::timeout(Duration::from_secs(3_600), read_frame(&mut far)).await;
        assert!(quiet.is_err(), "an hour of silence between frames is nobody's fault");
        near.write_all(&[0, 0, 0, 4, 1]).await.expect("room for half a frame");
        assert!(matches!(read_frame(&mut far).await, Err(LaneError::Stalled(_))));
    }
}

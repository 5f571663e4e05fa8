//! Much traffic: full lanes say so, and the bulk lane does not hold up the fast one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sheaf_transport::{Heard, Inbox, Lane, Link, SendError};
use tokio::time::Instant;

use crate::world::{Node, frame, link, within};

/// What was sent has gone as far as it can, on a machine that does much else.
const UNDER_WAY: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_lane_is_an_answer_and_free_is_told_when_there_is_room() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((to_ben, mut from_ben), (_to_ada, mut from_ada)) = link(&mut ada, &mut ben).await;
    let mut sent = 0u64;
    // Ben does not read.
    let full = within("a full lane", async {
        loop {
            match to_ben.send(Lane::Bulk, vec![5; 60_000]) {
                Ok(()) => sent += 1,
                Err(error) => {
                    tokio::time::sleep(UNDER_WAY).await;
                    if to_ben.send(Lane::Bulk, vec![5; 60_000]).is_err() {
                        return error;
                    }
                    sent += 1;
                }
            }
        }
    })
    .await;
    assert_eq!(full, SendError::Full);
    println!("a peer that does not read makes us hold {} KB", sent * 60);
    assert!(sent < 40, "{sent} frames of 60 KB");
    // The fast lane is another matter.
    to_ben.send(Lane::Fast, b"quick".to_vec()).expect("the fast lane has room");
    tokio::time::sleep(UNDER_WAY).await;
    // Now Ben reads: the fast frame comes before nearly all of what was sent earlier.
    let mut arrived = Vec::new();
    while arrived.len() < sent as usize + 1 {
        arrived.push(frame(&mut from_ada).await.0);
    }
    let place = arrived.iter().position(|lane| *lane == Lane::Fast);
    assert!(place.is_some_and(|place| place <= 1), "the fast frame was number {place:?}");
    within("word that there is room", async { while from_ben.next().await != Some(Heard::Free(Lane::Bulk)) {} }).await;
    to_ben.send(Lane::Bulk, vec![1]).expect("room");
    assert_eq!(frame(&mut from_ada).await, (Lane::Bulk, vec![1]));
}

/// Answers every fast frame with itself.
async fn echo(link: Link, mut inbox: Inbox) {
    while let Some(heard) = inbox.next().await {
        if let Heard::Frame(Lane::Fast, frame) = heard
            && link.send(Lane::Fast, frame).is_err()
        {
            return;
        }
    }
}

async fn round_trips(link: &Link, inbox: &mut Inbox, count: usize) -> Vec<Duration> {
    let mut took = Vec::with_capacity(count);
    for number in 0..count as u64 {
        let before = Instant::now();
        link.send(Lane::Fast, number.to_be_bytes().to_vec()).expect("room for one frame");
        loop {
            let (lane, answer) = frame(inbox).await;
            if lane == Lane::Fast {
                assert_eq!(answer, number.to_be_bytes());
                break;
            }
        }
        took.push(before.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    took.sort();
    took
}

fn percentiles(sorted: &[Duration]) -> String {
    let at = |share: usize| sorted[(sorted.len() * share / 100).min(sorted.len() - 1)];
    format!("p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), sorted[sorted.len() - 1])
}

/// A keystroke's frame there and back, alone, and beside a bulk lane that never rests in either direction.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_bulk_does_not_hold_up_the_fast_lane() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((to_ben, mut from_ben), (to_ada, from_ada)) = link(&mut ada, &mut ben).await;
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(echo(to_ada.clone(), from_ada));
    round_trips(&to_ben, &mut from_ben, 50).await;
    let alone = round_trips(&to_ben, &mut from_ben, 300).await;

    let over = Arc::new(AtomicBool::new(false));
    for link in [to_ben.clone(), to_ada.clone()] {
        let over = over.clone();
        tasks
            .spawn(async move { while !over.load(Ordering::Relaxed) && link.send_when_free(Lane::Bulk, vec![9; 65_536]).await.is_ok() {} });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = (Instant::now(), to_ben.traffic());
    let flooded = round_trips(&to_ben, &mut from_ben, 300).await;
    let (took, after) = (before.0.elapsed(), to_ben.traffic());
    over.store(true, Ordering::Relaxed);

    let megabytes = |from: u64, to: u64| (to - from) as f64 / 1e6 / took.as_secs_f64();
    println!("fast frame there and back, alone:       {}", percentiles(&alone));
    println!("fast frame there and back, under flood: {}", percentiles(&flooded));
    println!(
        "bulk meanwhile: {:.0} MB/s out, {:.0} MB/s in",
        megabytes(before.1.bytes_out, after.bytes_out),
        megabytes(before.1.bytes_in, after.bytes_in)
    );
    assert!(after.bytes_out > before.1.bytes_out + 1_000_000, "the flood was one");
    tasks.abort_all();
}

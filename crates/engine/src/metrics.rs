//! What this process has counted since it started, for whoever asks: never stored, never sent, and without a name, a title or a word.
//!
//! Documents and devices appear by the beginnings of their ids. The text is OpenMetrics 1.0, which Prometheus and people can read.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sheaf_base::DocumentId;
use sheaf_document::{DeviceState, Dismissal, Tally};

use crate::engine::Engine;
use crate::lock::held;
use crate::peers::LinkReport;

/// Upper edges of the classes of a histogram, in milliseconds: a frame on a screen is 16, and nobody waits longer than some seconds.
const CLASSES: [u64; 10] = [1, 2, 5, 10, 16, 50, 100, 250, 1000, 10_000];

/// Everything counted, by document.
#[derive(Default)]
pub(crate) struct Metrics {
    documents: Mutex<BTreeMap<DocumentId, Counts>>,
}

/// What one document's task counts.
#[derive(Clone, Default)]
pub(crate) struct Counts(Arc<Mutex<Counted>>);

#[derive(Default)]
struct Counted {
    /// Inputs by their names.
    heard: BTreeMap<&'static str, u64>,
    /// Frames handed to links, by their names.
    sent: BTreeMap<&'static str, u64>,
    /// Conversations that this side ended, and that others did, by the reason.
    refused: BTreeMap<Dismissal, u64>,
    refused_by_others: BTreeMap<Dismissal, u64>,
    /// Inputs that wait for the next turn: now, and the most there were.
    waiting: usize,
    most_waiting: usize,
    turns: u64,
    records: u64,
    bytes: u64,
    /// Frames that a link's full queue took back.
    dropped: u64,
    resets: u64,
    quarantined: u64,
    alarms: u64,
    failed_writes: u64,
    duplicates: u64,
    merges: u64,
    commit: Times,
    apply: Times,
    receipt: Times,
    /// When the oldest edit was written that nobody else has receipted.
    unreceipted: Option<Duration>,
}

/// A reason, as a label.
fn word(reason: Dismissal) -> &'static str {
    match reason {
        Dismissal::Stranger => "stranger",
        Dismissal::Ticket => "ticket",
        Dismissal::Unknown => "unknown",
        Dismissal::Waiting => "waiting",
        Dismissal::Removed => "removed",
        Dismissal::Invalid => "invalid",
        Dismissal::Version => "version",
        Dismissal::Asked => "asked",
        Dismissal::Over => "over",
        Dismissal::Declined => "declined",
    }
}

/// How long something took, in classes.
#[derive(Default)]
struct Times {
    classes: [u64; CLASSES.len()],
    count: u64,
    sum: Duration,
}

impl Times {
    fn add(&mut self, time: Duration) {
        self.count += 1;
        self.sum += time;
        for (class, edge) in self.classes.iter_mut().zip(CLASSES) {
            *class += u64::from(time <= Duration::from_millis(edge));
        }
    }
}

/// What a document has counted since Sheaf began, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DocumentCounters {
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) turns: u64,
    pub(crate) duplicates: u64,
    pub(crate) merges: u64,
    /// Frames that a full queue took back: so often a peer was compared with anew.
    pub(crate) resyncs: u64,
    pub(crate) resets: u64,
    pub(crate) put_aside: u64,
    /// Conversations that this side ended, and that others did, by the reason.
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) refused_by_others: BTreeMap<&'static str, u64>,
    /// Inputs that wait for the next turn: now, and the most there were.
    pub(crate) waiting: usize,
    pub(crate) most_waiting: usize,
    pub(crate) failed_writes: u64,
    pub(crate) commit: Spent,
    pub(crate) receipt: Spent,
}

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spent {
    /// How often.
    pub(crate) times: u64,
    /// On the average.
    pub(crate) mean: Duration,
    /// Nine in ten took no longer; none, if that is more than ten seconds.
    pub(crate) most: Option<Duration>,
}

impl Times {
    fn spent(&self) -> Spent {
        let share = self.count - self.count / 10;
        let class = self.classes.iter().position(|within| self.count > 0 && *within >= share);
        Spent {
            times: self.count,
            mean: self.sum.checked_div(u32::try_from(self.count).unwrap_or(u32::MAX)).unwrap_or_default(),
            most: class.map(|class| Duration::from_millis(CLASSES[class])),
        }
    }
}

impl Metrics {
    /// What a document has counted, if it has lived in this process.
    pub(crate) fn counters(&self, document: DocumentId) -> Option<DocumentCounters> {
        let counts = held(&self.documents).get(&document)?.clone();
        let it = held(&counts.0);
        let refusals = |by_reason: &BTreeMap<Dismissal, u64>| by_reason.iter().map(|(reason, times)| (word(*reason), *times)).collect();
        Some(DocumentCounters {
            records: it.records,
            bytes: it.bytes,
            turns: it.turns,
            duplicates: it.duplicates,
            merges: it.merges,
            resyncs: it.dropped,
            resets: it.resets,
            put_aside: it.quarantined,
            refused: refusals(&it.refused),
            refused_by_others: refusals(&it.refused_by_others),
            waiting: it.waiting,
            most_waiting: it.most_waiting,
            failed_writes: it.failed_writes,
            commit: it.commit.spent(),
            receipt: it.receipt.spent(),
        })
    }

    /// Where a document's task counts; what it counted in an earlier life in this process goes on.
    pub(crate) fn of(&self, document: DocumentId) -> Counts {
        held(&self.documents).entry(document).or_default().clone()
    }
}

impl Counts {
    /// An input was heard.
    pub(crate) fn heard(&self, name: &'static str) {
        self.change(|it| {
            *it.heard.entry(name).or_default() += 1;
            it.dropped += u64::from(name == "link full");
        });
    }

    /// Somebody is turned away, or turns this device away.
    pub(crate) fn refused(&self, reason: Dismissal, by_others: bool) {
        self.change(|it| *(if by_others { &mut it.refused_by_others } else { &mut it.refused }).entry(reason).or_default() += 1);
    }

    /// So many inputs wait for the next turn.
    pub(crate) fn waiting(&self, inputs: usize) {
        self.change(|it| (it.waiting, it.most_waiting) = (inputs, it.most_waiting.max(inputs)));
    }

    /// A frame was handed to a link.
    pub(crate) fn sent(&self, name: &'static str) {
        self.change(|it| *it.sent.entry(name).or_default() += 1);
    }

    /// A turn's rows are on the disk: how many, their bytes, and how long that took.
    pub(crate) fn committed(&self, records: usize, bytes: usize, took: Duration) {
        self.change(|it| {
            it.turns += 1;
            it.records += records as u64;
            it.bytes += bytes as u64;
            it.commit.add(took);
        });
    }

    /// A turn entered the text; what the document has counted in it.
    pub(crate) fn applied(&self, counted: Tally, took: Duration) {
        self.change(|it| {
            it.duplicates += counted.duplicates;
            it.merges += counted.merges;
            it.apply.add(took);
        });
    }

    /// A write failed, and is tried again.
    pub(crate) fn write_failed(&self) {
        self.change(|it| it.failed_writes += 1);
    }

    /// A view begins anew.
    pub(crate) fn reset(&self) {
        self.change(|it| it.resets += 1);
    }

    /// A record was put aside.
    pub(crate) fn quarantined(&self) {
        self.change(|it| it.quarantined += 1);
    }

    /// Two devices that hold the same show different text.
    pub(crate) fn alarm(&self) {
        self.change(|it| it.alarms += 1);
    }

    /// This device has written an edit.
    pub(crate) fn wrote(&self, now: Duration) {
        self.change(|it| it.unreceipted = it.unreceipted.or(Some(now)));
    }

    /// Another device has everything that is here.
    pub(crate) fn receipted(&self, now: Duration) {
        self.change(|it| {
            if let Some(since) = it.unreceipted.take() {
                it.receipt.add(now.saturating_sub(since));
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Counted)) {
        change(&mut held(&self.0));
    }
}

impl Engine {
    /// Everything counted, as OpenMetrics.
    pub fn metrics(&self) -> String {
        let mut text = Text::default();
        let counts: Vec<(DocumentId, Counts)> =
            held(&self.shared.metrics.documents).iter().map(|(document, counts)| (*document, counts.clone())).collect();
        for (document, counts) in &counts {
            text.document(*document, &held(&counts.0));
        }
        for live in self.living() {
            let (facts, document) = (live.facts(), live.id().short());
            text.gauge("sheaf_people", "people in a document", &[("document", &document)], facts.people() as f64);
            text.gauge("sheaf_journal_rows", "rows in a document's journal", &[("document", &document)], facts.row as f64);
            for fact in &facts.status.devices {
                let labels = [("document", document.as_str()), ("device", &fact.device.short())];
                let behind = match fact.state {
                    DeviceState::HasAll => Some(0),
                    DeviceState::Behind { edits } => Some(edits),
                    _ => None,
                };
                if let Some(behind) = behind {
                    text.gauge("sheaf_behind_edits", "edits that another device has not receipted", &labels, behind as f64);
                }
            }
        }
        for link in self.shared.net().map(|net| net.links(None)).unwrap_or_default() {
            text.link(&link);
        }
        text.finish()
    }
}

/// OpenMetrics wants all samples of a family together.
#[derive(Default)]
struct Text {
    families: BTreeMap<&'static str, (&'static str, &'static str, String)>,
}

type Labels<'a> = &'a [(&'a str, &'a str)];

impl Text {
    fn document(&mut self, document: DocumentId, it: &Counted) {
        let document = document.short();
        for (name, count) in &it.heard {
            self.counter("sheaf_inputs", "inputs heard by a document", &[("document", &document), ("kind", name)], *count);
        }
        for (name, count) in &it.sent {
            self.counter("sheaf_frames_sent", "frames handed to links", &[("document", &document), ("kind", name)], *count);
        }
        for (way, by_reason) in [("here", &it.refused), ("there", &it.refused_by_others)] {
            for (reason, count) in by_reason {
                let labels: Labels<'_> = &[("document", &document), ("refused", way), ("reason", word(*reason))];
                self.counter("sheaf_refusals", "conversations that were refused", labels, *count);
            }
        }
        let labels: Labels<'_> = &[("document", &document)];
        self.gauge("sheaf_queue", "inputs that wait for a document's next turn", labels, it.waiting as f64);
        self.gauge("sheaf_queue_most", "the most inputs that have waited", labels, it.most_waiting as f64);
        self.counter("sheaf_turns", "turns written to the disk", labels, it.turns);
        self.counter("sheaf_records", "records written to the journal", labels, it.records);
        self.counter("sheaf_record_bytes", "bytes of those records", labels, it.bytes);
        self.counter("sheaf_duplicates", "records that came again", labels, it.duplicates);
        self.counter("sheaf_concurrent_merges", "turns that took in edits made without knowing this device's newest", labels, it.merges);
        self.counter("sheaf_frames_dropped", "frames that a full queue took back; their session compares anew", labels, it.dropped);
        self.counter("sheaf_view_resets", "views that began anew", labels, it.resets);
        self.counter("sheaf_quarantined", "records put aside", labels, it.quarantined);
        self.counter("sheaf_alarms", "devices that hold the same and show something else: bugs", labels, it.alarms);
        self.counter("sheaf_write_failures", "writes that were tried again", labels, it.failed_writes);
        self.histogram("sheaf_commit_seconds", "from a turn's rows to the disk", labels, &it.commit);
        self.histogram("sheaf_apply_seconds", "from the disk into the text and out to views and peers", labels, &it.apply);
        self.histogram("sheaf_receipt_seconds", "from an edit of this device to another's receipt", labels, &it.receipt);
    }

    fn link(&mut self, link: &LinkReport) {
        let name = link.device.short();
        let path = match link.direct {
            Some(true) => "direct",
            Some(false) => "relayed",
            None => "unknown",
        };
        let labels: Labels<'_> = &[("device", &name), ("path", path)];
        self.gauge("sheaf_link_seconds", "how long a link has been up", labels, link.up.as_secs_f64());
        if let Some(round_trip) = link.round_trip {
            self.gauge("sheaf_link_round_trip_seconds", "a link's round trip", labels, round_trip.as_secs_f64());
        }
        self.gauge("sheaf_link_documents", "documents open on a link", labels, link.documents as f64);
        for (way, frames, bytes) in [("in", link.frames_in, link.bytes_in), ("out", link.frames_out, link.bytes_out)] {
            let labels: Labels<'_> = &[("device", &name), ("way", way)];
            self.counter("sheaf_link_frames", "frames on a link", labels, frames);
            self.counter("sheaf_link_bytes", "their bytes", labels, bytes);
        }
    }

    fn counter(&mut self, name: &'static str, help: &'static str, labels: Labels<'_>, count: u64) {
        self.sample(name, "counter", help, "_total", labels, &count.to_string());
    }

    fn gauge(&mut self, name: &'static str, help: &'static str, labels: Labels<'_>, value: f64) {
        self.sample(name, "gauge", help, "", labels, &value.to_string());
    }

    fn histogram(&mut self, name: &'static str, help: &'static str, labels: Labels<'_>, times: &Times) {
        for (class, edge) in times.classes.iter().zip(CLASSES) {
            let edge = (edge as f64 / 1000.0).to_string();
            let labels = [labels, &[("le", edge.as_str())]].concat();
            self.sample(name, "histogram", help, "_bucket", &labels, &class.to_string());
        }
        let all = [labels, &[("le", "+Inf")]].concat();
        self.sample(name, "histogram", help, "_bucket", &all, &times.count.to_string());
        self.sample(name, "histogram", help, "_count", labels, &times.count.to_string());
        self.sample(name, "histogram", help, "_sum", labels, &times.sum.as_secs_f64().to_string());
    }

    fn sample(&mut self, name: &'static str, kind: &'static str, help: &'static str, suffix: &str, labels: Labels<'_>, value: &str) {
        let (_, _, samples) = self.families.entry(name).or_insert_with(|| (kind, help, String::new()));
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(samples, "{name}{suffix}{{{}}} {value}", labels.join(","));
    }

    fn finish(self) -> String {
        let families = self.families.into_iter();
        let text = families.map(|(name, (kind, help, samples))| format!("# TYPE {name} {kind}\n# HELP {name} {help}\n{samples}"));
        text.chain(["# EOF\n".to_owned()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_said_family_by_family() {
        let counts = Counts::default();
        counts.heard("push");
        counts.heard("push");
        counts.committed(2, 300, Duration::from_millis(3));
        counts.wrote(Duration::from_secs(1));
        counts.wrote(Duration::from_secs(2));
        counts.receipted(Duration::from_millis(2020));
        let mut text = Text::default();
        text.document(DocumentId([7; 32]), &held(&counts.0));
        let text = text.finish();
        for line in [
            "sheaf_inputs_total{document=\"07070707\",kind=\"push\"} 2",
            "sheaf_records_total{document=\"07070707\"} 2",
            "sheaf_commit_seconds_bucket{document=\"07070707\",le=\"0.002\"} 0",
            "sheaf_commit_seconds_bucket{document=\"07070707\",le=\"0.005\"} 1",
            "sheaf_receipt_seconds_sum{document=\"07070707\"} 1.02",
            "# TYPE sheaf_commit_seconds histogram",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn refusals_are_told_by_their_reasons_and_waiting_by_its_most() {
        let (metrics, document) = (Metrics::default(), DocumentId([7; 32]));
        let counts = metrics.of(document);
        counts.refused(Dismissal::Removed, false);
        counts.refused(Dismissal::Removed, false);
        counts.refused(Dismissal::Ticket, true);
        counts.waiting(9);
        counts.waiting(2);
        let told = metrics.counters(document).expect("it has counted");
        assert_eq!(told.refused, BTreeMap::from([("removed", 2)]));
        assert_eq!((told.refused_by_others.get("ticket"), told.waiting, told.most_waiting), (Some(&1), 2, 9));
        let mut text = Text::default();
        text.document(document, &held(&counts.0));
        let text = text.finish();
        assert!(text.contains("sheaf_refusals_total{document=\"07070707\",refused=\"here\",reason=\"removed\"} 2\n"), "{text}");
        assert!(text.contains("sheaf_queue_most{document=\"07070707\"} 9\n"), "{text}");
    }

    #[test]
    fn nine_in_ten_are_told_by_the_class_that_holds_them() {
        let mut times = Times::default();
        (0..9).for_each(|_| times.add(Duration::from_millis(4)));
        times.add(Duration::from_secs(60));
        assert_eq!(times.spent(), Spent { times: 10, mean: Duration::from_micros(6_003_600), most: Some(Duration::from_millis(5)) });
        times.add(Duration::from_secs(60));
        assert_eq!(times.spent().most, None, "two of eleven took longer than any class");
        assert_eq!(Times::default().spent(), Spent::default());
    }
}

//! The replica, while there is one; and how records meet it.
//!
//! A record is written before it meets yrs, so whatever happens there can be undone by opening again. A process that died with a replica
//! open leaves rows behind that may have killed it: those meet the next replica one by one (many of them in groups first), each named on
//! disk before it is tried, and one that kills again when it is alone is put aside with what stands on it.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use sheaf_base::{ClientId, DeviceId, Hash, Moment, Position, Update};
use sheaf_record::{ReadRecord, Record};
use sheaf_replica::{Applied, Replica, rename, walk::Id};

use crate::{
    apart::Apart,
    history::History,
    hydration::{FoldJob, Hydration},
    output::Rescued,
    rescue::watch,
    review::ReviewJob,
    titles::{TitleWatch, may_change_title},
    turn::{RecordRow, Writes},
};

/// How long a replica stays after nobody needs it.
const REST: Duration = Duration::from_secs(60);
/// So many suspects are tried one by one at once: each costs a write.
const FEW: usize = 16;
/// More are tried in groups of so many; only those of a group that kills are tried one by one.
const GROUP: usize = 256;
/// When so many records have come to a body that is not open, it is opened for a moment: they are applied, can be folded, and whoever opens the
/// document next does not wait for them.
const UNMET: u64 = 1000;
/// How long after the last change the mark is written that everything has met yrs, if nothing else is written.
const MARK_AFTER: Duration = Duration::from_secs(3);

/// The body, open or not.
pub(crate) struct Body {
    /// Whose words are looked after.
    me: DeviceId,
    state: State,
    /// Every body row up to here has met yrs, and the process lived.
    applied: u64,
    /// What the journal says about that.
    marked: u64,
    /// Rows up to here may have killed an earlier process.
    suspected: u64,
    /// Rows up to here have killed one as a group, or are to be tried alone for another reason.
    cornered: u64,
    /// Records that are not applied, nor what stands on them.
    killers: BTreeSet<Hash>,
    /// Accepted while the replica is on its way.
    backlog: Vec<News>,
    mark_at: Option<Duration>,
    /// The journal names a row that is being tried alone.
    named: bool,
    /// The journal says that rows are meeting yrs, and that whoever finds it so shall suspect them.
    at_risk: bool,
    /// The snapshot on disk could not be read.
    distrusts_snapshot: bool,
    rest_at: Option<Duration>,
    titles: TitleWatch,
    apart: Apart,
}

enum State {
    Asleep,
    /// The snapshot and the rows have been asked for.
    Asked,
    /// They are here, and meet yrs when the marks are on disk.
    Come(Box<Hydration>),
    /// Suspects meet the replica group by group.
    Trying(Box<Replica>, VecDeque<Vec<News>>),
    Awake(Box<Replica>),
}

/// A body record that has been accepted.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(crate) row: u64,
    pub(crate) position: Position,
    pub(crate) author: DeviceId,
    pub(crate) update: Vec<u8>,
}

/// What happened when records met the replica.
#[derive(Default)]
pub(crate) struct Met {
    /// What changed in the text that was open.
    pub(crate) change: Option<Applied>,
    /// Words of this device that have lost their line.
    pub(crate) stranded: Vec<Rescued>,
    /// The replica has just been opened.
    pub(crate) woken: bool,
    /// These are put aside, and why.
    pub(crate) killed: Vec<(Position, String)>,
    /// This one alone can have ended an earlier process: if it does so again, it is put aside.
    pub(crate) suspect: Option<Position>,
    /// The replica broke: it must be opened again.
    pub(crate) broken: bool,
}

impl Body {
    /// A new document's body.
    pub(crate) fn founded(me: DeviceId, replica: Replica) -> Body {
        Body { state: State::Awake(Box::new(replica)), ..Body::closed(me) }
    }

    /// No replica, and nothing known.
    pub(crate) fn closed(me: DeviceId) -> Body {
        Body {
            me,
            state: State::Asleep,
            applied: 0,
            marked: 0,
            suspected: 0,
            cornered: 0,
            killers: BTreeSet::new(),
            backlog: Vec::new(),
            mark_at: None,
            named: false,
            at_risk: false,
            distrusts_snapshot: false,
            rest_at: None,
            titles: TitleWatch::default(),
            apart: Apart::new(me),
        }
    }

    /// As the marks on disk say: what was being tried when the process died ends at the row `trying`, or is anything that is not marked as
    /// applied, if it says 0.
    pub(crate) fn restore(&mut self, applied: u64, trying: Option<u64>, rows: u64) {
        (self.applied, self.marked) = (applied, applied);
        if let Some(trying) = trying {
            (self.suspected, self.cornered) = (rows, trying);
        }
    }

    /// Whether this record is left out of the text.
    pub(crate) fn is_aside(&self, record: &Hash) -> bool {
        self.killers.contains(record)
    }

    /// Never applies this record again.
    pub(crate) fn put_aside(&mut self, record: Hash) {
        self.killers.insert(record);
    }

    /// Whether records are left out of the text.
    pub(crate) fn is_whole(&self) -> bool {
        self.killers.is_empty()
    }

    /// The replica, if it is open.
    pub(crate) fn get(&self) -> Option<&Replica> {
        match &self.state {
            State::Awake(replica) => Some(replica),
            _ => None,
        }
    }

    /// The replica, to write into.
    pub(crate) fn get_mut(&mut self) -> Option<&mut Replica> {
        match &mut self.state {
            State::Awake(replica) => Some(replica),
            _ => None,
        }
    }

    /// Somebody needs the replica. Says whether it has to be asked for.
    pub(crate) fn wake(&mut self) -> bool {
        self.used();
        self.ask()
    }

    fn ask(&mut self) -> bool {
        let asleep = matches!(self.state, State::Asleep);
        if asleep {
            self.state = State::Asked;
        }
        asleep
    }

    /// The title may have changed while there was no replica.
    pub(crate) fn suspect_title(&mut self, now: Moment) {
        self.titles.suspect(now.elapsed);
    }

    /// The title is not known at all.
    pub(crate) fn want_title(&mut self, now: Moment) {
        self.titles.hasten(now.elapsed);
    }

    /// When the replica is to be opened for a look at the title.
    pub(crate) fn next_look(&self) -> Option<Duration> {
        self.titles.due()
    }

    /// Opens the replica for a look at the title, if it is time. Says whether it has to be asked for.
    pub(crate) fn look(&mut self, now: Moment) -> bool {
        self.titles.begin(now.elapsed) && self.ask()
    }

    /// Somebody has used the replica who will not say when they are done.
    pub(crate) fn used(&mut self) {
        self.rest_at = None;
        self.titles.share();
    }

    /// Nobody needs the replica now.
    pub(crate) fn rest(&mut self, now: Moment) {
        if self.rest_at.is_none() && matches!(self.state, State::Awake(_)) {
            let rest = if self.titles.end() { Duration::ZERO } else { REST };
            self.rest_at = Some(now.elapsed + rest);
        }
    }

    /// The replica is not to be trusted any more. What came last is suspected.
    pub(crate) fn break_off(&mut self, rows: u64) {
        self.state = State::Asleep;
        self.suspected = rows;
        self.backlog.clear();
    }

    /// What the replica is built from has come.
    pub(crate) fn come(&mut self, hydration: Hydration) {
        if matches!(self.state, State::Asked) {
            self.state = State::Come(Box::new(hydration));
        }
    }

    /// What the snapshot on disk holds may not be the text any more.
    pub(crate) fn distrust_snapshot(&mut self) {
        self.distrusts_snapshot = true;
    }

    /// Whether the replica must be built from the rows alone.
    pub(crate) fn distrusts_snapshot(&self) -> bool {
        self.distrusts_snapshot
    }

    /// Whether the journal names a row that is being tried alone.
    pub(crate) fn is_trying(&self) -> bool {
        self.named
    }

    /// Whether a replica is about to be opened.
    pub(crate) fn has_come(&self) -> bool {
        matches!(self.state, State::Come(_))
    }

    /// When there is something to do.
    pub(crate) fn next_timeout(&self, now: Duration) -> Option<Duration> {
        let trying = matches!(&self.state, State::Trying(..)).then_some(now);
        trying.into_iter().chain(self.mark_at).chain(self.rest_at).chain(self.apart.next_timeout()).min()
    }

    /// Whether the records are needed, to see what was written apart.
    pub(crate) fn wants_review(&mut self, now: Moment) -> bool {
        self.apart.ripen(now)
    }

    /// Whether there is something to look at, though more may come.
    pub(crate) fn owes_review(&mut self) -> bool {
        self.apart.hasten()
    }

    /// Lets the replica go when nobody has needed it for a while.
    pub(crate) fn tick(&mut self, now: Moment) {
        if self.rest_at.is_some_and(|rest| rest <= now.elapsed) {
            self.rest_at = None;
            self.state = State::Asleep;
        }
    }

    /// Puts the marks into what is about to be written. `foreign`: records of others among it will meet the replica.
    pub(crate) fn mark(&mut self, foreign: bool, last_row: u64, now: Moment, writes: &mut Writes) {
        match &self.state {
            State::Awake(_) if foreign => {
                writes.applied = Some(self.applied);
                writes.trying = Some(0);
            }
            // What this process wrote itself came from yrs.
            State::Awake(_) if !writes.records.is_empty() => self.applied = last_row,
            State::Come(hydration) if hydration.rows.iter().any(|(row, _)| *row > self.applied) => {
                writes.applied = Some(self.applied);
                writes.trying = Some(0);
            }
            State::Trying(_, suspects) => {
                writes.applied = Some(self.applied);
                writes.trying = suspects.front().and_then(|group| group.last()).map(|last| last.row);
            }
            _ => {}
        }
        let due = self.mark_at.is_some_and(|at| at <= now.elapsed);
        if self.applied > self.marked && (due || !writes.is_empty()) {
            writes.applied = Some(self.applied);
        }
        if let Some(applied) = writes.applied {
            self.marked = applied;
            self.mark_at = None;
            self.named = writes.trying.is_some_and(|row| row > 0);
            self.at_risk = writes.trying.is_some();
        }
    }

    /// The last journal row that has met yrs.
    pub(crate) fn applied(&self) -> u64 {
        self.applied
    }

    /// The process ends of itself: what the journal should say then, lest the next one suspects what has killed nobody. Whatever was
    /// under suspicion before stays so.
    pub(crate) fn farewell(&self) -> Option<u64> {
        let suspects = self.suspected > 0 || matches!(self.state, State::Trying(..));
        (!suspects && (self.at_risk || self.applied > self.marked)).then_some(self.applied)
    }

    /// The marks and the records are on disk: what waits meets the replica. `client` is the one that it writes as.
    pub(crate) fn meet(&mut self, news: Vec<News>, history: &mut History, client: Option<ClientId>, now: Moment) -> Met {
        let mut met = Met::default();
        self.apart.note(history, client, now);
        match std::mem::replace(&mut self.state, State::Asleep) {
            State::Asleep => {
                let unmet = history.last_row().saturating_sub(self.applied);
                if !self.titles.is_suspected() && (unmet >= UNMET || news.iter().any(|news| may_change_title(&news.update))) {
                    self.suspect_title(now);
                }
            }
            State::Asked => {
                self.backlog.extend(news);
                self.state = State::Asked;
            }
            State::Come(hydration) => {
                self.backlog.extend(news);
                match client {
                    Some(client) => self.open(*hydration, history, client, now, &mut met),
                    None => self.state = State::Come(hydration),
                }
            }
            State::Trying(replica, suspects) => {
                self.backlog.extend(news);
                self.try_group(replica, suspects, history, now, &mut met);
            }
            State::Awake(replica) => self.apply(replica, news, history, &mut met),
        }
        if self.applied > self.marked && self.mark_at.is_none() {
            self.mark_at = Some(now.elapsed + MARK_AFTER);
        }
        met
    }

    /// Opens the replica from a snapshot and rows.
    fn open(&mut self, hydration: Hydration, history: &mut History, client: ClientId, now: Moment, met: &mut Met) {
        if hydration.holds_void(history, &self.backlog) {
            self.distrusts_snapshot = true;
            met.broken = true;
            return;
        }
        let Hydration { snapshot, rows } = hydration;
        let last = rows.last().map(|(row, _)| *row).into_iter().chain(snapshot.as_ref().map(|snapshot| snapshot.upto)).max();
        let opened = match &snapshot {
            Some(snapshot) => Replica::from_snapshot(client, &snapshot.state),
            None => Ok(Replica::empty(client)),
        };
        let Ok(mut replica) = opened else {
            self.distrusts_snapshot = true;
            met.broken = true;
            return;
        };
        let mut rows: Vec<News> = rows.into_iter().filter_map(|(row, record)| read(history, row, record)).collect();
        let backlog = std::mem::take(&mut self.backlog);
        rows.extend(backlog.into_iter().filter(|news| Some(news.row) > last));
        rows.retain(|news| self.counts(history, &news.position));
        let suspects: Vec<News> = rows.extract_if(.., |news| news.row > self.applied && news.row <= self.suspected).collect();
        let (before, after): (Vec<News>, Vec<News>) = rows.into_iter().partition(|news| news.row <= self.applied);
        let before = named(history, before);
        let first = before.first().filter(|_| before.len() == 1).map(|news| news.position);
        if let Err(error) = replica.apply_weighed(&history.weighed(before)) {
            // These have met yrs before and it lived. Whatever it is, it is found by trying one by one.
            (self.applied, self.suspected) = (0, history.last_row());
            met.killed.extend(first.map(|position| (position, error.to_string())));
            met.broken = true;
            return;
        }
        self.backlog = after;
        met.suspect = suspects.first().filter(|_| suspects.len() == 1).map(|suspect| suspect.position);
        if suspects.is_empty() {
            self.wake_up(replica.into(), history, now, met);
        } else {
            self.state = State::Trying(replica.into(), self.groups(suspects));
        }
    }

    /// Suspects as they are tried: one by one where they are few or have killed as a group, else in groups.
    fn groups(&self, mut suspects: Vec<News>) -> VecDeque<Vec<News>> {
        let size = if suspects.len() <= FEW { 1 } else { GROUP };
        let cornered: Vec<News> = suspects.extract_if(.., |news| news.row <= self.cornered).collect();
        cornered.chunks(1).chain(suspects.chunks(size)).map(<[News]>::to_vec).collect()
    }

    /// The suspects that the journal names now meet the replica.
    fn try_group(&mut self, mut replica: Box<Replica>, mut suspects: VecDeque<Vec<News>>, history: &History, now: Moment, met: &mut Met) {
        let mut group = suspects.pop_front().unwrap_or_default();
        let (last, alone) = (group.last().map_or(0, |news| news.row), group.len() == 1);
        group.retain(|news| self.counts(history, &news.position));
        let group = named(history, group);
        let first = group.first().map(|news| news.position);
        if let Err(error) = replica.apply_weighed(&history.weighed(group)) {
            met.broken = true;
            if alone {
                self.applied = self.applied.max(last);
                met.killed.extend(first.map(|position| (position, error.to_string())));
            } else {
                self.cornered = last;
            }
            return;
        }
        self.applied = self.applied.max(last);
        if suspects.is_empty() {
            self.wake_up(replica, history, now, met);
        } else {
            self.state = State::Trying(replica, suspects);
        }
    }

    /// Everything that was to be met has been met: what has come meanwhile follows.
    fn wake_up(&mut self, replica: Box<Replica>, history: &History, now: Moment, met: &mut Met) {
        self.cornered = 0;
        self.titles.see();
        if std::mem::take(&mut self.suspected) > 0 {
            // Whatever ends this process now, it was none of these.
            self.mark_at = Some(now.elapsed);
        }
        let backlog = std::mem::take(&mut self.backlog);
        self.apply(replica, backlog, history, met);
        met.change = None;
        met.woken = !met.broken;
    }

    fn apply(&mut self, mut replica: Box<Replica>, mut news: Vec<News>, history: &History, met: &mut Met) {
        news.retain(|news| self.counts(history, &news.position));
        if news.is_empty() {
            self.applied = history.last_row();
            self.state = State::Awake(replica);
            return;
        }
        let news = named(history, news);
        let alone = news.first().filter(|_| news.len() == 1).map(|news| news.position);
        // Of what does not count nobody sees anything.
        let counting = news.iter().filter(|news| !history.voids.has(&news.position.hash)).collect::<Vec<_>>();
        let watch = watch(history, &self.me, &replica, &counting);
        self.apart.hear(history, self.applied, &counting, || replica.delta());
        match replica.apply_weighed(&history.weighed(news)) {
            Ok(applied) => {
                met.stranded = watch.map(|watch| watch.stranded(&applied.delta, &replica)).unwrap_or_default();
                self.applied = history.last_row();
                self.state = State::Awake(replica);
                met.change = Some(applied);
            }
            Err(error) => {
                met.killed.extend(alone.map(|position| (position, error.to_string())));
                met.broken = true;
            }
        }
    }

    /// Whether a record is applied at all.
    fn counts(&self, history: &History, position: &Position) -> bool {
        !history.stands_on_any(&position.hash, &self.killers)
    }

    /// What a second replica needs to make a snapshot of the same.
    pub(crate) fn fold(&self, hydration: Hydration, history: &mut History) -> FoldJob {
        if hydration.holds_void(history, &self.backlog) {
            return FoldJob::outdated();
        }
        let Hydration { snapshot, rows } = hydration;
        let rows: Vec<News> =
            rows.into_iter().filter(|(row, _)| *row <= self.applied).filter_map(|(row, record)| read(history, row, record)).collect();
        let snapshot_upto = snapshot.as_ref().map_or(0, |snapshot| snapshot.upto);
        let upto = rows.last().map_or(0, |news| news.row).max(snapshot_upto);
        if history.graph.has_aliases() && snapshot.is_some() {
            // What it holds may have other names by now. Nobody begins from it any more; it stays as it is.
            return FoldJob::new(snapshot, Vec::new(), 0, snapshot_upto);
        }
        // A snapshot does not say who lost the right to write what, so it ends before the first of that.
        let end = rows.iter().find(|news| history.voids.has(&news.position.hash)).map_or(upto, |void| void.row - 1);
        let counting: Vec<News> = rows.into_iter().filter(|news| self.counts(history, &news.position)).collect();
        let named = named(history, counting);
        let inside = named.partition_point(|news| news.row <= end);
        FoldJob::new(snapshot, history.weighed(named), inside, end)
    }

    /// Opens stored body records, those that do not count among them.
    pub(crate) fn open_rows(&self, hydration: Hydration, history: &mut History) -> Vec<News> {
        let rows: Vec<News> = hydration.rows.into_iter().filter_map(|(row, record)| read(history, row, record)).collect();
        named(history, rows.into_iter().filter(|news| self.counts(history, &news.position)).collect())
    }

    /// Opens a stored body record, if it has a part in the text.
    pub(crate) fn open_row(&self, row: u64, record: RecordRow, history: &mut History) -> Option<News> {
        let news = read(history, row, record)?;
        if !self.counts(history, &news.position) || history.voids.has(&news.position.hash) {
            return None;
        }
        named(history, vec![news]).pop()
    }

    /// What is needed to see which lines were changed apart.
    pub(crate) fn review(&mut self, hydration: Hydration, history: &mut History) -> Option<ReviewJob> {
        let gathered = self.apart.take()?;
        Some(ReviewJob::new(self.me, gathered, self.open_rows(hydration, history), history))
    }
}

/// The same records with the names for everything that all use who hold what is held here: authors who knew less called it otherwise. They meet the replica like this.
fn named(history: &History, mut news: Vec<News>) -> Vec<News> {
    if !history.graph.has_aliases() {
        return news;
    }
    news.retain_mut(|news| {
        let Some(past) = history.graph.past_with(&news.position.hash) else { return false };
        let name = |id: Id| {
            let (client, clock, follow) = history.graph.rename(&past, id.client, id.clock)?;
            Some((Id { client, clock }, follow))
        };
        // Its past holds whatever it refers to, or it would not have been accepted.
        let renamed = rename(&Update(std::mem::take(&mut news.update)), name);
        renamed.map(|Update(update)| news.update = update).is_some()
    });
    news
}

/// Opens a stored body record. `None` for one that is not held: its chain is damaged before it.
fn read(history: &mut History, row: u64, record: RecordRow) -> Option<News> {
    let position = Position { chain: record.chain, number: record.number, hash: record.hash };
    let previous = history.graph.hash(&record.chain, record.number.checked_sub(1)?)?;
    let author = history.device(&record.chain)?;
    let read = ReadRecord { position, previous, record: Record::decode(&record.bytes).ok()? };
    if !history.hash_is(&position) {
        return None;
    }
    let update = history.open(&read).ok()?.plaintext;
    Some(News { row, position, author, update })
}

//! Edits of this device: pushes of views, edits from Rust, the title. Each becomes records of this process run's chain in this turn.

use sheaf_base::{Update, limits};
use sheaf_record::Kind;
use sheaf_replica::{PushError, Pushed};
use sheaf_schema::Delta;

use crate::{
    Document,
    acts::needs,
    input::{Input, Present, Push, RequestId, ViewId},
    output::{Answer, Author, Done, Opened, Refused, State},
    presence::places,
    references,
    removed::GONE,
    views::{Judged, correction},
    words,
};

impl Document {
    /// A view wants the text.
    pub(crate) fn open_view(&mut self, view: ViewId) {
        self.views.open(view);
        self.wake();
    }

    /// A view is gone.
    pub(crate) fn close_view(&mut self, view: &ViewId) {
        self.views.close(view);
        self.cursor.closed(view, self.views.is_empty());
        self.rest_unless_needed();
    }

    /// A view's edit.
    pub(crate) fn push(&mut self, push: Push) {
        let Push { view, number, .. } = push.clone();
        let result = match self.views.judge(&push) {
            Judged::Again(result) => result,
            Judged::Refuse(refused) => Err(refused),
            Judged::Apply(delta) => {
                // What is taken back or comes back was counted when it was written.
                let words = if push.undoes.is_some() { 0 } else { self.words_of(&delta) };
                let result = self.edit(&delta, Author::View(view.clone()), Some(number));
                if result.is_ok() {
                    self.tally.edits += 1;
                    self.tally.words += words;
                }
                result
            }
        };
        self.views.answered(&view, number, result.clone());
        self.draft.answers.push(Answer::Pushed { view, number, result });
    }

    /// An edit from Rust.
    pub(crate) fn edit_here(&mut self, request: RequestId, base: Option<u64>, delta: &Delta) {
        if self.must_wait_for_replica(Input::Edit { request, base, delta: delta.clone() }) {
            return;
        }
        let result =
            self.views.transform(base.unwrap_or(self.views.version()), delta).and_then(|delta| self.edit(&delta, Author::Here, None));
        self.done(request, result.map(Done::Version));
    }

    /// A new title.
    pub(crate) fn rename(&mut self, request: RequestId, title: &str) {
        if self.must_wait_for_replica(Input::Rename { request, title: title.to_owned() }) {
            return;
        }
        let result = self.set_title(title).map(|()| Done::Version(self.views.version()));
        self.done(request, result);
    }

    /// Writes the title into the text's map of scalars.
    pub(crate) fn set_title(&mut self, title: &str) -> Result<(), Refused> {
        self.may_edit()?;
        let title = cut_title(title);
        let Some(replica) = self.replica.get_mut() else { return Err(Refused::Waiting) };
        let pushed = replica.set_title(title).map_err(|error| self.push_failed(error))?;
        self.write_updates(pushed.updates)?;
        self.title_changed = true;
        Ok(())
    }

    /// Somebody wants to read the body: answered with this turn, which it includes.
    pub(crate) fn read(&mut self, request: RequestId) {
        if self.state() == State::Waiting {
            return self.done(request, Err(Refused::Waiting));
        }
        if !self.must_wait_for_replica(Input::Read { request }) {
            self.draft.reads.push(request);
        }
    }

    /// Where a view's caret is.
    pub(crate) fn present(&mut self, present: &Present) {
        let Some(replica) = self.replica.get() else { return };
        if !self.views.is_open(&present.view) {
            return;
        }
        let offset = |offset: u32| self.views.transform_offset(present.version, offset as usize);
        let selection = present.selection.and_then(|at| places(replica, offset(at.anchor)?, offset(at.head)?));
        self.cursor.moved(&present.view, selection, present.typing);
    }

    /// Applies an edit to the text as it is now, and writes it. Returns the version that it makes.
    pub(crate) fn edit(&mut self, delta: &Delta, author: Author, number: Option<u64>) -> Result<u64, Refused> {
        self.may_edit()?;
        let entropy = &mut self.entropy;
        let Some(replica) = self.replica.get_mut() else { return Err(Refused::Waiting) };
        let pushed = replica.push(delta, &mut || entropy.draw()).map_err(|error| self.push_failed(error))?;
        let length = self.replica.get().map_or(0, |replica| replica.length());
        let Pushed { updates, delta: became, .. } = pushed;
        let changed = !updates.is_empty();
        self.write_updates(updates)?;
        self.text_changed |= changed;
        let mut pushed = delta.clone();
        trim(&mut pushed);
        // Where the core has put ids right, the view that pushed is told as everybody is: in a version of its own.
        let correction = correction(&pushed, &became);
        let version = self.views.enter(if correction.is_some() { pushed } else { became }, author, number, length);
        if let Some(correction) = correction {
            self.views.enter(correction, Author::Here, None, length);
        }
        Ok(version)
    }

    /// How many words an edit of the text begins.
    fn words_of(&self, edit: &Delta) -> u64 {
        self.replica.get().map_or(0, |replica| words::begun(edit, |offset| replica.character_before(offset)))
    }

    /// Writes updates that the replica has made as records of this process run's chain.
    fn write_updates(&mut self, updates: Vec<Update>) -> Result<(), Refused> {
        for Update(update) in updates {
            if let Err(error) = self.write(Kind::Body, &update) {
                // What is in the replica and in no record must not stay there.
                self.rebuild();
                return Err(Refused::Closed(error.to_string()));
            }
            references::note(&mut self.draft.writes, &update, true);
        }
        Ok(())
    }

    /// Why the replica did not take an edit. A broken one is opened again.
    fn push_failed(&mut self, error: PushError) -> Refused {
        match error {
            PushError::NotFounded => Refused::Waiting,
            PushError::Broken(broken) => {
                self.rebuild();
                Refused::Closed(broken.to_string())
            }
            error => Refused::Malformed(error.to_string()),
        }
    }

    fn may_edit(&self) -> Result<(), Refused> {
        match self.state() {
            State::Waiting => Err(Refused::Waiting),
            State::Left => Err(Refused::Closed(GONE.into())),
            State::Ready if self.dismissed_by().is_some() => Err(Refused::Closed(GONE.into())),
            State::Ready if !self.own.is_turned(&self.history) && self.lacks_key() => {
                Err(Refused::Closed("a new key was made, and it has not come to this device yet".into()))
            }
            State::Ready => needs(self.role(), sheaf_access::Role::Edit, "the right to edit"),
        }
    }

    /// Keeps an input until there is a replica. Says whether it must.
    pub(crate) fn must_wait_for_replica(&mut self, input: Input) -> bool {
        if self.replica.get().is_some() {
            self.replica.used();
            return false;
        }
        if self.state() == State::Waiting {
            return false;
        }
        self.for_replica.push_back(input);
        self.wake();
        true
    }

    /// Asks for the replica, unless it is here or on its way.
    pub(crate) fn wake(&mut self) {
        if self.state() != State::Waiting {
            self.ask_for_replica |= self.replica.wake();
        }
    }

    /// The replica is thrown away and built again from the journal; views begin anew.
    pub(crate) fn rebuild(&mut self) {
        self.seal_own();
        self.own.close();
        self.replica.break_off(self.history.last_row());
        self.views.rebuilt();
        if !self.views.is_empty() || !self.for_replica.is_empty() {
            self.wake();
        }
    }

    pub(crate) fn done(&mut self, request: RequestId, result: Result<Done, Refused>) {
        self.draft.answers.push(Answer::Done { request, result });
    }

    /// The whole text as it is in the replica now, if it is open. Between turns it is what every view has been told.
    pub fn body(&self) -> Option<Opened> {
        let replica = self.replica.get()?;
        Some(Opened {
            version: self.views.version(),
            role: self.role(),
            title: replica.title().to_owned(),
            delta: replica.delta().into(),
            length: replica.length() as u32,
            checksum: replica.checksum(),
        })
    }
}

/// A retain without attributes at the end says nothing.
fn trim(delta: &mut Delta) {
    while matches!(delta.ops.last(), Some(sheaf_schema::Op::Retain { attributes, .. }) if attributes.is_empty()) {
        delta.ops.pop();
    }
}

/// The longest beginning of a title that is a title: one line, not too long.
fn cut_title(title: &str) -> &str {
    let title = title.trim();
    let line = title.split(['\n', '\r']).next().unwrap_or_default();
    let mut units = 0;
    let end = line.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > limits::TITLE
    });
    end.map_or(line, |(end, _)| &line[..end])
}

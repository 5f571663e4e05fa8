//! The command line, as people type it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use sheaf_engine::Home;

/// Write documents together, without a server. Everything the app can do, without a window.
#[derive(Debug, Parser)]
#[command(name = "sheaf", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// The profile's folder [default: $SHEAF_HOME, else $XDG_DATA_HOME/sheaf]
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Print one JSON object per line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    pub(crate) fn home(&self) -> Result<Home, String> {
        match &self.home {
            Some(folder) if !folder.as_os_str().is_empty() => Ok(Home::at(folder)),
            _ => Home::of_environment().map_err(|error| error.to_string()),
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Make a document and print its id
    New {
        /// Its title
        title: String,
        /// Markdown to begin with
        #[arg(long, value_name = "FILE.md")]
        from: Option<PathBuf>,
        /// The folder that it goes into
        #[arg(long, value_name = "FOLDER")]
        folder: Option<String>,
    },
    /// Show all documents: id, title, when changed, people, state
    List {
        /// Those in the trash instead
        #[arg(long)]
        trashed: bool,
    },
    /// Print a document's body
    Show {
        /// An id, the beginning of one, or a title
        document: String,
        /// How
        #[arg(long = "as", value_enum, default_value = "md", value_name = "FORM")]
        form: Form,
    },
    /// List the documents that name this one
    Backlinks {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Merge a new Markdown version into a document, as the smallest edits
    Write {
        /// An id, the beginning of one, or a title
        document: String,
        /// The new version; - reads it from stdin
        file: PathBuf,
        /// The version it was made from, as `show --as json` says; what changed since is kept
        #[arg(long)]
        base: Option<u64>,
    },
    /// Give a document another title
    Rename {
        /// An id, the beginning of one, or a title
        document: String,
        /// The new title
        title: String,
    },
    /// Attach an image or a file at the end of a document and print its hash
    Attach {
        /// An id, the beginning of one, or a title
        document: String,
        /// The file
        file: PathBuf,
    },
    /// Show the images and files of a document: hash, name, size, and how much of each is here
    Attachments {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Write an image or file of a document into a new file
    Attachment {
        /// An id, the beginning of one, or a title
        document: String,
        /// Its hash, the beginning of it, or its name
        attachment: String,
        /// The new file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How many seconds to wait for it, if it is not here yet
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        wait: u64,
    },
    /// Put a document into the trash
    Trash {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Take a document out of the trash
    Restore {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Make an invitation to a document and print it as a ticket
    Share {
        /// An id, the beginning of one, or a title
        document: String,
        #[command(flatten)]
        offer: Offer,
    },
    /// Make folders and say what is in them: whoever is in a folder is in everything in it
    #[command(subcommand)]
    Folder(Folder),
    /// Show the invitations to a document, how often each was used, and what is left of it
    Invites {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Take an invitation back: nobody comes in by it any more
    Revoke {
        /// An id, the beginning of one, or a title
        document: String,
        /// Its id, or the beginning of it, as `invites` prints it
        invitation: String,
    },
    /// Show who waits to be let in by this device, with the number that both read aloud
    Requests {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Let in somebody who waits
    Admit {
        /// An id, the beginning of one, or a title
        document: String,
        /// The request, or the beginning of it, as `requests` prints it
        request: String,
    },
    /// Do not let in somebody who waits
    Decline {
        /// An id, the beginning of one, or a title
        document: String,
        /// The request, or the beginning of it, as `requests` prints it
        request: String,
    },
    /// Follow a ticket and print the document's id once the first copy is here
    Join {
        /// The ticket, or the file that it is in; - reads it from stdin
        ticket: String,
        /// How many seconds to wait for the first copy
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        wait: u64,
        /// Only say what the ticket says; dial nobody
        #[arg(long)]
        preview: bool,
    },
    /// Run the node until stopped
    Up(Up),
    /// Say who has what, since when, what is pending and why
    Status {
        /// An id, the beginning of one, or a title [default: all documents]
        document: Option<String>,
    },
    /// Say who has a paragraph as it is now: whose device has confirmed its last change, and whose has not
    Who {
        /// An id, the beginning of one, or a title
        document: String,
        /// Words that stand in that paragraph and in no other
        #[arg(required_unless_present = "line")]
        words: Option<String>,
        /// The paragraph's number instead, as `show --as text` prints them
        #[arg(long, value_name = "N", conflicts_with = "words")]
        line: Option<u64>,
    },
    /// Show the paragraphs that you and others changed while you were apart, with what each side had
    Reviews {
        /// An id, the beginning of one, or a title [default: all documents]
        document: Option<String>,
        /// A review that you have dealt with, by the id that is printed: it is not shown again
        #[arg(long, value_name = "ID", conflicts_with = "document")]
        done: Option<String>,
    },
    /// Show who is in a document: device, person, role
    Members {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Give a member another role
    Role {
        /// An id, the beginning of one, or a title
        document: String,
        /// Their name, or the beginning of their device's id
        member: String,
        /// What they may do from now on
        #[arg(value_enum)]
        role: SharedRole,
    },
    /// Remove a member: nothing new reaches them, and they keep the copy that they have
    Remove {
        /// An id, the beginning of one, or a title
        document: String,
        /// Their name, or the beginning of their device's id
        #[arg(required_unless_present = "device")]
        member: Option<String>,
        /// Remove only one of somebody's devices: its id, or the beginning of it, as `members` prints it
        #[arg(long, value_name = "ID", conflicts_with = "member")]
        device: Option<String>,
    },
    /// Say when a membership ends: admins' devices then remove whoever it is
    Ends {
        /// An id, the beginning of one, or a title
        document: String,
        /// Their name, or the beginning of their device's id
        member: String,
        /// In which time from now: 12h, 30d
        #[arg(long = "in", value_name = "TIME", value_parser = duration, required_unless_present = "never")]
        after: Option<u64>,
        /// It goes on after all
        #[arg(long, conflicts_with = "after")]
        never: bool,
    },
    /// Leave a document for good, with all your devices
    Leave {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Hand a document over: its owner is an admin from then on
    Transfer {
        /// An id, the beginning of one, or a title
        document: String,
        /// Their name, or the beginning of their device's id
        member: String,
    },
    /// Check every hash and signature of a document from the first record on, and show who was let in, and by whom
    Audit {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Make a document of your own with today's text and none of the past, and print its id
    Copy {
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Show my devices: id, name, when last seen, in how many documents; or take one out of everything
    Devices {
        #[command(subcommand)]
        what: Option<DevicesCommand>,
    },
    /// Link a further device of mine, so that each gets the other's documents: prints a ticket, and waits for that device
    LinkDevice {
        /// On the device that is to be linked: the ticket that the other one has printed
        ticket: Option<String>,
        /// Ask nothing: the digits that both devices show have been compared, or cannot be
        #[arg(long)]
        yes: bool,
    },
    /// Show or set the network profile
    Network {
        /// anywhere, local, direct or relay=URL
        profile: Option<String>,
    },
    /// Show what this device has done: words, edits, bytes, people. Counted on this device, kept here, sent nowhere
    Statistics,
    /// Say in plain words what of the connection works, what does not, and what to do
    Doctor,
    /// Write what a document heard since Sheaf started into a file, for finding a bug; filler stands for every word
    Diagnose {
        /// An id, the beginning of one, or a title
        document: String,
        /// The new file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// With everything: whoever has the file can read the document, also what is written in it later, and use the invitations made meanwhile
        #[arg(long)]
        with_content: bool,
    },
    /// Live through a bundle again; fails if it does not come to the same text
    Replay {
        /// What `diagnose` wrote
        file: PathBuf,
    },
    /// Print the device id
    Id,
    /// Show or set who I am
    Me {
        /// The name that others see
        #[arg(long)]
        name: Option<String>,
        /// The colour of my cursor
        #[arg(long)]
        colour: Option<String>,
    },
}

/// What can be done with a folder, besides all that can be done about the members of a document: `share`, `members`, `remove`, `leave`, ...
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Folder {
    /// Make a folder and print its id
    New {
        /// Its name
        name: String,
    },
    /// Put a document into a folder: whoever is in the folder, now or later, is in the document
    Add {
        /// An id, the beginning of one, or a name
        folder: String,
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Take a document out of a folder: whoever has it keeps it
    TakeOut {
        /// An id, the beginning of one, or a name
        folder: String,
        /// An id, the beginning of one, or a title
        document: String,
    },
    /// Show what is in a folder: id, title, state
    List {
        /// An id, the beginning of one, or a name
        folder: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DevicesCommand {
    /// Take a device of mine out of every document, with new keys; it keeps the copies that it has
    Remove {
        /// Its name, or the beginning of its id
        device: String,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Up {
    /// Serve the lanes over a WebSocket on this loopback address
    #[arg(long, value_name = "ADDR")]
    pub(crate) bridge: Option<SocketAddr>,
    /// Serve the built page from this folder, too
    #[arg(long, value_name = "DIR", requires = "bridge")]
    pub(crate) ui: Option<PathBuf>,
    /// Say what was counted since the start, as OpenMetrics, on this loopback address at /metrics
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Let pages of this origin use the bridge, for developing them
    #[arg(long, value_name = "ORIGIN", requires = "bridge", hide = true)]
    pub(crate) allow_origin: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Markdown
    Md,
    /// Words and line ends
    Text,
    /// A fragment of HTML
    Html,
    /// Version, title and Delta
    Json,
}

impl Form {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Form::Md => "md",
            Form::Text => "text",
            Form::Html => "html",
            Form::Json => "json",
        }
    }
}

/// What an invitation offers.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Offer {
    /// What whoever joins may do
    #[arg(long, value_enum, default_value = "edit")]
    pub(crate) role: SharedRole,
    /// How many it lets in; this device has to be reached
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) uses: Option<u32>,
    /// How long it lets anybody in: 30m, 12h, 7d; this device has to be reached
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) expires: Option<u64>,
    /// Look at each who asks: see `requests` and `admit`
    #[arg(long)]
    pub(crate) approve: bool,
    /// A few words to remember it by, which members see
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub(crate) label: String,
}

/// A time as people write it, in milliseconds.
fn duration(text: &str) -> Result<u64, String> {
    let wrong = || "a number and m, h or d: 30m, 12h, 7d".to_owned();
    let unit = match text.chars().last() {
        Some('m') => 60_000,
        Some('h') => 3_600_000,
        Some('d') => 86_400_000,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(unit).filter(|time| *time > 0).ok_or_else(wrong)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SharedRole {
    /// Read
    View,
    /// Read and take part in the discussion
    Comment,
    /// Write
    Edit,
    /// Write, invite and manage members
    Admin,
}

impl SharedRole {
    pub(crate) fn name(self) -> &'static str {
        match self {
            SharedRole::View => "view",
            SharedRole::Comment => "comment",
            SharedRole::Edit => "edit",
            SharedRole::Admin => "admin",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!((duration("30m"), duration("12h"), duration("7d")), (Ok(1_800_000), Ok(43_200_000), Ok(604_800_000)));
        for wrong in ["", "7", "d", "0d", "-1d", "7w", "1.5h", "99999999999999999999d", "7ä"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}

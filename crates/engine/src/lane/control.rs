//! The control lane: one request each for everything that the command line and the windows' chrome can ask.

mod attachments;
mod audit;
mod counted;
mod devices;
mod folders;
mod invitations;
mod library;
mod members;
mod people;
mod rescued;
mod review;
mod who;

use serde_json::{Map, Value, json};
use sheaf_sentence::Sentence;

use super::Failure;
use crate::engine::Engine;
use crate::said::Said;

type Fields = Map<String, Value>;
type Answer = Result<Value, Failure>;

/// Answers a request.
pub(super) async fn answer(engine: &Engine, call: &str, fields: Fields) -> Answer {
    match call {
        "new" => library::new(engine, &fields).await,
        "list" => Ok(library::list(engine, &fields)),
        "show" => library::show(engine, &fields).await,
        "markdown" => library::markdown(&fields),
        "as_markdown" => library::as_markdown(&fields),
        "write" => library::write(engine, &fields).await,
        "rename" => library::rename(engine, &fields).await,
        "trash" => library::trash(engine, &fields, true).await,
        "restore" => library::trash(engine, &fields, false).await,
        // A document of one's own with today's text and none of the past: whoever is shown it sees nothing else.
        "duplicate" | "copy" => library::duplicate(engine, &fields).await,
        "rescued" => rescued::list(engine, &fields).await,
        "rescue" => rescued::rescue(engine, &fields).await,
        "rescued_back" => rescued::back(engine, &fields).await,
        "rescued_done" => rescued::done(engine, &fields).await,
        "reviews" => review::list(engine, &fields).await,
        "review_done" => review::done(engine, &fields).await,
        "search" => library::search(engine, &fields).await,
        "backlinks" => library::backlinks(engine, &fields).await,
        "unlinked" => library::unlinked(engine, &fields).await,
        "link_title" => library::link_title(engine, &fields).await,
        "attach" => attachments::begin(engine, &fields).await,
        "attach_part" => attachments::part(engine, &fields).await,
        "attach_done" => attachments::done(engine, &fields).await,
        "attach_stop" => attachments::stop(engine, &fields),
        "attachments" => attachments::list(engine, &fields).await,
        "attachment" => attachments::one(engine, &fields).await,
        "attachment_bytes" => attachments::bytes(engine, &fields).await,
        "attachment_get" => attachments::get(engine, &fields).await,
        "attachment_open" => attachments::open(engine, &fields).await,
        "attachment_save" => attachments::save(engine, &fields).await,
        "save_text" => attachments::save_text(engine, &fields).await,
        "fetch_up_to" => attachments::fetch_up_to(engine, &fields).await,
        "folder_new" | "folder" | "folder_add" | "folder_take_out" => folders::answer(engine, call, &fields).await,
        "share" => invitations::share(engine, &fields).await,
        "preview" => invitations::preview(engine, &fields),
        "join" => invitations::join(engine, &fields).await,
        "invitations" => invitations::list(engine, &fields).await,
        "revoke" => invitations::revoke(engine, &fields).await,
        "requests" => invitations::requests(engine, &fields).await,
        "admit" => invitations::admit(engine, &fields).await,
        "decline" => invitations::decline(engine, &fields).await,
        "members" | "role" | "remove" | "transfer" | "ends" | "leave" | "refused" => members::answer(engine, call, &fields).await,
        "audit" => audit::audit(engine, &fields).await,
        "devices" | "remove_device" | "link_device" | "linking" | "link_agree" | "link_stop" => {
            devices::answer(engine, call, &fields).await
        }
        "status" => people::status(engine, &fields).await,
        "who" => who::has(engine, &fields).await,
        "network" => people::network(engine, &fields).await,
        "diagnose" => people::diagnose(engine, &fields).await,
        "doctor" => Ok(people::doctor(engine).await),
        "statistics" => Ok(counted::statistics(engine)),
        "counters" => counted::counters(engine, &fields),
        "me" => people::me(engine, &fields).await,
        "settings" => people::settings(engine, &fields).await,
        "id" => Ok(json!({ "device": engine.device().to_string(), "short": engine.device().short() })),
        "raise" => {
            let link = library::optional_text(&fields, "link")?;
            Ok(json!({ "windows": engine.raise(link) }))
        }
        _ => Err(unknown(format!("there is no call {call:?}"))),
    }
}

/// Answers a request that comes with bytes.
pub(super) async fn answer_to_bytes(engine: &Engine, call: &str, fields: Fields, bytes: Vec<u8>) -> Answer {
    match call {
        "attach_part" => attachments::part_of(engine, &fields, bytes).await,
        _ => Err(unknown(format!("there is no call {call:?} that takes bytes"))),
    }
}

fn unknown(why: String) -> Failure {
    Failure::new("unknown_call", Said::new(Sentence::Malformed { why: why.clone() }, why))
}

//! Requests about folders. Members, invitations and leaving are asked as of any document.

use serde_json::{Value, json};
use sheaf_base::DocumentId;
use sheaf_document::folder::Problem;

use super::library::title;
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::folders::{FolderDocument, FolderReport};
use crate::lane::{Failure, text::text};

/// Answers one of these requests.
pub(super) async fn answer(engine: &Engine, call: &str, fields: &Fields) -> Answer {
    match call {
        "folder_new" => new(engine, fields).await,
        "folder_add" => add(engine, fields).await,
        "folder_take_out" => take_out(engine, fields).await,
        _ => list(engine, fields).await,
    }
}

async fn new(engine: &Engine, fields: &Fields) -> Answer {
    let folder = engine.create_folder(&title(fields)?).await?;
    Ok(json!({ "folder": folder.to_string() }))
}

async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let FolderReport { folder, name, documents, problems } = engine.folder(folder(engine, fields)?).await?;
    Ok(json!({
        "folder": folder.to_string(),
        "title": name,
        "documents": documents.iter().map(document).collect::<Vec<_>>(),
        "problems": problems.into_iter().map(problem).collect::<Vec<_>>(),
    }))
}

fn document(it: &FolderDocument) -> Value {
    let state = match (it.here, it.inside) {
        (true, true) => "here",
        (true, false) => "by_itself",
        (false, _) => "waiting",
    };
    json!({ "document": it.document.to_string(), "title": it.title, "state": state })
}

fn problem(problem: Problem) -> &'static str {
    match problem {
        Problem::Unreadable => "unreadable",
        Problem::NotListable => "not_listable",
        Problem::Folder => "folder",
        Problem::TooMany => "too_many",
    }
}

async fn add(engine: &Engine, fields: &Fields) -> Answer {
    engine.put_into(folder(engine, fields)?, super::library::meant(engine, fields)?).await?;
    Ok(json!({}))
}

async fn take_out(engine: &Engine, fields: &Fields) -> Answer {
    engine.take_out(folder(engine, fields)?, super::library::meant(engine, fields)?).await?;
    Ok(json!({}))
}

/// The folder that a request means.
fn folder(engine: &Engine, fields: &Fields) -> Result<DocumentId, Failure> {
    Ok(engine.resolve(&text(fields, "folder")?)?)
}

//! The commands: each one request, and how its answer is printed.

use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value, json};
use sheaf_engine::Home;

use crate::arguments::{Command, DevicesCommand, Folder, Form, Offer};
use crate::attachments::{self, Files};
use crate::devices::{self, Devices};
use crate::node::Node;
use crate::{members, print, reviews, waiting, who};

/// Runs a command. The error is a sentence for stderr.
pub(crate) async fn run(home: Home, command: Command, json: bool) -> Result<(), String> {
    if let Some(files) = files(&command) {
        let mut node = Node::find(&home).await.map_err(|error| error.to_string())?;
        let outcome = attachments::perform(&mut node, &files, json).await;
        node.close().await;
        return print::result(&outcome?);
    }
    if let Some(devices) = devices(&command)? {
        let mut node = Node::find(&home).await.map_err(|error| error.to_string())?;
        let outcome = devices::perform(&mut node, &devices, json).await;
        node.close().await;
        return print::result(&outcome?);
    }
    // What can be wrong with the command is found before anything is opened or made.
    let request = request(command)?;
    let mut node = Node::find(&home).await.map_err(|error| error.to_string())?;
    // A ticket says where this device is, and a joiner has to get there.
    if matches!(request.shape, Shape::Ticket | Shape::Joined) {
        node.go_online().await;
    }
    let outcome = perform(&mut node, &request, json).await;
    node.close().await;
    outcome
}

/// A command that is about files, and takes more than one request.
fn files(command: &Command) -> Option<Files> {
    match command.clone() {
        Command::Attach { document, file } => Some(Files::Attach { document, file }),
        Command::Attachments { document } => Some(Files::List { document }),
        Command::Attachment { document, attachment, out, wait } => Some(Files::TakeOut { document, attachment, out, wait }),
        _ => None,
    }
}

/// A command that is about this person's devices, and may take more than one request.
fn devices(command: &Command) -> Result<Option<Devices>, String> {
    Ok(match command.clone() {
        Command::Devices { what: None } => Some(Devices::List),
        Command::Devices { what: Some(DevicesCommand::Remove { device }) } => Some(Devices::Remove { device }),
        Command::LinkDevice { ticket, yes } => {
            let ticket = ticket.map(|ticket| if ticket == "-" { read_stdin() } else { Ok(ticket) }).transpose()?;
            Some(Devices::Link { ticket, yes })
        }
        _ => None,
    })
}

/// A command as a request, and how its answer is to look.
struct Request {
    call: &'static str,
    fields: Map<String, Value>,
    shape: Shape,
}

/// How an answer looks without `--json`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing: it is done.
    Nothing,
    /// One field, and nothing else.
    Field(&'static str),
    /// The library.
    Library,
    /// The documents that name one.
    Backlinks,
    /// A body, exactly.
    Body,
    /// Version, title and Delta, whatever was asked.
    Delta,
    /// A ticket.
    Ticket,
    /// A ticket's contents.
    Preview,
    /// A document's id, once the first copy is here.
    Joined,
    /// Who has what.
    Status,
    /// Who has a paragraph.
    Who,
    /// What was changed on both sides.
    Reviews,
    /// What is in a folder.
    Folder,
    /// Who is in a document.
    Members,
    /// The invitations to it.
    Invitations,
    /// Who waits to be let in.
    Requests,
    /// What happened, and what was checked.
    Audit,
    /// The network profile.
    Network,
    /// What this device has done.
    Statistics,
    /// What of the connection works.
    Findings,
    /// A file that was written.
    Bundle,
    /// Name and colour.
    Me,
}

fn request(command: Command) -> Result<Request, String> {
    let (call, fields, shape) = match command {
        Command::New { title, from, folder } => {
            let markdown = from.as_deref().map(read_markdown).transpose()?;
            let mut fields = json!({ "title": title, "folder": folder });
            markdown.into_iter().for_each(|markdown| fields["markdown"] = markdown.into());
            ("new", fields, Shape::Field("document"))
        }
        Command::List { trashed } => ("list", json!({ "trashed": trashed }), Shape::Library),
        Command::Show { document, form } => {
            let shape = if form == Form::Json { Shape::Delta } else { Shape::Body };
            ("show", json!({ "document": document, "as": form.name() }), shape)
        }
        Command::Backlinks { document } => ("backlinks", json!({ "document": document }), Shape::Backlinks),
        Command::Write { document, file, base } => {
            let markdown = read_markdown(&file)?;
            ("write", json!({ "document": document, "markdown": markdown, "base": base }), Shape::Nothing)
        }
        Command::Rename { document, title } => ("rename", json!({ "document": document, "title": title }), Shape::Nothing),
        Command::Trash { document } => ("trash", json!({ "document": document }), Shape::Nothing),
        Command::Restore { document } => ("restore", json!({ "document": document }), Shape::Nothing),
        Command::Share { document, offer: Offer { role, uses, expires, approve, label } } => {
            let fields = json!({
                "document": document, "role": role.name(), "uses": uses, "expires_in": expires, "approve": approve, "label": label,
            });
            ("share", fields, Shape::Ticket)
        }
        Command::Folder(folder) => about_folder(folder),
        Command::Invites { document } => ("invitations", json!({ "document": document }), Shape::Invitations),
        Command::Revoke { document, invitation } => ("revoke", json!({ "document": document, "invitation": invitation }), Shape::Nothing),
        Command::Requests { document } => ("requests", json!({ "document": document }), Shape::Requests),
        Command::Admit { document, request } => ("admit", json!({ "document": document, "request": request }), Shape::Nothing),
        Command::Decline { document, request } => ("decline", json!({ "document": document, "request": request }), Shape::Nothing),
        Command::Audit { document } => ("audit", json!({ "document": document }), Shape::Audit),
        Command::Copy { document } => ("copy", json!({ "document": document }), Shape::Field("document")),
        Command::Join { ticket, wait, preview } => {
            let ticket = if ticket == "-" { read_stdin()? } else { ticket_in(ticket)? };
            match preview {
                true => ("preview", json!({ "ticket": ticket }), Shape::Preview),
                false => ("join", json!({ "ticket": ticket, "wait": wait }), Shape::Joined),
            }
        }
        Command::Status { document } => ("status", json!({ "document": document }), Shape::Status),
        Command::Who { document, words, line } => ("who", json!({ "document": document, "words": words, "line": line }), Shape::Who),
        Command::Reviews { done: Some(done), .. } => ("review_done", json!({ "review": done }), Shape::Nothing),
        Command::Reviews { document, done: None } => ("reviews", json!({ "document": document }), Shape::Reviews),
        Command::Members { document } => ("members", json!({ "document": document }), Shape::Members),
        Command::Network { profile } => ("network", json!({ "profile": profile }), Shape::Network),
        Command::Statistics => ("statistics", json!({}), Shape::Statistics),
        Command::Doctor => ("doctor", json!({}), Shape::Findings),
        Command::Diagnose { document, out, with_content } => {
            let out = std::path::absolute(&out).map_err(|error| format!("{} is no path: {error}", out.display()))?;
            ("diagnose", json!({ "document": document, "out": out, "content": with_content }), Shape::Bundle)
        }
        Command::Id => ("id", json!({}), Shape::Field("device")),
        Command::Me { name, colour } => ("me", json!({ "name": name, "colour": colour }), Shape::Me),
        other => about_member(other)?,
    };
    let Value::Object(fields) = fields else { return Err("a request is an object".into()) };
    Ok(Request { call, fields, shape })
}

/// The same of what is done about a member.
fn about_member(command: Command) -> Result<(&'static str, Value, Shape), String> {
    let (call, fields) = match command {
        Command::Role { document, member, role } => ("role", json!({ "document": document, "member": member, "role": role.name() })),
        Command::Remove { document, device: Some(device), .. } => ("remove", json!({ "document": document, "device": device })),
        Command::Remove { document, member, .. } => ("remove", json!({ "document": document, "member": member })),
        Command::Ends { document, member, after, .. } => ("ends", json!({ "document": document, "member": member, "in": after })),
        Command::Leave { document } => ("leave", json!({ "document": document })),
        Command::Transfer { document, member } => ("transfer", json!({ "document": document, "member": member })),
        // The node, a replay, and what takes more than one request are dealt with before.
        _ => return Err("this is not a request".into()),
    };
    Ok((call, fields, Shape::Nothing))
}

/// The same of what is asked about a folder and of nothing else.
fn about_folder(folder: Folder) -> (&'static str, Value, Shape) {
    match folder {
        Folder::New { name } => ("folder_new", json!({ "title": name }), Shape::Field("folder")),
        Folder::Add { folder, document } => ("folder_add", json!({ "folder": folder, "document": document }), Shape::Nothing),
        Folder::TakeOut { folder, document } => ("folder_take_out", json!({ "folder": folder, "document": document }), Shape::Nothing),
        Folder::List { folder } => ("folder", json!({ "folder": folder }), Shape::Folder),
    }
}

async fn perform(node: &mut Node, request: &Request, json: bool) -> Result<(), String> {
    let answer = match request.shape {
        Shape::Joined => waiting::join(node, &request.fields).await,
        _ => node.ask(request.call, request.fields.clone()).await,
    };
    let answer = answer.map_err(|failure| failure.message)?;
    if request.shape == Shape::Ticket {
        if let Some(warning) = answer["warning"].as_str() {
            print::sentence(warning);
        }
        if !node.is_running() {
            print::sentence("nobody can join until Sheaf runs on this device: start the app, or `sheaf up`");
        }
    }
    if request.shape == Shape::Joined && answer["state"] != "ready" {
        return Err(late(node, &answer).await);
    }
    let text = if json { as_json(request.shape, &answer) } else { as_text(request.shape, &answer) };
    print::result(&text)?;
    match request.shape {
        Shape::Audit => members::audit_failure(&answer).map_or(Ok(()), Err),
        _ => Ok(()),
    }
}

/// Who was waited for, why in vain, and what goes on.
async fn late(node: &mut Node, answer: &Value) -> String {
    let document = &answer["document"];
    let goes_on = if node.is_running() { "Sheaf goes on trying" } else { "`sheaf up` goes on trying" };
    if answer["asked"] == true {
        let spoken: Vec<&str> = answer["spoken"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let read = if spoken.is_empty() { String::new() } else { format!(" Read them {}: they see the same.", spoken.join(" ")) };
        return format!("whoever made the invitation has been asked to let this device in, and has not answered yet.{read} {goes_on}");
    }
    let Value::Object(fields) = json!({ "document": document }) else { return String::new() };
    let status = node.ask("status", fields).await.unwrap_or_default();
    let why = print::in_vain(&status["documents"][0]);
    format!("the first copy of {} is not here yet. {why}. {goes_on}", document.as_str().unwrap_or_default())
}

/// One object per line.
fn as_json(shape: Shape, answer: &Value) -> String {
    match shape {
        Shape::Library => lines(&answer["documents"]),
        Shape::Backlinks => lines(&answer["backlinks"]),
        Shape::Status => lines(&answer["documents"]),
        Shape::Reviews => lines(&answer["reviews"]),
        Shape::Folder => lines(&answer["documents"]),
        Shape::Members => lines(&answer["members"]),
        Shape::Invitations => lines(&answer["invitations"]),
        Shape::Requests => lines(&answer["requests"]),
        Shape::Findings => lines(&answer["findings"]),
        Shape::Delta => delta(answer),
        _ => format!("{answer}\n"),
    }
}

fn lines(list: &Value) -> String {
    list.as_array().into_iter().flatten().map(|item| format!("{item}\n")).collect()
}

fn delta(answer: &Value) -> String {
    format!("{}\n", json!({ "version": answer["version"], "title": answer["title"], "delta": answer["delta"] }))
}

fn as_text(shape: Shape, answer: &Value) -> String {
    let line = |name: &str| format!("{}\n", answer[name].as_str().unwrap_or_default());
    match shape {
        Shape::Nothing => String::new(),
        Shape::Field(name) => line(name),
        Shape::Body => answer["body"].as_str().unwrap_or_default().to_owned(),
        Shape::Delta => delta(answer),
        Shape::Ticket => line("ticket"),
        Shape::Joined => line("document"),
        Shape::Library => print::library(&answer["documents"]),
        Shape::Backlinks => print::backlinks(&answer["backlinks"]),
        Shape::Preview => print::preview(answer),
        Shape::Status => print::status(answer),
        Shape::Who => who::text(answer),
        Shape::Reviews => reviews::text(answer),
        Shape::Folder => print::folder(answer),
        Shape::Members => members::members(answer),
        Shape::Invitations => members::invitations(answer),
        Shape::Requests => members::requests(answer),
        Shape::Audit => members::audit(answer),
        Shape::Statistics => print::statistics(answer),
        Shape::Findings => print::findings(answer),
        Shape::Bundle => print::bundle(answer),
        Shape::Network => match answer["relay"].as_str() {
            Some(relay) => format!("relay={relay}\n"),
            None => line("profile"),
        },
        Shape::Me => format!("{}\t{}\n", answer["name"].as_str().unwrap_or_default(), answer["colour"].as_str().unwrap_or_default()),
    }
}

/// A Markdown file, or stdin for `-`, with LF at its line ends.
fn read_markdown(path: &Path) -> Result<String, String> {
    let (name, bytes) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map_err(|error| format!("cannot read stdin: {error}"))?;
        ("stdin".to_owned(), bytes)
    } else {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        (name, bytes)
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        format!("{name} is not UTF-8 text: byte {} makes no sense there. Convert it, then try again", error.utf8_error().valid_up_to())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A ticket, or what a file of invitations holds: no ticket ends like one.
fn ticket_in(word: String) -> Result<String, String> {
    if !word.ends_with(".sheaf") {
        return Ok(word);
    }
    std::fs::read_to_string(&word).map_err(|error| format!("{word} cannot be read as an invitation: {error}"))
}

fn read_stdin() -> Result<String, String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| format!("cannot read stdin: {error}"))?;
    Ok(text)
}

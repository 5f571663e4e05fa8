//! A person with a profile and the command line.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything should take here.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often something is looked at while it is waited for.
const LOOK: Duration = Duration::from_millis(20);

/// Where `sheaf` is: `SHEAF_BIN`, else in cargo's target folder: beside this program, or above it, if it is a test.
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("SHEAF_BIN").filter(|named| !named.is_empty()) {
        return named.into();
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    let built = test.ancestors().skip(1).take(2).map(|folder| folder.join("sheaf")).find(|built| built.is_file());
    built.unwrap_or_else(|| panic!("there is no sheaf at {}: cargo build -p sheaf-cli", test.display()))
}

/// Until `look` finds something, looking often. Panics with `what` after a minute.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(LOOK);
        waited += LOOK;
    }
    panic!("waited a minute for {what}");
}

/// A person with a profile of their own, on loopback.
pub struct Person {
    home: TempDir,
    name: &'static str,
    environment: Vec<(&'static str, String)>,
}

impl Person {
    /// A new profile, whose sockets stay on loopback and which is reached by address only.
    pub fn new(name: &'static str) -> Person {
        let environment = vec![("SHEAF_BIND", "127.0.0.1".to_owned()), ("SHEAF_NETWORK", "direct".to_owned())];
        let person = Person { home: folder(), name, environment };
        person.done(["me", "--name", name]);
        person
    }

    /// A new profile that has never been used, with nothing said about the network.
    pub fn untouched(name: &'static str) -> Person {
        Person { home: folder(), name, environment: Vec::new() }
    }

    /// A profile that is a copy of this one, as somebody makes who restores a backup to a second machine.
    pub fn copied(&self, name: &'static str) -> Person {
        let copy = Person { home: folder(), name, environment: self.environment.clone() };
        let status = Command::new("cp").arg("-a").arg(self.home().join(".")).arg(copy.home()).status().expect("cp runs");
        assert!(status.success(), "a stopped profile can be copied");
        copy
    }

    /// The same person with another environment.
    pub fn with(mut self, name: &'static str, value: &str) -> Person {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
        self
    }

    /// The same person without a word about the network profile.
    pub fn without_profile(mut self) -> Person {
        self.environment.retain(|(known, _)| *known != "SHEAF_NETWORK");
        self
    }

    /// What they are called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Their profile's folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `sheaf` with these arguments, not started yet.
    pub fn command<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        self.command_of(Command::new(binary()), arguments)
    }

    /// The same, started by another program: `launcher` ends where `sheaf` begins.
    pub fn command_under<I: AsRef<OsStr>>(&self, launcher: &[&str], arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(launcher[0]);
        command.args(&launcher[1..]).arg(binary());
        self.command_of(command, arguments)
    }

    fn command_of<I: AsRef<OsStr>>(&self, mut command: Command, arguments: impl IntoIterator<Item = I>) -> Command {
        for name in ["SHEAF_BIND", "SHEAF_NETWORK", "SHEAF_HOME", "SHEAF_RELAY", "SHEAF_RELAY_CA", "SHEAF_LOOKUP", "SHEAF_RELAYED"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.arg("--home").arg(self.home.path()).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>, stdin: &str) -> Output {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sheaf starts");
        // A command that does not read its stdin has closed it.
        let _ = child.stdin.take().expect("it is piped").write_all(stdin.as_bytes());
        child.wait_with_output().expect("sheaf ends")
    }

    /// Runs a command that has to succeed, and returns what it printed, without the last line end.
    pub fn done<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> String {
        self.done_with(arguments, "")
    }

    /// The same, with something on stdin.
    pub fn done_with<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>, stdin: &str) -> String {
        let output = self.run(arguments, stdin);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {}\n{out}\n{err}", self.name, output.status);
        out.trim_end_matches('\n').to_owned()
    }

    /// Runs a command that has to fail with exit code 1, and returns its sentence.
    pub fn fails<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>, stdin: &str) -> String {
        let output = self.run(arguments, stdin);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{}: {}\n{out}\n{err}", self.name, output.status);
        assert_eq!(out, "", "a failure prints nothing on stdout");
        err.trim_end().to_owned()
    }

    /// A document's text.
    pub fn text(&self, document: &str) -> String {
        self.done(["show", document])
    }

    /// Adds a paragraph at the end of a document, whatever others do meanwhile.
    pub fn add(&self, document: &str, paragraph: &str) {
        let version = || {
            let shown: Value = serde_json::from_str(&self.done(["show", document, "--as", "json"])).expect("one object");
            shown["version"].as_u64().expect("a version").to_string()
        };
        let (base, text) = eventually("a quiet moment", || {
            let before = version();
            let text = self.text(document);
            (version() == before).then_some((before, text))
        });
        self.done_with(["write", document, "-", "--base", &base], &format!("{text}\n\n{paragraph}\n"));
    }

    /// What is known of the copies of a document.
    pub fn status(&self, document: &str) -> Value {
        serde_json::from_str(&self.done(["--json", "status", document])).expect("status prints one object")
    }

    /// Starts the node.
    pub fn up(&self) -> Up {
        Up::start(self.command(["--json", "up"]))
    }
}

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("sheaf-e2e-").tempdir().expect("a temporary folder can be made")
}

/// A running node. Dropping it kills it.
pub struct Up {
    child: Child,
    said: Arc<Mutex<Vec<Value>>>,
}

impl Up {
    /// Starts `sheaf --json up`, and waits until it is up.
    pub fn start(mut command: Command) -> Up {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("sheaf starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let said: Arc<Mutex<Vec<Value>>> = Arc::default();
        let heard = said.clone();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            }
        });
        let mut up = Up { child, said };
        eventually("the node to be up", || {
            assert_eq!(up.child.try_wait().expect("a child can be asked"), None, "the node ended at once");
            up.said().iter().any(|event| event["event"] == "up").then_some(())
        });
        up
    }

    /// Everything it has said so far.
    pub fn said(&self) -> Vec<Value> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Lets the whole process stand still, or go on: to others it is as if its machine were gone.
    pub fn freeze(&self, still: bool) {
        let signal = if still { "-STOP" } else { "-CONT" };
        let done = Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(done.success(), "the node runs");
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_none()
    }

    /// Stops it politely, and waits for its end.
    pub fn stop(mut self) {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success(), "the node runs until it is asked to stop");
        eventually("the node to end", || self.child.try_wait().expect("a child can be asked"));
    }

    /// Kills it as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

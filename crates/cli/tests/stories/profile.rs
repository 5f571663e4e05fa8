//! A profile of its own for each story, and the binary run on it with nothing of the caller's environment.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long anything may take on a busy machine before a story fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A temporary profile.
pub(crate) struct Profile {
    folder: tempfile::TempDir,
}

/// A command that succeeded.
pub(crate) struct Done {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command that failed.
pub(crate) struct Failed {
    pub(crate) code: i32,
    pub(crate) stderr: String,
}

impl Profile {
    pub(crate) fn new() -> Profile {
        Profile { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A file beside the profile.
    pub(crate) fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, contents).expect("a file");
        path
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let runtime = self.folder.path().join("runtime");
        std::fs::create_dir_all(&runtime).expect("a folder for the socket");
        let binary = std::env::var_os("SHEAF_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_sheaf").into());
        let mut command = Command::new(binary);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("SHEAF_HOME", self.home()).env("XDG_RUNTIME_DIR", runtime);
        command.env("SHEAF_NETWORK", "direct").env("SHEAF_BIND", "127.0.0.1");
        command.args(arguments);
        command
    }

    fn output(mut command: Command, stdin: &[u8]) -> Output {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sheaf starts");
        // A command that does not read its stdin closes it.
        drop(child.stdin.take().expect("piped").write_all(stdin));
        child.wait_with_output().expect("sheaf ends")
    }

    /// Runs a command that has to succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Done {
        self.ok_with(arguments, b"")
    }

    /// Runs a command that has to succeed, with something on stdin.
    pub(crate) fn ok_with(&self, arguments: &[&str], stdin: &[u8]) -> Done {
        let output = Profile::output(self.command(arguments), stdin);
        let done = Done { stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(output.status.success(), "sheaf {arguments:?}: {:?}: {}", output.status, done.stderr);
        done
    }

    /// What a command prints, without the line end.
    pub(crate) fn line(&self, arguments: &[&str]) -> String {
        let done = self.ok(arguments);
        let line = done.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("sheaf {arguments:?} printed {:?}", done.stdout));
        assert!(!line.contains('\n'), "sheaf {arguments:?} printed more than a line: {line:?}");
        line.to_owned()
    }

    /// What a command prints with `--json`, one object per line.
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> = std::iter::once("--json").chain(arguments.iter().copied()).collect();
        self.ok(&arguments).stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON object per line")).collect()
    }

    /// Runs a command that has to fail with nothing on stdout.
    pub(crate) fn fails(&self, arguments: &[&str]) -> Failed {
        self.fails_with(arguments, b"")
    }

    pub(crate) fn fails_with(&self, arguments: &[&str], stdin: &[u8]) -> Failed {
        let output = Profile::output(self.command(arguments), stdin);
        assert!(!output.status.success(), "sheaf {arguments:?} succeeded");
        assert_eq!(text(output.stdout), "", "sheaf {arguments:?} failed and printed a result");
        Failed { code: output.status.code().expect("it ended by itself"), stderr: text(output.stderr) }
    }

    /// Runs the node.
    pub(crate) fn up(&self, arguments: &[&str]) -> Up {
        let mut command = self.command(&["--json", "up"]);
        command.args(arguments);
        Up::start(command)
    }

    /// Where the running node's control socket is.
    pub(crate) fn socket(&self) -> PathBuf {
        let runtime = self.folder.path().join("runtime");
        let folders = std::fs::read_dir(runtime).expect("a folder").map(|entry| entry.expect("an entry").path());
        folders.map(|folder| folder.join("control")).find(|socket| socket.exists()).expect("a node offers its socket")
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

/// A running node. Killed when the story ends.
pub(crate) struct Up {
    pub(crate) child: Child,
    events: Receiver<Value>,
}

impl Up {
    /// Starts a node and waits until it is up.
    pub(crate) fn start(mut command: Command) -> Up {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("sheaf starts");
        let stdout = child.stdout.take().expect("piped");
        let (sender, events) = channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            for event in lines.filter_map(|line| serde_json::from_str(&line).ok()) {
                drop(sender.send(event));
            }
        });
        let up = Up { child, events };
        up.event("up");
        up
    }

    /// The next event of this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        loop {
            let event = self.events.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no event {name:?} came"));
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Asks it politely to end, and waits.
    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "kill -TERM");
        self.child.wait().expect("it ends")
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // A story that fails must not leave a node behind; one that has ended already is no trouble.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A view, or any other client, on the control socket.
pub(crate) struct Lane {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    asked: u64,
    events: Vec<Value>,
}

impl Lane {
    pub(crate) fn open(socket: &Path) -> Lane {
        let writer = UnixStream::connect(socket).expect("the control socket");
        writer.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let reader = BufReader::new(writer.try_clone().expect("the same socket"));
        Lane { reader, writer, asked: 0, events: Vec::new() }
    }

    /// Says something and returns its id.
    pub(crate) fn say(&mut self, call: &str, mut fields: Value) -> std::io::Result<u64> {
        self.asked += 1;
        fields["id"] = self.asked.into();
        fields["call"] = call.into();
        writeln!(self.writer, "{fields}").map(|()| self.asked)
    }

    /// The next message; `None` when the node has gone.
    pub(crate) fn hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => serde_json::from_str(&line).ok(),
        }
    }

    /// Asks, and waits for the answer; events that come before it are kept.
    pub(crate) fn ask(&mut self, call: &str, fields: Value) -> Result<Value, Value> {
        let id = self.say(call, fields).expect("the node listens");
        loop {
            let mut told = self.hear().unwrap_or_else(|| panic!("the node went away before it answered {call:?}"));
            if told["id"] == id {
                return if told["error"].is_null() { Ok(told["ok"].take()) } else { Err(told["error"].take()) };
            }
            self.events.push(told);
        }
    }

    /// The next event of this name, or one that was kept.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        if let Some(at) = self.events.iter().position(|event| event["event"] == name) {
            return self.events.remove(at);
        }
        loop {
            let told = self.hear().unwrap_or_else(|| panic!("no event {name:?} came"));
            if told["event"] == name {
                return told;
            }
            self.events.push(told);
        }
    }

    /// Opens a view of a document.
    pub(crate) fn view(&mut self, document: &str, view: &str) -> Value {
        self.ask("open", json!({ "document": document, "view": view })).expect("opened")
    }
}

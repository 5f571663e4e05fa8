//! A network namespace that lives as long as whoever made it.

use std::fs::{File, read_link};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::eventually;

/// A network of its own: nothing but loopback, until something is added.
pub(super) struct Namespace {
    holder: Child,
    /// What starts a program in it.
    launcher: [String; 2],
}

impl Namespace {
    /// A new one.
    pub(super) fn new() -> Namespace {
        // `cat` reads from this process: when this ends, however it ends, `cat` does, and the namespace with it.
        let mut holder = Command::new("unshare");
        let holder = holder.args(["--net", "cat"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("unshare starts");
        let place = format!("/proc/{}/ns/net", holder.id());
        let ours = read_link("/proc/self/ns/net").expect("a process has a network namespace");
        eventually("a network namespace", || read_link(&place).is_ok_and(|its| its != ours).then_some(()));
        let it = Namespace { holder, launcher: ["nsenter".into(), format!("--net={place}")] };
        it.run("ip link set lo up");
        it
    }

    /// The process that holds it: `ip` calls a namespace by such a number.
    pub(super) fn holder(&self) -> u32 {
        self.holder.id()
    }

    /// What starts a program in it: the program follows.
    pub(super) fn launcher(&self) -> [&str; 2] {
        [&self.launcher[0], &self.launcher[1]]
    }

    /// Runs a command in it that has to succeed, given in words, and returns what it printed.
    pub(super) fn run(&self, words: &str) -> String {
        self.run_with(words, "")
    }

    /// The same, with something on stdin.
    pub(super) fn run_with(&self, words: &str, stdin: &str) -> String {
        let mut command = Command::new(&self.launcher[0]);
        command.arg(&self.launcher[1]).args(words.split_whitespace());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("nsenter starts");
        let mut input = child.stdin.take().expect("it is piped");
        std::io::Write::write_all(&mut input, stdin.as_bytes()).expect("it reads what it is told");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{words}: {}", output.status);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Does something on a thread of its own that is in this namespace, and so is every thread that it starts.
    pub(super) fn within<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let place = File::open(format!("/proc/{}/ns/net", self.holder.id())).expect("the holder runs");
        thread::scope(|scope| {
            let inside = scope.spawn(|| {
                move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network)).expect("root may enter a namespace");
                act()
            });
            inside.join().expect("what is done in a namespace does not panic")
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

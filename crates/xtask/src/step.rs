//! One step of a lane: a program that is started, heard out, and ended with all that it started.
//!
//! A step is over when its program is. What that program leaves running is ended and said: it must neither hold up the run (it may hold
//! the other end of our pipe for ever) nor live on into the next step.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::check::now;
use crate::count::Told;
use crate::shell::{Outcome, Stop, spoken};

/// How often we look whether the program has ended while it says nothing.
const GLANCE: Duration = Duration::from_millis(200);

/// How long its last words may take to reach us once it has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs a command for at most `patience`, passing its output on line by line while `told` takes it in.
pub(crate) fn take(mut command: Command, patience: Duration, told: &mut Told) -> Outcome {
    let said = spoken(&command);
    println!("--- {said}");
    let mut child = in_own_group(&mut command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Stop::while_(format_args!("cannot start `{said}`"), error))?;
    let lines = follow(&mut child);
    let mut hear = |line: &str| {
        println!("{line}");
        let _ = std::io::stdout().flush();
        told.hear(line);
    };
    let ended = until_it_ends(&mut child, &lines, patience, &mut hear);
    let left_behind = last_words(&lines, &mut hear) == Pipe::HeldOpen;
    end_group(child.id());
    match ended.map_err(|error| Stop::while_(format_args!("lost `{said}`"), error))? {
        None => {
            let _ = child.wait();
            Err(Stop(format!("`{said}` had not ended after {} minutes", patience.as_secs() / 60)))
        }
        Some(status) => {
            if left_behind {
                println!("--- `{said}` has ended, but something that it started was still running");
            }
            if status.success() { Ok(()) } else { Err(Stop(format!("`{said}` failed ({status})"))) }
        }
    }
}

/// Hears the program out. Nothing, if it had not ended in time.
fn until_it_ends(
    child: &mut Child,
    lines: &Receiver<String>,
    patience: Duration,
    hear: &mut impl FnMut(&str),
) -> std::io::Result<Option<ExitStatus>> {
    let began = now();
    while began.elapsed() < patience {
        match lines.recv_timeout(GLANCE) {
            Ok(line) => {
                hear(&line);
                continue;
            }
            // It has closed its output, and goes on or ends without another word.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(GLANCE),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
    }
    Ok(None)
}

/// Whether anybody can still write to our pipe.
#[derive(PartialEq, Eq)]
enum Pipe {
    Closed,
    HeldOpen,
}

fn last_words(lines: &Receiver<String>, hear: &mut impl FnMut(&str)) -> Pipe {
    let began = now();
    loop {
        match lines.recv_timeout(LAST_WORDS.saturating_sub(began.elapsed())) {
            Ok(line) => hear(&line),
            Err(RecvTimeoutError::Disconnected) => return Pipe::Closed,
            Err(RecvTimeoutError::Timeout) => return Pipe::HeldOpen,
        }
    }
}

/// A group of its own, so that what a step started ends with it.
fn in_own_group(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command
}

/// Ends what is left of a group; most often nothing is, and `kill` says so to nobody.
fn end_group(leader: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).stderr(Stdio::null()).status();
}

/// What a child says on both its pipes, line by line.
fn follow(child: &mut Child) -> Receiver<String> {
    let (tell, lines) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        follow_one(out, tell.clone());
    }
    if let Some(complaints) = child.stderr.take() {
        follow_one(complaints, tell);
    }
    lines
}

fn follow_one(pipe: impl Read + Send + 'static, tell: Sender<String>) {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        // Bytes, not `lines()`: a runner may print something that is not UTF-8, and must not be cut off by it.
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            if tell.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::count::Count;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_is_heard_out_and_counted() {
        let mut told = Told::default();
        take(shell("echo 3 passed, 1 failed; echo '# pass 2' >&2"), Duration::from_secs(60), &mut told).expect("it ends well");
        assert_eq!(told.count, Count { passed: 5, failed: 1, skipped: 0 });
        assert!(take(shell("exit 3"), Duration::from_secs(60), &mut told).is_err());
    }

    #[test]
    fn what_a_program_leaves_running_does_not_hold_up_the_run() {
        // One child in its group, one that has left it: both hold our pipe, and would speak later.
        let later = "sh -c 'sleep 9; echo 8 passed, 0 failed'";
        let mut told = Told::default();
        take(shell(&format!("{later} & setsid {later} & echo 1 passed, 0 failed")), Duration::from_secs(300), &mut told)
            .expect("it ends well");
        assert_eq!(told.count.passed, 1, "it waited for what was left behind");
    }

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let Err(Stop(reason)) = take(shell("sleep 600"), Duration::from_millis(500), &mut Told::default()) else { panic!("it ended?") };
        assert!(reason.contains("had not ended"), "{reason}");
    }
}

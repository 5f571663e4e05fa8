//! `cargo xtask test`: runs the lanes in order, each timed and counted, and ends with a table and one closing line.
//!
//! A failing lane does not stop the others, so that one run tells everything; the exit code says whether all passed.

use std::time::{Duration, Instant};

use crate::count::{Count, Told};
use crate::lanes::{LANES, Lane};
use crate::setup;
use crate::shell::{Outcome, Stop, target};
use crate::step;

/// What a whole run may take in minutes on two cores: with the third-party crates built, and without.
const WARM_AND_COLD: [u64; 2] = [25, 60];

/// How long one step may run before it counts as hung, in multiples of its lane's budget. Generous, since the budget is
/// for a warm machine and the first step of a lane may have to build.
const PATIENCE: u32 = 6;

/// CI ends a run after 90 minutes without a word; we end it ourselves before, with the table.
const RUN_MAX: Duration = Duration::from_secs(86 * 60);

/// How a lane ended.
struct Report {
    lane: &'static Lane,
    took: Duration,
    told: Told,
    ended: Ended,
}

enum Ended {
    Passed,
    /// The step that failed, and how.
    Failed(String),
}

/// Runs the named lanes, or all.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    if arguments.iter().any(|argument| argument == "--list") {
        LANES.iter().for_each(|lane| println!("{:<12} {:>3} min  {}", lane.name, lane.budget, lane.proves));
        return Ok(());
    }
    let lanes = chosen(arguments)?;
    let began = now();
    setup::install(setup::Need::Test)?;
    let reports: Vec<Report> = lanes.into_iter().map(|lane| run(lane, began)).collect();
    close(&reports, began.elapsed())
}

/// The clock of this tool.
#[expect(clippy::disallowed_methods, reason = "a build tool times its own lanes; nothing of the product rests on it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn chosen(names: &[String]) -> Outcome<Vec<&'static Lane>> {
    if names.is_empty() {
        return Ok(LANES.iter().collect());
    }
    let find = |name: &String| LANES.iter().find(|lane| lane.name == name);
    names.iter().map(|name| find(name).ok_or_else(|| Stop(format!("there is no lane {name:?}; --list names them")))).collect()
}

fn run(lane: &'static Lane, run_began: Instant) -> Report {
    let began = now();
    println!("\n=== {}: {} ===", lane.name, lane.proves);
    let mut report = Report { lane, took: Duration::ZERO, told: Told::default(), ended: Ended::Passed };
    for step in lane.steps {
        if let Some(obstacle) = step.obstacle() {
            println!("--- skipped: {obstacle}");
            report.told.count.skipped += 1;
            continue;
        }
        let patience = Duration::from_secs(lane.budget * 60) * PATIENCE;
        let left = RUN_MAX.saturating_sub(run_began.elapsed()).min(patience);
        if let Err(Stop(reason)) = step::take(step.command(), left, &mut report.told) {
            println!("--- {}: {reason}", lane.name);
            report.ended = Ended::Failed(reason);
            break;
        }
    }
    report.took = began.elapsed();
    report
}

/// The table, then the closing line alone on a line.
fn close(reports: &[Report], took: Duration) -> Outcome {
    let minutes = |took: Duration| took.as_secs_f64() / 60.0;
    println!("\n{:<12} {:>7} {:>7} {:>8} {:>7} {:>8}", "lane", "minutes", "budget", "passed", "failed", "skipped");
    let mut total = Count::default();
    for Report { lane, took, told, ended } in reports {
        let note = match ended {
            Ended::Passed if took.as_secs() > lane.budget * 60 => "  over its budget".to_owned(),
            Ended::Passed => String::new(),
            Ended::Failed(reason) => format!("  FAILED: {reason}"),
        };
        let Count { passed, failed, skipped } = told.count;
        println!("{:<12} {:>7.1} {:>7} {passed:>8} {failed:>7} {skipped:>8}{note}", lane.name, minutes(*took), lane.budget);
        total += told.count;
    }
    let [warm, cold] = WARM_AND_COLD;
    println!("{:<12} {:>7.1} {:>7}  ({cold} with nothing built; built into {})\n", "all", minutes(took), warm, target().display());

    let failing: Vec<&Report> =
        reports.iter().filter(|report| matches!(report.ended, Ended::Failed(_)) || report.told.count.failed > 0).collect();
    // A lane can fail without a counted test, for example when it does not compile: that is a failure too.
    let uncounted = failing.iter().filter(|report| report.told.count.failed == 0).count() as u64;
    for report in &failing {
        report.told.failures.iter().for_each(|failure| println!("{}: {failure}", report.lane.name));
    }
    println!("{} passed, {} failed, {} skipped", total.passed, total.failed + uncounted, total.skipped);
    if failing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = failing.iter().map(|report| report.lane.name).collect();
    Err(Stop(format!("failed in: {}", names.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_lane_is_refused() {
        assert!(chosen(&["simulation".to_owned()]).is_ok());
        assert!(chosen(&["simulatoin".to_owned()]).is_err());
    }

    fn told(passed: u64, failed: u64) -> Told {
        let mut told = Told::default();
        told.hear(&format!("{passed} passed, {failed} failed"));
        told
    }

    #[test]
    fn a_failing_lane_fails_the_run_even_without_a_counted_test() {
        let report = |ended| Report { lane: &LANES[0], took: Duration::ZERO, told: told(3, 0), ended };
        assert!(close(&[report(Ended::Passed)], Duration::ZERO).is_ok());
        assert!(close(&[report(Ended::Failed("did not compile".into()))], Duration::ZERO).is_err());
        let one_failed = Report { told: told(3, 1), ..report(Ended::Passed) };
        assert!(close(&[one_failed], Duration::ZERO).is_err());
    }
}

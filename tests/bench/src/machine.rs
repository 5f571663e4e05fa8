//! What it was measured on, and how busy that was.

use std::fs::read_to_string;

/// Processor, cores and load, on one line.
pub(crate) fn described() -> String {
    let processor = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores of {model}, load {}", load())
}

/// How many processes wanted to run, on average over one, five and fifteen minutes.
pub(crate) fn load() -> String {
    let averages = read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
    averages.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// The bytes of a process that are in memory.
pub(crate) fn memory(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

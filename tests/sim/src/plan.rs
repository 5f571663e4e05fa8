//! What kind of world is made, and the one line that makes it again.

use std::fmt;

use sheaf_base::planted::Bug;

/// What kind of world a seed makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Happenings before everything heals.
    pub steps: usize,
    /// A bug to plant in every device, to show that the world would notice.
    pub planted: Option<Planted>,
    /// Frames are altered on their way.
    pub attacked: bool,
    /// One device's disk fails, at a certain operation.
    pub failing: Option<Failing>,
}

/// A bug to plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// In the shell: what rests on a turn is told before the turn is durable.
    TellBeforeWrite,
    /// In the product.
    Product(Bug),
}

/// Which disk fails, when, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// Whose.
    pub device: usize,
    /// Its operation with this number fails; the first is 0.
    pub at: u64,
    /// And all that follow, until everything heals.
    pub for_good: bool,
    /// The bytes reach the disk, and only the answer does not come back.
    pub unheard: bool,
}

impl Plan {
    /// A world in which nobody means any harm.
    pub fn peaceful(seed: u64, steps: usize) -> Plan {
        Plan { seed, steps, planted: None, attacked: false, failing: None }
    }

    /// The plan that the environment describes, in the words that [`fmt::Display`] uses.
    pub fn from_environment(steps: usize) -> Plan {
        let word = |name: &str| std::env::var(format!("SHEAF_SIM_{name}")).ok();
        let number = |name: &str| word(name)?.parse().ok();
        let failing = word("FAILING").and_then(|words| {
            let mut words = words.split(':');
            let mut number = || words.next()?.parse().ok();
            let (device, at) = (number()?, number()?);
            let rest: Vec<&str> = words.collect();
            Some(Failing { device: device as usize, at, for_good: rest.contains(&"good"), unheard: rest.contains(&"unheard") })
        });
        let steps = number("STEPS").map_or(steps, |steps: u64| steps as usize);
        Plan { attacked: word("ATTACKED").is_some(), failing, ..Plan::peaceful(number("SEED").unwrap_or(0), steps) }
    }
}

/// As environment variables.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHEAF_SIM_SEED={} SHEAF_SIM_STEPS={}", self.seed, self.steps)?;
        if self.attacked {
            f.write_str(" SHEAF_SIM_ATTACKED=1")?;
        }
        let Some(Failing { device, at, for_good, unheard }) = self.failing else { return Ok(()) };
        let (good, unheard) = (if for_good { ":good" } else { "" }, if unheard { ":unheard" } else { "" });
        write!(f, " SHEAF_SIM_FAILING={device}:{at}{good}{unheard}")
    }
}

/// Why a world failed, with the line that reproduces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which world.
    pub plan: Plan,
    /// At which step.
    pub step: usize,
    /// What did not hold.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { plan, step, what } = self;
        write!(f, "seed {} failed at step {step}: {what}\n  {plan} cargo test -p sheaf-sim one_seed", plan.seed)
    }
}

//! What kind of world is made, and the one line that makes it again.

use std::fmt;

use sheaf_base::planted::Bug;

use crate::trouble::Troubles;

/// The most devices that a world begins with.
pub const DEVICES: usize = 8;

/// What kind of world a seed makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Happenings before everything heals.
    pub steps: usize,
    /// At most so many devices, however many the seed would make.
    pub devices: usize,
    /// So many of them are hostile. Never the first two.
    pub hostile: usize,
    /// Kinds of trouble that this world is spared.
    pub without: Troubles,
    /// A bug to plant in every device, to show that the world would notice.
    pub planted: Option<Planted>,
    /// The hostile ones are removed, sooner or later, by two who are not and do not wait for each other.
    pub removing: bool,
    /// Everybody is honest, several manage, and they promote, demote and remove one another.
    pub quarreling: bool,
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

/// A line that describes no world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPlan(pub String);

impl Plan {
    /// A world in which nobody means any harm.
    pub fn peaceful(seed: u64, steps: usize) -> Plan {
        Plan {
            seed,
            steps,
            devices: DEVICES,
            hostile: 0,
            without: Troubles::FORKS,
            planted: None,
            removing: false,
            quarreling: false,
            attacked: false,
            failing: None,
        }
    }

    /// A world with hostile devices that make no forks.
    pub fn hostile(seed: u64, steps: usize) -> Plan {
        Plan { hostile: 1 + (seed % 2) as usize, ..Plan::peaceful(seed, steps) }
    }

    /// A world with hostile devices that are removed, and may not have heard of it, nor those who write with them.
    pub fn removing(seed: u64, steps: usize) -> Plan {
        Plan { removing: true, ..Plan::hostile(seed, steps) }
    }

    /// A world in which nobody lies, and several who manage do not agree.
    pub fn quarreling(seed: u64, steps: usize) -> Plan {
        Plan { quarreling: true, ..Plan::peaceful(seed, steps) }
    }

    /// A world in which chains fork, and nothing else that is hostile happens.
    pub fn forked(seed: u64, steps: usize) -> Plan {
        Plan { hostile: 1, without: Troubles::LIES, ..Plan::peaceful(seed, steps) }
    }

    /// Whether somebody is removed in it, and listens on.
    pub(crate) fn listens(&self) -> bool {
        self.removing || self.quarreling
    }

    /// Reads a plan: words as [`fmt::Display`] writes them, in any order. Words that are no part of a plan say nothing of it.
    pub fn read(line: &str, steps: usize) -> Result<Plan, NoPlan> {
        let mut plan = Plan::peaceful(0, steps);
        let words = line.split_whitespace().filter_map(|word| word.strip_prefix("SHEAF_SIM_")?.split_once('='));
        for (name, value) in words {
            let number = || value.parse::<u64>().map_err(|_| NoPlan(format!("{name} is {value:?}, which is no number")));
            match name {
                "SEED" => plan.seed = number()?,
                "STEPS" => plan.steps = number()? as usize,
                "DEVICES" => plan.devices = number()? as usize,
                "HOSTILE" => plan.hostile = number()? as usize,
                "WITHOUT" => plan.without = Troubles::read(value).ok_or_else(|| NoPlan(format!("{value:?} is no kind of trouble")))?,
                "REMOVING" => plan.removing = true,
                "QUARRELING" => plan.quarreling = true,
                "ATTACKED" => plan.attacked = true,
                "PLANTED" => plan.planted = Some(planted(value)?),
                "FAILING" => plan.failing = Some(failing(value)?),
                _ => {}
            }
        }
        if plan.devices < 2 { Err(NoPlan(format!("{} devices make no world", plan.devices))) } else { Ok(plan) }
    }
}

/// The bugs that a plan can name: those of which `planted_bugs_are_noticed` tells.
const BUGS: [Planted; 7] = [
    Planted::TellBeforeWrite,
    Planted::Product(Bug::UncoveredStamp),
    Planted::Product(Bug::HashUnchecked),
    Planted::Product(Bug::SignatureUnchecked),
    Planted::Product(Bug::UnsealedAccepted),
    Planted::Product(Bug::DeleteSetDropped),
    Planted::Product(Bug::IndexMisplaces),
];

fn planted(word: &str) -> Result<Planted, NoPlan> {
    BUGS.into_iter().find(|bug| bug.to_string() == word).ok_or_else(|| NoPlan(format!("{word:?} is no planted bug")))
}

fn failing(value: &str) -> Result<Failing, NoPlan> {
    let mut words = value.split(':');
    let mut number = || words.next()?.parse::<u64>().ok();
    let (Some(device), Some(at)) = (number(), number()) else {
        return Err(NoPlan(format!("{value:?} does not say which disk fails when")));
    };
    let rest: Vec<&str> = words.collect();
    Ok(Failing { device: device as usize, at, for_good: rest.contains(&"good"), unheard: rest.contains(&"unheard") })
}

impl fmt::Display for Planted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Planted::TellBeforeWrite => f.write_str("TellBeforeWrite"),
            Planted::Product(bug) => write!(f, "{bug:?}"),
        }
    }
}

/// As environment variables; what is as usual is left out.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Plan::peaceful(self.seed, self.steps);
        write!(f, "SHEAF_SIM_SEED={} SHEAF_SIM_STEPS={}", self.seed, self.steps)?;
        if self.devices != usual.devices {
            write!(f, " SHEAF_SIM_DEVICES={}", self.devices)?;
        }
        if self.hostile != usual.hostile {
            write!(f, " SHEAF_SIM_HOSTILE={}", self.hostile)?;
        }
        if self.without != usual.without {
            write!(f, " SHEAF_SIM_WITHOUT={}", self.without)?;
        }
        if self.removing {
            f.write_str(" SHEAF_SIM_REMOVING=1")?;
        }
        if self.quarreling {
            f.write_str(" SHEAF_SIM_QUARRELING=1")?;
        }
        if self.attacked {
            f.write_str(" SHEAF_SIM_ATTACKED=1")?;
        }
        if let Some(bug) = self.planted {
            write!(f, " SHEAF_SIM_PLANTED={bug}")?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::Trouble;

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        let failing = Some(Failing { device: 1, at: 7, for_good: true, unheard: false });
        let without = Troubles::NONE.with(Trouble::Crash).with(Trouble::StolenKey);
        let planted = Some(Planted::Product(Bug::DeleteSetDropped));
        let odd = Plan {
            devices: 3,
            hostile: 2,
            without,
            planted,
            removing: true,
            quarreling: true,
            attacked: true,
            failing,
            ..Plan::peaceful(9, 44)
        };
        for plan in [odd, Plan::peaceful(1, 2), Plan::hostile(3, 4), Plan::forked(5, 6), Plan { without: Troubles::NONE, ..odd }] {
            assert_eq!(Plan::read(&plan.to_string(), 200), Ok(plan));
        }
    }

    #[test]
    fn a_word_that_is_none_is_named() {
        assert!(Plan::read("SHEAF_SIM_WITHOUT=rain", 1).is_err_and(|NoPlan(what)| what.contains("rain")));
        assert!(Plan::read("SHEAF_SIM_SEED=x", 1).is_err());
        assert!(Plan::read("SHEAF_SIM_DEVICES=1", 1).is_err());
    }
}

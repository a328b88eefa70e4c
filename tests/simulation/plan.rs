//! What a history consists of, all drawn from its seed: the printer, the jobs, and what goes wrong when.

mod draw;

pub use self::draw::may_reprint;
use self::draw::{
    draw_benign, draw_confusion, draw_more, draw_planned, draw_setup, hides, is_pause, outlives_no_connection,
};
use crate::sabotage::Sabotage;
use platen::simulator::Knobs;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// After so long another instance takes over a printer whose owner is not heard of.
pub const LEASE_MS: i64 = 10_000;
/// Where nothing else tells of a restart: longer than an answer may be late as well.
const SHORTEST_BOOT_S: f64 = 8.0;

/// What kinds of faults a history mixes, and so what may be demanded of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Faults that wait: not one question is allowed.
    Waits,
    /// Kills, cuts and a failing database: with a label counter not one question is allowed.
    Interruptions,
    /// Power cuts and resets too: one question each.
    Resets,
    /// One act of a person or another sender that the counter cannot tell from ours: questions, never silence.
    Confusion,
    /// Everything at once: beyond what a counter can tell. It must end, and contradict itself nowhere.
    Wild,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    MediaOut {
        for_ms: i64,
    },
    RollEndsAfter {
        labels: u64,
        for_ms: i64,
    },
    RibbonOut {
        for_ms: i64,
    },
    HeadOpen {
        for_ms: i64,
    },
    Paused {
        for_ms: i64,
    },
    TooHot {
        for_ms: i64,
    },
    SlowReplies {
        delay_ms: i64,
        for_ms: i64,
    },
    LostReplies {
        percent: u32,
        for_ms: i64,
    },
    NetworkDown {
        for_ms: i64,
    },
    ClockJumps {
        by_ms: i64,
    },
    SlowDatabase {
        stall_ms: i64,
        for_ms: i64,
    },
    PrinterPausedInPlaten {
        for_ms: i64,
    },
    JobHeld {
        job: usize,
        for_ms: i64,
    },
    JobWithdrawn {
        job: usize,
    },
    /// After so many moments of its work: between a commit and a write, in the middle of a window.
    ServiceKilled {
        after_moments: u32,
        down_ms: i64,
    },
    /// As above, the printer is not told that the connection is gone, and what was written and not synced is lost.
    HostDies {
        after_moments: u32,
        down_ms: i64,
    },
    /// It stands still for longer than its lease, as a virtual machine that is moved: another instance takes over while
    /// its connection stands and what the kernel holds still arrives. When it goes on it finds the lease gone.
    InstanceStalls {
        for_ms: i64,
    },
    ServiceStopped {
        down_ms: i64,
    },
    ConnectionCut,
    /// Lost on the service's side only.
    ConnectionVanishes,
    DatabaseFails {
        commits: u32,
    },
    PowerCut {
        off_ms: i64,
    },
    Reset,
    ForeignLabels {
        labels: u64,
    },
    OperatorCancels {
        formats: u32,
        for_ms: i64,
    },
    PreviousKey,
    CounterSet {
        by: i64,
    },
    OtherPrinter {
        for_ms: i64,
    },
}

impl Fault {
    /// The job it names.
    pub fn job(&self) -> Option<usize> {
        match self {
            Self::JobHeld { job, .. } | Self::JobWithdrawn { job } => Some(*job),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    pub at_ms: i64,
    /// Strikes when a label is half burnt.
    pub mid_label: bool,
    pub fault: Fault,
}

#[derive(Debug, Clone, PartialEq)]
pub struct JobPlan {
    pub arrives_ms: i64,
    pub quantity: i64,
    /// A job of a higher priority goes before the one under way, behind a whole label.
    pub priority: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub knobs: Knobs,
    pub speed_ips: f64,
    pub has_second_channel: bool,
    pub slowest_label_ms: i64,
    pub flight_ms: i64,
    pub chunk_bytes: usize,
    pub fragment_bytes: usize,
    pub label_bytes: usize,
    /// The printer is asked to name each label it has done (`^HV`).
    pub verifies: bool,
    pub jobs: Vec<JobPlan>,
}

impl Setup {
    /// The printer counts labels.
    pub fn counts(&self) -> bool {
        self.knobs.label_counter_present && self.knobs.answers_settings
    }
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub nature: Nature,
    pub setup: Setup,
    pub faults: Vec<Planned>,
    /// Broken on purpose.
    pub sabotage: Option<Sabotage>,
}

impl Plan {
    pub fn draw(seed: u64) -> Self {
        let random = &mut StdRng::seed_from_u64(seed);
        let natures = [
            Nature::Waits,
            Nature::Interruptions,
            Nature::Interruptions,
            Nature::Resets,
            Nature::Resets,
            Nature::Confusion,
            Nature::Wild,
        ];
        let nature = *natures.choose(random).unwrap();
        let setup = draw_setup(nature, random);
        let label_ms = 35.0 / 25.4 / setup.speed_ips * 1000.0;
        let labels: i64 = setup.jobs.iter().map(|job| job.quantity).sum();
        let last_ms = 2_000 + (labels as f64 * label_ms * 1.5) as i64;
        let mut faults: Vec<Planned> = (0..random.random_range(1..=5))
            .map(|_| draw_planned(draw_benign(nature, &setup, random), last_ms, random))
            .collect();
        if nature == Nature::Confusion || nature == Nature::Wild {
            // The key and the counter confuse only a printer that counts.
            faults.push(draw_planned(draw_confusion(&setup, random), last_ms, random));
        }
        if nature == Nature::Confusion
            && faults.iter().any(|planned| matches!(planned.fault, Fault::OperatorCancels { .. }))
        {
            // CANCEL is betrayed by the pause that comes with it; whoever hides the pause hides the act.
            faults.retain(|planned| !hides(&planned.fault));
        }
        if nature == Nature::Confusion {
            // A fault of the media lets the counter run ahead by a torn label: it would hide a foreign one.
            faults.retain(|planned| !may_reprint(&planned.fault) && !is_pause(&planned.fault));
        }
        let mut setup = setup;
        draw_more(&mut setup, &mut faults, nature, last_ms, &mut StdRng::seed_from_u64(seed ^ 0x00ad_d170));
        faults.sort_by_key(|planned| planned.at_ms);
        // No connection outlives a power cut; and one that does outlive a reset while the network holds labels back
        // brings them to a printer that has lost those before.
        let stands_still = faults.iter().any(|planned| matches!(planned.fault, Fault::SlowDatabase { .. }));
        // A service that stands still asks nothing, and hears of no silence.
        let hears_no_silence = stands_still && !setup.knobs.answers_settings;
        if hears_no_silence || faults.iter().any(|planned| outlives_no_connection(&planned.fault)) {
            setup.knobs.silent_drop_after_reset = false;
        }
        if !setup.knobs.answers_settings {
            // Nothing but its silence tells of a restart that the connection outlives.
            setup.knobs.boot_s = setup.knobs.boot_s.max(SHORTEST_BOOT_S);
        }
        Self { seed, nature, setup, faults, sabotage: None }
    }
}

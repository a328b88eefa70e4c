//! Everything around the service: the time, the printer, the wires to it, and what is durable.

use crate::plan::{Plan, Setup};
use crate::printer::Printer;
use crate::sabotage::Sabotage;
use crate::store::Store;
use crate::wires::Wires;
use platen::simulator::ChannelId;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub struct Outside {
    pub now_ms: i64,
    /// What the wall clock shows more than the time that really passed.
    pub clock_skew_ms: i64,
    pub random: StdRng,
    pub setup: Setup,
    pub printer: Printer,
    pub wires: Wires,
    pub store: Store,
    /// A commit takes so long now.
    pub commit_stall_ms: i64,
    /// Times the service lost a connection, or its life.
    pub interruptions: u32,
    pub sabotage: Option<Sabotage>,
    journal: Vec<String>,
    /// `SIMULATION_READINGS` is set: every reading is a line of the history.
    pub tells_readings: bool,
}

impl Outside {
    pub fn new(plan: &Plan) -> Self {
        Self {
            now_ms: 0,
            clock_skew_ms: 0,
            random: StdRng::seed_from_u64(plan.seed ^ 0x5eed),
            setup: plan.setup.clone(),
            printer: Printer::new(&plan.setup),
            wires: Wires::new(&plan.setup),
            store: Store::new(&plan.setup.jobs, plan.sabotage == Some(Sabotage::SyncLate)),
            commit_stall_ms: 0,
            interruptions: 0,
            sabotage: plan.sabotage,
            journal: Vec::new(),
            tells_readings: std::env::var_os("SIMULATION_READINGS").is_some(),
        }
    }

    /// Writes a line of the history.
    pub fn tell(&mut self, line: impl AsRef<str>) {
        let now_ms = self.now_ms;
        self.journal.push(format!("{:>9.3} s  {}", now_ms as f64 / 1000.0, line.as_ref()));
    }

    pub fn tell_paper(&mut self) {
        for line in self.printer.take_news() {
            self.tell(line);
        }
    }

    pub fn journal(&self) -> &[String] {
        &self.journal
    }

    pub fn send(&mut self, channel: ChannelId, bytes: Vec<u8>, completes_label: bool) {
        self.wires.send(channel, bytes, completes_label, self.now_ms);
    }

    pub fn let_go(&mut self, channel: ChannelId, tells_printer: bool) {
        self.wires.let_go(channel, tells_printer, &mut self.random, self.now_ms);
    }
}

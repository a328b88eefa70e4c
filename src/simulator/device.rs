//! A running simulated printer: the machine with a clock, two ports and a paper log.

mod connection;
mod json_port;
mod port;
mod print_port;
mod replies;
mod shared;

use super::machine::{Event, Flash, Model, State};
use super::paper::PrintedLabel;
use super::paper_files::PaperFiles;
use super::pictures::Pictures;
use super::{Action, Knobs, Scenario};
use crate::render::preview::Painter;
use port::Port;
use shared::{Core, Shared};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, broadcast};
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What to simulate. The default is a ZT411 at 6 inches a second on free ports of the loopback.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The print port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The JSON port; `None` is a printer without one.
    pub json_listen: Option<SocketAddr>,
    pub model: Model,
    /// `device.unique_id`.
    pub serial: String,
    /// `odometer.total_label_count` at the start, if no older state is found in `out`.
    pub odometer: u64,
    pub knobs: Knobs,
    pub scenario: Scenario,
    /// Where `labels.jsonl` and the odometer are kept.
    pub out: Option<PathBuf>,
    /// Draws each label into `out`.
    pub painter: Option<Painter>,
    /// Pieces of paper kept in memory; the newest stay.
    pub paper_kept: usize,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let flash = Flash::default();
        Self {
            listen: loopback,
            json_listen: Some(loopback),
            model: Model::default(),
            serial: flash.serial,
            odometer: flash.odometer,
            knobs: Knobs::default(),
            scenario: Scenario::default(),
            out: None,
            painter: None,
            paper_kept: 200_000,
        }
    }
}

impl SimulatorOptions {
    /// A printer for tests: 200 inches a second, up again 200 ms after the power.
    pub fn fast() -> Self {
        Self {
            model: Model { speed_ips: 200.0, ..Model::default() },
            knobs: Knobs { boot_s: 0.2, ..Knobs::default() },
            ..Self::default()
        }
    }
}

/// Why a simulated printer could not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot use {path}: {source}")]
    Files { path: PathBuf, source: std::io::Error },
    #[error("{path} is not the state of a simulated printer: {reason}")]
    State { path: PathBuf, reason: String },
}

/// A wait ended before what it waited for.
#[derive(Debug, thiserror::Error)]
#[error("the simulated printer did not get there within {within:?}: {state:?}")]
pub struct NotReached {
    pub within: Duration,
    /// Where it stood then.
    pub state: Box<State>,
}

/// A simulated printer that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct SimulatedZebra {
    shared: Arc<Shared>,
    address: SocketAddr,
    json_address: Option<SocketAddr>,
    tasks: Mutex<JoinSet<()>>,
    stop: DropGuard,
}

impl SimulatedZebra {
    /// Switches the printer on; both ports are listening when this returns.
    pub async fn start(options: SimulatorOptions) -> Result<Self, StartError> {
        let flash = Flash { serial: options.serial, odometer: options.odometer, ..Flash::default() };
        let (files, flash, sequence, is_restart) = match &options.out {
            Some(directory) => {
                let (files, kept) = PaperFiles::open(directory, flash)?;
                (Some(files), kept.flash, kept.sequence, kept.is_restart)
            }
            None => (None, flash, 0, false),
        };
        let mut model = options.model;
        if is_restart {
            // A new process has forgotten its memory: to the host that was a power cycle.
            model.uptime_at_start = Duration::ZERO;
        }
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let pictures = match (&options.out, options.painter) {
            (Some(directory), Some(painter)) => {
                Some(Pictures::start(directory, painter, &model, &mut tasks, stop.clone()))
            }
            _ => None,
        };
        let print_port = Port::reserve(options.listen)?;
        let json_port = options.json_listen.map(Port::reserve).transpose()?;
        let (address, json_address) = (print_port.address(), json_port.as_ref().map(Port::address));
        let machine = super::Machine::new(model, options.knobs, flash, options.scenario, sequence);
        let shared = Arc::new(Shared::new(Core::new(machine, options.paper_kept, files, pictures)));
        let print_listener = print_port.listen(shared.socket_buffer_bytes())?;
        tasks.spawn(print_port.serve(print_listener, shared.clone(), print_port::serve, stop.clone()));
        if let Some(json_port) = json_port {
            let listener = json_port.listen(shared.socket_buffer_bytes())?;
            tasks.spawn(json_port.serve(listener, shared.clone(), json_port::serve, stop.clone()));
        }
        tasks.spawn(shared::keep_time(shared.clone(), stop.clone()));
        Ok(Self { shared, address, json_address, tasks: Mutex::new(tasks), stop: stop.drop_guard() })
    }

    /// The print port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The JSON port, if the printer has one.
    pub fn json_address(&self) -> Option<SocketAddr> {
        self.json_address
    }

    /// Every piece of paper so far, oldest first (the newest `paper_kept`).
    pub fn paper(&self) -> Vec<PrintedLabel> {
        self.paper_after(0, usize::MAX)
    }

    /// Up to `limit` pieces whose sequence is higher than `sequence`.
    pub fn paper_after(&self, sequence: u64, limit: usize) -> Vec<PrintedLabel> {
        self.shared.paper_after(sequence, limit)
    }

    /// Each piece of paper as it comes to rest. A reader slower than the printer misses some.
    pub fn follow_paper(&self) -> broadcast::Receiver<PrintedLabel> {
        self.shared.follow_paper()
    }

    /// The label counter, whatever the printer admits to.
    pub fn odometer(&self) -> u64 {
        self.state().odometer
    }

    /// The printer at this moment.
    pub fn state(&self) -> State {
        self.shared.state()
    }

    /// Waits until `n` own labels have been completed since the start; reprints of torn labels count once.
    pub async fn wait_for_labels(&self, n: u64, within: Duration) -> Result<State, NotReached> {
        self.wait_until(within, |state| state.labels >= n).await
    }

    /// Waits until the printer's state is as wished.
    pub async fn wait_until(
        &self,
        within: Duration,
        is_there: impl Fn(&State) -> bool,
    ) -> Result<State, NotReached> {
        let reached = tokio::time::timeout(within, self.shared.wait_until(is_there)).await;
        reached.map_err(|_| NotReached { within, state: Box::new(self.state()) })
    }

    /// Lets something happen now.
    pub fn act(&self, action: Action) {
        self.shared.step(Event::Act(action));
    }

    /// Lets something happen when a label is half burnt: the moving one, or else the next.
    pub fn act_mid_label(&self, action: Action) {
        self.shared.step(Event::ActMidLabel(action));
    }

    /// The switches as they stand.
    pub fn knobs(&self) -> Knobs {
        self.shared.knobs()
    }

    /// Turns switches while it runs.
    pub fn turn(&self, change: impl FnOnce(&mut Knobs)) {
        let mut knobs = self.knobs();
        change(&mut knobs);
        self.shared.step(Event::Turn(Box::new(knobs)));
    }

    /// Stops listening, closes every connection and returns when all is quiet.
    pub async fn stop(&self) {
        self.stop.token().cancel();
        let mut tasks = self.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
    }
}

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident($($argument:ident: $kind:ty)?) = $action:expr;)*) => {
        /// Everything that can happen, by name.
        impl SimulatedZebra {
            $($(#[$meta])* pub fn $name(&self $(, $argument: $kind)?) { self.act($action); })*
        }
    };
}

actions! {
    /// The roll ends, in the middle of a label if one is moving.
    media_out() = Action::MediaOut;
    /// The roll ends in the middle of the label after `labels` more.
    media_out_after(labels: u64) = Action::MediaOutAfter(labels);
    /// A new roll, and PAUSE pressed.
    reload_media() = Action::ReloadMedia;
    ribbon_out() = Action::RibbonOut;
    reload_ribbon() = Action::ReloadRibbon;
    open_head() = Action::OpenHead;
    /// And PAUSE pressed.
    close_head() = Action::CloseHead;
    cutter_fault() = Action::CutterFault;
    clear_cutter() = Action::ClearCutter;
    over_temperature() = Action::OverTemperature;
    cool_down() = Action::CoolDown;
    under_temperature() = Action::UnderTemperature;
    warm_up() = Action::WarmUp;
    pause() = Action::Pause;
    resume() = Action::Resume;
    /// The CANCEL key: the oldest format goes, and the printer pauses.
    cancel() = Action::Cancel;
    /// The FEED key.
    feed() = Action::Feed;
    /// The PREVIOUS key.
    reprint_last() = Action::ReprintLast;
    take_label() = Action::TakeLabel;
    /// Another sender's labels, behind what waits already.
    print_foreign(labels: u64) = Action::PrintForeign(labels);
    /// No power for this time, then booting (`boot_s`).
    power_cycle(off_for: Duration) = Action::PowerCycle(off_for);
    /// As `device.reset`.
    reset() = Action::Reset;
    cut_connections() = Action::CutConnections;
    /// They stand on the other side, and are dead.
    forget_connections() = Action::ForgetConnections;
    drop_network(length: Duration) = Action::DropNetwork(length);
    change_identity(serial: String) = Action::ChangeIdentity(serial);
    set_odometer(odometer: u64) = Action::SetOdometer(odometer);
}

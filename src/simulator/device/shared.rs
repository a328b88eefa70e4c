//! The machine behind a lock, with what its effects need: writers, paper, files.

use crate::simulator::Knobs;
use crate::simulator::machine::{ChannelId, Effect, Event, Fate, Link, Machine, State};
use crate::simulator::paper::{PaperLog, PrintedLabel};
use crate::simulator::paper_files::PaperFiles;
use crate::simulator::pictures::Pictures;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Replies waiting for one connection; a host that does not read loses the rest.
const REPLIES_PER_CONNECTION: usize = 1024;

/// The printer as its tasks share it. The lock is never held across an await.
#[derive(Debug)]
pub(super) struct Shared {
    core: Mutex<Core>,
    /// Counts up whenever something may have changed.
    version: watch::Sender<u64>,
    started: Instant,
    started_at: Timestamp,
    printed: broadcast::Sender<PrintedLabel>,
}

#[derive(Debug)]
pub(super) struct Core {
    machine: Machine,
    writers: HashMap<ChannelId, mpsc::Sender<Outgoing>>,
    paper: PaperLog,
    files: Option<PaperFiles>,
    pictures: Option<Pictures>,
}

/// A reply and when the printer gave it.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) given_at: Instant,
    pub(super) bytes: Vec<u8>,
}

impl Core {
    pub(super) fn new(
        machine: Machine,
        paper_kept: usize,
        files: Option<PaperFiles>,
        pictures: Option<Pictures>,
    ) -> Self {
        Self { machine, writers: HashMap::new(), paper: PaperLog::keeping(paper_kept), files, pictures }
    }
}

impl Shared {
    pub(super) fn new(core: Core) -> Self {
        Self {
            core: Mutex::new(core),
            version: watch::Sender::new(0),
            started: Instant::now(),
            started_at: Timestamp::now(),
            printed: broadcast::Sender::new(1024),
        }
    }

    /// Gives the machine an event at this moment and carries out what follows.
    pub(super) fn step(&self, event: Event) {
        let mut core = self.lock();
        let effects = core.machine.step(event, self.started.elapsed());
        self.deliver(&mut core, effects);
        drop(core);
        self.version.send_modify(|version| *version += 1);
    }

    /// Paper and odometer reach the files before any reply leaves, so that nothing a host was told can be
    /// forgotten with this process.
    fn deliver(&self, core: &mut Core, effects: Vec<Effect>) {
        let mut replies = Vec::new();
        for effect in effects {
            match effect {
                Effect::Reply(channel, bytes) => replies.push((channel, bytes)),
                Effect::Paper(piece) => {
                    let label = PrintedLabel::of(piece, self.started_at);
                    if let Some(files) = &mut core.files {
                        files.append(&label);
                    }
                    if let Some(pictures) = &core.pictures {
                        pictures.draw(&label);
                    }
                    core.paper.add(label.clone());
                    let _ = self.printed.send(label);
                }
            }
        }
        if let Some(files) = &mut core.files {
            files.save(core.machine.flash());
        }
        for (channel, bytes) in replies {
            if let Some(writer) = core.writers.get(&channel) {
                let _ = writer.try_send(Outgoing { given_at: Instant::now(), bytes });
            }
        }
    }

    /// A new connection to the print port: its link and its replies, or `None` to reset it.
    pub(super) fn open_print_channel(&self) -> Option<(Link, mpsc::Receiver<Outgoing>)> {
        let mut core = self.lock();
        let link = core.machine.open_print_channel(self.started.elapsed())?;
        let (writer, replies) = mpsc::channel(REPLIES_PER_CONNECTION);
        core.writers.insert(link.channel, writer);
        drop(core);
        // A greeting may be waiting, and the closing of an idle connection has a time now.
        self.step(Event::Tick);
        Some((link, replies))
    }

    /// A new connection to the JSON port.
    pub(super) fn open_json_channel(&self) -> Option<(Link, mpsc::Receiver<Outgoing>)> {
        let mut core = self.lock();
        let link = core.machine.open_json_channel()?;
        let (writer, replies) = mpsc::channel(REPLIES_PER_CONNECTION);
        core.writers.insert(link.channel, writer);
        Some((link, replies))
    }

    /// The connection is over; its writer ends when the last reply has left.
    pub(super) fn close(&self, link: Link) {
        self.lock().writers.remove(&link.channel);
        self.step(Event::Closed(link.channel));
    }

    pub(super) fn fate(&self, link: Link) -> Fate {
        self.lock().machine.fate(link, self.started.elapsed())
    }

    pub(super) fn is_listening(&self) -> bool {
        self.lock().machine.is_listening()
    }

    pub(super) fn is_network_down(&self) -> bool {
        self.lock().machine.is_network_down(self.started.elapsed())
    }

    pub(super) fn knobs(&self) -> Knobs {
        self.lock().machine.knobs().clone()
    }

    pub(super) fn socket_buffer_bytes(&self) -> usize {
        self.lock().machine.knobs().socket_buffer_bytes
    }

    pub(super) fn state(&self) -> State {
        self.step(Event::Tick);
        self.lock().machine.state()
    }

    pub(super) fn paper_after(&self, sequence: u64, limit: usize) -> Vec<PrintedLabel> {
        self.lock().paper.after(sequence).take(limit).cloned().collect()
    }

    pub(super) fn follow_paper(&self) -> broadcast::Receiver<PrintedLabel> {
        self.printed.subscribe()
    }

    /// To be told of changes.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    pub(super) async fn wait_until(&self, is_there: impl Fn(&State) -> bool) -> State {
        let mut version = self.watch();
        loop {
            version.borrow_and_update();
            let state = self.lock().machine.state();
            if is_there(&state) {
                return state;
            }
            if version.changed().await.is_err() {
                return state;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_wakeup(&self) -> Option<Duration> {
        self.lock().machine.next_wakeup()
    }
}

/// Wakes the machine when something falls due.
pub(super) async fn keep_time(shared: Arc<Shared>, stop: CancellationToken) {
    let mut version = shared.watch();
    loop {
        version.borrow_and_update();
        let wakeup = shared.next_wakeup().map(|at| shared.started + at);
        let due = async {
            match wakeup {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = due => shared.step(Event::Tick),
            _ = version.changed() => {}
        }
    }
}

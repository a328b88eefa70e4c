//! A story: blow after blow on one job, drawn from a seed, and the paper counted at the end.

use crate::crash::{answer_from_the_table, judge_paper, new_database, settle, told_on_panic};
use crate::harness::{Place, job};
use crate::postgres::Postgres;
use crate::recipe::Evidence;
use platen::simulator::{InFault, SimulatedZebra, SimulatorOptions};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const LABELS: usize = 120;

/// The largest window: labels that a fast printer is sent ahead of the one that is counted.
const MOST_ON_THEIR_WAY: usize = 64;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Event {
    Kill,
    Cut,
    Power,
    KillAndPower,
    Pause,
    /// The service is killed and started again while the printer is paused.
    KillInPause,
    OutOfLabels,
    HeadOpen,
    KillInFault,
    NetworkDown,
    SlowReplies,
}

const EVENTS: [Event; 11] = [
    Event::Kill,
    Event::Cut,
    Event::Power,
    Event::KillAndPower,
    Event::Pause,
    Event::KillInPause,
    Event::OutOfLabels,
    Event::HeadOpen,
    Event::KillInFault,
    Event::NetworkDown,
    Event::SlowReplies,
];

/// Everything that makes one story.
#[derive(Debug, Clone)]
pub struct Story {
    pub seed: u64,
    evidence: Evidence,
    pub on_postgres: bool,
    /// Each after so many milliseconds, for so many milliseconds.
    events: Vec<(u64, Event, u64)>,
    options: SimulatorOptions,
}

impl fmt::Display for Story {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, evidence, on_postgres, events, options } = self;
        let database = if *on_postgres { "PostgreSQL" } else { "SQLite" };
        let knobs = &options.knobs;
        write!(
            formatter,
            "story {seed} ({evidence:?}, {database}, replies {} ms late in pieces of {}, {:?} in a fault, \
             {:.0} ips): {events:?}",
            knobs.reply_delay_ms, knobs.reply_fragment, knobs.hs_in_fault, options.model.speed_ips
        )
    }
}

impl Story {
    pub fn draw(seed: u64) -> Self {
        let random = &mut StdRng::seed_from_u64(seed);
        let evidence = *[Evidence::Json, Evidence::Json, Evidence::Raw, Evidence::Raw, Evidence::Blind]
            .choose(random)
            .expect("some");
        let mut options = SimulatorOptions::fast();
        options.knobs.boot_s = random.random_range(0.1..1.0);
        options.knobs.label_counter_present = evidence != Evidence::Blind;
        options.knobs.reply_fragment = *[0, 0, 1, 7].choose(random).expect("some");
        options.knobs.reply_delay_ms = *[0, 0, 15, 120].choose(random).expect("some");
        if random.random_bool(0.25) {
            options.knobs.hs_in_fault = InFault::Silent;
        }
        options.model.speed_ips = random.random_range(25.0..80.0);
        let events = (0..8)
            .map(|_| {
                let event = *EVENTS.choose(random).expect("some");
                (random.random_range(50..900), event, random.random_range(50..1_500))
            })
            .collect();
        Self { seed, evidence, on_postgres: random.random_bool(0.4), events, options }
    }

    /// Labels that may be a question at the end.
    fn most_unconfirmed(&self) -> usize {
        let count =
            |is_it: fn(&Event) -> bool| self.events.iter().filter(|(_, event, _)| is_it(event)).count();
        match self.evidence {
            Evidence::Json | Evidence::Raw => {
                let resets = count(|event| matches!(event, Event::Power | Event::KillAndPower));
                // Before the power went the label in it may have been torn, printed again and counted twice.
                let torn =
                    count(|event| matches!(event, Event::OutOfLabels | Event::HeadOpen | Event::KillInFault));
                if resets == 0 { 0 } else { resets + torn + self.resets_behind_a_pause() * MOST_ON_THEIR_WAY }
            }
            // A window of four for each.
            Evidence::Blind => 4 * self.events.len(),
        }
    }

    /// CANCEL pauses too: which label a power cut catches behind a pause is not known before all that were on their way are
    /// out, nor by a service that was started anew meanwhile.
    fn resets_behind_a_pause(&self) -> usize {
        let mut is_behind_a_pause = false;
        let mut resets = 0;
        for (_, event, _) in &self.events {
            match event {
                Event::Pause | Event::KillInPause => is_behind_a_pause = true,
                Event::Power | Event::KillAndPower => {
                    resets += usize::from(std::mem::take(&mut is_behind_a_pause))
                }
                Event::Kill
                | Event::KillInFault
                | Event::Cut
                | Event::OutOfLabels
                | Event::HeadOpen
                | Event::NetworkDown
                | Event::SlowReplies => {}
            }
        }
        resets
    }

    /// Plays it. The error says what is wrong on the paper or in what people are told.
    pub async fn play(self, postgres: Option<Arc<Postgres>>) -> Result<usize, String> {
        let zebra = Arc::new(SimulatedZebra::start(self.options.clone()).await.expect("the printer starts"));
        let _told = told_on_panic(&zebra);
        let json = if self.evidence == Evidence::Json { zebra.json_address() } else { None };
        let place = match &postgres {
            Some(postgres) => Place::on(new_database(postgres).await, zebra.address(), json),
            None => Place::at(zebra.address(), json),
        };
        let mut service = place.start().await;
        let id = service.submit(&job(LABELS)).await;
        for (after_ms, event, for_ms) in &self.events {
            sleep(Duration::from_millis(*after_ms)).await;
            let time = Duration::from_millis(*for_ms);
            // A fault that nobody has seen may put a torn label on the counter twice.
            let seen = time + Duration::from_millis(2_500);
            match event {
                Event::Cut => zebra.cut_connections(),
                Event::Power => zebra.power_cycle(time),
                Event::Kill | Event::KillAndPower => {
                    if matches!(event, Event::KillAndPower) {
                        zebra.power_cycle(time);
                    }
                    service.kill().await;
                    service = place.start().await;
                }
                Event::Pause | Event::KillInPause => {
                    zebra.pause();
                    sleep(time).await;
                    if matches!(event, Event::KillInPause) {
                        service.kill().await;
                        service = place.start().await;
                        sleep(time).await;
                    }
                    zebra.resume();
                }
                Event::OutOfLabels | Event::KillInFault => {
                    zebra.media_out();
                    sleep(seen).await;
                    if matches!(event, Event::KillInFault) {
                        service.kill().await;
                        service = place.start().await;
                        sleep(seen).await;
                    }
                    zebra.reload_media();
                }
                Event::HeadOpen => {
                    zebra.open_head();
                    sleep(seen).await;
                    zebra.close_head();
                }
                Event::NetworkDown => zebra.drop_network(time),
                Event::SlowReplies => {
                    let usual_ms = self.options.knobs.reply_delay_ms;
                    zebra.turn(|knobs| knobs.reply_delay_ms = 700);
                    sleep(time).await;
                    zebra.turn(|knobs| knobs.reply_delay_ms = usual_ms);
                }
            }
        }
        let settled = settle(&service, &id).await;
        let unconfirmed = judge_paper(LABELS, self.most_unconfirmed(), &zebra, &settled)?;
        answer_from_the_table(&service, &zebra, &id, LABELS).await?;
        place.assert_history_is_whole(&service).await;
        Ok(unconfirmed)
    }
}

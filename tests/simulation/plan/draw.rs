//! How a history is drawn from its seed.

use super::{Fault, JobPlan, LEASE_MS, Nature, Planned, Setup};
use platen::simulator::{BatchCount, CountAt, HostVerification, InFault, Knobs, PowerCutConnections};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Drawn apart, so that a history keeps what it was before there was more to draw.
pub fn draw_more(
    setup: &mut Setup,
    faults: &mut Vec<Planned>,
    nature: Nature,
    last_ms: i64,
    random: &mut StdRng,
) {
    if random.random_bool(0.25) {
        setup.jobs.iter_mut().for_each(|job| job.priority = random.random_range(0..3));
    }
    // A name that is lost, or said twice for a torn label nobody saw torn, contradicts: a person is asked then.
    let is_named = !faults.iter().any(|planned| hides(&planned.fault) || may_reprint(&planned.fault));
    if setup.counts() && is_named && random.random_bool(0.3) {
        setup.verifies = true;
        setup.knobs.hv_support =
            *[HostVerification::AtPrint, HostVerification::AtPrint, HostVerification::No]
                .choose(random)
                .unwrap();
    }
    let interrupts = !matches!(nature, Nature::Waits | Nature::Confusion);
    if interrupts && random.random_bool(0.1) {
        let fault = Fault::InstanceStalls { for_ms: random.random_range(LEASE_MS..4 * LEASE_MS) };
        faults.push(draw_planned(fault, last_ms, random));
    }
    setup.knobs.print_speed_present = random.random_bool(0.5);
    let cancel = faults.iter().find_map(|planned| match planned.fault {
        Fault::OperatorCancels { for_ms, .. } => Some((planned.at_ms, for_ms)),
        _ => None,
    });
    if let Some((cancel_at_ms, for_ms)) = cancel
        && nature == Nature::Confusion
        && random.random_bool(0.7)
    {
        // Seen by then: what is cancelled while nobody looks cannot be known. Or while the rest comes out.
        let seen_at_ms = cancel_at_ms + 600;
        let at_ms = match random.random_bool(0.5) {
            true => seen_at_ms + random.random_range(0..6_000),
            false => seen_at_ms.max(cancel_at_ms + for_ms) + random.random_range(0..1_000),
        };
        let down_ms = random.random_range(10..8_000);
        let fault = match random.random_range(0..4) {
            0 => Fault::ServiceKilled { after_moments: random.random_range(0..25), down_ms },
            1 => Fault::ConnectionCut,
            2 => Fault::ConnectionVanishes,
            _ => Fault::PowerCut { off_ms: random.random_range(100..20_000) },
        };
        faults.push(Planned { at_ms, mid_label: random.random_bool(0.3), fault });
    }
    if nature == Nature::Resets && !setup.counts() && random.random_bool(0.3) {
        outlive_restart(setup, faults, last_ms, random);
    }
}

/// An external print server holds the connection: nothing but its silence tells that the printer was restarted.
fn outlive_restart(setup: &mut Setup, faults: &mut Vec<Planned>, last_ms: i64, random: &mut StdRng) {
    setup.knobs.answers_settings = false;
    setup.knobs.silent_drop_after_reset = true;
    setup.has_second_channel = false;
    faults.retain(|planned| !outlives_no_connection(&planned.fault));
    faults.push(draw_planned(Fault::Reset, last_ms, random));
}

pub fn may_reprint(fault: &Fault) -> bool {
    use Fault::{HeadOpen, MediaOut, RibbonOut, RollEndsAfter};
    matches!(fault, MediaOut { .. } | HeadOpen { .. } | RibbonOut { .. } | RollEndsAfter { .. })
}

pub fn hides(fault: &Fault) -> bool {
    use Fault::{LostReplies, NetworkDown, SlowDatabase, SlowReplies, TooHot};
    matches!(
        fault,
        SlowReplies { .. } | LostReplies { .. } | NetworkDown { .. } | SlowDatabase { .. } | TooHot { .. }
    )
}

pub fn outlives_no_connection(fault: &Fault) -> bool {
    matches!(fault, Fault::PowerCut { .. } | Fault::NetworkDown { .. })
}

pub fn is_pause(fault: &Fault) -> bool {
    matches!(fault, Fault::Paused { .. })
}

pub fn draw_setup(nature: Nature, random: &mut StdRng) -> Setup {
    let settings = random.random_bool(0.95);
    let counts_staged = nature == Nature::Confusion || random.random_bool(0.7);
    let has_counter = nature == Nature::Confusion || random.random_bool(0.8);
    let knobs = Knobs {
        count_at: *[CountAt::Presented, CountAt::Presented, CountAt::End, CountAt::Start]
            .choose(random)
            .unwrap(),
        // A torn label counted twice while nobody looks, and a tail lost on the way, add up to nothing.
        reprint_counts: matches!(nature, Nature::Waits | Nature::Wild) && random.random_bool(0.5),
        label_counter_present: has_counter,
        answers_settings: settings || has_counter,
        eee_counts_staged: counts_staged,
        // Without a counter, no more than that may be out of sight.
        compose_ahead: if counts_staged || has_counter { random.random_range(1..=3) } else { 1 },
        // In front of a full buffer the questions wait too, and a pause is not heard of.
        buffer_bytes: match nature {
            Nature::Confusion => 65_536,
            _ => *[2_048, 8_192, 65_536].choose(random).unwrap(),
        },
        boot_s: random.random_range(0.5..20.0),
        boot_silent_s: if random.random_bool(0.3) { random.random_range(0.5..4.0) } else { 0.0 },
        power_cut_connections: *[PowerCutConnections::Reset, PowerCutConnections::HalfOpen]
            .choose(random)
            .unwrap(),
        silent_drop_after_reset: random.random_bool(0.2),
        hs_in_fault: if random.random_bool(0.2) { InFault::Silent } else { InFault::Answer },
        mending_resumes: random.random_bool(0.7),
        xa_starts_new_format: random.random_bool(0.7),
        u_mode: *[BatchCount::Started, BatchCount::Finished, BatchCount::BusyFlag].choose(random).unwrap(),
        blank_labels_after_head_close: random.random_range(0..2),
        ..Knobs::default()
    };
    let known_size = random.random_bool(0.8);
    let mut arrives_ms = 0;
    let jobs = (0..random.random_range(1..=3))
        .map(|_| {
            arrives_ms += random.random_range(0..4_000);
            JobPlan { arrives_ms, quantity: random.random_range(1..=30), priority: 0 }
        })
        .collect();
    Setup {
        has_second_channel: knobs.answers_settings && random.random_bool(0.6),
        knobs,
        speed_ips: random.random_range(2.0..12.0),
        slowest_label_ms: if known_size { 689 } else { 3_052 },
        flight_ms: random.random_range(0..=25),
        chunk_bytes: *[60, 536, 1_460, 16_384].choose(random).unwrap(),
        fragment_bytes: *[1_000, 1_000, 37, 7].choose(random).unwrap(),
        label_bytes: *[60, 300, 1_500].choose(random).unwrap(),
        verifies: false,
        jobs,
    }
}

pub fn draw_planned(fault: Fault, last_ms: i64, random: &mut StdRng) -> Planned {
    // Whoever presses CANCEL and PAUSE again does not wait for the middle of a label in between.
    let is_cancel = matches!(fault, Fault::OperatorCancels { .. });
    let mid_label = random.random_bool(0.4) && !is_cancel;
    Planned { at_ms: random.random_range(0..last_ms), mid_label, fault }
}

/// A fault that leaves the counter right.
pub fn draw_benign(nature: Nature, setup: &Setup, random: &mut StdRng) -> Fault {
    let for_ms = random.random_range(50..15_000);
    let interrupts = !matches!(nature, Nature::Waits | Nature::Confusion);
    let resets = matches!(nature, Nature::Resets | Nature::Wild);
    let kinds = if resets {
        24
    } else if interrupts {
        20
    } else {
        12
    };
    let down_ms = random.random_range(10..8_000);
    let after_moments = random.random_range(0..25);
    let job = random.random_range(0..setup.jobs.len());
    match random.random_range(0..kinds) {
        0 => Fault::MediaOut { for_ms },
        1 => Fault::RollEndsAfter { labels: random.random_range(0..10), for_ms },
        2 => Fault::RibbonOut { for_ms },
        3 => Fault::HeadOpen { for_ms },
        4 => Fault::Paused { for_ms },
        5 => Fault::TooHot { for_ms },
        6 => Fault::SlowReplies { delay_ms: random.random_range(10..4_000), for_ms },
        7 => Fault::LostReplies { percent: random.random_range(5..100), for_ms },
        8 => Fault::NetworkDown { for_ms },
        9 => match random.random_range(0..3) {
            0 => Fault::PrinterPausedInPlaten { for_ms },
            1 => Fault::JobHeld { job, for_ms },
            _ => Fault::JobWithdrawn { job },
        },
        10 => Fault::ClockJumps { by_ms: random.random_range(-20_000..20_000) },
        11 => Fault::SlowDatabase { stall_ms: random.random_range(50..6_000), for_ms },
        12..=14 => Fault::ServiceKilled { after_moments, down_ms },
        15 => Fault::HostDies { after_moments, down_ms },
        16 => Fault::ServiceStopped { down_ms },
        17 => Fault::ConnectionCut,
        18 => Fault::ConnectionVanishes,
        19 => Fault::DatabaseFails { commits: random.random_range(1..6) },
        20..=22 => Fault::PowerCut { off_ms: random.random_range(100..20_000) },
        _ => Fault::Reset,
    }
}

pub fn draw_confusion(setup: &Setup, random: &mut StdRng) -> Fault {
    let for_ms = random.random_range(600..8_000);
    let kinds = if setup.counts() { 5 } else { 1 };
    match random.random_range(0..kinds) {
        0 => Fault::ForeignLabels { labels: random.random_range(1..6) },
        1 => Fault::OperatorCancels { formats: random.random_range(1..3), for_ms },
        2 => Fault::PreviousKey,
        3 => Fault::CounterSet { by: *[-5_000, -40, -3, -1, 1, 4, 50, 9_000].choose(random).unwrap() },
        _ => Fault::OtherPrinter { for_ms },
    }
}

//! How fast a printer makes labels, and from that: how many may be on their way, and how long is long. Pure.

/// Printers are rarely set to less than 2 inches a second: one of which nothing is known is waited for at that speed.
pub(super) const SLOWEST_MM_PER_S: f64 = 2.0 * 25.4;

/// Labels on their way at the start, before the printer's pace is known.
const FIRST_WINDOW: i64 = 8;
/// One that prints, two made ready and one that waits: only while one waits is another sender's label told from ours.
const SMALLEST_WINDOW: i64 = 4;
const LARGEST_WINDOW: i64 = 64;
/// However fast the printer is.
pub(super) const SHORTEST_SETTLE_MS: i64 = 400;
/// What starting and stopping add to a label at its speed, milliseconds.
const START_AND_STOP_MS: i64 = 150;
/// When a count was reached is known to within the time between two readings; more than that says nothing of a pace.
const LONGEST_GAP_MS: i64 = 1_000;
/// So little does not matter where labels are counted one by one.
const USUAL_GAP_MS: i64 = 300;

/// The pace of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    expected: Expected,
    /// No printer is supposed to be slower: the time of one label, milliseconds.
    slowest_ms: i64,
    /// Labels are counted one by one. What leaves a buffer leaves it in bursts, long before it is on paper.
    is_counted: bool,
    label_ms: Option<f64>,
    /// Rises with the slowest label at once and falls slowly: a wait that is too short confirms too early.
    patient_label_ms: Option<f64>,
    last_count: Option<(i64, Since)>,
    last_heard_ms: Option<i64>,
}

/// The time one label takes, milliseconds, until this run has measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// No printer is slower.
    Slowest(i64),
    /// By the speed that the printer tells.
    Told(i64),
    /// Measured with labels of other runs.
    Known(i64),
}

impl Expected {
    fn label_ms(self) -> i64 {
        let (Self::Slowest(label_ms) | Self::Told(label_ms) | Self::Known(label_ms)) = self;
        label_ms
    }
}

/// When a count was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// Before a stop, or before anything was counted: the next label took longer than it seems.
    Unknown,
    /// At this time, or so much earlier at most.
    At { ms: i64, earlier_ms: i64 },
}

impl Pace {
    /// Where labels are counted, before anything is measured in this run.
    /// `known_ms`: of a label, by the labels of other runs; `slowest_ms`: no printer is slower.
    pub fn counted(known_ms: Option<i64>, slowest_ms: i64) -> Self {
        Self::expecting(known_ms.map_or(Expected::Slowest(slowest_ms), Expected::Known), slowest_ms, true)
    }

    /// Where they are not: time is all there is for evidence, so that the slowest printer is waited for.
    pub fn uncounted(slowest_ms: i64) -> Self {
        Self::expecting(Expected::Slowest(slowest_ms), slowest_ms, false)
    }

    fn expecting(expected: Expected, slowest_ms: i64, is_counted: bool) -> Self {
        Self {
            expected,
            slowest_ms,
            is_counted,
            label_ms: None,
            patient_label_ms: None,
            last_count: None,
            last_heard_ms: None,
        }
    }

    /// Measured time of one label, milliseconds, once known: good enough to tell people what is left.
    pub fn seems_ms(&self) -> Option<f64> {
        self.label_ms
    }

    /// Measured time of one label, milliseconds, once known, where labels are counted: rather too long than too short.
    pub fn label_ms(&self) -> Option<f64> {
        self.patient_label_ms.filter(|_| self.is_counted)
    }

    /// The printer tells its speed, at which a label takes so long, milliseconds. That its labels took longer before is
    /// believed all the same. Without a counter time is all there is for evidence: no word shortens it.
    pub fn hear_speed(&mut self, at_speed_ms: i64) {
        if self.is_counted {
            let told_ms = at_speed_ms + START_AND_STOP_MS;
            self.expected = match self.expected {
                Expected::Known(known_ms) => Expected::Known(known_ms.max(told_ms)),
                Expected::Slowest(_) | Expected::Told(_) => Expected::Told(told_ms),
            };
        }
    }

    /// The printer stands: what comes next says nothing of its pace.
    pub fn pause(&mut self) {
        self.last_count = None;
    }

    /// So many labels are out: a moving average over intervals without a stop.
    pub fn measure(&mut self, count: i64, now_ms: i64) {
        let gap_ms = self.last_heard_ms.map(|at| now_ms - at).filter(|gap_ms| *gap_ms <= LONGEST_GAP_MS);
        self.last_heard_ms = Some(now_ms);
        match self.last_count {
            Some((before, since)) if count > before => {
                if let (Since::At { ms: at, earlier_ms }, Some(_)) = (since, gap_ms) {
                    let labels = count - before;
                    let sample = (now_ms - at) as f64 / labels as f64;
                    self.label_ms = Some(self.label_ms.map_or(sample, |known| known * 0.7 + sample * 0.3));
                    // The label before may have been out earlier than it was heard of, and these have taken longer.
                    let is_near = labels == 1 && earlier_ms <= USUAL_GAP_MS;
                    let unseen_ms = if is_near { 0 } else { earlier_ms.max(USUAL_GAP_MS) };
                    self.grow_patient(sample + unseen_ms as f64 / labels as f64, labels);
                }
                let since =
                    gap_ms.map_or(Since::Unknown, |gap_ms| Since::At { ms: now_ms, earlier_ms: gap_ms });
                self.last_count = Some((count, since));
            }
            Some(_) => {}
            None => self.last_count = Some((count, Since::Unknown)),
        }
    }

    /// Each of the labels says the same.
    fn grow_patient(&mut self, sample: f64, labels: i64) {
        let patient = self.patient_label_ms.unwrap_or(self.expected.label_ms() as f64);
        let kept = 0.8_f64.powf(labels as f64);
        self.patient_label_ms = Some(sample.max(patient * kept + sample * (1.0 - kept)));
    }

    /// Labels that may be on their way at once: as many as the printer makes in `supply_ms`.
    pub fn window(&self, supply_ms: i64) -> i64 {
        let of = |label_ms: f64, most| {
            ((supply_ms as f64 / label_ms.max(1.0)).ceil() as i64).clamp(SMALLEST_WINDOW, most)
        };
        match (self.label_ms, self.expected) {
            (Some(label_ms), _) => of(label_ms, LARGEST_WINDOW),
            (None, Expected::Known(label_ms) | Expected::Told(label_ms)) => of(label_ms as f64, FIRST_WINDOW),
            (None, Expected::Slowest(_)) => FIRST_WINDOW,
        }
    }

    /// The time one label seems to take, milliseconds, or until then is expected to: for what people are told.
    pub fn seems_or_expected_ms(&self) -> i64 {
        self.seems_ms().map_or(self.expected.label_ms(), |label_ms| label_ms.ceil() as i64)
    }

    /// The time one label takes, milliseconds: measured, or until then expected.
    pub fn expected_ms(&self) -> i64 {
        self.label_ms().map_or(self.expected.label_ms(), |label_ms| label_ms.ceil() as i64)
    }

    /// Nothing is known of it: neither has a label been measured, nor does it tell its speed.
    pub fn is_unknown(&self) -> bool {
        self.label_ms.is_none() && matches!(self.expected, Expected::Slowest(_))
    }

    /// How long an idle printer must keep still before it is believed that so many labels are out: more than their time.
    /// Half as much again, but where labels are counted no longer than the slowest printer needs.
    pub fn settle_ms(&self, labels: i64) -> i64 {
        let label_ms = self.expected_ms();
        let long_ms = label_ms + label_ms / 2;
        let is_supposed = self.is_counted && label_ms <= self.slowest_ms;
        let each_ms = if is_supposed { long_ms.min(self.slowest_ms + START_AND_STOP_MS) } else { long_ms };
        (each_ms * labels).max(SHORTEST_SETTLE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_late_behind_a_stop_says_nothing_of_the_pace() {
        let mut pace = Pace::counted(None, 700);
        pace.measure(0, 1_000);
        pace.measure(1, 1_000);
        assert_eq!(pace.label_ms(), None, "it was out long before");
        (1_100..1_600).step_by(100).for_each(|now_ms| pace.measure(1, now_ms));
        pace.measure(2, 1_600);
        assert_eq!(pace.seems_ms(), Some(600.0));
        assert!(pace.label_ms() > Some(600.0), "patience falls slowly");
    }

    #[test]
    fn two_labels_heard_of_late_are_not_taken_for_a_fast_printer() {
        let mut pace = Pace::counted(None, 700);
        pace.measure(0, 0);
        pace.measure(5, 3_700);
        pace.measure(6, 3_740);
        assert_eq!(pace.label_ms(), None);
    }

    #[test]
    fn a_fast_printer_is_known_by_two_readings_and_a_slow_one_never_by_a_jump() {
        let mut fast = Pace::counted(None, 700);
        (0..4).for_each(|poll| fast.measure(poll * 10, poll * 100));
        assert_eq!(fast.settle_ms(1), SHORTEST_SETTLE_MS);
        let mut slow = Pace::counted(None, 700);
        slow.measure(0, 0);
        slow.measure(1, 100);
        slow.measure(1, 390);
        slow.measure(3, 680);
        assert!(
            slow.settle_ms(1) > 800,
            "two labels of 600 ms, the first of them counted late: {}",
            slow.settle_ms(1)
        );
    }

    #[test]
    fn a_printer_that_is_heard_of_three_times_a_second_is_measured_and_not_taken_for_a_faster_one() {
        let heard_every = |gap_ms: i64, label_ms: i64| {
            let mut pace = Pace::counted(None, 3_052);
            (0..20_000).step_by(gap_ms as usize).for_each(|now_ms| pace.measure(now_ms / label_ms, now_ms));
            pace.label_ms().expect("a pace")
        };
        for gap_ms in [90, 310, 370, 700, 1_000] {
            for label_ms in [60, 125, 330, 700, 1_500] {
                let patient_ms = heard_every(gap_ms, label_ms);
                let most = 2 * label_ms + 2 * gap_ms;
                assert!(
                    patient_ms >= label_ms as f64 && patient_ms <= most as f64,
                    "{label_ms} ms each, heard every {gap_ms} ms: {patient_ms}"
                );
            }
        }
    }

    #[test]
    fn a_printer_that_tells_its_speed_is_not_waited_for_as_if_it_were_the_slowest() {
        let mut told = Pace::counted(None, 700);
        told.hear_speed(230);
        assert_eq!((told.settle_ms(1), told.window(1_200)), (570, 4));
        told.hear_speed(1_400);
        assert_eq!(
            (told.settle_ms(1), told.window(1_200)),
            (2_325, 4),
            "it is slower than any was supposed to be"
        );
        let mut known = Pace::counted(Some(600), 700);
        known.hear_speed(230);
        assert_eq!(
            known.settle_ms(1),
            850,
            "its labels took longer than that, and as long as the slowest printer's is enough"
        );
        let mut uncounted = Pace::uncounted(700);
        uncounted.hear_speed(230);
        assert_eq!(uncounted.settle_ms(1), 1_050, "time is the only evidence");
    }

    #[test]
    fn a_slow_printer_holds_four_labels_and_a_fast_one_what_it_makes_meanwhile() {
        let window_of = |label_ms: i64| {
            let mut pace = Pace::counted(None, 700);
            (0..10 * label_ms).step_by(50).for_each(|now_ms| pace.measure(now_ms / label_ms, now_ms));
            pace.window(1_200)
        };
        assert_eq!([1_000, 500, 100].map(window_of), [4, 4, 12]);
    }

    #[test]
    fn what_leaves_a_buffer_in_bursts_does_not_shorten_the_wait_for_stillness() {
        let mut pace = Pace::uncounted(700);
        (0..10).for_each(|count| pace.measure(count, 10 * count));
        assert_eq!(pace.settle_ms(1), 1_050);
    }
}

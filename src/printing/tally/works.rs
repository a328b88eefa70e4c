//! How many labels a printer has in the works, as one run learns it and the next ones know it. Pure.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What is usual is known after so many labels.
pub(super) const KNOWN_AFTER_LABELS: i64 = 7;
/// A printer that stands is looked at as well, for days perhaps.
const MOST_SIGHTS: usize = 1_000;
/// So many sights of a last label that waits, and none of one that is gone: once or twice it may not have begun to move.
const ENOUGH_SIGHTS: i64 = 3;
/// Labels of another size are printed a little differently: one run is not enough to know what is usual.
const MOST_RUNS: usize = 4;

/// A printer begins and ends every label a little differently: so much is looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Together {
    pub labels: i64,
    pub ms: i64,
    pub sights: usize,
}

/// So many labels were in the works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sight {
    pub at_ms: i64,
    pub counted: i64,
    pub in_the_works: i64,
}

/// The fewest labels that were in the works, and over how many labels that was learnt, as far as more say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fewest {
    in_the_works: i64,
    labels: i64,
}

impl Fewest {
    fn with(self, other: Self) -> Self {
        let in_the_works = self.in_the_works.min(other.in_the_works);
        Self { in_the_works, labels: (self.labels + other.labels).min(KNOWN_AFTER_LABELS) }
    }
}

/// What one or more runs learnt of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsualWorks {
    pub(super) fewest: FewestSeen,
    pub(super) last_label: LastLabel,
    /// The counter moves when a label begins.
    pub(super) counts_at_beginning: bool,
}

/// The fewest labels in the works, by how buffer and count were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct FewestSeen {
    pub of_two_moments: Option<Fewest>,
    pub of_one_moment: Option<Fewest>,
}

impl FewestSeen {
    fn with(self, other: Self) -> Self {
        let both = |one: Option<Fewest>, other: Option<Fewest>| match (one, other) {
            (Some(one), Some(other)) => Some(one.with(other)),
            (one, other) => one.or(other),
        };
        Self {
            of_two_moments: both(self.of_two_moments, other.of_two_moments),
            of_one_moment: both(self.of_one_moment, other.of_one_moment),
        }
    }
}

/// How often the last label of a run was seen while it was the only one not counted: still told by the buffer, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct LastLabel {
    pub waited: i64,
    pub was_gone: i64,
}

impl LastLabel {
    fn with(self, other: Self) -> Self {
        let enough = |sights: i64| sights.min(ENOUGH_SIGHTS);
        Self { waited: enough(self.waited + other.waited), was_gone: enough(self.was_gone + other.was_gone) }
    }

    /// Nothing is in motion when the buffer is empty.
    pub(super) fn is_told_by_buffer(self) -> bool {
        self.waited >= ENOUGH_SIGHTS && self.was_gone == 0
    }
}

impl UsualWorks {
    /// The buffer tells of the label in motion.
    #[cfg(test)]
    pub fn of_a_known_buffer() -> Self {
        Self { last_label: LastLabel { waited: ENOUGH_SIGHTS, was_gone: 0 }, ..Self::default() }
    }

    /// A label is counted when it begins.
    #[cfg(test)]
    pub fn of_an_early_counter() -> Self {
        Self { counts_at_beginning: true, ..Self::default() }
    }

    /// The counter moves when a label begins.
    pub fn counts_at_beginning(self) -> bool {
        self.counts_at_beginning
    }
}

/// What the last runs on one device learnt, and of its last label and its counter all of them: a fast printer shows these in
/// few runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormerWorks {
    unique_id: Option<String>,
    of_runs: VecDeque<FewestSeen>,
    last_label: LastLabel,
    counts_at_beginning: bool,
}

impl FormerWorks {
    /// A run has ended, and everything added up.
    pub fn learn(&mut self, unique_id: Option<&str>, works: UsualWorks) {
        if !self.turn_to(unique_id) {
            return;
        }
        self.last_label = self.last_label.with(works.last_label);
        self.counts_at_beginning |= works.counts_at_beginning;
        if works.fewest != FewestSeen::default() {
            self.of_runs.push_back(works.fewest);
        }
        if self.of_runs.len() > MOST_RUNS {
            self.of_runs.pop_front();
        }
    }

    /// A run under way has shown when the counter moves, which is good to know before it ends.
    pub fn learn_count_moment(&mut self, unique_id: Option<&str>, works: UsualWorks) {
        if works.counts_at_beginning && self.turn_to(unique_id) {
            self.counts_at_beginning = true;
        }
    }

    /// What was learnt of another device is forgotten. False: on this connection it has not told which one it is.
    fn turn_to(&mut self, unique_id: Option<&str>) -> bool {
        if unique_id.is_none() && self.unique_id.is_some() {
            return false;
        }
        if self.unique_id.as_deref() != unique_id {
            *self = Self { unique_id: unique_id.map(str::to_owned), ..Self::default() };
        }
        true
    }

    /// It is certain which device it is true of.
    pub fn is_of_a_told_device(&self) -> bool {
        self.unique_id.is_some()
    }

    /// What is usual of this device.
    pub fn known(&self, unique_id: Option<&str>) -> UsualWorks {
        if self.unique_id.as_deref() != unique_id {
            return UsualWorks::default();
        }
        UsualWorks {
            fewest: self.of_runs.iter().copied().fold(FewestSeen::default(), FewestSeen::with),
            last_label: self.last_label,
            counts_at_beginning: self.counts_at_beginning,
        }
    }
}

/// What is usual of this printer, learnt from sights that are looked at together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Usual {
    enough: Together,
    /// Of runs before.
    before: Option<Fewest>,
    /// Of this one, before a suspicion that was wrong.
    refuted: Option<Fewest>,
    /// The most while the first label of this run was made, until more is known.
    at_first: i64,
    /// The least that ever was the most of some sights together.
    in_the_works: Option<i64>,
    /// The count when that began to be learnt, and the last.
    learnt: Option<(i64, i64)>,
    together: VecDeque<Sight>,
}

impl Usual {
    pub fn of(enough: Together, before: Option<Fewest>) -> Self {
        Self {
            enough,
            before,
            refuted: None,
            at_first: 0,
            in_the_works: None,
            learnt: None,
            together: VecDeque::new(),
        }
    }

    /// What is seen next is not looked at together with what was seen before.
    pub fn interrupt(&mut self) {
        self.together.clear();
    }

    /// Nothing is counted yet and labels wait: the printer has as many in the works as it takes, and none of another sender's
    /// behind the first.
    pub fn see_first(&mut self, in_the_works: i64) {
        self.at_first = self.at_first.max(in_the_works);
    }

    /// It was suspected wrongly: so few are in order, until it shows more.
    pub fn begin_anew(&mut self) {
        *self = Self { refuted: self.learnt(), ..Self::of(self.enough, self.before) };
    }

    /// In this run.
    pub fn learnt(&self) -> Option<Fewest> {
        match (self.since_refuted(), self.refuted) {
            (Some(since), Some(refuted)) => Some(since.with(refuted)),
            (since, refuted) => since.or(refuted),
        }
    }

    fn since_refuted(&self) -> Option<Fewest> {
        let (from, to) = self.learnt?;
        Some(Fewest { in_the_works: self.in_the_works?, labels: (to - from).min(KNOWN_AFTER_LABELS) })
    }

    /// What this run or the ones before have learnt is enough.
    pub fn is_known(&self) -> bool {
        self.known().is_some()
    }

    fn known(&self) -> Option<Fewest> {
        let is_known = |fewest: &Fewest| fewest.labels >= KNOWN_AFTER_LABELS;
        self.since_refuted().filter(is_known).or(self.refuted).or(self.before.filter(is_known))
    }

    /// With this sight there seem to be fewer than ever before, or fewer than none.
    pub fn is_undercut(&mut self, now: Sight) -> bool {
        self.together.push_back(now);
        while self.is_enough_from(1) || self.together.len() > MOST_SIGHTS {
            self.together.pop_front();
        }
        if !self.is_enough_from(0) {
            return false;
        }
        let most = self.together.iter().map(|sight| sight.in_the_works).max().unwrap_or(now.in_the_works);
        let (from, _) = *self.learnt.get_or_insert((now.counted, now.counted));
        self.learnt = Some((from, now.counted));
        let usual = self.known().map_or(self.at_first, |known| known.in_the_works);
        self.in_the_works = Some(self.in_the_works.map_or(most, |usual| usual.min(most)));
        most < usual
    }

    fn is_enough_from(&self, place: usize) -> bool {
        let (Some(first), Some(last)) = (self.together.get(place), self.together.back()) else {
            return false;
        };
        last.counted - first.counted >= self.enough.labels
            && last.at_ms - first.at_ms >= self.enough.ms
            && self.together.len() - place >= self.enough.sights
    }
}

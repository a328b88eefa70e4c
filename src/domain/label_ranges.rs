//! Sets of label numbers as people write them: `3,7-12`.

use super::LabelIndex;
use std::fmt;

/// Label numbers, each once, in order; kept as ranges, so a hundred thousand of them cost nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelRanges(Vec<(LabelIndex, LabelIndex)>);

impl LabelRanges {
    /// Reads `3,7-12`; `None` where it is no such list, or leaves 1 to `quantity`.
    pub fn parse(text: &str, quantity: LabelIndex) -> Option<Self> {
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (LabelIndex, LabelIndex) =
                (first.trim().parse().ok()?, last.trim().parse().ok()?);
            if first < 1 || last > quantity || first > last {
                return None;
            }
            ranges.push((first, last));
        }
        Some(Self::merged(ranges))
    }

    /// All labels of a job.
    pub fn all(quantity: LabelIndex) -> Self {
        Self(vec![(1, quantity)])
    }

    fn merged(mut ranges: Vec<(LabelIndex, LabelIndex)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(LabelIndex, LabelIndex)> = Vec::new();
        for (first, last) in ranges {
            match merged.last_mut() {
                Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// How many labels there are.
    pub fn count(&self) -> i64 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// The label at a place, counted from 1.
    pub fn at(&self, place: i64) -> Option<LabelIndex> {
        let mut before = 0;
        self.0.iter().find_map(|(first, last)| {
            let label = first + place - before - 1;
            before += last - first + 1;
            (place >= 1 && label >= *first && label <= *last).then_some(label)
        })
    }

    /// Every label, in order.
    pub fn iter(&self) -> impl Iterator<Item = LabelIndex> + '_ {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// The stretches it is made of, in order.
    pub fn stretches(&self) -> &[(LabelIndex, LabelIndex)] {
        &self.0
    }
}

impl FromIterator<LabelIndex> for LabelRanges {
    fn from_iter<T: IntoIterator<Item = LabelIndex>>(labels: T) -> Self {
        Self::merged(labels.into_iter().map(|label| (label, label)).collect())
    }
}

impl fmt::Display for LabelRanges {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (first, last)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            match first == last {
                true => write!(formatter, "{comma}{first}")?,
                false => write!(formatter, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_name_labels_once_and_in_order() {
        let ranges = LabelRanges::parse("7-9, 3,8", 20).unwrap();
        assert_eq!(ranges.iter().collect::<Vec<_>>(), [3, 7, 8, 9]);
        assert_eq!((ranges.to_string().as_str(), ranges.count()), ("3,7-9", 4));
        assert_eq!([0, 1, 2, 4, 5].map(|place| ranges.at(place)), [None, Some(3), Some(7), Some(9), None]);
        assert_eq!(LabelRanges::from_iter([9, 3, 8, 7]), ranges);
    }

    #[test]
    fn a_range_outside_the_job_is_refused() {
        for text in ["0", "21", "5-3", "x", "", "1-99999999999", "-1", "1,,2"] {
            assert_eq!(LabelRanges::parse(text, 20), None, "{text}");
        }
    }
}

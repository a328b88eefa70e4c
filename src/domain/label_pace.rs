//! How long a label takes on a printer.

/// Between two labels.
const GAP_MM: f64 = 3.0;

/// A measured time, and the label it was measured with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelPace {
    /// Milliseconds a label takes, rather too many than too few.
    pub label_ms: i64,
    /// Length of that label, millimetres.
    pub label_mm: f64,
}

impl LabelPace {
    /// Milliseconds a label of this length takes at most: a longer one in proportion, a shorter one no more than that.
    pub fn of_label(self, length_mm: f64) -> i64 {
        let longer = (length_mm + GAP_MM) / (self.label_mm + GAP_MM);
        (self.label_ms as f64 * longer.max(1.0)).ceil() as i64
    }

    /// Another pace, by more than a reading differs from the next.
    pub fn differs_from(self, other: Self) -> bool {
        let ratio = self.label_ms.max(1) as f64 / other.label_ms.max(1) as f64;
        self.label_mm != other.label_mm || !(0.75..=1.33).contains(&ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_label_is_not_expected_in_the_time_of_a_short_one() {
        let pace = LabelPace { label_ms: 100, label_mm: 32.0 };
        assert_eq!((pace.of_label(32.0), pace.of_label(152.0), pace.of_label(10.0)), (100, 443, 100));
    }
}

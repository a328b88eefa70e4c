//! Supplies `^FH_` where a value stands in `^FD` without it: only under `^FH` can a value be written so that it is no command.
//! What is supplied is judged as if the author had written it; text that this does not understand is left alone, and judged so.

use super::segments::{SegmentKind, cut};

/// Data of a field without `^FH` in front of it.
struct Data {
    begins_at: usize,
    /// Under `^FH` each of them would begin an escape.
    underscores: Vec<usize>,
    holds_value: bool,
}

/// The text, line for line, with `^FH_` in front of the data that needs it.
pub(super) fn supply(text: &str) -> String {
    let mut whole = text.to_owned();
    // From the end, so that what is put in moves nothing that is still to come.
    for data in data_without_indicator(text).into_iter().rev().filter(|data| data.holds_value) {
        for at in data.underscores.into_iter().rev() {
            whole.replace_range(at..=at, "_5F");
        }
        whole.insert_str(data.begins_at, "^FH_");
    }
    whole
}

fn data_without_indicator(text: &str) -> Vec<Data> {
    let Ok(segments) = cut(text) else { return Vec::new() };
    let mut found: Vec<Data> = Vec::new();
    let (mut has_indicator, mut is_in_data) = (false, false);
    for segment in segments {
        let literal = match segment.kind {
            SegmentKind::Literal(literal) => literal,
            SegmentKind::Value { .. } => {
                if let Some(data) = found.last_mut().filter(|_| is_in_data) {
                    data.holds_value = true;
                }
                continue;
            }
            SegmentKind::Statement { .. } | SegmentKind::Comment(_) => continue,
        };
        for (at, sign) in literal.char_indices() {
            if sign == '_' && is_in_data {
                found
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|data| data.underscores.push(segment.offset + at));
            }
            if sign != '^' && sign != '~' {
                continue;
            }
            is_in_data = false;
            let code = literal.get(at + 1..at + 3).unwrap_or("").to_ascii_uppercase();
            match code.as_str() {
                "FH" => has_indicator = true,
                "FS" | "XA" | "XZ" => has_indicator = false,
                "FD" | "FV" if !has_indicator => {
                    is_in_data = true;
                    let begins_at = segment.offset + at;
                    found.push(Data { begins_at, underscores: Vec::new(), holds_value: false });
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indicator_is_supplied_where_a_value_needs_one_and_nowhere_else() {
        for (written, judged) in [
            ("^XA^FD{{ a }}^FS^XZ", "^XA^FH_^FD{{ a }}^FS^XZ"),
            ("^XA\n^A0N,9^fdNo_ {{ a_b }}_^FS^XZ", "^XA\n^A0N,9^FH_^fdNo_5F {{ a_b }}_5F^FS^XZ"),
            ("^XA^FDa_b^FS^FD{{ a }}^FS^XZ", "^XA^FDa_b^FS^FH_^FD{{ a }}^FS^XZ"),
            ("^XA^FH\\^FD_{{ a }}^FS^FV{{ b }}^FS", "^XA^FH\\^FD_{{ a }}^FS^FH_^FV{{ b }}^FS"),
            ("^XA{% if a %}^FH{% endif %}^FD{{ a }}^FS", "^XA{% if a %}^FH{% endif %}^FD{{ a }}^FS"),
            ("^XA^FO{{ a }},1^FDa_^FS{# ^FD{{ b }} #}", "^XA^FO{{ a }},1^FDa_^FS{# ^FD{{ b }} #}"),
            ("^XA^FD{{ a ^FS", "^XA^FD{{ a ^FS"),
        ] {
            assert_eq!(supply(written), judged);
        }
    }
}

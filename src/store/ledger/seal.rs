//! Seals: the SHA-256 chain over the entries of the ledger. Pure.

use super::Content;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};
use std::str::FromStr;

/// How content is written down for its seal. Another way gets another number; entries keep theirs.
pub const FORMAT: i64 = 1;

/// Where the ledger ends: the number of its last entry and that entry's seal. Whoever keeps one elsewhere can prove
/// later that nothing before it was altered or cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 0 where nothing was recorded yet.
    pub number: i64,
    pub seal: String,
}

impl Head {
    /// The head of an empty ledger, which the first entry is chained to.
    pub fn empty() -> Self {
        Self { number: 0, seal: "0".repeat(64) }
    }

    /// The head once `content` is appended.
    pub fn followed_by(&self, content: &Content) -> Self {
        let number = self.number + 1;
        Self { number, seal: seal(number, &self.seal, content) }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.number, self.seal)
    }
}

/// A head that was written down wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is NUMBER:SEAL with 64 hexadecimal digits, as `platen history verify` prints it")]
pub struct NotAHead;

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (number, seal) = text.trim().split_once(':').ok_or(NotAHead)?;
        let number: i64 = number.parse().map_err(|_| NotAHead)?;
        if number < 0 || seal.len() != 64 || !seal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAHead);
        }
        Ok(Self { number, seal: seal.to_ascii_lowercase() })
    }
}

/// SHA-256 of a JSON array without spaces, so that anyone can recompute it: format, number, seal before, then the
/// content in the order of its columns; null where there is none.
pub fn seal(number: i64, previous: &str, content: &Content) -> String {
    let Content { job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms } =
        content;
    let whole = (
        (FORMAT, number, previous),
        (job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms),
    );
    // Numbers and texts always become JSON.
    let written = serde_json::to_vec(&whole).unwrap_or_default();
    Sha256::digest(&written).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            job_id: "0197a000-0000-7000-8000-000000000001".to_owned(),
            label_index: 3,
            outcome: "printed".to_owned(),
            evidence: "odometer".to_owned(),
            serial: Some("SN-\"3\"\u{1}é".to_owned()),
            printer: "line-a".to_owned(),
            run_id: None,
            attempt: 1,
            recorded_at_ms: 1_770_000_000_000,
        }
    }

    /// Recomputed by hand: `hashlib.sha256(json.dumps([[1, 1, "0" * 64], […]], separators=(",", ":"),
    /// ensure_ascii=False).encode())` in Python. Seals in databases out there depend on it: never change this value.
    #[test]
    fn a_seal_can_be_recomputed_by_anyone() {
        let head = Head::empty().followed_by(&content());
        assert_eq!(head.to_string(), "1:77867cc936cda2cb24b2ba5c2d5faf3be9ad1d25532085a581bc53d1bf7eba54");
    }

    #[test]
    fn a_head_that_was_noted_is_read_again() {
        let head = Head::empty().followed_by(&content());
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        assert_eq!(format!(" {} ", head.to_string().to_uppercase()).parse(), Ok(head));
        for wrong in ["", "12", "12:", "x:00", "-1:00", &format!("1:{}", "g".repeat(64))] {
            assert_eq!(wrong.parse::<Head>(), Err(NotAHead), "{wrong}");
        }
    }
}

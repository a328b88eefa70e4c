//! What was changed in ready ZPL, in sentences for whoever sent it.

/// Different things told apart; more are only counted.
const MAX_NOTES: usize = 30;
/// Of a command's parameters, what is repeated.
const MAX_SHOWN: usize = 24;

/// Collects what was changed.
#[derive(Debug, Default)]
pub(super) struct Notes {
    told: Vec<Told>,
    others: usize,
}

#[derive(Debug)]
struct Told {
    what: String,
    line: usize,
    again: usize,
}

impl Notes {
    /// Something at a byte of the text.
    pub fn add(&mut self, zpl: &str, offset: usize, what: String) {
        if let Some(told) = self.told.iter_mut().find(|told| told.what == what) {
            told.again += 1;
        } else if self.told.len() < MAX_NOTES {
            let line = super::ready_zpl::line_at(zpl, offset);
            self.told.push(Told { what, line, again: 0 });
        } else {
            self.others += 1;
        }
    }

    /// One sentence each.
    pub fn into_sentences(self) -> Vec<String> {
        let sentences = self.told.into_iter().map(|Told { what, line, again }| match again {
            0 => format!("Line {line}: {what}."),
            1 => format!("Line {line} and once more: {what}."),
            _ => format!("Line {line} and {again} times more: {what}."),
        });
        let others =
            (self.others > 0).then(|| format!("{} further places were changed likewise.", self.others));
        sentences.chain(others).collect()
    }
}

/// A command with its parameters, no longer than a person reads.
pub(super) fn shown(prefix: char, code: [u8; 2], parameters: &str) -> String {
    let parameters = parameters.trim();
    let short: String = parameters.chars().take(MAX_SHOWN).collect();
    let more = if short.len() < parameters.len() { "…" } else { "" };
    format!("{prefix}{}{short}{more}", String::from_utf8_lossy(&code))
}

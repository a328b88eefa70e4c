//! Shortens text to what a `^FB` block can show, because the printer writes what is left over the last line
//! ("ZPL II Programming Guide", ^FB).
//!
//! Widths are for the scalable font 0 with equal height and width, measured and rounded up; so a block may end
//! earlier than it must, and never later.

/// Put where text was cut off; dots are in every font.
const CUT: &str = "...";

/// A block of text as a template lays it out, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub width: u32,
    pub height: u32,
    pub lines: u32,
}

/// `text` if the block can show it, else as much of it as the block can show, ending in dots.
pub(super) fn fit(text: &str, block: Block) -> String {
    if block.holds(text) {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let shortened = |end: usize| format!("{}{CUT}", text[..end].trim_end());
    let fitting = ends.partition_point(|end| block.holds(&shortened(*end)));
    match fitting.checked_sub(1) {
        Some(last) => shortened(ends[last]),
        None => String::new(),
    }
}

impl Block {
    fn holds(self, text: &str) -> bool {
        lines(text, self).len() <= self.lines as usize
    }
}

/// The lines that the printer makes of a text: broken between words, and inside a word that is longer than a line.
pub(super) fn lines(text: &str, block: Block) -> Vec<String> {
    let room = block.width.saturating_mul(100) / block.height.max(1);
    let mut lines = Vec::new();
    for paragraph in text.replace("\r\n", "\n").split(['\r', '\n']) {
        let (mut line, mut used) = (String::new(), 0);
        for word in paragraph.split_inclusive(' ') {
            let width: u32 = word.trim_end().chars().map(width_percent).sum();
            if used > 0 && used + width > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            for character in word.chars() {
                let width = width_percent(character);
                // A space that does not fit is dropped at the end of the line.
                if used + width > room && character != ' ' {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(character);
                used += width;
            }
        }
        lines.push(line);
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Advance of a character in hundredths of the font's height.
fn width_percent(character: char) -> u32 {
    match character {
        ' ' | '.' | ',' | ':' | ';' | '/' | '\\' | '(' | ')' | '[' | ']' | '\'' | '!' | '|' => 31,
        'i' | 'j' | 'l' | 'f' | 't' | 'I' => 31,
        'r' => 36,
        'm' | 'M' => 79,
        'w' => 70,
        'W' => 85,
        '-' | '%' | '@' => 94,
        'A'..='Z' | '&' => 63,
        ' '..='~' => 53,
        // Latin, Greek and Cyrillic letters; whatever else is taken as wide as high.
        '\u{80}'..='\u{4FF}' => 80,
        _ => 105,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Block = Block { width: 408, height: 30, lines: 2 };

    #[test]
    fn what_fits_stays_and_what_does_not_is_cut() {
        assert_eq!(fit("Desk Combination", BLOCK), "Desk Combination");
        assert_eq!(fit("", BLOCK), "");
        let long = "Four Person Desk with Cable Management, Oak, Adjustable, Left Side, With Drawers";
        let cut = fit(long, BLOCK);
        assert_eq!(cut, "Four Person Desk with Cable Management, Oak, Adjustab...");
        assert!(BLOCK.holds(&cut));
        assert!(fit(&"W".repeat(500), BLOCK).len() < 40);
        assert_eq!(fit("x\ny\nz", BLOCK), "x\ny...");
        assert_eq!(fit("x", Block { width: 0, height: 30, lines: 1 }), "");
        assert_eq!(fit("x", Block { width: 9, height: 0, lines: 0 }), "");
    }
}

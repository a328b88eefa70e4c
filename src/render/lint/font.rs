//! How wide text is in the printer's own fonts.
//!
//! Advances of the scalable font 0 were measured letter by letter, in thousandths of the font's width parameter. The
//! bitmap fonts have cells of one size ("ZPL II Programming Guide", fonts and bar codes).

/// A font as `^A` or `^CF` chooses it, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Font {
    /// `0` for the scalable one, `A` to `H` for bitmaps; others count as scalable.
    pub name: u8,
    pub height: i32,
    pub width: i32,
}

/// Cell height, cell width and advance of the bitmap fonts at 8 dots per mm.
fn cell(name: u8) -> Option<(i32, i32, i32)> {
    Some(match name {
        b'A' => (9, 5, 6),
        b'B' => (11, 7, 9),
        b'C' | b'D' => (18, 10, 12),
        b'E' => (28, 15, 20),
        b'F' => (26, 13, 16),
        b'G' => (60, 40, 48),
        b'H' => (21, 13, 19),
        _ => return None,
    })
}

impl Font {
    /// As the printer takes it: bitmaps only in whole multiples, a missing size like the other one.
    pub fn chosen(name: u8, height: Option<i32>, width: Option<i32>, usual: Self) -> Self {
        let name = name.to_ascii_uppercase();
        if let Some((cell_height, cell_width, _)) = cell(name) {
            let times =
                |length: Option<i32>, one: i32| length.map(|length| ((length + one / 2) / one).clamp(1, 10));
            let high = times(height, cell_height);
            let wide = times(width, cell_width);
            let (high, wide) = (high.or(wide).unwrap_or(1), wide.or(high).unwrap_or(1));
            return Self { name, height: high * cell_height, width: wide * cell_width };
        }
        match (height.filter(|height| *height > 0), width.filter(|width| *width > 0)) {
            (Some(height), Some(width)) => Self { name, height, width },
            (Some(one), None) | (None, Some(one)) => Self { name, height: one, width: one },
            (None, None) => Self { name, ..usual },
        }
    }

    /// Advance of a character in thousandths of a dot.
    fn advance(self, character: char) -> i32 {
        match cell(self.name) {
            Some((_, cell_width, advance)) => self.width * 1000 / cell_width * advance,
            None => i32::from(advance(character)) * self.width,
        }
    }

    /// Width of a line in dots.
    pub fn width_of(self, text: &str) -> i32 {
        let thousandths: i64 = text.chars().map(|character| i64::from(self.advance(character))).sum();
        ((thousandths + 999) / 1000).min(i64::from(i32::MAX / 4)) as i32
    }

    /// Lines as a `^FB` block of this width breaks them: between words, and inside a word longer than a line.
    pub fn lines_of(self, paragraphs: &[String], block_width: i32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width_of(&longer) <= block_width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for character in word.chars() {
                    line.push(character);
                    if line.chars().count() > 1 && self.width_of(&line) > block_width {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, character.to_string()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// From the space to the tilde.
const ASCII: [u16; 95] = [
    296, 295, 479, 479, 479, 903, 608, 253, 295, 295, 479, 903, 294, 903, 295, 295, 480, 479, 479, 479, 480,
    480, 479, 480, 480, 480, 295, 295, 994, 903, 994, 443, 903, 553, 553, 534, 589, 500, 500, 588, 608, 276,
    443, 553, 480, 757, 608, 572, 553, 572, 589, 534, 500, 608, 534, 810, 553, 553, 500, 295, 479, 295, 506,
    500, 295, 461, 500, 443, 500, 479, 276, 500, 500, 259, 257, 443, 259, 756, 500, 480, 500, 500, 331, 423,
    275, 500, 443, 664, 443, 443, 388, 500, 500, 500, 506,
];

/// Advance in thousandths of the font's width.
fn advance(character: char) -> u16 {
    match character {
        ' '..='~' => ASCII.get(character as usize - 0x20).copied().unwrap_or(500),
        'Æ' | 'Œ' | 'æ' | 'œ' => 815,
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'İ' | 'Ì' | 'Í' | 'Î' | 'Ï' | 'ł' => 282,
        'ß' => 515,
        '€' => 506,
        '\u{C0}'..='\u{DE}' => 610,
        '\u{DF}'..='\u{FF}' => 500,
        '\u{100}'..='\u{17F}' if character.is_uppercase() => 600,
        '\u{100}'..='\u{17F}' => 505,
        '–' | '—' | '−' => 904,
        '“' | '”' | '„' => 480,
        '\u{A0}'..='\u{BF}' | '\u{2010}'..='\u{2026}' => 480,
        // Greek and Cyrillic about as Latin; wide scripts as wide as high.
        '\u{300}'..='\u{52F}' => 600,
        _ => 1000,
    }
}

//! Which characters a printer's fonts have. What a font lacks comes out as a blank or a box, so it is refused.
//!
//! Zebra's scalable font 0 and its bitmap fonts carry the Latin alphabets of Europe and no others, as far as every
//! model is concerned; a printer may have more, and a template says so (`[fonts]`).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fonts of a template, by letter, by file (`E:TT0003M_.TTF`), or `@` for all files, and the scripts each has.
pub type Fonts = BTreeMap<String, Vec<Script>>;

/// Writing systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    Latin,
    Vietnamese,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Ethiopic,
    Khmer,
    Hangul,
    Kana,
    Han,
}

impl Script {
    /// Whether a character is written in it. Blocks as in Unicode 16.
    fn has(self, character: char) -> bool {
        match self {
            Self::Latin => is_european_latin(character),
            Self::Vietnamese => {
                matches!(character, '\u{1EA0}'..='\u{1EF9}' | 'À'..='Ã' | 'È'..='Ê' | 'Ì' | 'Í' | 'Ò'..='Õ' | 'Ù' | 'Ú' | 'Ý'
                    | 'à'..='ã' | 'è'..='ê' | 'ì' | 'í' | 'ò'..='õ' | 'ù' | 'ú' | 'ý' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'Ă' | 'ă' | 'Đ' | 'đ')
            }
            Self::Greek => matches!(character, '\u{370}'..='\u{3FF}'),
            Self::Cyrillic => matches!(character, '\u{400}'..='\u{52F}' | '№'),
            Self::Armenian => matches!(character, '\u{530}'..='\u{58F}'),
            Self::Hebrew => matches!(character, '\u{590}'..='\u{5FF}'),
            Self::Arabic => matches!(character, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}'),
            Self::Devanagari => matches!(character, '\u{900}'..='\u{97F}'),
            Self::Bengali => matches!(character, '\u{980}'..='\u{9FF}'),
            Self::Gurmukhi => matches!(character, '\u{A00}'..='\u{A7F}'),
            Self::Gujarati => matches!(character, '\u{A80}'..='\u{AFF}'),
            Self::Tamil => matches!(character, '\u{B80}'..='\u{BFF}'),
            Self::Telugu => matches!(character, '\u{C00}'..='\u{C7F}'),
            Self::Kannada => matches!(character, '\u{C80}'..='\u{CFF}'),
            Self::Malayalam => matches!(character, '\u{D00}'..='\u{D7F}'),
            Self::Sinhala => matches!(character, '\u{D80}'..='\u{DFF}'),
            Self::Thai => matches!(character, '\u{E00}'..='\u{E7F}'),
            Self::Lao => matches!(character, '\u{E80}'..='\u{EFF}'),
            Self::Tibetan => matches!(character, '\u{F00}'..='\u{FFF}'),
            Self::Myanmar => matches!(character, '\u{1000}'..='\u{109F}'),
            Self::Georgian => matches!(character, '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}'),
            Self::Ethiopic => matches!(character, '\u{1200}'..='\u{137F}'),
            Self::Khmer => matches!(character, '\u{1780}'..='\u{17FF}'),
            Self::Hangul => matches!(character, '\u{AC00}'..='\u{D7A3}' | '\u{3130}'..='\u{318F}'),
            Self::Kana => matches!(character, '\u{3000}'..='\u{30FF}' | '\u{FF00}'..='\u{FFEF}'),
            Self::Han => {
                matches!(character, '\u{3000}'..='\u{303F}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
            }
        }
    }
}

/// The font of a field: a letter as in `^A0`, or a file as in `^A@N,3,3,E:TT0003M_.TTF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FontName([u8; MAX_FONT_NAME]);

/// A drive with its colon, sixteen letters, a dot and an ending.
const MAX_FONT_NAME: usize = 22;

impl FontName {
    /// `0`, `A` to `Z`, or `@` for the one that was named last.
    pub const fn of_letter(letter: u8) -> Self {
        let mut name = [0; MAX_FONT_NAME];
        name[0] = letter.to_ascii_uppercase();
        Self(name)
    }

    /// A font in the printer's memory, such as `E:TT0003M_.TTF`.
    pub fn of_file(file: &str) -> Option<Self> {
        let (_, ending) = file.rsplit_once('.')?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.');
        let is_whole =
            matches!(ending.len(), 3 | 4) && file.len() <= MAX_FONT_NAME && file.bytes().all(is_name);
        is_whole.then(|| {
            let mut name = [0; MAX_FONT_NAME];
            name.iter_mut().zip(file.bytes()).for_each(|(place, byte)| *place = byte.to_ascii_uppercase());
            Self(name)
        })
    }

    /// As a template's `[fonts]` writes it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [letter] if *letter == b'@' || letter.is_ascii_uppercase() || letter.is_ascii_digit() => {
                Some(Self::of_letter(*letter))
            }
            _ => Self::of_file(text).filter(|name| name.0.starts_with(text.as_bytes())),
        }
    }

    fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(MAX_FONT_NAME);
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    fn is_file(&self) -> bool {
        self.0[1] != 0
    }

    /// What the template says of it: of a file by its name, else as one of those that `^A@` names.
    fn declared(self, fonts: &Fonts) -> Option<&[Script]> {
        let found = fonts.get(self.as_str()).or_else(|| fonts.get("@").filter(|_| self.is_file()));
        found.map(Vec::as_slice)
    }

    /// Whether anything is known of it: the printer's own fonts, and those that the template declares.
    pub fn is_known(self, fonts: &Fonts) -> bool {
        self.declared(fonts).is_some() || (!self.is_file() && matches!(self.0[0], b'0' | b'A'..=b'H'))
    }
}

impl std::fmt::Display for FontName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What the fonts that every model has are made for, by letter ("ZPL II Programming Guide", fonts and bar codes: B has no
/// small letters, E is OCR-B, H is OCR-A). All others count as European Latin, the code pages 1250, 1252, 1254 and 1257,
/// until a template says more.
fn own_font_has(letter: u8, character: char) -> bool {
    match letter {
        b'B' => matches!(character, ' '..='`' | '{'..='~'),
        b'E' | b'H' => matches!(character, ' '..='~'),
        _ => is_european_latin(character),
    }
}

/// Characters told in one sentence.
const MAX_TOLD: usize = 5;

/// Whether a font has a character.
pub(super) fn has(font: FontName, fonts: &Fonts, character: char) -> bool {
    is_in(font, font.declared(fonts), character)
}

fn is_in(font: FontName, declared: Option<&[Script]>, character: char) -> bool {
    match declared {
        // Line breaks; other control characters are refused before.
        _ if character.is_control() => true,
        Some(scripts) => matches!(character, ' '..='~') || scripts.iter().any(|script| script.has(character)),
        None => own_font_has(if font.is_file() { b'@' } else { font.0[0] }, character),
    }
}

/// The characters of a text that a font does not have, each once, at most five.
pub(super) fn missing(text: &str, font: FontName, fonts: &Fonts) -> Vec<char> {
    let declared = font.declared(fonts);
    let mut lacking = Vec::new();
    for character in text.chars().filter(|character| !is_in(font, declared, *character)) {
        if lacking.len() < MAX_TOLD && !lacking.contains(&character) {
            lacking.push(character);
        }
    }
    lacking
}

/// The letters of the code pages 1250, 1252, 1254 and 1257, and the signs that go with them.
fn is_european_latin(character: char) -> bool {
    matches!(character,
        ' '..='~' | '\u{A0}'..='\u{AC}' | '\u{AE}'..='\u{17E}' | 'Ș'..='ț' | 'ƒ' | 'ˆ' | 'ˇ' | '˘'..='˝'
        | '–' | '—' | '‘'..='‚' | '“'..='„' | '†'..='•' | '…' | '‰' | '‹' | '›' | '€' | '™')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_has_what_it_has_and_what_the_template_says() {
        let none = Fonts::new();
        let lacking = |text, letter, fonts| {
            missing(text, FontName::of_letter(letter), fonts).into_iter().collect::<String>()
        };
        assert_eq!(lacking("Größe ąčęėįšųū Łódź ğ ı € – „x“ 3½ µ\n", b'0', &none), "");
        for (text, signs) in [
            ("Болт, болт", "Болтб"),
            ("Болторез", "Болтр"),
            ("a中", "中"),
            ("🙂", "🙂"),
            ("a\u{200B}b", "\u{200B}"),
            ("\u{202E}a", "\u{202E}"),
        ] {
            assert_eq!(lacking(text, b'0', &none), signs);
        }
        assert_eq!((lacking("é", b'h', &none), lacking("a", b'B', &none)), ("é".to_owned(), "a".to_owned()));
        let more = Fonts::from([("@".to_owned(), vec![Script::Cyrillic, Script::Han])]);
        assert_eq!(lacking("Болт M8 中", b'@', &more), "");
        assert_eq!(lacking("é", b'@', &more), "é");
        assert_eq!(lacking("Болт", b'0', &more), "Болт");
    }

    #[test]
    fn a_font_that_is_named_has_what_its_name_or_all_named_fonts_have() {
        let fonts = Fonts::from([
            ("@".to_owned(), vec![Script::Latin]),
            ("E:TT0003M_.TTF".to_owned(), vec![Script::Greek]),
        ]);
        let of = |file: &str| FontName::of_file(file).unwrap();
        assert_eq!(missing("Βίδα é", of("e:tt0003m_.ttf"), &fonts), ['é']);
        assert_eq!(missing("Βίδα é", of("E:OTHER.FNT"), &fonts), ['Β', 'ί', 'δ', 'α']);
        assert!(of("E:X.TTF").is_known(&fonts) && !of("E:X.TTF").is_known(&Fonts::new()));
        assert!(FontName::of_letter(b'0').is_known(&Fonts::new()));
        for wrong in ["", "E", "E:X", "E:X.T", "E:X Y.TTF", "E:12345678901234567.TTF", "e:x.ttf", "^", "AB"] {
            assert_eq!(FontName::parse(wrong).filter(|_| wrong != "E"), None, "{wrong}");
        }
        assert_eq!(FontName::parse("E:TT0003M_.TTF").unwrap().to_string(), "E:TT0003M_.TTF");
    }
}

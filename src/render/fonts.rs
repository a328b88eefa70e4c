//! Which characters a printer's fonts have. What a font lacks comes out as a blank or a box, so it is refused.
//!
//! Zebra's scalable font 0 and its bitmap fonts carry the Latin alphabets of Europe and no others, as far as every
//! model is concerned; a printer may have more, and a template says so (`[fonts]`).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fonts of a template, by letter (`@` for fonts called by name), and the scripts each has.
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
                matches!(character, '\u{1EA0}'..='\u{1EF9}' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'Ă' | 'ă' | 'Đ' | 'đ')
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

/// The first character of a text that a font does not have.
pub(super) fn missing(text: &str, font: u8, fonts: &Fonts) -> Option<char> {
    let declared = fonts.get(char::from(font).to_string().as_str());
    text.chars().find(|character| {
        if character.is_control() {
            // Line breaks; other control characters are refused before.
            return false;
        }
        match (declared, font) {
            (Some(scripts), _) => {
                !matches!(character, ' '..='~') && !scripts.iter().any(|script| script.has(*character))
            }
            // Capitals and OCR fonts.
            (None, b'B') => !matches!(character, ' '..='`' | '{'..='~'),
            (None, b'E' | b'H') => !matches!(character, ' '..='~'),
            (None, _) => !is_european_latin(*character),
        }
    })
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
        assert_eq!(missing("Größe ąčęėįšųū Łódź ğ ı € – „x“ 3½ µ\n", b'0', &none), None);
        for (text, lacking) in [
            ("Болт", 'Б'),
            ("a中", '中'),
            ("🙂", '🙂'),
            ("a\u{200B}b", '\u{200B}'),
            ("\u{202E}a", '\u{202E}'),
        ] {
            assert_eq!(missing(text, b'0', &none), Some(lacking));
        }
        assert_eq!((missing("é", b'H', &none), missing("a", b'B', &none)), (Some('é'), Some('a')));
        let more = Fonts::from([("@".to_owned(), vec![Script::Cyrillic, Script::Han])]);
        assert_eq!(missing("Болт M8 中", b'@', &more), None);
        assert_eq!(missing("é", b'@', &more), Some('é'));
        assert_eq!(missing("Болт", b'0', &more), Some('Б'));
    }
}

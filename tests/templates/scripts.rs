//! Text in 26 scripts: it prints as exactly what was given where the font has it, else it is refused in one sentence that
//! names the characters; and 2D bar codes carry all of them.

use super::hostile_values::{lex, undo};
use platen::domain::{Fields, LabelContent};
use platen::render::{Template, TemplateFiles};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

/// A script as `[fonts]` calls it, and a word or two in it.
pub const SCRIPTS: [(&str, &str); 26] = [
    ("latin", "Größe Łódź ığdır ș"),
    ("vietnamese", "Bàn gỗ Việt ở đường"),
    ("greek", "Βίδα Μ8 Ωμέγα"),
    ("cyrillic", "Болт ҐїЎ №"),
    ("armenian", "Պտուտակ"),
    ("hebrew", "בורג שחור"),
    ("arabic", "برغي أسود ۸"),
    ("devanagari", "पेंच काला"),
    ("bengali", "স্ক্রু কালো"),
    ("gurmukhi", "ਪੇਚ ਕਾਲਾ"),
    ("gujarati", "સ્ક્રૂ કાળો"),
    ("tamil", "திருகு கருப்பு"),
    ("telugu", "మర నలుపు"),
    ("kannada", "ತಿರುಪು ಕಪ್ಪು"),
    ("malayalam", "സ്ക്രൂ കറുപ്പ്"),
    ("sinhala", "ඇණ කළු"),
    ("thai", "สกรูสีดำ"),
    ("lao", "ສະກູສີດຳ"),
    ("tibetan", "གཅུས་གཟེར"),
    ("myanmar", "ဝက်အူအနက်"),
    ("georgian", "ხრახნი შავი"),
    ("ethiopic", "ብሎን ጥቁር"),
    ("khmer", "វីសខ្មៅ"),
    ("hangul", "나사 검정"),
    ("kana", "ねじ くろ スクリュー"),
    ("han", "螺栓 黑色"),
];

/// Text in font 0, in a block, and in a font of the printer's memory that has this script.
fn template(script: &str) -> Template {
    let label = "^XA^FO1,1^A0N,3^FH_^FD{{ own }}^FS^FO1,9^A@N,3,3,E:FONT.TTF^FB40,3^FH_^FD<{{ block }}>^FS\
        ^FO1,19^A@N,3,3,E:FONT.TTF^FH_^FD{{ named }}^FS^XZ";
    let manifest = format!(
        "title = 'T'\nwidth_mm = 60\nheight_mm = 30\nunits = 'mm'\ndpmm = [8, 12, 24]\n\
        [fonts]\n'E:FONT.TTF' = ['{script}']\n[fields.own]\n[fields.block]\nkind = 'lines'\n[fields.named]\n"
    );
    Template::from_files("t", TemplateFiles::of_two(label, &manifest).unwrap()).unwrap()
}

/// One for each script.
static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| SCRIPTS.iter().map(|(script, _)| template(script)).collect());

fn rendered(template: &Template, dpmm: u32, field: &str, value: &str) -> Result<String, String> {
    let data: Fields = serde_json::from_value(json!({field: value})).unwrap();
    let fields = Fields::new();
    let content = LabelContent { data: &data, fields: &fields, mo_name: None, index: 1, count: 1 };
    template.render_at(dpmm, &content).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_in_each_script_is_exact_or_refused_by_its_characters(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 26),
        mixed in "[\\^~_\\\\>,A-Za-z0-9 ]{0,6}",
        dpmm in proptest::sample::select(vec![8_u32, 12, 24]),
    ) {
        for (((script, sample), template), (from, to)) in SCRIPTS.iter().zip(TEMPLATES.iter()).zip(picks) {
            // Any run of the sample's characters with signs between that mean something in ZPL.
            let letters: Vec<char> = sample.chars().collect();
            let (one, two) = (from.index(letters.len()), to.index(letters.len()));
            let run: String = letters[one.min(two)..=one.max(two)].iter().collect();
            let value = format!("a{mixed}{run}{mixed}z");
            for (field, at) in [("block", 1), ("named", 2)] {
                let zpl = rendered(template, dpmm, field, &value).map_err(TestCaseError::fail)?;
                prop_assert!(zpl.contains("^CI28"), "{}", zpl);
                let place = if field == "block" { "block" } else { "text" };
                prop_assert_eq!(undo(place, &lex(zpl.as_bytes()).1[at]), value.clone(), "{} in {}", script, zpl);
            }
            // Font 0 has European Latin.
            match rendered(template, dpmm, "own", &value) {
                Ok(zpl) => {
                    prop_assert_eq!(undo("text", &lex(zpl.as_bytes()).1[0]), value.clone());
                    prop_assert!(*script == "latin" || run.chars().all(|c| c < '\u{180}' || c == 'ș'), "{}", zpl);
                }
                Err(refusal) => {
                    prop_assert_ne!(*script, "latin");
                    let named = run.chars().any(|c| refusal.contains(&format!("`{c}` (U+{:04X})", c as u32)));
                    let is_clear = refusal.contains("`own` of label 1") && refusal.contains("the font 0 does not have");
                    prop_assert!(named && is_clear && refusal.lines().count() == 1, "{}", refusal);
                }
            }
        }
    }
}

#[test]
fn a_font_with_another_script_refuses_each_of_the_others() {
    for (script, _) in SCRIPTS {
        let template = template(script);
        for (other, sample) in SCRIPTS {
            let drawn = rendered(&template, 8, "named", sample);
            // Letters of Vietnamese are also Latin, and punctuation of Kana and Han is one.
            let letters = sample.chars().filter(|c| !c.is_ascii()).collect::<String>();
            if other == script {
                assert!(drawn.is_ok(), "{other}: {drawn:?}");
            } else {
                let refusal = drawn.expect_err(other);
                assert!(refusal.contains("the font E:FONT.TTF does not have"), "{refusal}");
                assert!(letters.chars().any(|c| refusal.contains(c)), "{refusal}");
            }
        }
    }
}

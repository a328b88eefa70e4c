//! What a reader sees in each bar code is what was given: over all symbologies, three print heads, random data.
//!
//! `SYMBOL_LABELS` sets the labels per symbology and print head (1 unless told), `SYMBOL_SEED` the data; with
//! `SYMBOL_CORPUS=FILE` they are written down instead, a JSON object a line, for other renderers and readers
//! (`make symbol-proof`).

use super::scripts::SCRIPTS;
use platen::domain::{Fields, LabelContent};
use platen::render::preview::{Canvas, PreviewError};
use platen::render::{Template, blind_spots};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rxing::BarcodeFormat;
use serde_json::json;
use std::io::Write;

const SEPARATOR: char = '\u{1d}';
const ASCII: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const OF_43: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. /+%";
const OF_82: &str = "ABCXYZabcxyz0123456789!\"%&'*+,-./:;<=?_";

/// A symbology: how a template writes it, what a reader calls it, and data for it.
struct Symbology {
    name: &'static str,
    /// The bar code's command, in millimetres, and what stands before the value.
    command: &'static str,
    before: &'static str,
    kind: &'static str,
    /// `None` where this renderer does not draw it or this reader does not find it: `make symbol-proof` does.
    format: Option<BarcodeFormat>,
    /// A value, and what a reader must say.
    data: fn(&mut StdRng) -> (String, String),
}

const SYMBOLOGIES: &[Symbology] = &[
    Symbology {
        name: "code_128",
        command: "^BY0.25^BCN,10,N,N,N",
        before: "",
        kind: "barcode",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| same(text(random, ASCII, 1..=14)),
    },
    Symbology {
        name: "code_128_automatic",
        command: "^BY0.25^BCN,10,N,N,N,A",
        before: "",
        kind: "barcode",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| same(text(random, &ASCII.replace('>', ""), 1..=14)),
    },
    Symbology {
        name: "code_128_subset_c",
        command: "^BY0.25^BCN,10,N,N,N",
        before: ">;",
        kind: "barcode",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| same(pairs(random, 1..=14)),
    },
    Symbology {
        name: "code_128_case",
        command: "^BY0.25^BCN,10,N,N,N,U",
        before: "",
        kind: "barcode",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| {
            let sscc = checked(random, 17);
            (sscc.clone(), format!("00{sscc}"))
        },
    },
    Symbology {
        name: "gs1_128",
        command: "^BY0.25^BCN,10,N,N,N",
        before: "",
        kind: "gs1",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| elements(random, 5),
    },
    Symbology {
        name: "gs1_128_mode_d",
        command: "^BY0.25^BCN,10,N,N,N,D",
        before: "",
        kind: "gs1",
        format: Some(BarcodeFormat::CODE_128),
        data: |random| elements(random, 5),
    },
    Symbology {
        name: "gs1_data_matrix",
        command: "^BXN,0.75,200,,,,_",
        before: "",
        kind: "gs1",
        format: Some(BarcodeFormat::DATA_MATRIX),
        data: |random| elements(random, 20),
    },
    Symbology {
        name: "data_matrix",
        command: "^BXN,0.75,200,,,,_",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::DATA_MATRIX),
        data: |random| same(text(random, ASCII, 1..=60)),
    },
    Symbology {
        name: "data_matrix_utf_8",
        command: "^BXN,0.75,200,,,,#",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::DATA_MATRIX),
        data: |random| same(text(random, "aZ09#_äöüßéçñŁžЖΩ中あ한€ ", 1..=24)),
    },
    Symbology {
        name: "data_matrix_scripts",
        command: "^BXN,0.75,200,,,,_",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::DATA_MATRIX),
        data: |_| same(SCRIPTS[0].1.to_owned()),
    },
    Symbology {
        name: "qr_scripts",
        command: "^BQN,2,0.4",
        before: "QA,",
        kind: "text",
        format: Some(BarcodeFormat::QR_CODE),
        data: |_| same(SCRIPTS[0].1.to_owned()),
    },
    Symbology {
        name: "qr",
        command: "^BQN,2,0.4",
        before: "QA,",
        kind: "text",
        format: Some(BarcodeFormat::QR_CODE),
        data: |random| same(text(random, ASCII, 1..=60)),
    },
    Symbology {
        name: "qr_utf_8",
        command: "^BQN,2,0.4",
        before: "MA,",
        kind: "text",
        format: Some(BarcodeFormat::QR_CODE),
        data: |random| same(text(random, "aZ09äöüßéçñŁžЖΩ中あ한€ ", 1..=24)),
    },
    Symbology {
        name: "pdf417",
        command: "^BY0.25,3,1^B7N,4,3,4",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::PDF_417),
        data: |random| same(text(random, &ASCII.replace('\\', ""), 1..=40)),
    },
    Symbology {
        name: "aztec",
        command: "^BON,0.4",
        before: "",
        kind: "text",
        format: None,
        data: |random| same(text(random, ASCII, 1..=40)),
    },
    Symbology {
        name: "code_39",
        command: "^BY0.25,3^B3N,N,10,N,N",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::CODE_39),
        data: |random| same(format!("A{}Z", text(random, OF_43, 0..=6))),
    },
    Symbology {
        name: "code_93",
        command: "^BY0.25^BAN,10,N,N,N",
        before: "",
        kind: "text",
        format: None,
        data: |random| same(format!("A{}Z", text(random, &format!("{OF_43}$"), 0..=10))),
    },
    Symbology {
        name: "interleaved_2_of_5",
        command: "^BY0.25,3^B2N,10,N,N,N",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::ITF),
        data: |random| same(pairs(random, 3..=6)),
    },
    Symbology {
        name: "ean_13",
        command: "^BY0.33^BEN,10,N,N",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::EAN_13),
        data: |random| same(format!("4{}", checked_behind(random, "4", 11))),
    },
    Symbology {
        name: "ean_8",
        command: "^BY0.33^B8N,10,N,N",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::EAN_8),
        data: |random| same(checked(random, 7)),
    },
    Symbology {
        name: "upc_a",
        command: "^BY0.33^BUN,10,N,N,N",
        before: "",
        kind: "text",
        format: Some(BarcodeFormat::UPC_A),
        data: |random| same(checked(random, 11)),
    },
    Symbology {
        name: "upc_e",
        command: "^BY0.33^B9N,10,N,N,N",
        before: "",
        kind: "text",
        format: None,
        data: |random| {
            let ten = format!("{}0000{}", digits(random, 5), random.random_range(5..10));
            let whole = format!("0{ten}{}", check_digit(&format!("0{ten}")));
            let short = format!("0{}{}{}", &ten[..5], &ten[9..], &whole[11..]);
            (whole, short)
        },
    },
];

fn same(value: String) -> (String, String) {
    (value.clone(), value)
}

fn text(random: &mut StdRng, alphabet: &str, length: std::ops::RangeInclusive<usize>) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let length = random.random_range(length);
    let mut out: String = (0..length).map(|_| *alphabet.choose(random).unwrap()).collect();
    // A value of blanks alone is none.
    if !out.is_empty() && out.trim().is_empty() {
        out.push('0');
    }
    out
}

fn digits(random: &mut StdRng, length: usize) -> String {
    text(random, "0123456789", length..=length)
}

fn pairs(random: &mut StdRng, count: std::ops::RangeInclusive<usize>) -> String {
    let count = random.random_range(count);
    digits(random, count * 2)
}

fn check_digit(body: &str) -> u32 {
    let digits = body.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.enumerate().map(|(at, digit)| digit * if at % 2 == 0 { 3 } else { 1 }).sum();
    (10 - sum % 10) % 10
}

fn checked(random: &mut StdRng, length: usize) -> String {
    let body = digits(random, length);
    format!("{body}{}", check_digit(&body))
}

/// Digits and check digit of a number that begins with `start`.
fn checked_behind(random: &mut StdRng, start: &str, length: usize) -> String {
    let body = digits(random, length);
    format!("{body}{}", check_digit(&format!("{start}{body}")))
}

fn elements(random: &mut StdRng, longest: usize) -> (String, String) {
    let gtin = checked(random, 13);
    let (lot, serial) = (text(random, OF_82, 1..=longest), text(random, OF_82, 1..=longest));
    match random.random_range(0..3) {
        0 => (format!("(01){gtin}(10){lot}"), format!("01{gtin}10{lot}")),
        1 => (format!("(10){lot}(21){serial}"), format!("10{lot}{SEPARATOR}21{serial}")),
        _ => (format!("(21){serial}(17)261130(01){gtin}"), format!("1726113001{gtin}21{serial}")),
    }
}

fn template(symbology: &Symbology) -> Template {
    let Symbology { command, before, kind, .. } = symbology;
    let source = format!("^XA^FO5,5{command}^FH_^FD{before}{{{{ value }}}}^FS^XZ");
    let manifest = format!(
        "title = 'T'\nwidth_mm = 90\nheight_mm = 35\nunits = 'mm'\ndpmm = [8, 12, 24]\n[fields.value]\nkind = '{kind}'\n"
    );
    Template::from_parts(symbology.name, &source, &manifest).unwrap()
}

fn zpl(template: &Template, dpmm: u32, value: &str) -> String {
    let data: Fields = serde_json::from_value(json!({"value": value})).unwrap();
    let fields = Fields::new();
    let content = LabelContent { data: &data, fields: &fields, mo_name: None, index: 1, count: 1 };
    template.render_at(dpmm, &content).unwrap_or_else(|error| panic!("{value:?}: {error}"))
}

/// What a reader finds in the picture. Bytes that it took for Latin 1 are read as the UTF-8 they are.
fn read(zpl: &str, dpmm: u32, format: BarcodeFormat, is_gs1: bool) -> Result<String, String> {
    let canvas = Canvas { width_mm: 90.0, height_mm: 35.0, dpmm };
    // A machine with much to do is no fault of the bar code.
    let picture = (0..5)
        .map(|_| super::draw(zpl, canvas))
        .find(|drawn| !matches!(drawn, Err(PreviewError::TimedOut)))
        .ok_or_else(|| "drawing took too long, five times".to_owned())?
        .map_err(|error| error.to_string())?;
    let picture = image::load_from_memory(&picture).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    let mut hints = rxing::DecodeHints { AssumeGs1: Some(is_gs1), ..Default::default() };
    let read = rxing::helpers::detect_in_luma_with_hints(
        picture.into_raw(),
        width,
        height,
        Some(format),
        &mut hints,
    );
    let text = read.map_err(|error| error.to_string())?.getText().replace("]C1", "");
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text))
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn every_bar_code_reads_as_its_data() {
    let mut random = StdRng::seed_from_u64(number("SYMBOL_SEED", 7));
    let labels = number("SYMBOL_LABELS", 1);
    let mut corpus = std::env::var_os("SYMBOL_CORPUS").map(|path| std::fs::File::create(path).unwrap());
    let mut wrong = Vec::new();
    let mut seen = 0;
    for symbology in SYMBOLOGIES {
        let template = template(symbology);
        for dpmm in [8, 12, 24] {
            let given: Vec<(String, String)> = match symbology.name {
                // Each script in turn; on two print heads only where there is time.
                name if name.ends_with("_scripts") && (dpmm == 8 || labels > 1) => {
                    SCRIPTS.iter().map(|(_, sample)| same((*sample).to_owned())).collect()
                }
                name if name.ends_with("_scripts") => Vec::new(),
                _ => (0..labels).map(|_| (symbology.data)(&mut random)).collect(),
            };
            for (value, expected) in given {
                let zpl = zpl(&template, dpmm, &value);
                if let Some(corpus) = &mut corpus {
                    let line = json!({"symbology": symbology.name, "dpmm": dpmm, "value": value, "expected": expected, "zpl": zpl, "width_mm": 90, "height_mm": 35});
                    writeln!(corpus, "{line}").unwrap();
                    continue;
                }
                // The renderer packs what looks like Shift JIS as Kanji, and this reader shows the Kanji and not the bytes.
                if symbology.name == "qr_scripts" && value.starts_with(['ხ', 'វ']) {
                    continue;
                }
                // What this renderer cannot draw is for the other one.
                let (Some(format), true) = (symbology.format, blind_spots(&zpl).is_empty()) else { continue };
                seen += 1;
                match read(&zpl, dpmm, format, symbology.name.starts_with("gs1_128")) {
                    Ok(read) if read == expected => {}
                    other => wrong.push(format!(
                        "{} at {dpmm}: {expected:?} was read as {other:?}\n{zpl}",
                        symbology.name
                    )),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {seen} bar codes are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(corpus.is_some() || seen as u64 >= labels * 3 * 12, "only {seen} bar codes were drawn");
}

//! What a template can say: parts, translations, pictures, dates and numbers, and fonts that lack a letter.

use platen::domain::{Fields, LabelContent};
use platen::render::preview::Canvas;
use platen::render::{Template, TemplateFiles};
use serde_json::json;
use std::collections::BTreeMap;

const MANIFEST: &str = "title = 'T'\nwidth_mm = 60\nheight_mm = 30\nunits = 'mm'\ndpmm = [8, 12, 24]\nlanguage = 'de'\n\
    [fonts]\n'@' = ['latin', 'cyrillic']\n\
    [fields.a]\n[fields.day]\nkind = 'date'\n[fields.moment]\n[fields.weight]\nkind = 'number'\n";

fn template(label: &str, more: &[(&str, &[u8])]) -> Result<Template, String> {
    let own: [(&str, &[u8]); 2] = [("label.zpl", label.as_bytes()), ("template.toml", MANIFEST.as_bytes())];
    let files: BTreeMap<String, Vec<u8>> =
        own.iter().chain(more).map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect();
    let files = TemplateFiles::new(files).map_err(|error| error.to_string())?;
    Template::from_files("t", files).map_err(|error| error.to_string())
}

fn rendered(template: &Template, dpmm: u32, data: &serde_json::Value) -> Result<String, String> {
    let data: Fields = serde_json::from_value(data.clone()).unwrap();
    let fields = Fields::new();
    let content = LabelContent { data: &data, fields: &fields, mo_name: None, index: 7, count: 9 };
    let zpl = template.render_at(dpmm, &content).map_err(|error| error.to_string())?;
    Ok(zpl[zpl.find("^LL").unwrap()..].to_owned())
}

fn data_of(zpl: &str) -> Vec<&str> {
    zpl.split("^FD").skip(1).filter_map(|rest| rest.split("^FS").next()).collect()
}

#[test]
fn parts_are_judged_where_they_stand_and_belong_to_the_version() {
    let label = "^XA\n{% include 'head.zpl' %}\n^XZ";
    let part = b"^FO1,1^FH_^FD{{ a }}^FS\n{% if a %}^FO2,2^FH_^FD{{ a|upper }}^FS{% endif %}".as_slice();
    let whole = template(label, &[("head.zpl", part)]).unwrap();
    assert_eq!(data_of(&rendered(&whole, 8, &json!({"a": "x^"})).unwrap()), ["x_5E", "X_5E"]);
    let other = template(label, &[("head.zpl", b"^FO1,1^FH_^FD{{ a }}^FS")]).unwrap();
    assert_ne!(whole.version(), other.version());
    for (part, word) in [
        ("^FO1,1\n^FS{{ a }}", "head.zpl line 2: a value cannot stand behind ^FS"),
        ("\n\n^FH_^FD{{ b }}^FS", "head.zpl line 3: `b` is not declared"),
        ("{% for %}{% endfor %}", "head.zpl line 1"),
    ] {
        let refusal = template(label, &[("head.zpl", part.as_bytes())]).unwrap_err();
        assert!(refusal.contains(word), "{refusal}");
    }
    let refusal = template("^XA\n\n{% include 'tail.zpl' %}^XZ", &[]).unwrap_err();
    assert!(refusal.starts_with("label.zpl line 3: there is no part `tail.zpl`"), "{refusal}");
}

#[test]
fn a_value_is_escaped_also_where_the_author_did_not_ask_for_it() {
    let plain = template("^XA^FO1,1^A0N,9^FDNo_1 {{ a }}^FS^FO1,9^FDa_b^FS^XZ", &[]).unwrap();
    let zpl = rendered(&plain, 8, &json!({"a": "x^FS_5F"})).unwrap();
    assert_eq!(data_of(&zpl), ["No_5F1 x_5EFS_5F5F", "a_b"]);
    assert_eq!(zpl.matches("^FH_").count(), 1);
}

#[test]
fn words_are_in_the_language_of_the_job_else_of_the_template() {
    let label = "^XA^FH_^FD{{ _('Lot') }}: {{ a }}^FS^XZ";
    let words =
        [("translations.de.toml", b"Lot = 'Los'".as_slice()), ("translations.fr.toml", b"Lot = 'Lot n^'")];
    let template = template(label, &words).unwrap();
    for (data, text) in [
        (json!({"a": "x"}), "Los: x"),
        (json!({"a": "x", "lang": "fr_CA"}), "Lot n_5E: x"),
        (json!({"a": "x", "lang": "en_US"}), "Lot: x"),
    ] {
        assert_eq!(data_of(&rendered(&template, 8, &data).unwrap()), [text], "{data}");
    }
}

#[test]
fn dates_and_numbers_are_written_as_the_template_asks() {
    let label = "^XA{% set k = label.index|pad(4) %}^FH_^FD{{ day|date('%d.%m.%Y') }}^FS\
        ^FH_^FD{{ moment|date('%Y-%m-%d %H:%M', timezone='Europe/Berlin') }}^FS\
        ^FH_^FD{{ weight|number(decimals=2, point=',', thousands='.') }}^FS^FH_^FD{{ k }}^FS\
        ^FH_^FD{{ '123456789'|group(4) }}^FS\
        {% for line in a|wrap(width=20, height=3, lines=3) %}^FO1,{{ 5 + 3 * loop.index0 }}^FH_^FD{{ line }}^FS{% endfor %}^XZ";
    let template = template(label, &[]).unwrap();
    let data = json!({"day": "2026-01-31", "moment": "2026-07-31 22:30:00", "weight": -1234567.895,
        "a": "Four person desk with cable management, oak"});
    let zpl = rendered(&template, 8, &data).unwrap();
    assert_eq!(
        data_of(&zpl),
        [
            "31.01.2026",
            "2026-08-01 00:30",
            "-1.234.567,90",
            "0007",
            "1234 5678 9",
            "Four person",
            "desk with",
            "cable manag..."
        ]
    );
    assert!(zpl.contains("^FO8,40^") && zpl.contains("^FO8,64^"), "{zpl}");
    assert_eq!(data_of(&rendered(&template, 8, &json!({})).unwrap())[..3], ["", "", ""]);
    for (data, word) in [
        (json!({"moment": "yesterday"}), "no date like 2026-01-31"),
        (json!({"day": "2026-02-30"}), "is not a date"),
    ] {
        let refusal = rendered(&template, 8, &data).unwrap_err();
        assert!(refusal.contains(word), "{refusal}");
    }
}

/// 16 × 8: the left half black, the right half transparent.
fn logo() -> Vec<u8> {
    let picture =
        image::RgbaImage::from_fn(16, 8, |x, _| image::Rgba(if x < 8 { [0, 0, 0, 255] } else { [0; 4] }));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_picture_is_as_large_on_every_print_head() {
    let logo = logo();
    let template =
        template("^XA^FO10,10^GF{{ image('logo.png', width=20) }}^FS^XZ", &[("logo.png", &logo)]).unwrap();
    for dpmm in [8, 12, 24] {
        let zpl = rendered(&template, dpmm, &json!({})).unwrap();
        let canvas = Canvas { width_mm: 60.0, height_mm: 30.0, dpmm };
        let picture = super::draw(&format!("^XA{zpl}"), canvas).unwrap();
        let picture = image::load_from_memory(&picture).unwrap().into_luma8();
        let black: Vec<(u32, u32)> = picture
            .enumerate_pixels()
            .filter(|(_, _, pixel)| pixel.0[0] < 128)
            .map(|(x, y, _)| (x, y))
            .collect();
        let (first, last) = (black.iter().min().unwrap(), black.iter().max().unwrap());
        assert_eq!((first, last), (&(10 * dpmm, 10 * dpmm), &(20 * dpmm - 1, 20 * dpmm - 1)), "{dpmm}");
        assert_eq!(black.len() as u32, 10 * dpmm * 10 * dpmm);
    }
}

/// The logo's left half as a ring with a bar: drawn of curves and straight lines, in millimetres of its own.
const RING: &[u8] =
    b"<svg xmlns='http://www.w3.org/2000/svg' width='20mm' height='10mm' viewBox='0 0 40 20'>\
    <path fill-rule='evenodd' d='M0 0h20v20H0z M10 2a8 8 0 1 0 0.001 0z'/>\
    <rect x='30' width='10' height='20' fill='#ddd'/></svg>";

#[test]
fn an_svg_is_drawn_at_the_print_heads_own_resolution() {
    let label = "^XA^FO10,10^GF{{ image('ring.svg') }}^FS^XZ";
    let template = template(label, &[("ring.svg", RING)]).unwrap();
    for dpmm in [8, 12, 24] {
        let zpl = rendered(&template, dpmm, &json!({})).unwrap();
        let canvas = Canvas { width_mm: 60.0, height_mm: 30.0, dpmm };
        let picture = super::draw(&format!("^XA{zpl}"), canvas).unwrap();
        let picture = image::load_from_memory(&picture).unwrap().into_luma8();
        // A square of 10 mm with a round hole of 4 mm radius in its middle, dot by dot but for those on the circle.
        let wrong = picture.enumerate_pixels().filter(|(x, y, pixel)| {
            let [x, y] = [x, y].map(|dot| (f64::from(*dot) + 0.5) / f64::from(dpmm) - 10.0);
            let is_in_square = (0.0..10.0).contains(&x) && (0.0..10.0).contains(&y);
            let from_circle = (x - 5.0).hypot(y - 5.0) - 4.0;
            let is_black = pixel.0[0] < 128;
            from_circle.abs() > 0.75 / f64::from(dpmm) && is_black != (is_in_square && from_circle > 0.0)
        });
        assert_eq!(wrong.count(), 0, "{dpmm}");
    }
}

#[test]
fn a_picture_that_is_none_is_refused() {
    for (label, word) in [
        ("^XA^GF{{ image('x.png') }}^FS^XZ", "x.png: there is no such file"),
        ("^XA^GF{{ image('template.toml') }}^FS^XZ", "nor a PNG"),
        ("^XA^GF{{ a }}^FS^XZ", "only a picture"),
        ("^XA^FH_^FD{{ image('logo.png') }}^FS^XZ", "neither text nor a number"),
        ("^XA^GF{{ image('logo.png', width=900) }}^FS^XZ", "no size on a label"),
        ("^XA^GF{{ image('logo.png', wide=9) }}^FS^XZ", "wide"),
    ] {
        let template = template(label, &[("logo.png", &logo())]).unwrap();
        let refusal = rendered(&template, 24, &json!({"a": "x"})).unwrap_err();
        assert!(refusal.contains(word), "{label}: {refusal}");
    }
}

#[test]
fn a_letter_that_the_font_lacks_is_refused_by_field() {
    let label = "^XA^FO1,1^A0N,3^FH_^FD{{ a }}^FS^XZ";
    let plain = template(label, &[]).unwrap();
    assert_eq!(data_of(&rendered(&plain, 8, &json!({"a": "Größe Łódź ğ €"})).unwrap()), ["Größe Łódź ğ €"]);
    for (value, sign) in [("Болт", "`Б`"), ("螺栓", "`螺`"), ("a\u{202e}b", "U+202E"), ("🙂", "`🙂`")]
    {
        let refusal = rendered(&plain, 8, &json!({"a": value})).unwrap_err();
        assert!(refusal.contains("`a` of label 7") && refusal.contains(sign), "{refusal}");
    }
    let named = template(&label.replace("^A0N,3", "^A@N,3,3,E:TT.TTF"), &[]).unwrap();
    assert_eq!(data_of(&rendered(&named, 8, &json!({"a": "Болт"})).unwrap()), ["Болт"]);
    // A bar code has no font.
    let code = template("^XA^BQN,2,0.4^FH_^FDQA,{{ a }}^FS^XZ", &[]).unwrap();
    assert!(rendered(&code, 8, &json!({"a": "螺栓"})).is_ok());
}

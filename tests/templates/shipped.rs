//! The templates that ship, at every resolution they are drawn for: what a reader sees is what was sent, and the lint
//! has nothing to say.

use super::{catalogue, worker_picture};
use platen::render::Sample;
use platen::render::lint::{Linter, lint_template};
use platen::render::preview::Canvas;
use rxing::BarcodeFormat::{CODE_128, DATA_MATRIX};

/// A bar code of a template's sample: where to look for it, in mm (left, top, width, height), and what it says.
type Expected = (&'static str, rxing::BarcodeFormat, [f64; 4], &'static str);

/// FNC1 within data. The one at the front, which makes it GS1's, is checked apart.
const BAR_CODES: [Expected; 12] = [
    ("box", CODE_128, [0.0, 42.5, 100.0, 18.0], "PACK0000123"),
    ("component_bag", DATA_MATRIX, [37.0, 8.5, 20.0, 17.0], "CONS_89957"),
    ("location", CODE_128, [0.0, 26.0, 100.0, 17.0], "WH-A-03-02"),
    ("lot", CODE_128, [0.0, 28.0, 100.0, 13.0], "LOT-2026-0042"),
    ("mo_label", CODE_128, [0.0, 14.25, 57.0, 9.0], "SN-000001"),
    ("pallet", CODE_128, [0.0, 63.0, 100.0, 20.0], "02095011015300033748"),
    ("pallet", CODE_128, [0.0, 87.5, 100.0, 19.5], "1527013110LOT-0042"),
    ("pallet", CODE_128, [0.0, 111.5, 100.0, 29.5], "00395011010000000019"),
    ("quality_hold", CODE_128, [0.0, 50.0, 100.0, 12.0], "LOT-2026-0042"),
    ("serial", DATA_MATRIX, [0.0, 0.0, 20.5, 20.5], "010950110153000321SN-000001"),
    ("test", CODE_128, [1.5, 11.5, 25.0, 8.5], "TEST"),
    ("traveller", CODE_128, [0.0, 19.0, 100.0, 12.0], "WH/MO/00042"),
];

#[test]
fn every_bar_code_of_every_template_is_read_at_every_resolution() {
    let catalogue = catalogue();
    for template in catalogue.iter() {
        let (manifest, name) = (template.manifest(), template.name());
        assert_eq!(manifest.dpmm.all(), [8, 12, 24], "{name}");
        let sample = catalogue.sample(name).unwrap();
        for dpmm in [8, 12, 24] {
            let zpl = template.render_at(dpmm, &sample.label(1).unwrap()).unwrap();
            let canvas = Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
            let picture = worker_picture(&zpl, canvas);
            assert_eq!(picture.dimensions(), (manifest.width_dots(dpmm), manifest.height_dots(dpmm)));
            let expected: Vec<&Expected> = BAR_CODES.iter().filter(|(of, ..)| *of == name).collect();
            assert!(!expected.is_empty(), "{name} has no bar code here");
            for (_, format, place, data) in expected {
                let read = scan(&picture, *place, dpmm, *format);
                assert_eq!(&read, data, "{name} at {dpmm} dots per mm");
            }
        }
    }
}

/// What a reader sees in a part of a picture. At 600 dpi every third dot is enough, which spares the time of a reader
/// that was not compiled for speed.
fn scan(picture: &image::GrayImage, place: [f64; 4], dpmm: u32, format: rxing::BarcodeFormat) -> String {
    let [left, top, width, height] = place.map(|millimetres| (millimetres * f64::from(dpmm)) as u32);
    let step = if dpmm == 24 { 3 } else { 1 };
    let (width, height) = (width / step, height / step);
    let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let luma = dots.map(|(x, y)| picture.get_pixel(left + x * step, top + y * step).0[0]).collect();
    let read = rxing::helpers::detect_in_luma(luma, width, height, Some(format));
    read.unwrap_or_else(|error| panic!("{error}: {place:?} at {dpmm}")).getText().to_owned()
}

#[test]
fn a_serial_number_behind_a_lot_is_parted_by_fnc1() {
    let catalogue = catalogue();
    let template = catalogue.get("serial").unwrap();
    let zpl = template.render(&catalogue.sample("serial").unwrap().label(2).unwrap()).unwrap();
    let picture = worker_picture(&zpl, Canvas { width_mm: 57.0, height_mm: 32.0, dpmm: 8 });
    let read = scan(&picture, [0.0, 0.0, 20.5, 20.5], 8, DATA_MATRIX);
    assert_eq!(read, "010950110153000310LOT-0042\u{1D}21SN-000002");
}

/// GS1 asks for FNC1 as the first character; readers tell it by the identifier of the symbology and not in the data.
#[test]
fn gs1_bar_codes_begin_with_fnc1() {
    let catalogue = catalogue();
    let first = |name: &str| {
        let sample = catalogue.sample(name).unwrap();
        catalogue.get(name).unwrap().render(&sample.label(1).unwrap()).unwrap()
    };
    assert!(first("serial").contains("^FD_5F1010950"), "{}", first("serial"));
    assert_eq!(first("pallet").matches(",D^FH_^FD(").count(), 3, "mode D begins with FNC1");
}

#[test]
fn the_lint_has_nothing_to_say_of_them() {
    let catalogue = catalogue();
    for template in catalogue.iter() {
        let sample = catalogue.sample(template.name()).unwrap();
        let mut findings = lint_template(template, &sample);
        // Twenty-four letters fit 57 mm in bars of a dot at 203 dpi, which is as many as there are, and which it says.
        if template.name() == "mo_label" {
            findings.retain(|finding| {
                finding.code.name() != "bar_code_too_dense" || !finding.message.contains("at 8 dots per mm")
            });
        }
        assert_eq!(findings, [], "{}", template.name());
    }
}

#[test]
fn a_number_is_never_cut() {
    let catalogue = catalogue();
    let number = "123456789.75";
    for name in ["box", "component_bag", "lot", "quality_hold", "traveller"] {
        let template = catalogue.get(name).unwrap();
        let mut job: serde_json::Value =
            serde_json::from_str(template.files().text("sample.json").unwrap()).unwrap();
        job["data"]["quantity"] = number.into();
        job["data"]["unit"] = "Kilogramm".into();
        for label in job.get_mut("labels").and_then(|labels| labels.as_array_mut()).into_iter().flatten() {
            label["quantity"] = number.into();
        }
        let sample = Sample::parse(&job.to_string()).unwrap();
        let content = sample.label(1).unwrap();
        assert!(template.render(&content).unwrap().contains(number), "{name}");
        let findings = Linter::new(&template).unwrap().label(8, &content).unwrap();
        assert_eq!(findings, [], "{name}");
    }
}

//! Odoo's own label reports, as the addon draws them in a real Odoo (its tests hold these files to that): the bar
//! codes on their pictures carry what the records hold, and the product's name is text, whatever is in it.

use super::painter;
use platen::render::lint::{ReadyPreflight, Severity};
use platen::render::preview::Canvas;
use platen::render::ready_zpl;
use rxing::BarcodeFormat;
use std::path::Path;

const PAPER: Canvas = Canvas { width_mm: 101.6, height_mm: 76.2, dpmm: 8 };
/// As in `odoo_addon/label_print/tests/test_report_values.py`.
const NAME: &str = r#"A&B <x> "q" 's' ^XZ~JA^XA _5E \& é>;"#;
const CODE: &str = "L^XZ~JA_5E&1";

/// The labels of a report, as they are sent.
fn labels(report: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("odoo_addon/label_print/tests/drawn");
    let zpl = std::fs::read_to_string(folder.join(report).with_extension("zpl")).unwrap();
    let ready = ready_zpl::parse(&zpl).unwrap();
    assert_eq!(ready.notes, Vec::<String>::new());
    ready.labels().unwrap()
}

fn scan(zpl: &str, format: BarcodeFormat) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let png = runtime.block_on(painter().draw(zpl, PAPER)).unwrap();
    let picture = image::load_from_memory(&png).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    let read = rxing::helpers::detect_in_luma(picture.into_raw(), width, height, Some(format));
    read.unwrap_or_else(|error| panic!("{error} in {zpl}")).getText().to_owned()
}

/// Data of all fields, as `^FH` leaves it.
fn fields(zpl: &str) -> Vec<String> {
    let mut fields = Vec::new();
    for field in zpl.split("^FS") {
        let Some((before, data)) = field.split_once("^FD") else { continue };
        let mut pieces = data.split('_');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            if before.ends_with("^FH_") {
                text.push(char::from(u8::from_str_radix(&piece[..2], 16).unwrap()));
                text.push_str(&piece[2..]);
            } else {
                text.push('_');
                text.push_str(piece);
            }
        }
        fields.push(text);
    }
    fields
}

#[test]
fn nothing_is_found_wrong_with_odoos_own_reports() {
    for report in ["order", "lot", "lot_gs1", "product", "package"] {
        let labels = labels(report);
        let count = labels.len() as i64;
        let mut preflight = ReadyPreflight::new(PAPER.dpmm, Some([PAPER.width_mm, PAPER.height_mm]));
        labels.iter().zip(1..).for_each(|(zpl, index)| preflight.look_at(zpl, index, count));
        let found = preflight.into_findings(count);
        assert!(found.iter().all(|finding| finding.severity == Severity::Warning), "{report}: {found:#?}");
    }
}

#[test]
fn odoos_own_reports_carry_their_codes_and_print_names_as_text() {
    for (report, format, code, count) in [
        ("order", BarcodeFormat::CODE_128, CODE.to_owned(), 1),
        ("lot", BarcodeFormat::CODE_128, CODE.to_owned(), 1),
        ("product", BarcodeFormat::CODE_128, CODE.to_owned(), 2),
        ("package", BarcodeFormat::CODE_128, CODE.to_owned(), 1),
        ("lot_gs1", BarcodeFormat::DATA_MATRIX, format!("10{CODE}"), 1),
    ] {
        let labels = labels(report);
        assert_eq!(labels.len(), count, "{report}");
        for label in &labels {
            assert_eq!(scan(label, format), code, "{report}");
            assert_eq!((label.matches("^XA").count(), label.matches('~').count()), (1, 0), "{label}");
            assert!(report == "package" || fields(label).contains(&NAME.to_owned()), "{:?}", fields(label));
        }
    }
}

//! A strip below the picture of a label that says what the picture does not show.

use crate::render::preview::Canvas;
use image::{ImageError, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Letters of the strip, in millimetres.
const LETTER_MM: f64 = 2.2;
const MARGIN_MM: f64 = 1.0;
/// Of a letter's height, what a letter of the drawing's font takes on average; a little more, so that nothing is cut.
const LETTER_WIDTH: f64 = 0.55;
const PAPER: [f64; 3] = [255.0, 243.0, 205.0];
const INK: [f64; 3] = [102.0, 77.0, 3.0];

/// The strip as a label of its own.
pub(super) fn zpl(notes: &[&str], canvas: Canvas) -> String {
    let dots = |millimetres: f64| (millimetres * f64::from(canvas.dpmm)).round() as u32;
    let (letter, margin) = (dots(LETTER_MM), dots(MARGIN_MM));
    let width = dots(canvas.width_mm).saturating_sub(2 * margin).max(1);
    let mut y = margin;
    let mut fields = String::new();
    for note in sentences(notes) {
        let lines = lines_of(&note, canvas);
        fields.push_str(&format!(
            "^FO{margin},{y}^A0N,{letter},{letter}^FB{width},{lines},0,L^FH_^FD{}^FS",
            written(&note)
        ));
        y += lines * letter;
    }
    format!("^XA^CI28{fields}^XZ")
}

/// As wide as the label, and as high as the sentences need.
pub(super) fn canvas(notes: &[&str], canvas: Canvas) -> Canvas {
    let lines: u32 = sentences(notes).iter().map(|note| lines_of(note, canvas)).sum();
    Canvas { height_mm: f64::from(lines) * LETTER_MM + 2.0 * MARGIN_MM, ..canvas }
}

/// The notes are platen's own words. Behind `^FH` they may hold what ZPL would read, and they are put into the letters
/// that the drawing has.
fn sentences(notes: &[&str]) -> Vec<String> {
    let first = "This picture differs from the print:".to_owned();
    std::iter::once(first).chain(notes.iter().map(|note| format!("- {note}"))).collect()
}

fn written(note: &str) -> String {
    note.chars()
        .map(|letter| match letter {
            '^' | '~' | '_' | '\\' => format!("_{:02X}", letter as u32),
            'ğ' => "g with breve".to_owned(),
            'ű' => "u with double acute".to_owned(),
            letter if letter.is_ascii() => letter.to_string(),
            _ => "?".to_owned(),
        })
        .collect()
}

fn lines_of(note: &str, canvas: Canvas) -> u32 {
    let letters = ((canvas.width_mm - 2.0 * MARGIN_MM) / (LETTER_MM * LETTER_WIDTH)).max(1.0);
    (written(note).chars().count() as f64 / letters).ceil().max(1.0) as u32
}

/// The label's picture with the strip below it.
pub(super) fn below(label: &[u8], strip: &[u8]) -> Result<Vec<u8>, ImageError> {
    let label = image::load_from_memory_with_format(label, ImageFormat::Png)?.into_rgb8();
    let strip = image::load_from_memory_with_format(strip, ImageFormat::Png)?.into_luma8();
    let (width, height) = (label.width().max(strip.width()), label.height() + strip.height());
    let mut whole = RgbImage::from_pixel(width, height, tint(255));
    image::imageops::replace(&mut whole, &label, 0, 0);
    for (x, y, shade) in strip.enumerate_pixels() {
        whole.put_pixel(x, label.height() + y, tint(shade.0[0]));
    }
    let mut png = Cursor::new(Vec::new());
    whole.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

/// From ink (0) to paper (255).
fn tint(shade: u8) -> Rgb<u8> {
    let share = f64::from(shade) / 255.0;
    let mut tinted = [0; 3];
    for (channel, (ink, paper)) in tinted.iter_mut().zip(INK.into_iter().zip(PAPER)) {
        *channel = (ink + (paper - ink) * share).round() as u8;
    }
    Rgb(tinted)
}

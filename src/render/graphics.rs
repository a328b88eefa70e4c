//! Pictures of a template as `^GF`: PNG and SVG files become black and white dots of the print head.
//!
//! Sent as `:Z64:`, a zlib stream in Base64 with a CRC-16 (polynomial 0x1021, begun with 0, over the Base64 text): it
//! holds no sign of ZPL, and a damaged one prints nothing ("ZPL II Programming Guide", ^GF).

use super::svg;
use base64::Engine as _;
use flate2::{Compression, write::ZlibEncoder};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Limits};
use std::io::{Cursor, Write as _};

/// Larger pictures are photographs, and wider ones do not fit on a label.
const MAX_SOURCE_PIXELS: u32 = 8_000;
const MAX_DECODED_BYTES: u64 = 128 * 1024 * 1024;
const MAX_DOTS: i64 = 8_000;

/// How large a picture is and how its greys become black or white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawing {
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// Darker than this is black, 1 to 255.
    pub threshold: u8,
    /// Greys as patterns of dots (Floyd–Steinberg) instead of a threshold.
    pub dither: bool,
}

/// The parameters of `^GF` for a PNG or SVG file, on a print head of so many dots per mm.
pub(super) fn graphic_field(file: &[u8], drawing: Drawing, dpmm: u32) -> Result<String, String> {
    let mut grey = if svg::is_svg(file) {
        svg::drawn(file, dpmm, |own_width, own_height| size(own_width, own_height, drawing))?
    } else {
        scaled(file, drawing)?
    };
    let (width, height) = grey.dimensions();
    if drawing.dither {
        imageops::dither(&mut grey, &imageops::BiLevel);
    }
    let bytes_per_row = width.div_ceil(8) as usize;
    let mut bits = vec![0_u8; bytes_per_row * height as usize];
    for (x, y, pixel) in grey.enumerate_pixels() {
        let is_black = pixel.0[0] < if drawing.dither { 128 } else { drawing.threshold };
        if is_black {
            bits[y as usize * bytes_per_row + x as usize / 8] |= 0x80 >> (x % 8);
        }
    }
    let total = bits.len();
    Ok(format!("A,{total},{total},{bytes_per_row},{}", z64(&bits)?))
}

/// A PNG of the size that it shall have.
fn scaled(png: &[u8], drawing: Drawing) -> Result<GrayImage, String> {
    let picture = decoded(png)?;
    let (width, height) = size(f64::from(picture.width()), f64::from(picture.height()), drawing)?;
    let grey = flattened(&picture);
    if (width, height) == grey.dimensions() {
        return Ok(grey);
    }
    Ok(imageops::resize(&grey, width, height, FilterType::CatmullRom))
}

fn decoded(png: &[u8]) -> Result<DynamicImage, String> {
    let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SOURCE_PIXELS);
    limits.max_image_height = Some(MAX_SOURCE_PIXELS);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    reader.decode().map_err(|error| format!("it is neither SVG nor a PNG that can be read ({error})"))
}

/// In dots: as asked, in proportion, or its own.
fn size(own_width: f64, own_height: f64, drawing: Drawing) -> Result<(u32, u32), String> {
    let scaled = |length: i64, from: f64, to: f64| ((length as f64 * to / from).round() as i64).max(1);
    let (width, height) = match (drawing.width, drawing.height) {
        (Some(width), Some(height)) => (width, height),
        (Some(width), None) => (width, scaled(width, own_width, own_height)),
        (None, Some(height)) => (scaled(height, own_height, own_width), height),
        (None, None) => (own_width.round() as i64, own_height.round() as i64),
    };
    if !(1..=MAX_DOTS).contains(&width) || !(1..=MAX_DOTS).contains(&height) {
        return Err(format!("{width} × {height} dots is no size on a label"));
    }
    Ok((width as u32, height as u32))
}

/// As grey on white paper.
fn flattened(picture: &DynamicImage) -> GrayImage {
    let colours = picture.to_luma_alpha8();
    GrayImage::from_fn(colours.width(), colours.height(), |x, y| {
        let [grey, alpha] = colours.get_pixel(x, y).0.map(u16::from);
        image::Luma([((grey * alpha + 255 * (255 - alpha)) / 255) as u8])
    })
}

fn z64(bits: &[u8]) -> Result<String, String> {
    let unpackable = |error: std::io::Error| format!("it could not be packed ({error})");
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bits).map_err(unpackable)?;
    let text = base64::engine::general_purpose::STANDARD.encode(packer.finish().map_err(unpackable)?);
    Ok(format!(":Z64:{text}:{:04X}", crc_16(text.as_bytes())))
}

fn crc_16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(picture: &GrayImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    const PLAIN: Drawing = Drawing { width: None, height: None, threshold: 128, dither: false };

    /// The dots of a graphic field, a character each.
    fn dots(field: &str) -> Vec<String> {
        let (head, data) = field.split_once(",:Z64:").unwrap();
        let bytes_per_row: usize = head.rsplit(',').next().unwrap().parse().unwrap();
        let packed =
            base64::engine::general_purpose::STANDARD.decode(data.split_once(':').unwrap().0).unwrap();
        let mut bits = Vec::new();
        std::io::copy(&mut flate2::read::ZlibDecoder::new(packed.as_slice()), &mut bits).unwrap();
        bits.chunks(bytes_per_row).map(|row| row.iter().map(|byte| format!("{byte:08b}")).collect()).collect()
    }

    #[test]
    fn the_checksum_is_the_printers() {
        assert_eq!(crc_16(b"123456789"), 0x31C3);
        // From the reference for ^GF: three rows of 8 dots, and 64 bytes of AA.
        assert_eq!((crc_16(b"/4H/"), crc_16(b"eNpbtYoyAABlyyqB")), (0xAB2D, 0x21A2));
    }

    #[test]
    fn a_picture_is_its_dots() {
        let picture = GrayImage::from_fn(3, 2, |x, y| image::Luma([if (x, y) == (1, 0) { 250 } else { 10 }]));
        assert_eq!(dots(&graphic_field(&png(&picture), PLAIN, 8).unwrap()), ["10100000", "11100000"]);
        let twice = graphic_field(&png(&picture), Drawing { width: Some(6), ..PLAIN }, 8).unwrap();
        assert!(twice.starts_with("A,4,4,1,:Z64:"), "{twice}");
        let grey = GrayImage::from_pixel(16, 16, image::Luma([128]));
        let dithered = graphic_field(&png(&grey), Drawing { dither: true, ..PLAIN }, 8).unwrap();
        let black = dots(&dithered).concat().matches('1').count();
        assert!((100..156).contains(&black), "{black} of 256");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(graphic_field(b"GIF89a", PLAIN, 8).unwrap_err().contains("nor a PNG"));
        let dot = png(&GrayImage::from_pixel(1, 1, image::Luma([0])));
        let large = graphic_field(&dot, Drawing { width: Some(9_000), ..PLAIN }, 8);
        assert!(large.unwrap_err().contains("9000 × 9000"));
        assert!(graphic_field(&dot, Drawing { height: Some(0), ..PLAIN }, 8).is_err());
    }
}

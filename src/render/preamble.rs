//! What every label begins with, so that nothing an earlier job left in the printer shows on it.
//!
//! These settings last until they are changed or the printer is switched off, and a printer that restarted in the
//! middle of a job has forgotten them; so each label brings its own. None of them is saved to flash (only `^JU`
//! does that). What belongs to the machine and the roll in it stays untouched: speed, darkness, label top, left
//! shift, media type and tracking, print mode.

use super::manifest::Manifest;
use super::measures::Units;

/// Meanings as in the "ZPL II Programming Guide", command by command.
pub(super) const RESETS: &str = concat!(
    "^CI28",  // text is UTF-8; the power-up default is not
    "^MUD",   // units are dots
    "^LH0,0", // home is the top left corner
    "^PON",   // not upside down
    "^PMN",   // not mirrored
    "^LRN",   // not reversed
    "^FWN,0", // fields not turned, aligned left
    "^JZY",   // a label torn by a fault is printed again
);

/// The beginning of a label of this size for this print head.
pub(super) fn preamble(manifest: &Manifest, dpmm: u32) -> String {
    // Module, ratio and height of bar codes, and the font of text, that do not say; as a printer at 8 dots per mm has
    // them after it was switched on.
    let (module, height, font) = match manifest.units {
        Units::Dots => (2, 10, "^CFA,9,5".to_owned()),
        Units::Mm => ((dpmm / 4).max(1), dpmm * 5 / 4, format!("^CF0,{0},{0}", dpmm * 3)),
    };
    let (width, length) = (manifest.width_dots(dpmm), manifest.height_dots(dpmm));
    // No line break, so that a complaint about a line of the program is one about the same line of the template.
    // ^MCY: the picture is cleared after the label, no ghost of it on the next one.
    // ^LL must come before the first ^FS; on media with gaps the printer measures for itself.
    format!("{RESETS}^BY{module},3.0,{height}{font}^MCY^PW{width}^LL{length}")
}

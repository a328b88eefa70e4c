//! What every label begins with, so that nothing an earlier job left in the printer shows on it.
//!
//! These settings last until they are changed or the printer is switched off, and a printer that restarted in the
//! middle of a job has forgotten them; so each label brings its own. None of them is saved to flash (only `^JU`
//! does that). What belongs to the machine and the roll in it stays untouched: speed, darkness, label top, left
//! shift, media type and tracking, print mode.

use super::manifest::Manifest;

/// Meanings as in the "ZPL II Programming Guide", command by command.
const RESETS: &str = concat!(
    "^CI28",       // text is UTF-8; the power-up default is not
    "^MUD",        // units are dots
    "^LH0,0",      // home is the top left corner
    "^PON",        // not upside down
    "^PMN",        // not mirrored
    "^LRN",        // not reversed
    "^FWN,0",      // fields not turned, aligned left
    "^BY2,3.0,10", // bar width, ratio and height of bar codes that do not say
    "^MCY",        // the picture is cleared after the label: no ghost on the next one
);

/// The beginning of a label of this size.
pub(super) fn preamble(manifest: &Manifest) -> String {
    // No line break, so that a complaint about a line of the program is one about the same line of the template.
    // ^LL must come before the first ^FS; on media with gaps the printer measures for itself.
    format!("{RESETS}^PW{}^LL{}", manifest.width_dots(), manifest.height_dots())
}

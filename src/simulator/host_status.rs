//! Replies to `~HS`, `~HQ`, `~HI`, `^HH` and `^HZR`, byte for byte.

use super::knobs::InFault;
use super::machine::Machine;

const STX: &str = "\x02";
const ETX: &str = "\x03";

/// `<STX>text<ETX><CR><LF>`.
pub(super) fn framed(text: &str) -> String {
    format!("{STX}{text}{ETX}\r\n")
}

/// `~HS`: 82 bytes in three strings, or silence. ZPL II Programming Guide, ~HS.
pub(super) fn host_status(machine: &Machine) -> Option<String> {
    let lines = host_status_lines(machine)?;
    machine.knobs.answers_host_status.then(|| lines.iter().map(|line| framed(line)).collect())
}

/// `device.host_status`: the same three strings without STX and ETX.
pub(super) fn host_status_variable(machine: &Machine) -> Option<String> {
    host_status_lines(machine).map(|lines| lines.join("\r\n"))
}

fn host_status_lines(machine: &Machine) -> Option<[String; 3]> {
    if machine.knobs.hs_in_fault == InFault::Silent && is_silencing(machine) {
        return None;
    }
    let condition = &machine.condition;
    let first = format!(
        "030,{},{},{:04},{:03},{},0,{},000,0,{},{}",
        u8::from(condition.media_out),
        u8::from(machine.is_paused()),
        machine.memory.label_length_dots.min(9_999),
        machine.formats_buffered().min(999),
        u8::from(machine.room() == 0),
        u8::from(machine.memory.lexer.has_partial_format()),
        u8::from(condition.under_temperature),
        u8::from(condition.over_temperature),
    );
    let second = format!(
        "{:03},0,{},{},{},{},6,{},{:08},1,{:03}",
        u8::from(machine.model.thermal_transfer),
        u8::from(condition.head_open),
        u8::from(condition.ribbon_out),
        u8::from(machine.model.thermal_transfer),
        print_mode_digit(machine.memory.print_mode),
        u8::from(machine.is_label_waiting()),
        machine.labels_remaining().min(99_999_999),
        machine.memory.graphics,
    );
    Some([first, second, "0000,0".to_owned()])
}

/// The conditions in which, by its maker's word, a printer does not answer.
fn is_silencing(machine: &Machine) -> bool {
    let condition = &machine.condition;
    condition.media_out || condition.ribbon_out || condition.head_open || condition.over_temperature
}

/// `~HS` r for a letter of `^MM`.
fn print_mode_digit(letter: u8) -> char {
    match letter {
        b'R' => '0',
        b'P' => '1',
        b'C' => '3',
        b'A' => '4',
        b'D' => '5',
        b'F' => '9',
        b'K' => 'K',
        _ => '2',
    }
}

/// `media.printmode` for a letter of `^MM`.
pub(super) fn print_mode_words(letter: u8) -> &'static str {
    match letter {
        b'R' => "rewind",
        b'P' => "peel off",
        b'C' => "cutter",
        b'A' => "applicator",
        b'D' => "delayed cut",
        b'F' => "rfid",
        b'K' => "kiosk",
        _ => "tear off",
    }
}

/// ERRORS group 1 of `~HQES`: the bits or together.
pub(super) fn error_bits(machine: &Machine) -> u32 {
    let condition = &machine.condition;
    [
        (condition.media_out, 0x0000_0001),
        (condition.ribbon_out, 0x0000_0002),
        (condition.head_open, 0x0000_0004),
        (condition.cutter_fault, 0x0000_0008),
        (condition.over_temperature, 0x0000_0010),
        (machine.is_paused(), 0x0001_0000),
    ]
    .iter()
    .filter(|(is_set, _)| *is_set)
    .fold(0, |bits, (_, bit)| bits | bit)
}

/// `~HQ`: unknown types are ignored. ZPL II Programming Guide, ~HQ.
pub(super) fn host_query(machine: &Machine, kind: &[u8]) -> Option<String> {
    if !machine.knobs.answers_host_query {
        return None;
    }
    let lines = match kind {
        b"ES" if machine.knobs.hqes_in_fault == InFault::Silent && is_silencing(machine) => return None,
        b"ES" => {
            let errors = error_bits(machine);
            vec![
                format!("  {:<40}", "PRINTER STATUS"),
                format!("   ERRORS:         {} 00000000 {errors:08X}      ", u8::from(errors != 0)),
                "   WARNINGS:       0 00000000 00000000      ".to_owned(),
            ]
        }
        b"HA" => vec!["  MAC ADDRESS".to_owned(), "   00:07:4d:00:00:01".to_owned()],
        b"SN" => vec!["  SERIAL NUMBER".to_owned(), format!("   {}", machine.flash().serial)],
        b"OD" => {
            let inches = inches(machine);
            vec![
                "  PRINT METERS".to_owned(),
                format!("   TOTAL NONRESETTABLE:   {inches} \""),
                format!("   USER RESETTABLE CNTR1: {inches} \""),
                format!("   USER RESETTABLE CNTR2: {inches} \""),
            ]
        }
        _ => return None,
    };
    Some(format!("{STX}\r\n\r\n{}\r\n{ETX}{}", lines.join("\r\n"), machine.knobs.etx_trailer))
}

/// `~HI` and `device.host_identification`, without the frame.
pub(super) fn identification(machine: &Machine) -> String {
    let model = &machine.model;
    format!("{}-{}dpi,{},{},8176KB", model.name, model.nominal_dpi(), model.firmware, model.dpmm)
}

/// Whole inches of `odometer.total_print_length`.
pub(super) fn inches(machine: &Machine) -> u64 {
    (machine.flash().print_length_mm / 25.4) as u64
}

/// `^HH`: the few lines of the configuration that a host looks for.
pub(super) fn configuration(machine: &Machine) -> Vec<u8> {
    let labels = labels_counted(machine);
    framed(&format!(
        "  {:<20}{:<20}\r\n  {:<20}{:<20}\r\n  {labels:<20}NONRESET CNTR\r\n",
        print_mode_words(machine.memory.print_mode).to_ascii_uppercase(),
        "PRINT MODE",
        machine.memory.label_length_dots,
        "LABEL LENGTH",
        labels = format!("{labels} LABELS"),
    ))
    .into_bytes()
}

/// `^HZR` and `device.super_host_status`: the elements a host looks for. The query's own format counts as one.
pub(super) fn super_host_status(machine: &Machine) -> Vec<u8> {
    let yes = |is_set: bool| if is_set { "Y" } else { "N" };
    let condition = &machine.condition;
    let elements = [
        ("LABELS-REMAINING-IN-BATCH", machine.labels_remaining().to_string()),
        ("NUMBER-OF-FORMATS", (machine.formats_buffered() + 1).to_string()),
        ("PARTIAL-FORMAT-IN-PROGRESS", yes(machine.memory.lexer.has_partial_format()).to_owned()),
        ("PAUSE", yes(machine.is_paused()).to_owned()),
        ("PAPER-OUT", yes(condition.media_out).to_owned()),
        ("RIBBON-OUT", yes(condition.ribbon_out).to_owned()),
        ("HEAD-OPEN", yes(condition.head_open).to_owned()),
        ("BUFFER-FULL-ERROR", yes(machine.room() == 0).to_owned()),
    ];
    let status: String =
        elements.iter().map(|(name, value)| format!("  <{name}>{value}</{name}>\r\n")).collect();
    let inches = inches(machine);
    let centimetres = (machine.flash().print_length_mm / 10.0) as u64;
    format!(
        "<?xml version='1.0'?>\r\n<ZEBRA-ELTRON-PERSONALITY>\r\n <STATUS>\r\n{status}  <PRINTER-COUNTER>\r\n   \
         <NON-RESET-COUNTER><INCHES>{inches}</INCHES><CENTIMETERS>{centimetres}</CENTIMETERS>\
         <LABELS>{}</LABELS></NON-RESET-COUNTER>\r\n  </PRINTER-COUNTER>\r\n </STATUS>\r\n\
         </ZEBRA-ELTRON-PERSONALITY>\r\n",
        labels_counted(machine)
    )
    .into_bytes()
}

/// A printer without the counter shows 0 here.
fn labels_counted(machine: &Machine) -> u64 {
    if machine.knobs.label_counter_present { machine.flash().odometer } else { 0 }
}

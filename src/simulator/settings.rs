//! The printer's variables, over Set-Get-Do and over JSON. ZPL II Programming Guide, "SGD Printer Commands".

use super::action::Action;
use super::host_status;
use super::knobs::{JsonUnknown, Language};
use super::lexer::SetGetDo;
use super::machine::Machine;
use serde_json::{Map, Value};
use std::time::Duration;

/// Obeys one command; `Some` is the value to send back. A variable that nobody knows reads `?`.
pub(super) fn obey(machine: &mut Machine, command: &SetGetDo) -> Option<String> {
    match command {
        SetGetDo::Get(name) => match name.as_str() {
            // Some printers say nothing at all about their status in a fault.
            "device.host_status" => host_status::host_status_variable(machine),
            name => Some(read(machine, name).unwrap_or_else(|| "?".to_owned())),
        },
        SetGetDo::Set(name, value) => {
            write(machine, name, value);
            None
        }
        SetGetDo::Do(name, _) => {
            perform(machine, name);
            None
        }
    }
}

/// A JSON request: null reads, text sets or does; the reply holds what is true afterwards.
pub(super) fn exchange(machine: &mut Machine, request: &Map<String, Value>) -> String {
    let mut reply = Map::new();
    for (name, wanted) in request {
        if let Value::String(value) = wanted
            && !perform(machine, name)
        {
            write(machine, name, value);
        }
        let unknown = match machine.knobs.json_unknown {
            JsonUnknown::Null => Value::Null,
            JsonUnknown::QuestionMark => Value::String("?".to_owned()),
        };
        let is_carried = machine.knobs.json_carries_host_status || name != "device.host_status";
        let found = is_carried.then(|| read(machine, name)).flatten();
        reply.insert(name.clone(), found.map_or(unknown, Value::String));
    }
    Value::Object(reply).to_string()
}

fn read(machine: &Machine, name: &str) -> Option<String> {
    let flash = machine.flash();
    let condition = &machine.condition;
    let counted = |count: u64| machine.knobs.label_counter_present.then(|| count.to_string());
    let either = |is_set: bool, yes: &str, no: &str| Some(if is_set { yes } else { no }.to_owned());
    let millimetres = flash.print_length_mm;
    match name {
        "odometer.total_label_count" => counted(flash.odometer),
        "odometer.user_label_count" | "odometer.user_label_count1" => counted(flash.user_label_count_1),
        "odometer.user_label_count2" => counted(flash.user_label_count_2),
        "odometer.total_print_length" => {
            let centimetres = (millimetres / 10.0) as u64;
            Some(format!("{} INCHES, {centimetres} CENTIMETERS", host_status::inches(machine)))
        }
        "odometer.latch_open_count" => Some(flash.latch_open_count.to_string()),
        "odometer.label_dot_length" | "zpl.label_length" => {
            Some(machine.memory.label_length_dots.to_string())
        }
        "device.uptime" => Some(uptime(machine.uptime())),
        "device.unique_id" => Some(flash.serial.clone()),
        "device.friendly_name" => Some(flash.friendly_name.clone()),
        "device.host_status" => host_status::host_status_variable(machine),
        "device.super_host_status" => {
            Some(String::from_utf8_lossy(&host_status::super_host_status(machine)).into_owned())
        }
        "device.host_identification" => Some(host_status::identification(machine)),
        "device.languages" => Some(
            match machine.knobs.language {
                Language::Zpl => "hybrid_xml_zpl",
                Language::Epl => "epl",
                Language::LinePrint => "line_print",
            }
            .to_owned(),
        ),
        "device.product_name" => Some(machine.model.name.clone()),
        "appl.name" => Some(machine.model.firmware.clone()),
        "appl.link_os_version" => Some("6.7".to_owned()),
        "head.latch" => either(condition.head_open, "open", "ok"),
        "head.resolution.in_dpi" => {
            let nominal = machine.model.nominal_dpi();
            Some(if nominal == 200 { 203 } else { nominal }.to_string())
        }
        "sensor.paper_supply" => either(condition.media_out, "out", "ok"),
        "sensor.cover_open" => either(condition.head_open, "yes", "no"),
        "sensor.peeler" => either(machine.is_label_waiting(), "not clear", "clear"),
        "media.speed" => {
            machine.knobs.print_speed_present.then(|| format!("{:.1}", machine.memory.speed_ips))
        }
        "media.printmode" => Some(host_status::print_mode_words(machine.memory.print_mode).to_owned()),
        "log.reboot.reason" | "log.reboot.code" => Some(flash.reboot_reason.clone()),
        "zpl.system_error" => Some(system_error(machine)),
        "zpl.system_status" => Some(format!("{},0,00000000,00000000", system_error(machine))),
        "zpl.caret" => Some(char::from(machine.memory.lexer.prefixes().format).to_string()),
        "zpl.format_prefix" => {
            let prefix = machine.memory.lexer.prefixes().format;
            Some(format!("{} ({prefix:02X})", char::from(prefix)))
        }
        "zpl.control_character" => Some(format!("{:02X}", machine.memory.lexer.prefixes().control)),
        "zpl.delimiter" => Some(format!("{:02X}", machine.memory.lexer.prefixes().delimiter)),
        "ezpl.reprint_mode" => Some("off".to_owned()),
        _ => None,
    }
}

fn write(machine: &mut Machine, name: &str, value: &str) {
    match name {
        "device.friendly_name" => {
            const MAX_NAME_CHARACTERS: usize = 128;
            machine.flash.friendly_name = value.chars().take(MAX_NAME_CHARACTERS).collect();
        }
        "odometer.user_label_count" => {
            if let Some(count) = value.parse().ok().filter(|count| *count <= 65_000) {
                machine.flash.user_label_count_1 = count;
            }
        }
        "odometer.user_label_count1" => {
            machine.flash.user_label_count_1 = value.parse().unwrap_or(machine.flash.user_label_count_1);
        }
        "odometer.user_label_count2" => {
            machine.flash.user_label_count_2 = value.parse().unwrap_or(machine.flash.user_label_count_2);
        }
        "media.printmode" => {
            if let Some(letter) = value.bytes().next().map(|letter| letter.to_ascii_uppercase())
                && b"RPTCADFK".contains(&letter)
            {
                machine.memory.print_mode = letter;
            }
        }
        _ => {}
    }
}

/// True when the name is an action.
fn perform(machine: &mut Machine, name: &str) -> bool {
    match name {
        "device.pause" => machine.do_action(Action::Pause),
        "device.unpause" => machine.do_action(Action::Resume),
        "device.reset" => machine.do_action(Action::Reset),
        "formats.cancel_all" => machine.cancel_all_formats(),
        _ => return false,
    }
    true
}

/// `zpl.system_error`: pause flag, error flag, group 2, group 1. The error flag does not count the pause.
fn system_error(machine: &Machine) -> String {
    let bits = host_status::error_bits(machine);
    let has_error = bits & !0x0001_0000 != 0;
    format!("{},{},00000000,{bits:08X}", u8::from(machine.is_paused()), u8::from(has_error))
}

/// `02 days 01 hours 10 mins 03 secs`.
fn uptime(uptime: Duration) -> String {
    let seconds = uptime.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    format!("{days:02} days {hours:02} hours {minutes:02} mins {:02} secs", seconds % 60)
}

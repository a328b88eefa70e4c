//! What a person should know about each printer, from the service that owns it or from the printer itself.

use super::probe::{Trouble, probe, resolve};
use super::{Finding, ServiceState};
use crate::config::{Config, PrinterConfig, PrinterProfile};
use crate::domain::{Capabilities, Code};
use crate::zebra::{Reading, fault_of, read_status_once};
use futures_util::future::join_all;
use serde_json::Value;

/// All printers side by side, in the order of the configuration.
pub async fn check_printers(config: &Config, service: &ServiceState) -> Vec<Finding> {
    if config.printers.is_empty() {
        let mend = "add a [[printers]] section for each printer, see platen.example.toml";
        return vec![Finding::warn("printers", "none is configured", mend)];
    }
    let checks = config.printers.iter().map(|printer| check_printer(printer, service));
    join_all(checks).await.into_iter().flatten().collect()
}

async fn check_printer(printer: &PrinterConfig, service: &ServiceState) -> Vec<Finding> {
    let check = format!("printer {}", printer.name);
    match service {
        ServiceState::Absent => directly(&check, printer).await,
        ServiceState::Closed => {
            let found = "not asked: its connection belongs to the service, which did not tell of it";
            vec![Finding::warn(check, found, "mend the service first, then look again")]
        }
        ServiceState::Running(known) => {
            match known.iter().find(|known| known["name"] == printer.name.as_str()) {
                Some(known) => vec![as_the_service_knows(&check, printer, known).await],
                None => {
                    let mend = "start the service anew, with this configuration";
                    vec![Finding::warn(check, "the running service does not know it", mend)]
                }
            }
        }
    }
}

/// The service owns the connection: a second one could break a label in two.
async fn as_the_service_knows(check: &str, printer: &PrinterConfig, known: &Value) -> Finding {
    let text = |name: &str| known[name].as_str().unwrap_or_default().to_owned();
    let status = text("status");
    let odometer = known["odometer"].as_i64();
    let who = identity(&text("model"), &text("firmware"), &text("unique_id"), odometer);
    if status == "offline"
        && let Ok(address) = printer.wire_address()
        && let Err(trouble) = resolve(&address.raw).await
    {
        return trouble_finding(check, &address.raw, &trouble);
    }
    let fault = &known["fault"];
    let fault_text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let proves = known["proves"]["sentence"].as_str().unwrap_or_default();
    let who = if proves.is_empty() { who } else { format!("{who}. {}", proves.trim_end_matches('.')) };
    let told = if fault.is_object() {
        format!("{status}: {} {}; {who}", printer.address, fault_text("message").trim_end_matches('.'))
    } else {
        format!("{status}; {who}")
    };
    match status.as_str() {
        "offline" | "silent" => Finding::fail(check, told, fault_text("action")),
        "unknown" if printer.profile == Some(PrinterProfile::Blind) => Finding::warn(check, told, BLIND_MEND),
        "unknown" => Finding::warn(check, told, "the service has not asked it yet; look again in a moment"),
        _ if fault.is_object() => Finding::warn(check, told, fault_text("action")),
        _ if known["paused"] == true => {
            let mend =
                format!("it was paused here; let it go on with `platen printers resume {}`", printer.name);
            Finding::warn(check, told, mend)
        }
        _ => counted(check, printer, odometer, told),
    }
}

/// Nobody owns the printer: it is asked itself.
async fn directly(check: &str, printer: &PrinterConfig) -> Vec<Finding> {
    let address = match printer.wire_address() {
        Ok(address) => address,
        Err(error) => return vec![Finding::fail(check, error.to_string(), "correct the address")],
    };
    let (raw, status) = tokio::join!(probe(&address.raw, printer.profile), async {
        match &address.status {
            Some(status) => Some((status, read_status_once(status).await)),
            None => None,
        }
    });
    let mut findings = vec![match &raw {
        Err(trouble) => trouble_finding(check, &address.raw, trouble),
        Ok(reading) => judge(check, printer, &address.raw, reading),
    }];
    if let Some((status_address, answer)) = status {
        let check = format!("{check} JSON");
        let expected = raw.ok().and_then(|reading| reading.unique_id);
        findings.push(match answer {
            Err(error) => {
                let mend =
                    "check the port of status_address, or leave it out: platen then asks on the raw port";
                Finding::warn(check, format!("{status_address} does not answer: {error}"), mend)
            }
            Ok(reading)
                if expected.is_some() && reading.unique_id.is_some() && reading.unique_id != expected =>
            {
                let other = reading.unique_id.unwrap_or_default();
                let mend = "correct address or status_address: they are two printers";
                Finding::fail(check, format!("{status_address} is the printer with serial {other}"), mend)
            }
            Ok(_) => Finding::ok(check, format!("{status_address} answers")),
        });
    }
    findings
}

fn judge(check: &str, printer: &PrinterConfig, address: &str, reading: &Reading) -> Finding {
    if printer.profile == Some(PrinterProfile::Blind) {
        let proves = known_of(reading).sentence(printer.profile);
        let found = format!("{address} connects; it is configured as blind and not asked. {proves}");
        return Finding::warn(check, found.trim_end_matches('.'), BLIND_MEND);
    }
    let model = reading.model.clone().unwrap_or_default();
    let firmware = reading.firmware.clone().unwrap_or_default();
    let serial = reading.unique_id.clone().unwrap_or_default();
    let who = identity(&model, &firmware, &serial, reading.odometer);
    let proves = known_of(reading).sentence(printer.profile);
    let who = format!("{address}: {who}. {}", proves.trim_end_matches('.'));
    let Some(host_status) = &reading.host_status else {
        let found = format!("{who}; it does not answer ~HS");
        return Finding::fail(check, found, Code::PrinterSilent.action());
    };
    if let Some(fault) = fault_of(host_status) {
        return Finding::warn(check, format!("{} {who}", fault.message()), fault.action());
    }
    if let (Some(configured), Some(real)) = (printer.dpmm, reading.dpmm)
        && configured != real
    {
        let mend = format!("set dpmm = {real} and use templates drawn for it");
        return Finding::warn(check, format!("{who}; it has {real} dots per mm and not {configured}"), mend);
    }
    counted(check, printer, reading.odometer, who)
}

const BLIND_MEND: &str =
    "labels count as unconfirmed until a person says so; a printer that answers can prove them";

/// What these answers prove; one check asks each question once.
fn known_of(reading: &Reading) -> Capabilities {
    let is_heard = reading.host_status.is_some();
    Capabilities {
        host_status: is_heard.then_some(true),
        label_counter: is_heard.then_some(reading.odometer.is_some()),
        ..Capabilities::default()
    }
}

/// The label counter is what proves each label.
fn counted(check: &str, printer: &PrinterConfig, odometer: Option<i64>, found: String) -> Finding {
    let needs_none = matches!(
        printer.profile,
        Some(PrinterProfile::ZebraLegacy | PrinterProfile::ZplGeneric | PrinterProfile::Blind)
    );
    if odometer.is_some() || needs_none {
        return Finding::ok(check, found);
    }
    let mend = "newer firmware may have one; until then labels are proved by the emptied buffer only, and \
                profile = \"zebra-legacy\" says that this is meant";
    Finding::warn(check, found, mend)
}

/// Who it says it is, as far as it said so.
fn identity(model: &str, firmware: &str, serial: &str, odometer: Option<i64>) -> String {
    let mut parts = Vec::new();
    if !model.is_empty() {
        parts.push(format!("{model} {firmware}").trim_end().to_owned());
    }
    if !serial.is_empty() {
        parts.push(format!("serial {serial}"));
    }
    match odometer {
        Some(count) => parts.push(format!("{count} labels in its life")),
        None if parts.is_empty() => parts.push("it has not said who it is".to_owned()),
        None => parts.push("no label counter".to_owned()),
    }
    parts.join(", ")
}

fn trouble_finding(check: &str, address: &str, trouble: &Trouble) -> Finding {
    let (found, mend) = match trouble {
        Trouble::BadName(reason) => (
            format!("{address}: the name cannot be resolved ({reason})"),
            "correct the name in the configuration, or use the printer's IP address",
        ),
        Trouble::Refused => (
            format!("{address} refuses the connection"),
            "check the port (9100 is usual) and that raw printing is enabled in the printer's network settings",
        ),
        Trouble::TimedOut => (
            format!("{address} does not accept a connection in time"),
            "check that the printer is switched on and that this is its address; a firewall may be in between",
        ),
        Trouble::Unreachable(reason) => (
            format!("{address} cannot be reached ({reason})"),
            "check cable, network and the printer's address",
        ),
        Trouble::Silent => (format!("{address} connects and does not answer"), Code::PrinterSilent.action()),
        Trouble::HungUp => (
            format!("{address} connects and hangs up"),
            "another host may hold its only connection: end that, or switch the printer off and on",
        ),
        Trouble::OtherDevice(words) => (
            format!("{address} is no printer with ZPL: it says `{words}`"),
            "correct the address, or set the printer's language to ZPL",
        ),
    };
    Finding::fail(check, found, mend)
}

//! From a host status to the one fault a person should hear about first.

use super::HostStatus;
use crate::domain::Code;

/// The fault that stops this printer, the most telling first: a fault also sets pause,
/// so a bare pause is named only when nothing else explains it.
pub fn fault_of(status: &HostStatus) -> Option<Code> {
    let ranked = [
        (status.head_open, Code::HeadOpen),
        (status.paper_out, Code::PaperOut),
        (status.ribbon_out, Code::RibbonOut),
        (status.over_temperature, Code::OverTemperature),
        (status.under_temperature, Code::UnderTemperature),
        (status.corrupt_ram, Code::ConfigurationLost),
        (status.cutter_jammed, Code::CutterFault),
        (status.paused, Code::PrinterPaused),
    ];
    ranked.into_iter().find(|(set, _)| *set).map(|(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_also_paused_is_named_by_its_cause() {
        let status = HostStatus { paper_out: true, paused: true, ..HostStatus::default() };
        assert_eq!(fault_of(&status), Some(Code::PaperOut));
    }

    #[test]
    fn whatever_stops_a_printer_has_a_name() {
        let none = HostStatus::default();
        let stops = [
            HostStatus { paper_out: true, ..none },
            HostStatus { paused: true, ..none },
            HostStatus { paused: true, cutter_jammed: true, ..none },
            HostStatus { head_open: true, ..none },
            HostStatus { ribbon_out: true, ..none },
            HostStatus { over_temperature: true, ..none },
            HostStatus { under_temperature: true, ..none },
            HostStatus { corrupt_ram: true, ..none },
        ];
        for status in stops {
            assert!(status.is_stopped() && fault_of(&status).is_some(), "{status:?}");
        }
        let cold = HostStatus { under_temperature: true, paused: true, ..none };
        assert_eq!(fault_of(&cold), Some(Code::UnderTemperature));
        let lost = HostStatus { corrupt_ram: true, ..none };
        assert_eq!(fault_of(&lost), Some(Code::ConfigurationLost));
    }

    #[test]
    fn an_idle_printer_has_no_fault() {
        assert_eq!(fault_of(&HostStatus::default()), None);
    }
}

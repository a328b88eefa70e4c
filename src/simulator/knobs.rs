//! What nobody has confirmed about real printers, as switches: each default is the likeliest behaviour.

use serde::{Deserialize, Serialize};

/// The switches of a simulated printer. In TOML every key is optional and unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Whether `~HS` and `device.host_status` answer while media, ribbon, head or temperature is at fault.
    pub hs_in_fault: InFault,
    /// The same for `~HQES`.
    pub hqes_in_fault: InFault,
    /// False: a command override has disabled `~HS` for good.
    pub answers_host_status: bool,
    /// True: `~HS` is ignored before the first label of the printer's life, as one clone does.
    pub hs_silent_before_first_label: bool,
    /// True: `~HS` is ignored on a connection that has carried a format, as one clone does.
    pub hs_silent_after_format: bool,
    /// False: an old printer which ignores `~HQ`.
    pub answers_host_query: bool,
    /// False: an old printer which ignores Set-Get-Do and JSON.
    pub answers_settings: bool,
    /// When a label enters the counters.
    pub count_at: CountAt,
    /// Labels the counters lose when the power is cut.
    pub odometer_loss_on_power_cut: u64,
    /// False: a torn label and its reprint count once together. True: both count.
    pub reprint_counts: bool,
    /// False: a printer without a label counter, whose label odometers read `"?"`.
    pub label_counter_present: bool,
    /// False: `media.speed` reads `"?"`.
    pub print_speed_present: bool,
    /// Capacity of the receive buffer for everything not yet printed.
    pub buffer_bytes: usize,
    /// `SO_RCVBUF` of each connection, on top of `buffer_bytes`.
    pub socket_buffer_bytes: usize,
    /// Formats interpreted ahead of the one that prints.
    pub compose_ahead: usize,
    /// Connections on the print port; one more is reset at once.
    pub max_connections: usize,
    /// What happens to a connection while an earlier one is open.
    pub second_connection: SecondConnection,
    /// Silence after which a connection that stopped in the middle of a format lets others be heard.
    pub channel_quiet_s: f64,
    /// A connection silent for so long is closed by the printer; 0 is never.
    pub idle_close_s: f64,
    /// Time from power to the first accepted connection.
    pub boot_s: f64,
    /// Time after that in which bytes are accepted and thrown away.
    pub boot_silent_s: f64,
    /// Sent to the first connection after a boot.
    pub boot_garbage: String,
    /// What a power cut does to open connections.
    pub power_cut_connections: PowerCutConnections,
    /// True: a reset keeps the connections and swallows what they had sent; only the uptime tells.
    pub silent_drop_after_reset: bool,
    /// Follows every Set-Get-Do reply: empty, or CR LF.
    pub sgd_terminator: String,
    /// Follows the ETX of `~HQ` replies: empty, or CR LF.
    pub etx_trailer: String,
    /// Put before every reply: stray CR LF, NUL, XON.
    pub reply_prefix: String,
    /// Put behind every reply.
    pub reply_suffix: String,
    /// Wait before a reply is sent.
    pub reply_delay_ms: u64,
    /// Bytes per write of a reply; 0 is the whole reply.
    pub reply_fragment: usize,
    /// Replies held back until so many can leave in one write (or 50 ms have passed); 0 and 1 are none.
    pub reply_merge: usize,
    /// Whether and when `^HV` answers.
    pub hv_support: HostVerification,
    /// False: `^HV` needs RFID hardware, which this printer has not.
    pub hv_without_rfid: bool,
    /// True: a graphic whose ZB64 checksum is wrong is not printed.
    pub zb64_strict_crc: bool,
    /// Whether the formats already interpreted still count in `~HS` eee.
    pub eee_counts_staged: bool,
    /// What `~HS` u counts.
    pub u_mode: BatchCount,
    /// True: closing a connection throws away what it sent and was not printed.
    pub fin_drops_data: bool,
    /// True: `^XA` inside a torn format begins a new one. False: it is ignored and the two run together.
    pub xa_starts_new_format: bool,
    /// The language the printer understands; anything but ZPL prints what it is sent as text.
    pub language: Language,
    /// False: JSON does not know `device.host_status`; how firmware puts its line breaks there is unknown.
    pub json_carries_host_status: bool,
    /// Value of an unknown name in a JSON reply.
    pub json_unknown: JsonUnknown,
    /// Reading speed of a slow print server, bytes a second; 0 is no limit.
    pub chunk_rate_limit: u64,
    /// True: `^PR` slows the engine. False: `speed_ips` stands, whatever the format asks.
    pub obeys_print_rate: bool,
    /// True: whoever mends a fault also presses PAUSE. False: the printer stays paused until told.
    pub mending_resumes: bool,
    /// Peel mode: time after which the waiting label is taken; 0 is never by itself.
    pub label_taken_after_ms: u64,
    /// Blank labels that closing the head feeds; they are not counted.
    pub blank_labels_after_head_close: u32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            hs_in_fault: InFault::Answer,
            hqes_in_fault: InFault::Answer,
            answers_host_status: true,
            hs_silent_before_first_label: false,
            hs_silent_after_format: false,
            answers_host_query: true,
            answers_settings: true,
            count_at: CountAt::Presented,
            odometer_loss_on_power_cut: 0,
            reprint_counts: false,
            label_counter_present: true,
            print_speed_present: true,
            buffer_bytes: 64 * 1024,
            socket_buffer_bytes: 8 * 1024,
            compose_ahead: 1,
            max_connections: 16,
            second_connection: SecondConnection::Serve,
            channel_quiet_s: 5.0,
            idle_close_s: 300.0,
            boot_s: 20.0,
            boot_silent_s: 0.0,
            boot_garbage: String::new(),
            power_cut_connections: PowerCutConnections::Reset,
            silent_drop_after_reset: false,
            sgd_terminator: String::new(),
            etx_trailer: String::new(),
            reply_prefix: String::new(),
            reply_suffix: String::new(),
            reply_delay_ms: 0,
            reply_fragment: 0,
            reply_merge: 0,
            hv_support: HostVerification::No,
            hv_without_rfid: true,
            zb64_strict_crc: true,
            eee_counts_staged: true,
            u_mode: BatchCount::Started,
            fin_drops_data: false,
            xa_starts_new_format: true,
            language: Language::Zpl,
            json_carries_host_status: true,
            json_unknown: JsonUnknown::Null,
            chunk_rate_limit: 0,
            obeys_print_rate: false,
            mending_resumes: true,
            label_taken_after_ms: 0,
            blank_labels_after_head_close: 0,
        }
    }
}

impl Knobs {
    /// Reads a TOML file's text; the error is one sentence.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let knobs: Self = toml::from_str(text).map_err(|error| one_sentence(&error))?;
        knobs.check()?;
        Ok(knobs)
    }

    /// These knobs with the keys of `changes` put over them.
    pub fn changed_by(&self, changes: &serde_json::Map<String, serde_json::Value>) -> Result<Self, String> {
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        if let Some(all) = all.as_object_mut() {
            all.extend(changes.clone());
        }
        let knobs: Self = serde_json::from_value(all).map_err(|error| error.to_string())?;
        knobs.check()?;
        Ok(knobs)
    }

    fn check(&self) -> Result<(), String> {
        let seconds = [
            ("channel_quiet_s", self.channel_quiet_s),
            ("idle_close_s", self.idle_close_s),
            ("boot_s", self.boot_s),
            ("boot_silent_s", self.boot_silent_s),
        ];
        for (name, value) in seconds {
            if !(0.0..=1_000_000.0).contains(&value) {
                return Err(format!("{name} must be between 0 and 1000000 seconds, not {value}"));
            }
        }
        if !(256..=64 * 1024 * 1024).contains(&self.buffer_bytes) {
            return Err(format!("buffer_bytes must be between 256 and 67108864, not {}", self.buffer_bytes));
        }
        if self.max_connections == 0 {
            return Err("max_connections must be at least 1".to_owned());
        }
        Ok(())
    }
}

/// A TOML error without its picture of the line.
pub(super) fn one_sentence(error: &toml::de::Error) -> String {
    error.message().trim_end_matches('.').replace('\n', " ")
}

/// Whether a status request is answered during a fault: the manufacturer says no, captures say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InFault {
    Answer,
    Silent,
}

/// The instant a label enters `odometer.total_label_count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountAt {
    /// The paper begins to move.
    Start,
    /// The last line of the image is burnt.
    End,
    /// The paper is at rest.
    Presented,
}

/// What a further connection to the print port meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondConnection {
    Serve,
    /// Accepted, and heard only when the earlier one has closed.
    AcceptSilent,
    /// Reset at once.
    Refuse,
}

/// What the host sees of its open connections when the power is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerCutConnections {
    Reset,
    /// Nothing, until the printer is up again and answers with a reset.
    HalfOpen,
}

/// `^HV`: the manufacturer documents it without a moment, and nobody captured it without RFID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostVerification {
    No,
    AtCompose,
    AtPrint,
}

/// What the eight digits `u` of `~HS` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchCount {
    /// Labels of the batch not begun; the first counts as begun once its format is interpreted.
    Started,
    /// Labels of the batch not finished.
    Finished,
    /// 1 while a batch prints.
    BusyFlag,
    /// A number without meaning, as one clone sends.
    Garbage,
}

/// `device.languages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Zpl,
    Epl,
    LinePrint,
}

/// How a JSON reply names a variable it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonUnknown {
    Null,
    QuestionMark,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_optional_and_unknown_ones_refused() {
        let knobs = Knobs::from_toml("count_at = \"start\"\nbuffer_bytes = 4096").unwrap();
        assert_eq!(knobs, Knobs { count_at: CountAt::Start, buffer_bytes: 4096, ..Knobs::default() });
        let refusal = Knobs::from_toml("buffer_byte = 4096").unwrap_err();
        assert!(refusal.contains("buffer_byte") && !refusal.contains('\n'), "{refusal}");
        assert!(Knobs::from_toml("buffer_bytes = 1").is_err());
        assert!(Knobs::from_toml("boot_s = -1.0").is_err());
    }

    #[test]
    fn single_knobs_can_be_turned_while_it_runs() {
        let changes = serde_json::json!({"hs_in_fault": "silent"});
        let knobs = Knobs::default().changed_by(changes.as_object().unwrap()).unwrap();
        assert_eq!(knobs.hs_in_fault, InFault::Silent);
        let unknown = serde_json::json!({"speed": 1});
        assert!(Knobs::default().changed_by(unknown.as_object().unwrap()).is_err());
    }
}

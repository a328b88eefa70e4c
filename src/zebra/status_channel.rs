//! The second channel of Link-OS printers: JSON on its own port, answered while labels print and
//! while the raw port is full. One read of several settings is as near to a snapshot as it gets.

use super::{
    CounterAbsence, HostStatus, Reading, is_missing, parse_count, parse_print_speed_mm_per_s,
    parse_unique_id, parse_uptime_s,
};
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What is asked. Link-OS JSON syntax: `{}` and an object whose nulls ask for values (ZPL II Programming Guide, JSON).
pub const QUESTION: &[u8] = br#"{}{"device.unique_id":null,"odometer.total_label_count":null,"media.speed":null,"device.uptime":null,"device.host_status":null}"#;

const READ_TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// A reading, and when its question was asked.
type Answer = (Instant, Reading);

/// A task that holds the channel and reads it when asked.
#[derive(Debug)]
pub struct StatusChannel {
    asks: mpsc::Sender<()>,
    readings: mpsc::Receiver<Option<Answer>>,
    task: JoinHandle<()>,
}

impl StatusChannel {
    /// Starts the task; it connects when first asked, and again after every failure.
    pub fn start(address: String) -> Self {
        let (asks, ask_queue) = mpsc::channel(1);
        let (readings_in, readings) = mpsc::channel(1);
        let task = tokio::spawn(serve(address, ask_queue, readings_in));
        Self { asks, readings, task }
    }

    /// Asks for a reading, unless one is already under way.
    pub fn ask(&self) {
        let _ = self.asks.try_send(());
    }

    /// The next reading; `None` when the channel did not answer. Safe to cancel.
    pub async fn next(&mut self) -> Option<Reading> {
        match self.readings.recv().await {
            Some(answer) => answer.map(|(asked_at, reading)| Reading {
                age_ms: asked_at.elapsed().as_millis() as i64,
                uptime_age_ms: asked_at.elapsed().as_millis() as i64,
                ..reading
            }),
            None => std::future::pending().await,
        }
    }
}

impl Drop for StatusChannel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(address: String, mut asks: mpsc::Receiver<()>, readings: mpsc::Sender<Option<Answer>>) {
    let mut stream = None;
    let mut answers = StatusAnswers::default();
    while asks.recv().await.is_some() {
        let asked_at = Instant::now();
        // After a time-out the late answer must not be taken for the next one: the connection goes with it.
        let answer = tokio::time::timeout(READ_TIMEOUT, exchange(&address, &mut stream)).await;
        let reading = match answer {
            Ok(Ok(value)) => Some((asked_at, answers.reading(&value))),
            Ok(Err(_)) | Err(_) => {
                stream = None;
                None
            }
        };
        if readings.send(reading).await.is_err() {
            return;
        }
    }
}

/// One question on a connection of its own, for a check that comes and goes.
pub async fn read_status_once(address: &str) -> std::io::Result<Reading> {
    let answer = tokio::time::timeout(READ_TIMEOUT, exchange(address, &mut None)).await;
    Ok(StatusAnswers::default().reading(&answer.map_err(std::io::Error::from)??))
}

async fn exchange(address: &str, stream: &mut Option<TcpStream>) -> std::io::Result<Value> {
    let stream = match stream {
        Some(stream) => stream,
        None => stream.insert(TcpStream::connect(address).await?),
    };
    stream.write_all(QUESTION).await?;
    let mut answer = Vec::new();
    loop {
        let mut buffer = [0_u8; 2048];
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&buffer[..count]);
        let mut values = serde_json::Deserializer::from_slice(&answer).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => return Ok(value),
            Some(Err(error)) if !error.is_eof() => return Err(std::io::ErrorKind::InvalidData.into()),
            _ if answer.len() > ANSWER_LIMIT_BYTES => return Err(std::io::ErrorKind::InvalidData.into()),
            _ => {}
        }
    }
}

/// Reads the answers of one channel. Not every firmware puts the host status into JSON; one that does and leaves it
/// out is silent in a fault.
#[derive(Debug, Default)]
pub struct StatusAnswers {
    carries_status: bool,
}

impl StatusAnswers {
    /// What an answer says of the printer.
    pub fn reading(&mut self, value: &Value) -> Reading {
        const COUNTER: &str = "odometer.total_label_count";
        let counter = value.get(COUNTER);
        let text = |name: &str| value.get(name).and_then(text_of).filter(|text| text != "?");
        let host_status =
            text("device.host_status").and_then(|text| HostStatus::parse_text(text.trim_matches('"')).ok());
        self.carries_status |= host_status.is_some();
        let odometer = text(COUNTER).and_then(|text| parse_count(&text));
        let uptime_s = text("device.uptime").and_then(|text| parse_uptime_s(&text));
        let unique_id = text("device.unique_id").and_then(|text| parse_unique_id(&text));
        // An answer without a single value says nothing.
        let is_any_told = uptime_s.is_some() || host_status.is_some() || unique_id.is_some();
        let is_told_missing = counter
            .is_some_and(|value| value.is_null() && is_any_told || value.as_str().is_some_and(is_missing));
        let reading = Reading {
            host_status,
            odometer,
            uptime_s,
            counter_absence: if is_told_missing { CounterAbsence::Told } else { CounterAbsence::Unknown },
            print_speed_mm_per_s: text("media.speed").and_then(|text| parse_print_speed_mm_per_s(&text)),
            unique_id,
            silent: self.carries_status && host_status.is_none(),
            second_channel: true,
            ..Reading::default()
        };
        reading.with_concluded(odometer.is_none() && uptime_s.is_some())
    }
}

/// Values are texts (zebra.md 4.4); a number is as clear.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_answer_is_one_snapshot() {
        let reading = StatusAnswers::default().reading(&json!({
            "device.unique_id": "XXQLJ120900310",
            "odometer.total_label_count": "31084",
            "media.speed": "6.0",
            "device.uptime": "00 days 02 hours 45 mins 30 secs",
            "device.host_status": "030,0,0,0308,003,0,0,0,000,0,0,0\r\n001,0,0,0,1,2,6,0,00000000,1,000\r\n0000,0",
        }));
        assert_eq!(reading.odometer, Some(31_084));
        assert_eq!((reading.uptime_s, reading.print_speed_mm_per_s), (Some(9_930), Some(152)));
        assert_eq!(reading.host_status.map(|status| status.formats_in_buffer), Some(3));
    }

    #[test]
    fn a_counter_that_is_told_as_a_number_counts() {
        let reading = StatusAnswers::default()
            .reading(&json!({"odometer.total_label_count": 31_084, "device.uptime": "00 days 00 hours 00 mins 30 secs"}));
        assert_eq!((reading.odometer, reading.uptime_s), (Some(31_084), Some(30)));
    }

    #[test]
    fn what_the_printer_does_not_have_is_absent() {
        let reading = StatusAnswers::default()
            .reading(&json!({"odometer.total_label_count": "?", "device.unique_id": null}));
        assert_eq!((reading.odometer, reading.unique_id), (None, None));
        let noisy = StatusAnswers::default().reading(&json!({"device.unique_id": "XX\u{13}QLJ\u{0}"}));
        assert_eq!(noisy.unique_id, None, "it names no other printer");
        assert_eq!(reading.counter_absence, CounterAbsence::Told);
        let absence = |uptime: Value| {
            let answer = json!({"odometer.total_label_count": null, "device.uptime": uptime});
            StatusAnswers::default().reading(&answer).counter_absence
        };
        assert_eq!(absence(json!("00 days 00 hours 00 mins 30 secs")), CounterAbsence::Told);
        assert_eq!(absence(Value::Null), CounterAbsence::Unknown, "nothing is told at all");
        assert!(
            StatusAnswers::default().reading(&json!({"device.uptime": "?"})).counter_absence
                == CounterAbsence::Unknown,
            "not told"
        );
    }

    #[test]
    fn a_status_that_was_there_before_and_is_missing_is_a_silence() {
        let mut answers = StatusAnswers::default();
        let without = json!({"odometer.total_label_count": "5", "device.host_status": null});
        assert!(!answers.reading(&without).silent, "this channel may not carry it at all");
        let status = "030,0,0,0308,000,0,0,0,000,0,0,0\r\n001,0,0,0,1,2,6,0,00000000,1,000\r\n0000,0";
        assert!(!answers.reading(&json!({"device.host_status": status})).silent);
        assert!(answers.reading(&without).silent);
    }
}

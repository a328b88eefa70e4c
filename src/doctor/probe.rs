//! Asks one printer directly, on connections of its own that end with the check.

use crate::config::PrinterProfile;
use crate::zebra::{Interrogation, Query, Reading, ReplyReader, Step};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::Instant;

const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Five questions, each with its own patience.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(12);
const TICK: Duration = Duration::from_millis(200);
/// Enough of a stranger's words to know it by.
const STRANGER_BYTES_MAX: usize = 60;

/// Why a printer cannot be asked, told apart by what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No address belongs to the name.
    BadName(String),
    /// The machine is there, and nothing listens at the port.
    Refused,
    /// Nobody answers at the address.
    TimedOut,
    /// The network knows no way.
    Unreachable(String),
    /// Connected, without a word.
    Silent,
    /// It hung up before it answered.
    HungUp,
    /// It answers, and not as a printer with ZPL does.
    OtherDevice(String),
}

/// An address of that name, `host:port`.
pub async fn resolve(address: &str) -> Result<(), Trouble> {
    match tokio::time::timeout(RESOLVE_TIMEOUT, lookup_host(address)).await {
        Err(_) => Err(Trouble::BadName("the name server does not answer".to_owned())),
        Ok(Err(error)) => Err(Trouble::BadName(error.to_string())),
        Ok(Ok(mut found)) => match found.next() {
            Some(_) => Ok(()),
            None => Err(Trouble::BadName("the name has no address".to_owned())),
        },
    }
}

/// Connects, and asks who it is and what it can prove. A printer of profile `blind` is only connected to.
pub async fn probe(address: &str, profile: Option<PrinterProfile>) -> Result<Reading, Trouble> {
    resolve(address).await?;
    let mut stream = match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
        Err(_) => return Err(Trouble::TimedOut),
        Ok(Err(error)) => {
            return Err(match error.kind() {
                ErrorKind::ConnectionRefused => Trouble::Refused,
                ErrorKind::TimedOut => Trouble::TimedOut,
                _ => Trouble::Unreachable(error.to_string()),
            });
        }
        Ok(Ok(stream)) => stream,
    };
    let questions: &[Query] = match profile {
        Some(PrinterProfile::Blind) => return Ok(Reading::default()),
        Some(PrinterProfile::ZebraLegacy | PrinterProfile::ZplGeneric) => {
            &[Query::HostIdentification, Query::HostStatus]
        }
        Some(PrinterProfile::Zebra) | None => {
            &[Query::HostIdentification, Query::HostStatus, Query::UniqueId, Query::Odometer]
        }
    };
    match tokio::time::timeout(ANSWER_TIMEOUT, interrogate(&mut stream, questions)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Trouble::Silent),
    }
}

async fn interrogate(stream: &mut TcpStream, questions: &[Query]) -> Result<Reading, Trouble> {
    let started = Instant::now();
    let now_ms = || started.elapsed().as_millis() as i64;
    let (mut reader, mut asking) = (ReplyReader::default(), Interrogation::default());
    let mut heard = Vec::new();
    let mut steps = vec![asking.begin(questions, 0, now_ms())];
    let mut buffer = [0_u8; 4096];
    loop {
        for step in steps.drain(..) {
            match step {
                Step::Wait => {}
                Step::Send(query) if stream.write_all(query.bytes()).await.is_err() => {
                    return Err(Trouble::HungUp);
                }
                Step::Send(_) => {}
                Step::Finished(reading) => return conclude(reading, &heard),
            }
        }
        match tokio::time::timeout(TICK, stream.read(&mut buffer)).await {
            Err(_) => steps.push(asking.tick(now_ms())),
            Ok(Ok(0) | Err(_)) => return Err(stranger(&heard).unwrap_or(Trouble::HungUp)),
            Ok(Ok(count)) => {
                let room = STRANGER_BYTES_MAX.saturating_sub(heard.len());
                heard.extend_from_slice(&buffer[..count.min(room)]);
                steps.extend(
                    reader.push(&buffer[..count]).into_iter().map(|reply| asking.reply(reply, now_ms())),
                );
                steps.push(asking.tick(now_ms()));
            }
        }
    }
}

fn conclude(reading: Reading, heard: &[u8]) -> Result<Reading, Trouble> {
    if reading.host_status.is_some() || reading.model.is_some() {
        return Ok(reading);
    }
    Err(stranger(heard).unwrap_or(Trouble::Silent))
}

/// Who speaks unlike a printer with ZPL, whose answers are framed, by the first words.
fn stranger(heard: &[u8]) -> Option<Trouble> {
    const START_OF_TEXT: u8 = 0x02;
    if heard.first().is_none_or(|first| *first == START_OF_TEXT) {
        return None;
    }
    let words = String::from_utf8_lossy(heard);
    let line = words.lines().next().unwrap_or_default();
    Some(Trouble::OtherDevice(line.chars().filter(|letter| !letter.is_control()).collect()))
}

//! A tap in the wire between service and printer: lets exactly so many bytes through, then strikes.

use socket2::SockRef;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// What is done when the last byte has passed.
pub type Blow = Box<dyn FnOnce() + Send>;

/// How the printer hears that the service is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// The end of the stream, behind everything that was sent.
    Finish,
    /// A reset, as from a killed process.
    Reset,
}

/// Stands where the printer is expected, and passes everything on.
pub struct Tap {
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    printer: SocketAddr,
    hang_up: HangUp,
    /// Bytes that still pass, counted from the first `^XA` on.
    armed: Option<(usize, Blow)>,
    /// A label has begun to pass since the tap was armed.
    counting: bool,
    first_label_at: Option<Instant>,
}

impl Tap {
    /// A tap in front of this printer.
    pub async fn start(printer: SocketAddr, hang_up: HangUp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Mutex::new(Shared {
            printer,
            hang_up,
            armed: None,
            counting: false,
            first_label_at: None,
        }));
        let served = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((service, _)) = listener.accept().await {
                tokio::spawn(serve(service, Arc::clone(&served)));
            }
        });
        Self { address, shared }
    }

    /// Strikes when so many bytes have passed, counted from the beginning of the first label.
    pub fn arm(&self, bytes: usize, blow: Blow) {
        lock(&self.shared).armed = Some((bytes, blow));
    }

    /// Gives back the blow that has not been struck.
    pub fn disarm(&self) -> Option<Blow> {
        lock(&self.shared).armed.take().map(|(_, blow)| blow)
    }

    /// Forgets what passed: the next label is the first of a new life of the service.
    pub fn begin_anew(&self) {
        let mut shared = lock(&self.shared);
        shared.counting = false;
        shared.first_label_at = None;
    }

    /// When the first label's first byte passed.
    pub fn first_label_at(&self) -> Option<Instant> {
        lock(&self.shared).first_label_at
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut service: TcpStream, shared: Arc<Mutex<Shared>>) {
    let (printer, hang_up) = {
        let shared = lock(&shared);
        (shared.printer, shared.hang_up)
    };
    let Ok(mut printer) = TcpStream::connect(printer).await else {
        reset(&service);
        return;
    };
    let _ = (service.set_nodelay(true), printer.set_nodelay(true));
    let mut from_service = vec![0; 16 * 1024];
    let mut from_printer = vec![0; 16 * 1024];
    loop {
        tokio::select! {
            read = service.read(&mut from_service) => {
                let count = read.unwrap_or(0);
                if count == 0 {
                    break;
                }
                let (passes, blow) = weigh(&mut lock(&shared), &from_service[..count]);
                if printer.write_all(&from_service[..passes]).await.is_err() {
                    break;
                }
                if let Some(blow) = blow {
                    blow();
                    break;
                }
            }
            read = printer.read(&mut from_printer) => {
                let count = read.unwrap_or(0);
                if count == 0 || service.write_all(&from_printer[..count]).await.is_err() {
                    reset(&service);
                    return;
                }
            }
        }
    }
    reset(&service);
    match hang_up {
        HangUp::Reset => reset(&printer),
        HangUp::Finish => {
            let _ = printer.shutdown().await;
        }
    }
}

/// How many of these bytes pass, and what follows them.
fn weigh(shared: &mut Shared, bytes: &[u8]) -> (usize, Option<Blow>) {
    let begins = match shared.counting {
        true => Some(0),
        false => bytes.windows(3).position(|window| window == b"^XA"),
    };
    let Some(begins) = begins else { return (bytes.len(), None) };
    shared.counting = true;
    shared.first_label_at.get_or_insert_with(Instant::now);
    let counted = bytes.len() - begins;
    match &mut shared.armed {
        Some((left, _)) if *left > counted => *left -= counted,
        Some((left, _)) => {
            let passes = begins + *left;
            return (passes, shared.armed.take().map(|(_, blow)| blow));
        }
        None => {}
    }
    (bytes.len(), None)
}

fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

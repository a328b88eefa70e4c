//! A line to the printer on which some connections are open and dead: everything is taken and nothing answered.

use std::net::SocketAddr;
use std::ops::Range;
use tokio::io::{copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where the printer is expected: swallows these of its connections, counted from 0, as a half-dead print server does,
/// and passes on the others.
pub async fn silent_line(printer: SocketAddr, dead_connections: Range<usize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        for connection in 0.. {
            let Ok((mut service, _)) = listener.accept().await else { return };
            let is_dead = dead_connections.contains(&connection);
            tokio::spawn(async move {
                if is_dead {
                    let _ = copy(&mut service, &mut sink()).await;
                } else if let Ok(mut printer) = TcpStream::connect(printer).await {
                    let _ = copy_bidirectional(&mut service, &mut printer).await;
                }
            });
        }
    });
    address
}

/// A line whose open connections can be made to die: nobody hangs up, and what is sent over them is gone.
pub struct DyingLine {
    pub address: SocketAddr,
    died: watch::Sender<()>,
}

impl DyingLine {
    pub async fn to(printer: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let died = watch::Sender::new(());
        let deaths = died.clone();
        tokio::spawn(async move {
            while let Ok((mut service, _)) = listener.accept().await {
                let mut death = deaths.subscribe();
                tokio::spawn(async move {
                    let Ok(mut printer) = TcpStream::connect(printer).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut service, &mut printer) => return,
                        _ = death.changed() => {}
                    }
                    drop(printer);
                    let _ = copy(&mut service, &mut sink()).await;
                });
            }
        });
        Self { address, died }
    }

    /// As when the printer is switched off: what is open is dead, and a new connection lives.
    pub fn die(&self) {
        self.died.send_replace(());
    }
}

//! A listening port that can go away and come back, as a printer's does with its power.

use super::StartError;
use super::shared::Shared;
use socket2::{Domain, SockRef, Socket, Type};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// When the operating system refuses to listen.
const LISTEN_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// An address held for the life of the simulator. The reserving socket never listens: while nothing else
/// does, connecting is refused, and nobody else can take the port.
#[derive(Debug)]
pub(super) struct Port {
    _reservation: Socket,
    address: SocketAddr,
}

impl Port {
    pub(super) fn reserve(address: SocketAddr) -> Result<Self, StartError> {
        let reserved = || {
            let socket = socket(address)?;
            let bound = socket.local_addr()?.as_socket().unwrap_or(address);
            Ok(Self { _reservation: socket, address: bound })
        };
        reserved().map_err(|source| StartError::Listen { address, source })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `receive_buffer_bytes` is all the kernel may take beyond what the printer has read.
    pub(super) fn listen(&self, receive_buffer_bytes: usize) -> Result<TcpListener, StartError> {
        let listening = || {
            let socket = socket(self.address)?;
            socket.set_recv_buffer_size(receive_buffer_bytes.max(1024))?;
            // As on a real network. Loopback segments of 64 KB would dwarf the buffer.
            socket.set_tcp_mss(1460)?;
            socket.listen(64)?;
            socket.set_nonblocking(true)?;
            TcpListener::from_std(socket.into())
        };
        listening().map_err(|source| StartError::Listen { address: self.address, source })
    }

    /// Accepts while the printer is up, each connection in its own task.
    pub(super) async fn serve<F>(
        self,
        first: TcpListener,
        shared: Arc<Shared>,
        connection: fn(Arc<Shared>, TcpStream) -> F,
        stop: CancellationToken,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut listener = Some(first);
        let mut connections = JoinSet::new();
        let mut version = shared.watch();
        loop {
            version.borrow_and_update();
            if !shared.is_listening() {
                listener = None;
            } else if listener.is_none() {
                match self.listen(shared.socket_buffer_bytes()) {
                    Ok(again) => listener = Some(again),
                    Err(error) => tracing::warn!(%error, "the simulated printer tries again to listen"),
                }
            }
            let must_try_again = listener.is_none() && shared.is_listening();
            let accepts = listener.as_ref().filter(|_| !shared.is_network_down());
            tokio::select! {
                () = stop.cancelled() => return,
                _ = version.changed() => {}
                () = tokio::time::sleep(LISTEN_AGAIN_AFTER), if must_try_again => {}
                accepted = accept(accepts) => match accepted {
                    Ok(stream) => {
                        connections.spawn(connection(shared.clone(), stream));
                    }
                    // Out of file descriptors, or a connection that died in the queue.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> std::io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

fn socket(address: SocketAddr) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Ends a connection with a reset instead of an orderly close.
pub(super) fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

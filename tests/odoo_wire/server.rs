//! A real HTTP server on loopback that answers what a test says.

use crate::answers::{client_of, login};
use platen::odoo::{OdooClient, OdooProtocol};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
pub enum Reply {
    /// HTTP 200, `text/xml`.
    Xml(String),
    /// Status line, content type, body.
    Http(&'static str, &'static str, String),
    /// An answer that says it is longer than it is, then the end of the connection.
    CutOff,
    /// A body without end, unless the client hangs up.
    Endless,
    /// Nothing at all.
    Silence,
}

/// A server which answers one reply per request, in order, and keeps the requests.
pub struct FakeOdoo {
    pub url: String,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl FakeOdoo {
    pub async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (replies, seen) = (Arc::new(Mutex::new(VecDeque::from(replies))), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, replies.clone(), seen.clone()));
            }
        });
        Self { url, requests }
    }

    /// A server that lets the user in and then answers `reply`.
    pub async fn with_login(protocol: OdooProtocol, reply: Reply) -> Self {
        Self::start(vec![login(protocol), reply]).await
    }

    pub fn client(&self, protocol: OdooProtocol) -> OdooClient {
        client_of(protocol, &self.url)
    }

    pub fn request(&self, index: usize) -> String {
        self.requests.lock().unwrap()[index].clone()
    }

    pub fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

pub async fn serve(
    mut stream: TcpStream,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<String>>>,
) {
    let request = read_request(&mut stream).await;
    seen.lock().unwrap().push(request);
    let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Silence);
    let head = |status: &str, content_type: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )
    };
    // A client that has hung up is part of some tests.
    let _ = match reply {
        Reply::Xml(body) => {
            let head = head("200 OK", "text/xml; charset=utf-8", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await
        }
        Reply::Http(status, content_type, body) => {
            stream.write_all(format!("{}{body}", head(status, content_type, body.len())).as_bytes()).await
        }
        Reply::CutOff => {
            stream.write_all(format!("{}<?xml", head("200 OK", "text/xml", 5_000)).as_bytes()).await
        }
        Reply::Endless => {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<methodResponse>";
            let mut outcome = stream.write_all(head.as_bytes()).await;
            while outcome.is_ok() {
                outcome = stream.write_all(&[b' '; 65_536]).await;
            }
            outcome
        }
        Reply::Silence => {
            // The connection stays open without an answer until the client gives up.
            std::future::pending().await
        }
    };
}

pub async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                })
                .next()
                .unwrap_or(0_usize);
            if body.len() >= length {
                return text;
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
            _ => return text,
        }
    }
}

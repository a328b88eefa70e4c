//! What can go wrong between platen and Odoo, told by what follows from it.
//!
//! No variant ever holds a credential, a body or a traceback: only short sentences that may be logged and shown.

use crate::domain::Code;

/// Longest text of Odoo's that an error keeps, in characters.
const MESSAGE_CHARACTERS_MAX: usize = 300;

/// Why a call to Odoo brought no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OdooError {
    /// The settings cannot work. Stop, and mend the configuration.
    #[error("The Odoo settings cannot be used: {0}.")]
    Misconfigured(String),
    /// The arguments cannot be sent; `path` names the value. Nothing was sent; a repeat changes nothing.
    #[error("The call to Odoo was not sent, {path} {reason}.")]
    Unsendable { path: String, reason: &'static str },
    /// No connection, or a proxy that speaks for an Odoo which is down. Retry.
    #[error("Odoo cannot be reached: {0}.")]
    Unreachable(String),
    /// The connection broke before the answer was whole. Retry; the call may have been carried out.
    #[error("The connection to Odoo broke before its answer was complete: {0}.")]
    Interrupted(String),
    /// No answer in time. Retry; the call may have been carried out.
    #[error("Odoo did not answer in time.")]
    TimedOut,
    /// Odoo does not know this user and key in this database. Stop and tell a person: every refused login costs Odoo a
    /// third of a second, so it is never repeated in a loop.
    #[error("Odoo refused the login.")]
    Denied,
    /// The user is known but may not do this. Stop and tell a person.
    #[error("Odoo does not allow this to the service's user: {0}")]
    Rights(String),
    /// Odoo's rules refused the call, in words meant for a user. A repeat of the same call brings the same answer.
    #[error("Odoo refused the call: {0}")]
    Refused(String),
    /// The call failed inside Odoo; the exception, without its traceback. `retryable` says whether another try can help
    /// (a lost race for a row, no free connection). It proves nothing about what was committed.
    #[error("The call failed inside Odoo: {message}")]
    ServerError { message: String, retryable: bool },
    /// The answer is not one Odoo gives: wrong address, a page of a proxy, too large, too deep. Stop and tell a person.
    #[error("Odoo's answer cannot be used: {0}.")]
    Protocol(String),
}

impl OdooError {
    /// What an XML-RPC fault of `/xmlrpc/2` means.
    pub(super) fn from_fault(code: i64, text: &str) -> Self {
        match code {
            2 => Self::Refused(first_line(text)),
            3 => Self::Denied,
            4 => Self::Rights(joined_lines(text)),
            _ => {
                let message = exception_of(text);
                let retryable = is_passing(&message);
                Self::ServerError { message, retryable }
            }
        }
    }

    /// What an error of JSON-2 means: its status, and the class and message of Odoo's exception.
    pub(super) fn from_status(status: u16, name: &str, message: &str) -> Self {
        let class = name.rsplit('.').next().unwrap_or_default();
        match status {
            401 => Self::Denied,
            403 if class == "AccessDenied" => Self::Denied,
            403 => Self::Rights(joined_lines(message)),
            404 | 422 => Self::Refused(first_line(message)),
            409 => Self::ServerError { message: first_line(message), retryable: true },
            500.. => {
                let message = shortened(&format!("{name}: {}", first_line(message)));
                let retryable = is_passing(&message);
                Self::ServerError { message, retryable }
            }
            _ => Self::Protocol(format!("it is HTTP {status}; check odoo.url and odoo.database")),
        }
    }

    /// True where the same call, sent again later, can succeed without a person.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Interrupted(_) | Self::TimedOut => true,
            Self::ServerError { retryable, .. } => *retryable,
            _ => false,
        }
    }

    /// True where Odoo may have carried the call out although it looks failed. Over XML-RPC a method that succeeds and
    /// returns `None` answers a fault after its commit, so every server error belongs here.
    pub fn may_have_been_done(&self) -> bool {
        matches!(self, Self::Interrupted(_) | Self::TimedOut | Self::ServerError { .. } | Self::Protocol(_))
    }

    /// The stable code a person is shown for it, where there is one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Unreachable(_) | Self::Interrupted(_) | Self::TimedOut => Some(Code::OdooUnreachable),
            Self::Misconfigured(_) | Self::Denied | Self::Rights(_) => Some(Code::OdooDenied),
            _ => None,
        }
    }

    /// Takes a secret out of a text that came from the other side.
    pub(super) fn without(self, secret: &str) -> Self {
        let clean = |text: String| if secret.is_empty() { text } else { text.replace(secret, "[key]") };
        match self {
            Self::Rights(text) => Self::Rights(clean(text)),
            Self::Refused(text) => Self::Refused(clean(text)),
            Self::ServerError { message, retryable } => {
                Self::ServerError { message: clean(message), retryable }
            }
            other => other,
        }
    }
}

/// The exception at the end of a Python traceback: the first unindented line after the last frame. PostgreSQL's
/// exceptions go on with `DETAIL:` and `CONTEXT:` lines, so the very last line would not do.
fn exception_of(traceback: &str) -> String {
    let lines: Vec<&str> = traceback.lines().filter(|line| !line.trim().is_empty()).collect();
    let after_frames =
        lines.iter().rposition(|line| line.starts_with("  File \"")).map_or(0, |frame| frame + 1);
    let exception = lines[after_frames..]
        .iter()
        .find(|line| !line.starts_with(' ') && !line.starts_with("Traceback "))
        .or(lines.last())
        .copied();
    shortened(exception.unwrap_or("no message"))
}

/// Races that Odoo has already tried five times to win; later it may.
fn is_passing(exception: &str) -> bool {
    const PASSING: [&str; 6] = [
        "SerializationFailure",
        "DeadlockDetected",
        "LockNotAvailable",
        "ConcurrencyError",
        "Connection Pool Is Full",
        "could not serialize access",
    ];
    PASSING.iter().any(|word| exception.contains(word))
}

fn first_line(text: &str) -> String {
    shortened(text.lines().find(|line| !line.trim().is_empty()).unwrap_or("no message"))
}

fn joined_lines(text: &str) -> String {
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(MESSAGE_CHARACTERS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_is_reduced_to_its_exception() {
        let text = "Traceback (most recent call last):\n  File \"/odoo/service/model.py\", line 1, in f\n    self.run()\n\
                    psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update\n\
                    DETAIL:  secret row\nCONTEXT:  SQL\n";
        assert_eq!(
            OdooError::from_fault(1, text),
            OdooError::ServerError {
                message: "psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update"
                    .to_owned(),
                retryable: true,
            }
        );
    }

    #[test]
    fn a_fault_without_a_traceback_keeps_its_last_words() {
        let OdooError::ServerError { message, retryable } = OdooError::from_fault(1, "boom\n\n") else {
            panic!("a server error was expected")
        };
        assert_eq!((message.as_str(), retryable), ("boom", false));
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let OdooError::Refused(message) = OdooError::from_fault(2, &"é".repeat(4_000)) else {
            panic!("a refusal was expected")
        };
        assert_eq!(message.chars().count(), MESSAGE_CHARACTERS_MAX + 1);
    }

    #[test]
    fn the_key_is_taken_out_of_foreign_words() {
        let error = OdooError::from_fault(4, "no access with 0123abcd\nfor you").without("0123abcd");
        assert_eq!(error, OdooError::Rights("no access with [key] for you".to_owned()));
    }
}

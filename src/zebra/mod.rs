//! Stage 5: bytes to and from one printer. Knows the wire, and nothing of jobs, database or HTTP.

mod afresh;
mod answer_time;
mod conversation;
mod fault;
mod host_status;
mod interrogation;
mod link;
mod muteness;
mod presence;
mod reading;
mod replies;
mod rounds;
mod second_opinion;
mod setting;
mod status_channel;
mod verification;

pub use conversation::{
    CANCEL_PARTIAL_FORMAT, Conversation, ConversationEvent, PrinterAddress, SECOND_CHANNEL_SILENT_AFTER,
};
pub use fault::fault_of;
pub use host_status::{HostStatus, HostStatusError};
pub use interrogation::{Interrogation, Query, Step};
pub use link::{Link, LinkError, LinkEvent, OnClose};
pub use reading::{CounterAbsence, Reading};
pub use replies::{Reply, ReplyReader};
pub use rounds::Rounds;
pub use setting::{
    is_missing, parse_count, parse_cutter_jammed, parse_print_speed_mm_per_s, parse_unique_id, parse_uptime_s,
};
pub use status_channel::{QUESTION, StatusAnswers, read_status_once};
pub use verification::ask_for_verification;

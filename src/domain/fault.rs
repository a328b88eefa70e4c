//! What can go wrong, in stable codes, with words for the person who has to mend it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $word:literal, $message:literal, $action:literal;)*) => {
        /// Stable codes of faults and refusals. Message and action are for people and may be reworded.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meta])* $variant,)* }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word used in SQL, JSON and Odoo.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What happened, in one sentence.
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// What to do, in one sentence.
            pub fn action(self) -> &'static str {
                match self { $(Self::$variant => $action,)* }
            }

            /// The code of that word, if there is one.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == word)
            }
        }
    };
}

codes! {
    PrinterOffline = "printer_offline", "The printer cannot be reached.", "Check that it is switched on and on the network; printing goes on by itself.";
    NetworkTimeout = "network_timeout", "The printer did not answer in time.", "Check the network cable and the printer's address; platen keeps trying.";
    PaperOut = "paper_out", "The printer is out of labels.", "Load a new roll, close the head and press PAUSE; printing goes on by itself.";
    RibbonOut = "ribbon_out", "The printer is out of ribbon.", "Load a new ribbon, close the head and press PAUSE; printing goes on by itself.";
    HeadOpen = "head_open", "The print head is open.", "Close the head and press PAUSE; printing goes on by itself.";
    PrinterPaused = "printer_paused", "The printer is paused.", "Press PAUSE on the printer; printing goes on by itself.";
    OverTemperature = "over_temperature", "The print head is too hot.", "Wait until it has cooled down; printing goes on by itself.";
    UnderTemperature = "under_temperature", "The print head is too cold.", "Wait until it has warmed up; printing goes on by itself.";
    ConfigurationLost = "configuration_lost", "The printer has lost its settings.", "Switch it off and on; if it still says so, set it up anew; printing goes on by itself.";
    LabelWaiting = "label_waiting", "A label waits in the printer to be taken off.", "Take it off; printing goes on by itself.";
    CutterFault = "cutter_fault", "The cutter is jammed.", "Clear the cutter and press PAUSE; printing goes on by itself.";
    PrinterSilent = "printer_silent", "The printer is connected but does not answer.", "Look at the printer's display: an open head or missing labels can silence it; otherwise switch it off and on. One of another make may need profile = \"zpl-generic\", one that cannot answer at all profile = \"blind\".";
    PrinterStalled = "printer_stalled", "The printer takes much longer than usual for a label and reports no fault.", "Look at the printer: a label may wait to be taken off, or it hangs; printing goes on by itself as soon as it moves.";
    PrinterReset = "printer_reset", "The printer was switched off or restarted while labels were in it.", "Look at the last label it made and say whether the unconfirmed label is good.";
    ForeignLabels = "foreign_labels", "The printer made labels that platen did not send.", "Find out who else prints there, compare the labels on the table with the list, then resume the job.";
    CounterContradiction = "counter_contradiction", "The printer's label counter does not fit what was sent to it.", "Compare the labels on the table with the list and say which are there, then resume the job.";
    VerificationContradiction = "verification_contradiction", "The printer reported another label than the one that was next.", "Compare the labels on the table with the list and say which are there, then resume the job.";
    WrongPrinter = "wrong_printer", "Another printer answers at this address.", "Check the printer's address; if the printer was replaced, resume the job.";
    UnconfirmedLabels = "unconfirmed_labels", "An interruption left it unknown whether some labels were printed.", "Look for them on the table and answer printed or not printed for each.";
    GivenUp = "given_up", "Several attempts in a row printed nothing, and the rest was given up.", "Mend the printer, then retry the job: only labels that are proved missing are printed.";
    JobExpired = "job_expired", "The job waited past its time.", "Resume the job if the labels are still wanted, else cancel it.";
    InvalidZpl = "invalid_zpl", "The ZPL cannot be printed safely.", "Correct the ZPL and send the job again.";
    InvalidField = "invalid_field", "A value does not fit its field.", "Correct the value and send the job again.";
    InvalidTemplate = "invalid_template", "The template cannot be used.", "Mend the file at the line named and send it again.";
    UnknownTemplate = "unknown_template", "There is no template of that name.", "Choose one of the templates listed by `platen templates`.";
    UnknownPrinter = "unknown_printer", "There is no printer of that name.", "Choose one of the printers listed by `platen printers`.";
    TemplateDoesNotFit = "template_does_not_fit", "The template does not fit the printer.", "Choose a template drawn for this label size and resolution.";
    OdooUnreachable = "odoo_unreachable", "Odoo cannot be reached.", "Check Odoo's address and network; reports are kept and sent later.";
    OdooDenied = "odoo_denied", "Odoo refused the service's login or its rights.", "Check the database, user and API key in the configuration, and the user's group Label Print / Service.";
    StorageFull = "storage_full", "The disk under the database is full.", "Free disk space; it then goes on by itself, and nothing accepted so far is lost.";
    StorageReadOnly = "storage_read_only", "The database cannot be written.", "Let the service's user write to the file and its folder, or mount the disk for writing again; it then goes on by itself.";
    StorageBusy = "storage_busy", "Another program keeps the database locked.", "End what else works on the database, such as a backup or an editor; it then goes on by itself.";
    StorageDamaged = "storage_damaged", "The database is damaged.", "Stop the service, keep a copy of the file as it is, and bring the database back from a backup.";
    StorageMissing = "storage_missing", "The database is not where the configuration says, or cannot be opened.", "Bring the file and its folder back, or correct store.url and start the service anew.";
    StorageFailing = "storage_failing", "The disk or server of the database fails.", "Look for the disk, its quota and its mount in the system's log; when they are well it goes on by itself.";
    Unauthorized = "unauthorized", "No valid key came with the request.", "Send `Authorization: Bearer KEY`; make a key with `platen key create NAME`.";
    Forbidden = "forbidden", "The key may not do that.", "Use a key with that right; `platen key list` shows which key may what.";
    MalformedBody = "malformed_body", "The body is not the JSON asked for.", "Compare it with /docs and send it again.";
    ForeignDatabase = "foreign_database", "The request comes from another Odoo database than the one this service prints for.", "A copy must not print: clear the print service's address and key in it. If this database has replaced the other one, call `platen odoo accept` on the print service's machine.";
    UuidConflict = "uuid_conflict", "This uuid belongs to a job with another content.", "Use a new uuid for a new job.";
    TooManyLabels = "too_many_labels", "A job holds 1 to 100 000 labels.", "Send the labels in several jobs.";
    PayloadTooLarge = "payload_too_large", "The body is larger than the service takes.", "Send the labels in several jobs.";
    NotFound = "not_found", "There is nothing of that name here.", "Check the id or the path against /docs.";
    IllegalTransition = "illegal_transition", "The job's state does not allow that.", "Read the job's status again.";
    JobEnded = "job_ended", "The job has ended.", "Retry it for labels that are missing, or reprint labels that are printed.";
    NothingMissing = "nothing_missing", "No label of the job is missing.", "Reprint labels that are printed, if they are wanted once more.";
    NotPrinted = "not_printed", "A label that was never printed cannot be printed once more.", "Retry the job: that prints what is missing.";
    EverythingPaused = "everything_paused", "All printing is paused.", "Resume everything with `platen printers resume --all`.";
    InternalError = "internal_error", "Something failed inside the service.", "Try again; if it stays, look into the service's log for the request id.";
}

/// The words of [`Code::UnconfirmedLabels`] where nothing was interrupted: the printer proves nothing.
pub const SENT_WITHOUT_PROOF: (&str, &str) = (
    "The labels were sent to a printer that cannot say whether it printed them.",
    "Look for them on the table and answer printed or not printed, for all of them at once if you like.",
);

/// A person is needed: what happened, what to do, since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    pub code: String,
    pub message: String,
    pub action: String,
    pub since: Timestamp,
}

impl Attention {
    /// The standing words of a code.
    pub fn of(code: Code, since: Timestamp) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: code.message().to_owned(),
            action: code.action().to_owned(),
            since,
        }
    }
}

impl Code {
    /// The printer stood still, or may have: what was on its way to it may have waited for room.
    pub fn is_of_a_stopped_printer(self) -> bool {
        matches!(
            self,
            Self::PaperOut
                | Self::RibbonOut
                | Self::HeadOpen
                | Self::PrinterPaused
                | Self::OverTemperature
                | Self::UnderTemperature
                | Self::ConfigurationLost
                | Self::LabelWaiting
                | Self::CutterFault
                | Self::PrinterSilent
        )
    }
}

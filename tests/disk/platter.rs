//! What is on the disk after a power cut: what was synced, and of the rest whatever chance has written.

use rand::Rng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// One thing a program did to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    Write { offset: usize, data: Vec<u8> },
    Truncate(usize),
    Sync,
    Create,
    Unlink,
}

/// What, where, and where its record ends.
#[derive(Debug, Clone)]
pub struct Step {
    pub path: PathBuf,
    pub operation: Operation,
    pub end: u64,
}

/// Reads what the shim recorded.
pub fn steps(record: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = 0;
    let number = |at: usize| u32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes")) as usize;
    while at + 17 <= record.len() {
        let offset = u64::from_le_bytes(record[at + 5..at + 13].try_into().expect("eight bytes")) as usize;
        let (path_length, data_length) = (number(at + 1), number(at + 13));
        let path_at = at + 17;
        let data_at = path_at + path_length;
        let end = data_at + data_length;
        if end > record.len() {
            break;
        }
        let path = String::from_utf8_lossy(&record[path_at..data_at]).into_owned();
        let operation = match record[at] {
            b'W' => Operation::Write { offset, data: record[data_at..end].to_vec() },
            b'T' => Operation::Truncate(offset),
            b'S' => Operation::Sync,
            b'C' => Operation::Create,
            b'U' => Operation::Unlink,
            other => panic!("an unknown operation {other}"),
        };
        steps.push(Step { path: PathBuf::from(path), operation, end: end as u64 });
        at = end;
    }
    steps
}

/// What becomes of writes that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    Lost,
    /// Each sector of so many bytes holds any of its versions since the last sync.
    Torn(usize),
}

/// Which syncs count; fewer than all show what the test would find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    All,
    /// As with `synchronous = NORMAL`: the log is not synced at a commit.
    NotOfTheLog,
    /// As with `synchronous = OFF`.
    None,
}

/// The disk as far as it is certain, with what is not.
#[derive(Debug, Clone, Default)]
pub struct Platter {
    durable: BTreeMap<PathBuf, Vec<u8>>,
    /// Names that are certain to be found.
    names: BTreeSet<PathBuf>,
    pending: BTreeMap<PathBuf, Vec<Operation>>,
    pending_names: Vec<(PathBuf, bool)>,
}

impl Platter {
    pub fn take(&mut self, step: &Step, syncs: Syncs) {
        let path = &step.path;
        match &step.operation {
            Operation::Create => self.pending_names.push((path.clone(), true)),
            Operation::Unlink => self.pending_names.push((path.clone(), false)),
            Operation::Sync if !counts(path, syncs) => {}
            Operation::Sync => {
                for operation in self.pending.remove(path).unwrap_or_default() {
                    apply(self.durable.entry(path.clone()).or_default(), &operation);
                }
                // The sync of a folder makes the names in it certain.
                let (certain, open): (Vec<_>, Vec<_>) =
                    self.pending_names.drain(..).partition(|(name, _)| name.parent() == Some(path));
                self.pending_names = open;
                for (name, is_there) in certain {
                    self.rename(name, is_there);
                }
            }
            operation => self.pending.entry(path.clone()).or_default().push(operation.clone()),
        }
    }

    fn rename(&mut self, name: PathBuf, is_there: bool) {
        if is_there {
            self.names.insert(name);
        } else {
            self.names.remove(&name);
            self.durable.remove(&name);
        }
    }

    /// Writes into `folder` what would be found after a power cut now.
    pub fn cut(&self, folder: &Path, unsynced: Unsynced, random: &mut StdRng) {
        let mut disk = self.clone();
        if unsynced != Unsynced::Lost {
            for (name, is_there) in std::mem::take(&mut disk.pending_names) {
                if random.random() {
                    disk.rename(name, is_there);
                }
            }
        }
        for name in &disk.names {
            let mut bytes = disk.durable.get(name).cloned().unwrap_or_default();
            if let (Unsynced::Torn(sector), Some(pending)) = (unsynced, disk.pending.get(name)) {
                tear(&mut bytes, pending, sector, random);
            }
            let file = name.file_name().expect("a name");
            // The index beside the log is rebuilt; it is never synced.
            if !file.to_string_lossy().ends_with("-shm") {
                std::fs::write(folder.join(file), bytes).expect("the file is written");
            }
        }
    }
}

fn counts(path: &Path, syncs: Syncs) -> bool {
    match syncs {
        Syncs::All => true,
        Syncs::NotOfTheLog => !path.to_string_lossy().ends_with("-wal"),
        Syncs::None => path.is_dir(),
    }
}

fn apply(bytes: &mut Vec<u8>, operation: &Operation) {
    match operation {
        Operation::Write { offset, data } => {
            let end = offset + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*offset..end].copy_from_slice(data);
        }
        Operation::Truncate(length) => bytes.resize(*length, 0),
        _ => {}
    }
}

/// Each sector, and the length, takes any of its versions.
fn tear(bytes: &mut Vec<u8>, pending: &[Operation], sector: usize, random: &mut StdRng) {
    let mut length = bytes.len();
    let length_version = random.random_range(0..=pending.len());
    let mut versions: HashMap<usize, usize> = HashMap::new();
    for (number, operation) in pending.iter().enumerate() {
        match operation {
            Operation::Write { offset, data } => {
                let end = offset + data.len();
                if number < length_version {
                    length = length.max(end);
                }
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                let mut at = *offset;
                while at < end {
                    let next = ((at / sector + 1) * sector).min(end);
                    let version = *versions
                        .entry(at / sector)
                        .or_insert_with(|| random.random_range(0..=pending.len()));
                    if number < version {
                        bytes[at..next].copy_from_slice(&data[at - offset..next - offset]);
                    }
                    at = next;
                }
            }
            Operation::Truncate(to) if number < length_version => length = *to,
            _ => {}
        }
    }
    bytes.truncate(length);
}

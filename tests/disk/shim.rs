//! The library that stands between the service and its disk: built here, loaded into the real binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::Place;

/// A place whose services write through the shim.
pub struct Disk {
    record: PathBuf,
    fault: PathBuf,
}

impl Disk {
    /// Puts the shim below a place's database.
    pub fn below(place: Place) -> (Place, Self) {
        let library = build(place.folder());
        let disk =
            Self { record: place.folder().join("disk.record"), fault: place.folder().join("disk.fault") };
        let data = place.data();
        let place = place
            .with_environment("LD_PRELOAD", library)
            .with_environment("DISK_FOLDER", data)
            .with_environment("DISK_RECORD", disk.record.clone())
            .with_environment("DISK_FAULT", disk.fault.clone());
        (place, disk)
    }

    /// Bytes recorded so far: what was recorded before has happened before.
    pub fn position(&self) -> u64 {
        std::fs::metadata(&self.record).map_or(0, |metadata| metadata.len())
    }

    /// Everything recorded.
    pub fn record(&self) -> Vec<u8> {
        std::fs::read(&self.record).expect("the record")
    }

    /// From now on writing fails with this error: `ENOSPC`, `EROFS` or `EIO`.
    pub fn fail(&self, error: &str) {
        // Whole at once: the shim never reads half a word.
        let whole = self.fault.with_extension("new");
        std::fs::write(&whole, error).expect("the fault is written");
        std::fs::rename(&whole, &self.fault).expect("the fault is there");
    }

    /// The disk is well again.
    pub fn mend(&self) {
        std::fs::remove_file(&self.fault).expect("the fault is gone");
    }
}

fn build(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/disk.c");
    let library = folder.join("disk.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .output()
        .expect("a C compiler");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

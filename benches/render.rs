//! One label, drawn by platen, by Odoo's QWeb, by the community addon `printer_zpl2`, by the Python library `zpl2` and by plain
//! formatting: 200 labels each.
//!
//! `make bench-render` makes what the peers need and runs this; `cargo bench --bench render` alone measures platen and plain
//! formatting. Each figure is the median of its rounds, all in one run on one machine.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use platen::domain::{Fields, LabelContent};
use platen::render::{Catalogue, JobLabels, Template};
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const LABELS: i64 = 200;
const ROUNDS: usize = 21;
const MANIFEST: &str = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n[fields.product]\n[fields.code]\n\
    [fields.serial]\nkind = 'barcode'\n";
/// The same fields as `render/qweb.py` and `render/zpl2_library.py` write.
const LABEL: &str = "^XA^FO24,18^A0N,30,30^FB408,2,2,L^FH_^FD{{ product }}^FS^FO24,91^A0N,22,22^FH_^FD{{ code }}^FS\
    ^FO242,91^A0N,22,22^FB190,1,0,R^FH_^FD{{ label.index }} of {{ label.count }}^FS\
    ^FO24,118^BY2^BCN,64,N,N,N,A^FH_^FD{{ serial }}^FS^FO24,189^A0N,30,30^FH_^FD{{ serial }}^FS\
    ^FO24,224^A0N,20,20^FH_^FD{{ mo.name }}^FS^XZ";

fn main() {
    let product = "Customizable Desk (Steel, ^ White) ~ \"Oak\" 80_60";
    let data: Fields = serde_json::from_value(json!({"product": product, "code": "FURN_0096"})).unwrap();
    let labels: Vec<Fields> = (1..=LABELS)
        .map(|index| serde_json::from_value(json!({"serial": format!("SN-{index:06}")})).unwrap())
        .collect();
    let template = Arc::new(Template::from_parts("bench", LABEL, MANIFEST).unwrap());
    let platen = median(|| {
        let mut job =
            JobLabels::new(Arc::clone(&template), 8, data.clone(), Some("WH/MO/00042".to_owned()), LABELS);
        for (fields, index) in labels.iter().zip(1..) {
            black_box(job.render(black_box(fields), index).unwrap());
        }
    });
    let one_by_one = median(|| {
        for (fields, index) in labels.iter().zip(1..) {
            let content =
                LabelContent { data: &data, fields, mo_name: Some("WH/MO/00042"), index, count: LABELS };
            black_box(template.render(black_box(&content)).unwrap());
        }
    });
    let plain = median(|| {
        for (fields, index) in labels.iter().zip(1..) {
            let serial = fields["serial"].as_str().unwrap();
            black_box(format!(
                "^XA^CI28^PW456^LL256^FO24,18^A0N,30,30^FB408,2,2,L^FD{product}^FS^FO24,91^A0N,22,22^FDFURN_0096^FS\
                 ^FO242,91^A0N,22,22^FB190,1,0,R^FD{index} of {LABELS}^FS^FO24,118^BY2^BCN,64,N,N,N,A^FD{serial}^FS\
                 ^FO24,189^A0N,30,30^FD{serial}^FS^FO24,224^A0N,20,20^FDWH/MO/00042^FS^PQ1^XZ"
            ));
        }
    });
    let catalogue = Catalogue::load(Path::new("zpl_templates")).unwrap();
    let shipped_template = catalogue.get("mo_label").unwrap();
    let shipped = median(|| {
        let order = Some("WH/MO/00042".to_owned());
        let mut job = JobLabels::new(Arc::clone(&shipped_template), 8, data.clone(), order, LABELS);
        for (fields, index) in labels.iter().zip(1..) {
            black_box(job.render(black_box(fields), index).unwrap());
        }
    });
    let mut rows = vec![("platen, the labels of a job, values escaped and checked".to_owned(), platen)];
    rows.push(("platen, each label on its own, in the template language".to_owned(), one_by_one));
    rows.push(("platen, the shipped mo_label, which has conditions and fits".to_owned(), shipped));
    rows.push(("plain formatting, nothing escaped".to_owned(), plain));
    for (variable, script) in [
        ("BENCH_ZPL2", include_str!("render/zpl2_library.py")),
        ("BENCH_QWEB", concat!(include_str!("render/lots.py"), include_str!("render/qweb.py"))),
        (
            "BENCH_PRINTER_ZPL2",
            concat!(include_str!("render/lots.py"), include_str!("render/printer_zpl2.py")),
        ),
    ] {
        match std::env::var(variable) {
            Ok(command) => rows.extend(peer(&command, script)),
            Err(_) => println!("{variable} is not set: not measured"),
        }
    }
    println!("{LABELS} labels, median of {ROUNDS} rounds");
    for (name, seconds) in rows {
        println!("{name:64} {:>10.3} ms   platen is {:>7.1} x as fast", seconds * 1000.0, seconds / platen);
    }
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[ROUNDS / 2]
}

/// Runs a script in a Python; its lines `RESULT <seconds> <name>` are the figures.
fn peer(command: &str, script: &str) -> Vec<(String, f64)> {
    let mut child = Command::new("bash")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let results = output.lines().filter_map(|line| {
        let (seconds, name) = line.split_once("RESULT ")?.1.split_once(' ')?;
        Some((name.to_owned(), seconds.parse().ok()?))
    });
    let results: Vec<(String, f64)> = results.collect();
    assert!(!results.is_empty(), "{command} gave no figure:\n{output}");
    results
}

//! `index.html`: the newest labels at a glance, with what happened to each.

use super::picture_name;
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Labels on the page; all of them are in `labels.jsonl`.
const LABELS_SHOWN: usize = 300;

#[derive(Debug, Default)]
pub(super) struct ContactSheet {
    shown: VecDeque<Entry>,
    /// Width by height of a label, for pieces without a picture.
    shape: String,
}

#[derive(Debug)]
struct Entry {
    /// A line of `labels.jsonl`.
    label: Value,
    picture: Option<String>,
}

impl ContactSheet {
    /// With the labels an earlier run left.
    pub(super) fn continued(directory: &Path, width_mm: f64, height_mm: f64) -> Self {
        let mut sheet = Self { shown: VecDeque::new(), shape: format!("{width_mm} / {height_mm}") };
        if let Ok(file) = File::open(directory.join("labels.jsonl")) {
            for line in BufReader::new(file).lines().map_while(Result::ok) {
                let Ok(label) = serde_json::from_str::<Value>(&line) else { continue };
                let picture = picture_name(label["sequence"].as_u64().unwrap_or(0));
                sheet.add(&label, Some(picture));
            }
        }
        for entry in &mut sheet.shown {
            entry.picture = entry.picture.take().filter(|name| directory.join(name).exists());
        }
        sheet
    }

    pub(super) fn add(&mut self, label: &Value, picture: Option<String>) {
        if self.shown.len() >= LABELS_SHOWN {
            self.shown.pop_front();
        }
        self.shown.push_back(Entry { label: label.clone(), picture });
    }

    /// The page, newest label first.
    pub(super) fn page(&self) -> String {
        let mut cards = String::new();
        for entry in self.shown.iter().rev() {
            card(&mut cards, entry);
        }
        if cards.is_empty() {
            cards.push_str("<p class=\"none\">Nothing has been printed yet.</p>");
        }
        let last = self.shown.back().map_or(0, |entry| entry.label["sequence"].as_u64().unwrap_or(0));
        let newest = if last > self.shown.len() as u64 {
            format!(", the newest {} shown", self.shown.len())
        } else {
            String::new()
        };
        let pieces = if last == 1 { "piece" } else { "pieces" };
        PAGE.replace("{{shape}}", &self.shape)
            .replace("{{summary}}", &format!("{last} {pieces} of paper{newest}"))
            .replace("{{cards}}", &cards)
    }
}

fn card(page: &mut String, entry: &Entry) {
    let label = &entry.label;
    let is = |key: &str| label[key].as_bool().unwrap_or(false);
    let marks = [
        (!is("complete"), "torn", "torn off"),
        (is("reprint"), "again", "reprint"),
        (is("foreign"), "foreign", "another sender"),
        (is("blank"), "blank", "blank"),
    ];
    let badges: String = marks
        .iter()
        .filter(|(applies, ..)| *applies)
        .map(|(_, class, words)| format!("<b class=\"{class}\">{words}</b>"))
        .collect();
    let texts: Vec<&str> =
        label["texts"].as_array().into_iter().flatten().filter_map(|text| text.as_str()).collect();
    let texts = escaped(&texts.join(" · "));
    let picture = match &entry.picture {
        Some(name) => format!("<img loading=\"lazy\" src=\"{name}\" alt=\"{texts}\">"),
        None => format!("<p class=\"text\">{texts}</p>"),
    };
    let class = if is("complete") { "label" } else { "label torn" };
    let _ = writeln!(
        page,
        "<figure><div class=\"{class}\">{picture}</div><figcaption><strong>{}</strong>{badges}\
         <span>odometer {}</span><time>{}</time></figcaption></figure>",
        label["sequence"],
        label["odometer"],
        escaped(&moment(label["printed_at"].as_str().unwrap_or_default())),
    );
}

/// `2026-01-31 09:26:03`, of the RFC 3339 time in the log.
fn moment(printed_at: &str) -> String {
    printed_at.get(..19).unwrap_or(printed_at).replace('T', " ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Printed labels</title>
<style>
:root { color-scheme: light dark; --ground: #eceef1; --ink: #22272e; --soft: #667080; --card: #f6f7f9; }
@media (prefers-color-scheme: dark) { :root { --ground: #1b1f25; --ink: #e4e8ee; --soft: #98a3b3; --card: #2a313a; } }
body { margin: 0; padding: 2rem; background: var(--ground); color: var(--ink); font: 15px/1.4 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.4rem; }
header p, .none { margin: .25rem 0 1.5rem; color: var(--soft); }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1.25rem; }
figure { margin: 0; padding: .75rem; border-radius: .6rem; background: var(--card); box-shadow: 0 1px 3px #0003; }
.label { background: #fff; color: #111; border-radius: .3rem; overflow: hidden; aspect-ratio: {{shape}}; }
.label img { display: block; width: 100%; height: auto; }
.label .text { margin: 0; padding: 1.5rem 1rem; overflow-wrap: anywhere; }
.label.torn { clip-path: polygon(0 0, 100% 0, 100% 48%, 90% 55%, 80% 47%, 70% 55%, 60% 47%, 50% 55%, 40% 47%, 30% 55%, 20% 47%, 10% 55%, 0 48%); }
figcaption { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; margin-top: .6rem; color: var(--soft); font-size: .85rem; }
figcaption strong { color: var(--ink); font-size: 1rem; }
figcaption time { margin-left: auto; }
figcaption b { padding: 0 .45rem; border-radius: 1rem; font-weight: 600; color: #fff; background: #5b6675; }
b.torn { background: #b3362b; } b.again { background: #1f6feb; } b.foreign { background: #8250df; }
</style>
</head>
<body>
<header><h1>Printed labels</h1><p>{{summary}}</p></header>
<main>
{{cards}}</main>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_shows_the_newest_first_and_nothing_from_a_label_is_markup() {
        let mut sheet = ContactSheet::default();
        assert!(sheet.page().contains("Nothing has been printed yet."));
        for sequence in 1..=LABELS_SHOWN as u64 + 2 {
            let label = json!({
                "sequence": sequence, "odometer": 7, "complete": sequence % 2 == 0, "reprint": false,
                "foreign": false, "blank": false, "printed_at": "2026-01-31T09:26:03.5Z",
                "texts": ["<script>", format!("SN-{sequence}")],
            });
            sheet.add(&label, (sequence == 302).then(|| picture_name(sequence)));
        }
        let page = sheet.page();
        assert!(page.contains("302 pieces of paper, the newest 300 shown"), "{page}");
        assert!(!page.contains("<script>") && !page.contains("SN-2<"));
        assert!(page.contains("src=\"label-000302.png\""));
        assert!(page.find("SN-302") < page.find("SN-301"));
        assert!(page.contains("torn off"));
    }
}

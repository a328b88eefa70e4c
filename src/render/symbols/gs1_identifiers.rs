//! The application identifiers of GS1 and what each carries ("GS1 General Specifications", section 3).
//!
//! Held against GS1's own Barcode Syntax Dictionary of July 2026: all of its identifiers, and the form of each.
//! [`super::gs1_value`] says what the parts of a format are.

/// Identifier, or its beginning where the last digit is the number of decimals, and the format behind it.
const IDENTIFIERS: &[(&str, &str)] = &[
    ("00", "N18c"),
    ("01", "N14c"),
    ("02", "N14c"),
    ("03", "N14c"),
    ("10", "x20"),
    ("11", "D"),
    ("12", "D"),
    ("13", "D"),
    ("15", "D"),
    ("16", "D"),
    ("17", "D"),
    ("20", "N2"),
    ("21", "x20"),
    ("22", "x20"),
    ("235", "x28"),
    ("240", "x30"),
    ("241", "x30"),
    ("242", "n6"),
    ("243", "x20"),
    ("250", "x30"),
    ("251", "x30"),
    ("253", "N13c x17?"),
    ("254", "x20"),
    ("255", "N13c n12?"),
    ("30", "n8"),
    ("37", "n8"),
    ("3940", "N4"),
    ("3941", "N4"),
    ("3942", "N4"),
    ("3943", "N4"),
    ("3950", "N6"),
    ("3951", "N6"),
    ("3952", "N6"),
    ("3953", "N6"),
    ("3954", "N6"),
    ("3955", "N6"),
    ("390_", "n15"),
    ("391_", "N3 n15"),
    ("392_", "n15"),
    ("393_", "N3 n15"),
    ("400", "x30"),
    ("401", "x30"),
    ("402", "N17c"),
    ("403", "x30"),
    ("410", "N13c"),
    ("411", "N13c"),
    ("412", "N13c"),
    ("413", "N13c"),
    ("414", "N13c"),
    ("415", "N13c"),
    ("416", "N13c"),
    ("417", "N13c"),
    ("420", "x20"),
    ("421", "N3 x9"),
    ("422", "N3"),
    ("423", "N3 N3? N3? N3? N3?"),
    ("424", "N3"),
    ("425", "N3 N3? N3? N3? N3?"),
    ("426", "N3"),
    ("427", "x3"),
    ("4300", "x35"),
    ("4301", "x35"),
    ("4302", "x70"),
    ("4303", "x70"),
    ("4304", "x70"),
    ("4305", "x70"),
    ("4306", "x70"),
    ("4307", "X2"),
    ("4308", "x30"),
    ("4309", "N20"),
    ("4310", "x35"),
    ("4311", "x35"),
    ("4312", "x70"),
    ("4313", "x70"),
    ("4314", "x70"),
    ("4315", "x70"),
    ("4316", "x70"),
    ("4317", "X2"),
    ("4318", "x20"),
    ("4319", "x30"),
    ("4320", "x35"),
    ("4321", "B"),
    ("4322", "B"),
    ("4323", "B"),
    // Where no time is meant, 9999 stands for it.
    ("4324", "D N4"),
    ("4325", "D N4"),
    ("4326", "E"),
    ("4330", "N6 -?"),
    ("4331", "N6 -?"),
    ("4332", "N6 -?"),
    ("4333", "N6 -?"),
    ("7001", "N13"),
    ("7002", "x30"),
    ("7003", "E T"),
    ("7004", "n4"),
    ("7005", "x12"),
    ("7006", "E"),
    ("7007", "E E?"),
    ("7008", "x3"),
    ("7009", "x10"),
    ("7010", "x2"),
    ("7011", "E T?"),
    ("7020", "x20"),
    ("7021", "x20"),
    ("7022", "x20"),
    ("7023", "x30"),
    ("703_", "N3 x27"),
    ("7040", "N1 X3"),
    ("7041", "x4"),
    ("710", "x20"),
    ("711", "x20"),
    ("712", "x20"),
    ("713", "x20"),
    ("714", "x20"),
    ("715", "x20"),
    ("716", "x20"),
    ("717", "x20"),
    ("723_", "X2 x28"),
    ("7240", "x20"),
    ("7241", "N2"),
    ("7242", "x25"),
    ("7250", "F"),
    ("7251", "F T"),
    ("7252", "N1"),
    ("7253", "x40"),
    ("7254", "x40"),
    ("7255", "x10"),
    ("7256", "x90"),
    ("7257", "x70"),
    ("7258", "N1 / N1"),
    ("7259", "x40"),
    ("8001", "N14"),
    ("8002", "x20"),
    ("8003", "0 N13c x16?"),
    ("8004", "x30"),
    ("8005", "N6"),
    ("8006", "N14c P"),
    ("8007", "x34"),
    ("8008", "E H M? M?"),
    ("8009", "x50"),
    ("8010", "y30"),
    ("8011", "n12"),
    ("8012", "x20"),
    ("8013", "x25k"),
    ("8014", "x25k"),
    ("8017", "N18c"),
    ("8018", "N18c"),
    ("8019", "n10"),
    ("8020", "x25"),
    ("8026", "N14c P"),
    ("8030", "z90"),
    ("8040", "N15"),
    ("8041", "N15"),
    ("8042", "N32"),
    ("8043", "N18 n2?"),
    ("8110", "x70"),
    ("8111", "N4"),
    ("8112", "x70"),
    ("8200", "x70"),
    ("90", "x30"),
    ("91", "x90"),
    ("92", "x90"),
    ("93", "x90"),
    ("94", "x90"),
    ("95", "x90"),
    ("96", "x90"),
    ("97", "x90"),
    ("98", "x90"),
    ("99", "x90"),
];

/// Those that do not go on one thing together, by identifier or its beginning.
const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("01", &["02", "03", "255", "37", "8006"]),
    ("02", &["03", "255", "8026"]),
    ("03", &["235", "37", "7240", "8006", "8026"]),
    ("21", &["235"]),
    ("255", &["415", "8006", "8020", "8026"]),
    ("37", &["8006"]),
    ("390", &["391", "394", "8111"]),
    ("392", &["393", "395"]),
    ("393", &["395"]),
    ("394", &["8111"]),
    ("395", &["8005"]),
    ("420", &["421"]),
    ("421", &["4307"]),
    ("426", &["422", "423", "424", "425"]),
    ("4330", &["4331"]),
    ("4332", &["4333"]),
    ("7250", &["7251"]),
    ("7256", &["7253", "7254", "7255", "7259"]),
    ("7259", &["7253", "7254", "7255"]),
    ("8006", &["8026"]),
    ("8017", &["8018"]),
];

/// What a template calls the elements, for `gs1(gtin=…, lot=…)`; any other is `ai_` and its identifier.
const NAMES: &[(&str, &str)] = &[
    ("sscc", "00"),
    ("gtin", "01"),
    ("content", "02"),
    ("lot", "10"),
    ("production_date", "11"),
    ("due_date", "12"),
    ("packaging_date", "13"),
    ("best_before", "15"),
    ("sell_by", "16"),
    ("expiry", "17"),
    ("variant", "20"),
    ("serial", "21"),
    ("count", "37"),
    ("variable_count", "30"),
    ("net_weight_kg", "3103"),
    ("gross_weight_kg", "3303"),
    ("additional_id", "240"),
    ("customer_part", "241"),
    ("order", "400"),
    ("consignment", "401"),
    ("ship_to", "410"),
    ("location", "414"),
    ("internal", "91"),
];

/// The format behind an identifier, if it is one.
pub(in crate::render) fn format_of(identifier: &str) -> Option<&'static str> {
    // Weights, lengths, areas and volumes with their decimals.
    let is_measure = identifier.len() == 4
        && matches!(identifier.as_bytes(), [b'3', b'1'..=b'6', _, b'0'..=b'5'])
        && !matches!(&identifier[..3], "317" | "318" | "319" | "338" | "339" | "358" | "359");
    if is_measure {
        return Some("N6");
    }
    let fits = |pattern: &str| match pattern.strip_suffix('_') {
        None => pattern == identifier,
        Some(start) => {
            identifier.len() == 4
                && identifier.starts_with(start)
                && identifier.ends_with(|c: char| c.is_ascii_digit())
        }
    };
    IDENTIFIERS.iter().find(|(pattern, _)| fits(pattern)).map(|(_, format)| *format)
}

/// Whether two identifiers exclude each other; a measure excludes itself with other decimals.
pub(super) fn exclude_each_other(one: &str, other: &str) -> bool {
    let is_measure = matches!(one.get(..2).and_then(|two| two.parse::<u8>().ok()), Some(31..=36 | 39));
    if is_measure && one.len() == 4 && one.get(..3) == other.get(..3) {
        return true;
    }
    // Amounts and prices are named without their decimals.
    let is = |identifier: &str, pattern: &str| {
        identifier == pattern || pattern.starts_with("39") && identifier.starts_with(pattern)
    };
    let excludes = |one: &str, other: &str| {
        EXCLUSIVE.iter().any(|(left, right)| is(one, left) && right.iter().any(|right| is(other, right)))
    };
    excludes(one, other) || excludes(other, one)
}

/// The identifier behind a name in a template.
pub(super) fn identifier_of(name: &str) -> Option<&str> {
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, identifier)) => Some(identifier),
        None => name.strip_prefix("ai_"),
    }
}

/// The names that templates may use, for a message.
pub(super) fn names() -> String {
    NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Identifiers of a length known by their first two digits need no FNC1 behind them.
pub(super) fn is_predefined(identifier: &str) -> bool {
    let two = identifier.get(..2).and_then(|two| two.parse::<u8>().ok());
    matches!(two, Some(0..=4 | 11..=20 | 31..=36 | 41))
}

/// The identifier that a text begins with.
pub(in crate::render) fn identifier_at(text: &str) -> Option<&str> {
    (2..=4).filter_map(|length| text.get(..length)).find(|identifier| format_of(identifier).is_some())
}

/// How long the value of a predefined identifier is, in characters.
pub(in crate::render) fn predefined_length(identifier: &str) -> Option<usize> {
    let format = format_of(identifier).filter(|_| is_predefined(identifier))?;
    let length = |part: &str| match part {
        "D" => 6,
        part => part.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0),
    };
    Some(format.split(' ').map(length).sum())
}

/// The characters of GS1 data ("GS1 General Specifications", character set 82).
pub(super) fn is_of_82(character: char) -> bool {
    matches!(character, '!' | '"' | '%'..='?' | 'A'..='Z' | '_' | 'a'..='z')
}

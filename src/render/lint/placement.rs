//! Whether everything has its place: on the label, beside the others, with white around the bar codes.

use super::area::Area;
use super::element::{BarCode, Element, Kind};
use super::finding::{Finding, FindingCode};
use super::layout::Layout;

/// What is wrong with the places of a label's elements.
pub(super) fn findings(layout: &Layout, paper: Area, dpmm: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, element) in layout.elements.iter().enumerate() {
        found.extend(off_label(element, paper, dpmm));
        for other in &layout.elements[..at] {
            found.extend(overlap(other, element));
        }
        if let Kind::BarCode(code) = &element.kind {
            found.extend(quiet_zone(element, code, &layout.elements, paper, dpmm));
        }
    }
    found
}

fn off_label(element: &Element, paper: Area, dpmm: u32) -> Option<Finding> {
    let extent = element.extent()?;
    let beyond = extent.beyond(paper);
    let sides = ["left", "upper", "right", "lower"];
    let (side, dots) = sides.into_iter().zip(beyond).max_by_key(|(_, dots)| *dots)?;
    // The last column of a letter is white, and a frame may stand on the edge.
    let free = match &element.kind {
        Kind::Text(text) => text.height / 12 + 1,
        Kind::BarCode(_) => 0,
        Kind::Line | Kind::Black | Kind::Graphic => 1,
    };
    if dots <= free {
        return None;
    }
    let is_gone = extent.common(paper).is_empty();
    let name = element.name();
    let message = if is_gone {
        format!("{} stands outside the label.", capital(&name))
    } else {
        format!("{} reaches {} over the {side} edge of the label.", capital(&name), millimetres(dots, dpmm))
    };
    let action = match &element.kind {
        Kind::Text(_) => "Move it, make its font smaller, or give it a ^FB block and shorten it with `fit`.",
        Kind::BarCode(_) => "Move it, make its module narrower, or send a shorter value.",
        _ => "Move it or make it smaller.",
    };
    let is_ornament = matches!(element.kind, Kind::Line | Kind::Black) && !is_gone;
    let make = if is_ornament { Finding::warning } else { Finding::error };
    Some(make(FindingCode::OffLabel, message, action).of(&element.origin))
}

fn overlap(one: &Element, two: &Element) -> Option<Finding> {
    let is_error = match (&one.kind, &two.kind) {
        (Kind::BarCode(first), Kind::BarCode(second)) => {
            meets(&one.ink, &[second.bars]) || meets(&two.ink, &[first.bars])
        }
        (Kind::BarCode(code), Kind::Text(text)) | (Kind::Text(text), Kind::BarCode(code)) => {
            meets(&text.cores, &[code.bars])
                || meets(&text.cores, one.line_for_people())
                || meets(&text.cores, two.line_for_people())
        }
        (Kind::BarCode(code), _) => meets(&two.ink, &[code.bars]),
        (_, Kind::BarCode(code)) => meets(&one.ink, &[code.bars]),
        (Kind::Text(first), Kind::Text(second)) => {
            let share = share(&first.cores, &second.cores);
            if share < 12 {
                return None;
            }
            share >= 30
        }
        (Kind::Black, Kind::Text(text)) if two.is_reverse => return ragged(two, &text.cores, one),
        (Kind::Text(text), Kind::Black) if two.is_reverse => return ragged(one, &text.cores, two),
        (Kind::Black, Kind::Text(text)) | (Kind::Text(text), Kind::Black) => {
            meets(&text.cores, &one.ink) && meets(&text.cores, &two.ink)
        }
        (Kind::Line | Kind::Graphic, Kind::Text(text)) | (Kind::Text(text), Kind::Line | Kind::Graphic) => {
            let drawn = if matches!(one.kind, Kind::Text(_)) { two } else { one };
            if share(&text.cores, &drawn.ink) == 0 {
                return None;
            }
            false
        }
        _ => return None,
    };
    let is_soft =
        matches!((&one.kind, &two.kind), (Kind::Text(_), Kind::Text(_) | Kind::Line | Kind::Graphic))
            || matches!((&one.kind, &two.kind), (Kind::Line | Kind::Graphic, Kind::Text(_)));
    if !is_error && !is_soft {
        return None;
    }
    let make = if is_error { Finding::error } else { Finding::warning };
    let message = format!("{} and {} lie on each other.", capital(&two.name()), one.name());
    let finding = make(FindingCode::Overlap, message, "Move one of them, or make it smaller.");
    Some(finding.of(&two.origin).also_of(&one.origin))
}

/// Text in reverse reads only where there is black behind all of it.
fn ragged(text: &Element, cores: &[Area], black: &Element) -> Option<Finding> {
    let ground = black.extent()?;
    let all = cores.iter().copied().reduce(Area::around)?;
    let is_partly = all.meets(ground) && all.beyond(ground).iter().any(|dots| *dots > all.height() / 8 + 1);
    is_partly.then(|| {
        let message = format!(
            "{} stands in reverse, and {} is not behind all of it.",
            capital(&text.name()),
            black.name()
        );
        Finding::error(FindingCode::Overlap, message, "Make the box larger or the text shorter.")
            .of(&text.origin)
    })
}

impl Element {
    /// The line that a bar code prints for people.
    fn line_for_people(&self) -> &[Area] {
        match &self.kind {
            Kind::BarCode(_) => self.ink.get(1..).unwrap_or(&[]),
            _ => &[],
        }
    }
}

fn meets(some: &[Area], others: &[Area]) -> bool {
    some.iter().any(|area| others.iter().any(|other| area.meets(*other)))
}

/// How much of the lower of two lines of letters is covered, in hundredths of its height.
fn share(some: &[Area], others: &[Area]) -> i32 {
    let pairs = some.iter().flat_map(|area| others.iter().map(|other| (*area, *other)));
    pairs
        .filter_map(|(area, other)| {
            let common = area.common(other);
            let is_touch = common.is_empty() || common.width().min(common.height()) < 2;
            let lower = area.height().min(other.height()).max(1);
            (!is_touch).then(|| common.height().min(common.width() * 4) * 100 / lower)
        })
        .max()
        .unwrap_or(0)
}

fn quiet_zone(
    element: &Element,
    code: &BarCode,
    elements: &[Element],
    paper: Area,
    dpmm: u32,
) -> Vec<Finding> {
    let Area { left, top, right, bottom } = code.bars;
    let [wide_left, wide_top, wide_right, wide_bottom] = code.quiet;
    let zones = [
        ("left of", Area { left: left - wide_left, top, right: left, bottom }, wide_left),
        ("above", Area { left, top: top - wide_top, right, bottom: top }, wide_top),
        ("right of", Area { left: right, top, right: right + wide_right, bottom }, wide_right),
        ("below", Area { left, top: bottom, right, bottom: bottom + wide_bottom }, wide_bottom),
    ];
    let mut found = Vec::new();
    // A bar code off the label, or under something, has been complained of.
    let is_off = code.bars.beyond(paper).iter().any(|dots| *dots > 0);
    for (side, zone, needed) in zones.into_iter().filter(|(_, zone, _)| !zone.is_empty() && !is_off) {
        let room_to_edge = [left - paper.left, top - paper.top, paper.right - right, paper.bottom - bottom];
        let edge = match side {
            "left of" => room_to_edge[0],
            "above" => room_to_edge[1],
            "right of" => room_to_edge[2],
            _ => room_to_edge[3],
        };
        let mut free = edge.min(needed);
        let mut nearest: Option<&Element> = None;
        for other in elements.iter().filter(|other| !std::ptr::eq(*other, element)) {
            for ink in other.ink.iter().filter(|ink| ink.meets(zone) && !ink.meets(code.bars)) {
                let distance = match side {
                    "left of" => left - ink.right,
                    "above" => top - ink.bottom,
                    "right of" => ink.left - right,
                    _ => ink.top - bottom,
                };
                if distance < free {
                    free = distance.max(0);
                    nearest = Some(other);
                }
            }
        }
        if free >= needed {
            continue;
        }
        let what = nearest.map_or_else(|| "the edge of the label".to_owned(), Element::name);
        let message = format!(
            "{} side of {} has {} of white up to {what}, and a reader needs {}.",
            capital(match side {
                "left of" => "the left",
                "right of" => "the right",
                "above" => "the upper",
                _ => "the lower",
            }),
            element.name(),
            millimetres(free, dpmm),
            millimetres(needed, dpmm),
        );
        let make = if free * 2 < needed { Finding::error } else { Finding::warning };
        let action = "Move it away, make the module narrower, or send a shorter value.";
        let finding = make(FindingCode::QuietZone, message, action).of(&element.origin);
        found.push(match nearest {
            Some(other) => finding.also_of(&other.origin),
            None => finding,
        });
    }
    found
}

/// Dots as people measure them.
pub(super) fn millimetres(dots: i32, dpmm: u32) -> String {
    format!("{:.1} mm", f64::from(dots) / f64::from(dpmm))
}

pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

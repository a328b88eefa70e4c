//! Which printer takes a job: the one it names, or the best of the pool it names. A printer whose head or labels the
//! template does not fit is left out, and the right paper comes before a short queue: a label on the wrong roll is
//! thrown away.

use super::accept::{Intake, IntakePrinter};
use super::paper::{is_smaller_than_paper, misfit};
use super::submission::{Content, Destination, Submission};
use crate::domain::Code;
use crate::refusal::Refusal;
use crate::render::Template;
use crate::store::printers;
use std::sync::Arc;

/// Printers of a pool told in one sentence.
const MAX_TOLD: usize = 5;

impl Intake {
    pub(super) async fn printer_for(&self, submission: &Submission) -> Result<String, Refusal> {
        let pool = match &submission.destination {
            Destination::Printer(name) if self.printers.iter().any(|printer| printer.name == *name) => {
                return Ok(name.clone());
            }
            Destination::Printer(name) => {
                return Err(Refusal::new(
                    Code::UnknownPrinter,
                    format!("There is no printer named `{name}`."),
                ));
            }
            Destination::Pool(pool) => pool,
        };
        let template = match &submission.content {
            Content::Template { name, .. } => Some(self.template(name)?),
            Content::ReadyZpl { .. } => None,
        };
        let states = printers::all(&mut *self.store.read().await?).await?;
        let in_pool = |printer: &&IntakePrinter| printer.pools.iter().any(|name| name == pool);
        let members: Vec<Member<'_>> = self
            .printers
            .iter()
            .filter(in_pool)
            .filter_map(|printer| {
                let state = states.iter().find(|state| state.name == printer.name)?;
                let is_ready = state.fault.is_none() && !state.paused;
                Some(Member { printer, is_ready, queue_length: state.queue_length })
            })
            .collect();
        best_of(pool, &members, template.as_deref())
    }

    /// The approved version of a template.
    pub(super) fn template(&self, name: &str) -> Result<Arc<Template>, Refusal> {
        self.catalogue.get(name).ok_or_else(|| {
            let state = self.catalogue.state();
            let detail = match state.templates.get(name) {
                None => format!("There is no template named `{name}`."),
                Some(listed) => match &listed.problem {
                    Some(problem) => format!("The template `{name}` cannot be used: {problem}."),
                    None => format!("No version of the template `{name}` is approved yet."),
                },
            };
            Refusal::new(Code::UnknownTemplate, detail)
        })
    }
}

/// A printer of a pool, as it is now.
struct Member<'p> {
    printer: &'p IntakePrinter,
    /// Without a fault, and not paused.
    is_ready: bool,
    queue_length: i64,
}

/// The printer of a pool that a template fits, by its paper, its health and its queue, in this order.
fn best_of(pool: &str, members: &[Member<'_>], template: Option<&Template>) -> Result<String, Refusal> {
    if members.is_empty() {
        return Err(Refusal::new(
            Code::UnknownPrinter,
            format!("There is no printer in a pool named `{pool}`."),
        ));
    }
    let misfit = |member: &Member<'_>| template.and_then(|template| misfit(template, member.printer.press()));
    let rank = |member: &&Member<'_>| {
        let press = member.printer.press();
        let is_on_larger_paper = template.is_some_and(|template| is_smaller_than_paper(template, press));
        (is_on_larger_paper, !member.is_ready, member.queue_length)
    };
    if let Some(best) = members.iter().filter(|member| misfit(member).is_none()).min_by_key(rank) {
        return Ok(best.printer.name.clone());
    }
    let reason = |member: &Member<'_>| Some(format!("`{}` has {}", member.printer.name, misfit(member)?));
    let mut reasons: Vec<String> = members.iter().take(MAX_TOLD).filter_map(reason).collect();
    if members.len() > MAX_TOLD {
        reasons.push(format!("and {} more do not fit either", members.len() - MAX_TOLD));
    }
    let label = template.map(describe).unwrap_or_default();
    let detail = format!("No printer of the pool `{pool}` can print {label}: {}.", reasons.join(", "));
    Err(Refusal::with_action(
        Code::TemplateDoesNotFit,
        detail,
        "Choose another pool or template, or put in labels of that size and correct label_mm of the printer.",
    ))
}

fn describe(template: &Template) -> String {
    let manifest = template.manifest();
    format!(
        "the template `{}`, which is {} × {} mm and drawn for {} dots per mm",
        template.name(),
        manifest.width_mm,
        manifest.height_mm,
        manifest.dpmm
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UnconfirmedPolicy;

    const MANIFEST: &str = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\nunits = 'mm'\ndpmm = [8, 12]\n";

    /// A printer's head, its labels, whether it is ready, and its queue.
    type Known = (Option<u32>, Option<[f64; 2]>, bool, i64);

    /// Which of `a`, `b` and `c` a label of 57 × 32 mm goes to, or why to none.
    fn routed(pool: &[Known]) -> String {
        let template = Template::from_parts("small", "^XA^XZ", MANIFEST).unwrap();
        let printer = |(name, &(dpmm, label_mm, ..)): (&str, &Known)| {
            let unconfirmed_policy = UnconfirmedPolicy::default();
            IntakePrinter { name: name.to_owned(), pools: Vec::new(), dpmm, label_mm, unconfirmed_policy }
        };
        let printers: Vec<IntakePrinter> = ["a", "b", "c"].into_iter().zip(pool).map(printer).collect();
        let members: Vec<Member<'_>> = printers
            .iter()
            .zip(pool)
            .map(|(printer, &(_, _, is_ready, queue_length))| Member { printer, is_ready, queue_length })
            .collect();
        best_of("line", &members, Some(&template)).unwrap_or_else(|refusal| refusal.to_string())
    }

    #[test]
    fn a_label_goes_where_it_fits_then_to_its_own_paper_then_to_whoever_is_ready_and_has_the_least_to_do() {
        let (small, large, tiny) = (Some([57.0, 32.0]), Some([100.0, 150.0]), Some([40.0, 20.0]));
        for (pool, taken, because) in [
            (
                [(Some(8), small, true, 9), (Some(8), tiny, true, 0), (Some(24), small, true, 0)],
                "a",
                "it alone fits",
            ),
            (
                [(Some(8), large, true, 0), (Some(8), small, true, 9), (Some(8), tiny, true, 0)],
                "b",
                "its paper is right",
            ),
            (
                [(Some(8), large, true, 0), (Some(12), small, false, 9), (Some(8), large, true, 0)],
                "b",
                "it waits for it",
            ),
            (
                [(Some(8), large, false, 0), (Some(8), large, true, 3), (Some(8), large, true, 2)],
                "c",
                "no other paper is there",
            ),
            (
                [(None, None, true, 1), (Some(8), small, true, 1), (Some(8), small, true, 0)],
                "c",
                "nothing else differs",
            ),
            (
                [(None, None, true, 0), (Some(8), small, true, 1), (Some(8), small, false, 0)],
                "a",
                "nothing speaks against it",
            ),
        ] {
            assert_eq!(routed(&pool), taken, "{because}");
        }
        let refusal = routed(&[(Some(8), tiny, true, 0), (Some(24), small, true, 0)]);
        for words in [
            "No printer of the pool `line`",
            "`small`, which is 57 × 32 mm",
            "8 and 12 dots",
            "`a` has labels of 40 × 20 mm",
            "`b` has 24 dots per mm",
        ] {
            assert!(refusal.contains(words), "{refusal}");
        }
        assert!(routed(&[]).contains("no printer in a pool named `line`"));
    }
}

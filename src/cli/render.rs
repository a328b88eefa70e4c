//! `platen render`: a template and data become ZPL on stdout, or a picture.

use super::Failure;
use super::templates::template_folder;
use crate::domain::LabelIndex;
use crate::render::preview::{Canvas, Painter};
use crate::render::{Catalogue, Sample, Template, blind_spots};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Room for 100 000 labels with a kilobyte of fields each.
const MAX_DATA_BYTES: u64 = 128 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub struct RenderArguments {
    /// Name of the template.
    template: String,
    /// A job as JSON (mo, data, labels or quantity), - for stdin; without it the template's sample is used.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The folder with the templates [default: templates.dir of the configuration]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Write a picture of one label instead of ZPL.
    #[arg(long, value_name = "OUT")]
    png: Option<PathBuf>,
    /// Dots per millimetre of the printer, where the template is drawn for several [default: its first]
    #[arg(long, value_name = "N")]
    dpmm: Option<u32>,
    /// Only this label, from 1; a picture shows the first unless told.
    #[arg(long, value_name = "K")]
    label: Option<LabelIndex>,
}

/// Runs the command.
pub fn run(arguments: RenderArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let RenderArguments { template: name, data, templates, png, dpmm, label } = arguments;
    let templates = template_folder(templates, config_file)?;
    let catalogue = Catalogue::load(&templates).map_err(|error| Failure::wrong_call(error.to_string()))?;
    let Some(template) = catalogue.get(&name) else {
        let names: Vec<&str> = catalogue.iter().map(|template| template.name()).collect();
        return Err(Failure::wrong_call(format!(
            "there is no template `{name}` in {}; use one of: {}",
            templates.display(),
            names.join(", ")
        )));
    };
    let job = match data {
        Some(path) => read_job(&path)?,
        None => catalogue.sample(&name).map(|sample| sample.as_ref().clone()).unwrap_or_default(),
    };
    let dpmm = template.resolution_for(dpmm).ok_or_else(|| {
        let drawn_for = &template.manifest().dpmm;
        Failure::wrong_call(format!(
            "{name} is drawn for {drawn_for} dots per mm; give one of them as --dpmm"
        ))
    })?;
    match png {
        Some(out) => draw(&template, dpmm, &job, label.unwrap_or(1), &out),
        None => print(&template, dpmm, &job, label),
    }
}

fn read_job(path: &Path) -> Result<Sample, Failure> {
    let wrong = |problem: String| Failure::wrong_call(format!("{}: {problem}", path.display()));
    let unreadable = |error: std::io::Error| wrong(format!("it cannot be read ({error}); check the path"));
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(std::fs::File::open(path).map_err(unreadable)?),
    };
    let mut json = String::new();
    let length = source.take(MAX_DATA_BYTES + 1).read_to_string(&mut json).map_err(unreadable)?;
    if length as u64 > MAX_DATA_BYTES {
        return Err(wrong(format!("it is longer than {MAX_DATA_BYTES} bytes; split the job")));
    }
    Sample::parse(&json).map_err(wrong)
}

fn render(template: &Template, dpmm: u32, job: &Sample, index: LabelIndex) -> Result<String, Failure> {
    let content = job.label(index).ok_or_else(|| {
        let count = job.count();
        Failure::wrong_call(format!("there is no label {index}; the job has labels 1 to {count}"))
    })?;
    template.render_at(dpmm, &content).map_err(|error| Failure::wrong_call(error.to_string()))
}

fn print(template: &Template, dpmm: u32, job: &Sample, label: Option<LabelIndex>) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let range = label.map_or(1..=job.count(), |index| index..=index);
    for index in range {
        let zpl = render(template, dpmm, job, index)?;
        match writeln!(out, "{zpl}") {
            // Whoever reads has seen enough, as in `platen render … | head`.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(|error| unwritable(&error))?,
        }
    }
    out.flush().map_err(|error| unwritable(&error))
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::failed(format!("the output could not be written ({error}); check path and space"))
}

fn draw(template: &Template, dpmm: u32, job: &Sample, index: LabelIndex, out: &Path) -> Result<(), Failure> {
    let zpl = render(template, dpmm, job, index)?;
    let manifest = template.manifest();
    let canvas = Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
    let failed = |error: std::io::Error| {
        Failure::failed(format!("the picture could not be drawn ({error}); try again"))
    };
    let painter = Painter::new(std::env::current_exe().map_err(failed)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let picture = runtime
        .block_on(painter.draw(&zpl, canvas))
        .map_err(|error| Failure::failed(format!("{error}; look at the label's ZPL, without --png")))?;
    for sentence in blind_spots(&zpl) {
        eprintln!("platen: the picture differs from the print: {sentence}");
    }
    std::fs::write(out, picture).map_err(|error| unwritable(&error))
}

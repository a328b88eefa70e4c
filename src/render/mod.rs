//! Stage 4: a template and values become ZPL bytes; nothing a value holds can become a command.

mod blind_spots;
mod catalogue;
mod commands;
mod escape;
mod field_literal;
mod field_meter;
mod files;
mod filters;
mod fit;
mod flow;
mod fonts;
mod graphics;
mod hex_indicator;
mod includes;
mod job_labels;
mod language;
mod limited_text;
pub mod lint;
mod manifest;
pub mod mark;
mod measures;
mod places;
mod preamble;
mod pressed;
pub mod preview;
mod program;
mod ready_graphics;
mod ready_normal;
mod ready_notes;
mod ready_reader;
mod ready_scan;
pub mod ready_zpl;
mod render_error;
mod row;
mod sample;
mod segments;
mod shared_parts;
mod straight;
mod svg;
mod symbol_command;
pub mod symbols;
mod template;
mod translations;
mod verbatim;

pub use blind_spots::blind_spots;
pub use catalogue::{
    Catalogue, CatalogueError, Entry, Judgements, MAX_TEMPLATES, USUAL_FOLDER, is_template_name, judge_files,
    read_folder,
};
pub use files::TemplateFiles;
pub use fonts::{Fonts, Script};
pub use job_labels::JobLabels;
pub use manifest::{FieldKind, FieldSpecification, Manifest, Resolutions};
pub use measures::Units;
pub use render_error::{FieldError, RenderError};
pub use sample::Sample;
pub use shared_parts::SHARED_PARTS;
pub use template::{Template, TemplateError};

//! Stage 4: a template and values become ZPL bytes; nothing a value holds can become a command.

pub mod preview;

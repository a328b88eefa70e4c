use std::process::ExitCode;

fn main() -> ExitCode {
    platen::cli::run()
}

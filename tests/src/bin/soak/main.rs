//! The soak: hostile hosts for as long as one likes, against the real library.
//!
//! `soak LIBRARY MINUTES [SEED]` plays random scenes, each of which a real host
//! could play, and stops at the first thing that is wrong. Once a minute it says
//! what was done and what the process holds. `soak LIBRARY calls BLOCKS` plays so many
//! blocks between two marks that a tracer of system calls can see.

#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod noise;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod scenes;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("soak: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!(
        "soak: expected a Unix system, found another; its hosts load the library as Unix does"
    );
}

#[cfg(unix)]
fn run(arguments: &[String]) -> Result<(), burnish_tests::error::Error> {
    use burnish_tests::raw::Library;
    let number = |text: &String| -> Result<u64, String> {
        text.parse().map_err(|_| format!("expected a whole number, found \"{text}\""))
    };
    let (library, seed) = match arguments {
        [library, what, count] if what == "calls" => {
            return calls::play(Library::load(library.as_ref())?, number(count)?);
        }
        [library, _] => (library, std::process::id().into()),
        [library, _, seed] => (library, number(seed)?),
        _ => return Err("expected LIBRARY MINUTES [SEED], or LIBRARY calls BLOCKS".into()),
    };
    scenes::soak(Library::load(library.as_ref())?, number(&arguments[1])?, seed)
}

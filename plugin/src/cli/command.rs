//! The shape of a command that works on files: what was typed is understood, worked on and told.

use serde::Serialize;

/// A command, made of the arguments that were typed.
pub(super) trait Command {
    /// What is to be done, once everything that was typed is known to make sense.
    type Job;
    /// What was done; its fields are those of `--json`, see docs/json.md.
    type Outcome: Serialize;

    /// Understands what was typed, before anything that takes its time.
    ///
    /// # Errors
    /// One line on what was expected and found.
    fn understand(&self) -> Result<Self::Job, String>;

    /// Does it.
    ///
    /// # Errors
    /// One line on what was expected and found.
    fn work(job: Self::Job) -> Result<Self::Outcome, String>;

    /// What a person is told.
    fn text(outcome: &Self::Outcome) -> String;

    /// Whether a program is told instead.
    fn is_json(&self) -> bool;

    /// Whether it is done, but not all that was asked for could be had.
    fn is_missed(_outcome: &Self::Outcome) -> bool {
        false
    }
}

/// What a command has to print, and whether it did all that was asked for.
pub(super) struct Done {
    pub(super) text: String,
    pub(super) is_missed: bool,
}

impl From<String> for Done {
    fn from(text: String) -> Self {
        Self { text, is_missed: false }
    }
}

/// Runs a command.
///
/// # Errors
/// What the command says.
pub(super) fn run<C: Command>(command: &C) -> Result<Done, String> {
    let outcome = C::work(command.understand()?)?;
    let text = if command.is_json() { json(&outcome)? } else { C::text(&outcome) };
    Ok(Done { text, is_missed: C::is_missed(&outcome) })
}

/// The version of what `--json` prints, as docs/json.md describes it. It goes up when a field is
/// taken away or comes to mean something else, not when one is added.
pub(super) const JSON_SCHEMA: u32 = 2;

/// What is printed, and by which rules.
#[derive(Serialize)]
struct Versioned<'a, T> {
    schema: u32,
    #[serde(flatten)]
    value: &'a T,
}

fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(&Versioned { schema: JSON_SCHEMA, value })
        .map(|text| text + "\n")
        .map_err(|error| format!("expected to write JSON, found that {error}"))
}

//! `burnish documents`, hidden: the manual, the man pages and the completions that a
//! release carries, made from the tables and the command line themselves.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use burnish_dsp::settings::{Stage, parameters};
use burnish_session::output::Output;
use burnish_session::preset::presets;
use burnish_session::targets::targets;
use clap::Command;
use clap_complete::{Generator, Shell, generate};

use super::about;

/// Writes everything into `folder`.
pub(super) fn write(folder: &Path, mut command: Command) -> Result<String, String> {
    command.build();
    let mut pages = vec![
        (PathBuf::from("manual.md"), manual(&command).into_bytes()),
        man_page(&command, "burnish")?,
    ];
    for part in shown(&command) {
        pages.push(man_page(part, &format!("burnish-{}", part.get_name()))?);
    }
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
        let mut script = Vec::new();
        generate(shell, &mut command, "burnish", &mut script);
        pages.push((Path::new("completions").join(shell.file_name("burnish")), script));
    }
    for part in ["man", "completions"] {
        fs::create_dir_all(folder.join(part)).map_err(|error| {
            format!("{}: expected to make a folder, found that {error}", folder.display())
        })?;
    }
    for (name, bytes) in pages {
        Output::to(&folder.join(name), &[])
            .and_then(|output| output.write(&bytes))
            .map_err(|error| error.to_string())?;
    }
    Ok(String::new())
}

/// The commands that people are told of.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|part| !part.is_hide_set() && part.get_name() != "help")
}

fn man_page(command: &Command, name: &str) -> Result<(PathBuf, Vec<u8>), String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .manual("Burnish")
        .render(&mut page)
        .map_err(|error| format!("{name}: expected a man page, found that {error}"))?;
    Ok((Path::new("man").join(format!("{name}.1")), page))
}

/// Every parameter, preset, target and command.
fn manual(command: &Command) -> String {
    let mut text = format!("# Burnish: the manual\n\nVersion {}\n\n", about::long_version());
    text += "Parameters have the same ids everywhere: in presets, on the command line \
             (`--set limiter.gain=6`), in reports and in hosts.\n";
    for stage in Stage::ALL {
        let _ = writeln!(text, "\n## {}\n", stage.name());
        text += "| id | name | range | default | what it does |\n| --- | --- | --- | --- | --- |\n";
        for parameter in parameters().iter().filter(|parameter| parameter.stage == stage) {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                parameter.id,
                parameter.name,
                cell(&parameter.kind.describe_range()),
                cell(&parameter.kind.format(parameter.default)),
                cell(parameter.help),
            );
        }
    }
    text += "\n## Presets\n\n";
    for preset in presets() {
        let (name, purpose, assumes) = (preset.name, preset.purpose, preset.assumes);
        let _ = writeln!(text, "- {name}: {purpose}. Assumes {assumes}.");
    }
    text += "\n## Delivery targets\n\n| id | name | what to know |\n| --- | --- | --- |\n";
    for target in targets() {
        let _ = writeln!(text, "| {} | {} | {} |", target.id, target.name, cell(&target.note));
    }
    text += "\n## The command line\n";
    for part in std::iter::once(command).chain(shown(command)) {
        let mut part = part.clone();
        let title = part.get_bin_name().unwrap_or("burnish").to_owned();
        let help = part.render_long_help().to_string();
        // Lines that hold nothing but blanks would differ between terminals.
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(text, "\n### {title}\n\n```\n{}\n```\n", help.join("\n").trim_end());
    }
    text
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

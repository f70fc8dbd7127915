//! What the program says of itself: usage, tables, documents.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Folder, burnish, mix, program, succeed};

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    assert_eq!(burnish(&["master"]).status.code(), Some(2));
    assert_eq!(burnish(&["check"]).status.code(), Some(2));
    assert_eq!(burnish(&["check", "x", "--nonsense"]).status.code(), Some(2));
    assert!(succeed(&["--help"]).contains("master"));
    assert!(succeed(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_table_of_parameters_is_complete() {
    let rows: Value = serde_json::from_str(&succeed(&["parameters", "--json"])).unwrap();
    let table = burnish_dsp::settings::parameters();
    assert_eq!(rows.as_array().unwrap().len(), table.len());
    for (row, parameter) in rows.as_array().unwrap().iter().zip(table) {
        assert_eq!(row["id"], parameter.id.as_str());
        assert_eq!(row["default"].as_f64(), Some(parameter.default));
    }
    assert!(succeed(&["parameters"]).contains("limiter.gain"));
    assert!(succeed(&["presets"]).contains("Streaming"));
    assert!(succeed(&["targets"]).contains("spotify"));
}

/// The cells of a line: what two or more blanks part.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn no_two_columns_of_a_table_touch() {
    let text = succeed(&["parameters"]);
    let mut lines = text.lines();
    assert_eq!(cells(lines.next().unwrap()), ["id", "name", "unit", "range", "default"]);
    for parameter in burnish_dsp::settings::parameters() {
        let range = parameter.kind.describe_range();
        let default = parameter.kind.format(parameter.default);
        let unit = parameter.kind.unit().symbol();
        let mut expected = vec![parameter.id.as_str(), &parameter.name, unit, &range, &default];
        expected.retain(|cell| !cell.is_empty());
        assert_eq!(cells(lines.next().unwrap()), expected);
    }
    assert_eq!(lines.next(), None);
    for (line, target) in succeed(&["targets"]).lines().zip(burnish_session::targets::targets()) {
        let cells = cells(line);
        assert_eq!(cells[..2], [target.id.as_str(), &target.name], "{line}");
        assert!(cells[3].ends_with(" dBTP") && cells[4].starts_with("quiet tracks"), "{line}");
        assert_eq!(cells.get(5).copied().unwrap_or_default(), target.note, "{line}");
    }
    let check = succeed(&["check", &mix()]);
    let compare = succeed(&["compare", &mix(), &mix()]);
    for (text, title, columns) in
        [(&check, "band", 6), (&compare, "Hz", 5), (&compare, "master", 2)]
    {
        let table = text.lines().skip_while(|line| cells(line).first() != Some(&title));
        let rows: Vec<_> = table.take_while(|line| cells(line).len() > 1).collect();
        assert_eq!(cells(rows[0]).len(), columns, "{text}");
        // The names of the rows have no title in the last of them.
        let expected = if title == "master" { columns + 1 } else { columns };
        for row in &rows[1..] {
            let found = cells(row).len();
            assert!((expected..=expected + 1).contains(&found), "{row}");
        }
    }
}

#[test]
fn the_program_says_what_it_is_and_under_which_licences() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(succeed(&["-V"]), format!("burnish {version}\n"));
    let long = succeed(&["--version"]);
    assert!(
        long.starts_with(&format!("burnish {version}\nEngine revision 1\nJSON schema 2\n")),
        "{long}"
    );
    assert!(long.contains("MIT or Apache-2.0"), "{long}");
    let licences = succeed(&["licences"]);
    assert!(licences.contains("| egui | MIT OR Apache-2.0 |"));
    assert!(licences.contains("SIL Open Font License"));
}

#[test]
fn manual_man_pages_and_completions_hold_every_parameter_and_command() {
    let folder = Folder::new();
    let read = |name: &str| {
        fs::read_to_string(folder.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    succeed(&["documents", &folder.path("")]);
    let manual = read("manual.md");
    for parameter in burnish_dsp::settings::parameters() {
        let row = format!("| {} | {} | ", parameter.id, parameter.name);
        let row = manual.lines().find(|line| line.starts_with(&row));
        let row = row.unwrap_or_else(|| panic!("{} is not in the manual", parameter.id));
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
        assert!(row.contains(&parameter.help.replace('|', "\\|")), "{row}");
    }
    for command in ["check", "master", "compare", "match", "parameters", "licences"] {
        assert!(manual.contains(&format!("### burnish {command}\n")), "{command}");
        let page = read(&format!("man/burnish-{command}.1"));
        assert!(page.contains(".TH") && page.contains(&format!("burnish {command}")), "{page}");
        for shell in ["burnish.bash", "_burnish", "burnish.fish", "_burnish.ps1"] {
            assert!(read(&format!("completions/{shell}")).contains(command), "{shell}: {command}");
        }
    }
    assert!(read("man/burnish.1").contains("master"));
    assert!(!manual.contains("### burnish documents"));
    // The same each time: a release is made of them.
    let first = fs::read(folder.path("completions/_burnish")).unwrap();
    succeed(&["documents", &folder.path("")]);
    assert_eq!(fs::read(folder.path("completions/_burnish")).unwrap(), first);
    assert_eq!(read("manual.md"), manual);
}

#[cfg(target_os = "linux")]
#[test]
fn a_window_without_a_display_is_refused_in_one_line() {
    let free = (90..1000).find(|number| !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists());
    let nowhere = format!(":{}", free.unwrap());
    for display in [None, Some(""), Some(&nowhere[..]), Some("nonsense")] {
        for arguments in [&[][..], &["--backend", "dummy"]] {
            let mut command = Command::new(program());
            command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
            if let Some(display) = display {
                command.env("DISPLAY", display);
            }
            let output = command.output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{display:?}: {errors}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
            assert!(errors.starts_with("burnish: expected a display"), "{errors}");
        }
    }
}

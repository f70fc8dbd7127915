//! Presets: plain text that can be mailed and compared.
//!
//! ```text
//! # Streaming
//! glue.on = On
//! glue.threshold = -24.00 dB
//! ```
//!
//! One parameter a line, in the units that are shown; what is not named is
//! neutral. `#` begins a comment.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::LazyLock;

use burnish_dsp::parameter::{Kind, Unit};
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameter_index, parameters};

use crate::error::{FileError, io_reason};
use crate::names::called;

/// Settings with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Name as shown.
    pub name: &'static str,
    /// What it is for, in a line.
    pub purpose: &'static str,
    /// What it takes for granted of a mix, in a line.
    pub assumes: &'static str,
    /// The settings.
    pub settings: ChainSettings,
}

/// Every parameter with a comment is some ten thousand.
const MOST_BYTES: u64 = 1 << 20;

/// No line says more than a parameter and its value.
const MOST_LINE_CHARACTERS: usize = 200;

const BUILT_IN: [(&str, &str); 6] = [
    ("Neutral", include_str!("../../presets/neutral.txt")),
    ("Start", include_str!("../../presets/start.txt")),
    ("Streaming", include_str!("../../presets/streaming.txt")),
    ("Loud", include_str!("../../presets/loud.txt")),
    ("CD", include_str!("../../presets/cd.txt")),
    ("Vinyl pre-master", include_str!("../../presets/vinyl.txt")),
];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    BUILT_IN
        .iter()
        .map(|(name, text)| Preset {
            name,
            purpose: remark(text, 0),
            assumes: remark(text, 1),
            settings: parse(text).expect("the built-in presets are read by a test"),
        })
        .collect()
});

/// The true peak that built-in presets take for granted where they say so, dBTP.
pub const ASSUMED_PEAK_DBTP: f64 = -6.0;

/// What a comment at the beginning of a built-in preset says, but for its first word.
fn remark(text: &'static str, line: usize) -> &'static str {
    let line = text.lines().nth(line).unwrap_or_default().trim_start_matches("# ");
    let start = line.find(": ").map_or("Assumes ".len(), |colon| colon + ": ".len());
    let start = if line.starts_with("Assumes ") { "Assumes ".len() } else { start };
    line.get(start..).unwrap_or_default()
}

/// The built-in presets, in the order they are shown.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The built-in preset called `name`, in any case.
pub fn find_preset(name: &str) -> Option<&'static Preset> {
    presets().iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
}

/// The built-in presets that a part of a name may mean; see [`called`].
pub fn presets_called(name: &str) -> Vec<&'static Preset> {
    called(presets(), name, |preset| vec![preset.name])
}

/// Reads a preset file.
///
/// # Errors
/// Names the file and the line, what was expected and what was found.
pub fn load_preset(path: &Path) -> Result<ChainSettings, FileError> {
    let fail = |found: &str| FileError::new(path, format!("expected a preset, found {found}"));
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| match error.kind() {
        ErrorKind::IsADirectory => fail("a folder"),
        _ => fail(&io_reason(&error)),
    })?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail("a file that is far too long for one"));
    }
    let text = decoded(bytes).ok_or_else(|| fail("no text"))?;
    parse(&text).map_err(|message| FileError::new(path, message))
}

/// Text as editors save it: UTF-8, or UTF-16 that says so by its byte-order mark.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let units = |number: fn([u8; 2]) -> u16| -> Option<String> {
        let units: Vec<u16> = bytes[2..]
            .chunks(2)
            .map(|pair| pair.try_into().map(number))
            .collect::<Result<_, _>>()
            .ok()?;
        String::from_utf16(&units).ok()
    };
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => units(u16::from_le_bytes),
        Some([0xfe, 0xff]) => units(u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')),
    }
}

/// The text of a preset: every parameter that differs from its default.
pub fn write(title: &str, settings: &ChainSettings) -> String {
    let lines = parameters().iter().filter_map(|parameter| {
        let value = parameter.kind.snap(parameter.read(settings));
        (value != parameter.default)
            .then(|| format!("{} = {}\n", parameter.id, exact(parameter, value)))
    });
    format!("# {title}\n{}", lines.collect::<String>())
}

/// A value in full precision, with its unit.
fn exact(parameter: &ChainParameter, value: f64) -> String {
    match parameter.kind {
        Kind::Continuous { unit: Unit::None, .. } => format!("{value}"),
        Kind::Continuous { unit, .. } => format!("{value} {}", unit.symbol()),
        Kind::Choice(_) | Kind::Switch => parameter.kind.format(value),
    }
}

/// Reads the text of a preset.
///
/// # Errors
/// Names the line, what was expected and what was found.
pub fn parse(text: &str) -> Result<ChainSettings, String> {
    let mut settings = ChainSettings::default();
    // Whatever stands between lines; a comment must not swallow all that follows.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        assign(&mut settings, line).map_err(|message| format!("line {}: {message}", number + 1))?;
    }
    Ok(settings)
}

/// Carries out one `parameter = value`.
///
/// # Errors
/// Says what was expected and found; a parameter that does not exist gets the nearest that do.
pub fn assign(settings: &mut ChainSettings, assignment: &str) -> Result<usize, String> {
    // Neither looked up nor repeated: what is as long as that is something else.
    let characters = assignment.chars().count();
    if characters > MOST_LINE_CHARACTERS {
        return Err(format!("expected parameter=value, found a line of {characters} characters"));
    }
    let Some((id, value)) = assignment.split_once('=') else {
        return Err(format!("expected parameter=value, found \"{assignment}\""));
    };
    let id = id.trim();
    let Some(index) = parameter_index(id) else {
        let nearest = match &nearest_ids(id)[..] {
            [] => "`burnish parameters` lists them all".to_owned(),
            [one] => format!("the nearest is {one}"),
            several => format!("the nearest are {}", several.join(", ")),
        };
        return Err(format!("expected a parameter, found \"{id}\"; {nearest}"));
    };
    let parameter = &parameters()[index];
    let value = parameter.kind.parse(value).map_err(|message| format!("{id}: {message}"))?;
    parameter.write(settings, value);
    Ok(index)
}

/// At most three ids that may have been meant: hardly mistyped, or the right words without, or
/// with another, stage. None where nothing is like it.
fn nearest_ids(id: &str) -> Vec<&'static str> {
    let id = id.to_lowercase();
    let ids = || parameters().iter().map(|parameter| parameter.id.as_str());
    let most_wrong = (id.chars().count() / 4).min(2);
    let mut nearest: Vec<&str> =
        ids().filter(|candidate| edit_distance(&id, candidate) <= most_wrong).collect();
    if nearest.is_empty() {
        let last = |id: &str| id.rsplit('.').next().unwrap_or_default().to_owned();
        let wanted = last(&id);
        nearest = ids().filter(|candidate| last(candidate) == wanted).collect();
    }
    nearest.sort_by_key(|candidate| edit_distance(&id, candidate));
    nearest.truncate(3);
    nearest
}

/// Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_preset_is_read_and_survives_writing() {
        for (name, text) in BUILT_IN {
            let settings = parse(text).unwrap_or_else(|message| panic!("{name}: {message}"));
            assert_eq!(parse(&write(name, &settings)), Ok(settings), "{name}");
        }
        assert_eq!(find_preset("neutral").expect("built in").settings, ChainSettings::default());
        for preset in presets() {
            assert!(!preset.purpose.is_empty() && !preset.assumes.is_empty(), "{}", preset.name);
            // What is driven by a level names the level.
            let is_driven = preset.settings.trim.gain_db != 0.0 || preset.settings.glue.is_on;
            let peak = format!("{ASSUMED_PEAK_DBTP} dBTP");
            assert_eq!(preset.assumes.contains(&peak), is_driven, "{}", preset.name);
        }
        let [vinyl] = presets_called("vinyl")[..] else { panic!("not one") };
        assert_eq!(vinyl.name, "Vinyl pre-master");
    }

    #[test]
    fn any_settings_survive_writing() {
        let mut settings = ChainSettings::default();
        for (i, parameter) in parameters().iter().enumerate() {
            parameter.write(&mut settings, parameter.kind.from_normalized((i % 7) as f64 / 6.0));
        }
        assert_eq!(parse(&write("all", &settings)), Ok(settings));
    }

    #[test]
    fn text_of_every_editor_is_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("preset.txt");
        let text = "# Titel\r\ntrim.gain = -3 dB\r\n";
        let utf_16 = |number: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}".chars().chain(text.chars()).flat_map(|c| number(c as u16)).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            // The mark right before a setting, and lines as old Macs end them.
            "\u{feff}trim.gain = -3 dB".to_owned().into_bytes(),
            text.replace('\n', "").into_bytes(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            let settings = load_preset(&path).unwrap_or_else(|error| panic!("{error}: {bytes:?}"));
            assert_eq!(settings.trim.gain_db, -3.0, "{bytes:?}");
        }
        for (bytes, words) in [
            (&b"RIFF\x24\0\0\0WAVEfmt "[..], "found no text"),
            (b"\xff\xfe\0", "found no text"),
            (&vec![b'#'; 2 << 20], "far too long"),
            (b"# a\r# b\rtrim.gain = much", "line 3"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = load_preset(&path).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(load_preset(folder.path()).unwrap_err().to_string().contains("found a folder"));
    }

    #[test]
    fn neighbours_are_named_only_where_there_are_any() {
        let error = |id: &str| parse(&format!("{id} = 1")).unwrap_err();
        assert!(
            error("limiter.gian").ends_with("the nearest is limiter.gain"),
            "{}",
            error("limiter.gian")
        );
        assert!(error("Limiter.Ceiling").ends_with("the nearest is limiter.ceiling"));
        // The right word, and no stage or a wrong one.
        assert!(
            error("ceiling").ends_with("the nearest is limiter.ceiling"),
            "{}",
            error("ceiling")
        );
        assert!(error("compressor.ratio").ends_with("the nearest is glue.ratio"));
        assert!(error("eq.9.frequency").contains("eq.1.frequency"), "{}", error("eq.9.frequency"));
        for id in ["x", "", "12,000", "reverb", "something.else"] {
            assert!(error(id).ends_with("`burnish parameters` lists them all"), "{}", error(id));
        }
    }

    #[test]
    fn a_line_of_any_length_is_refused_in_a_few_words() {
        for line in ["x".repeat(1 << 20), format!("x.{}gain = 1", "x".repeat(1 << 20))] {
            let error = parse(&format!("trim.gain = 1\n{line}")).unwrap_err();
            assert!(error.starts_with("line 2: ") && error.len() < 100, "{}", error.len());
        }
    }

    #[test]
    fn mistakes_name_their_line_and_what_was_meant() {
        assert_eq!(
            parse("# title\nlimiter.gain = loud").unwrap_err(),
            "line 2: limiter.gain: expected 0 to 24 dB, found \"loud\""
        );
        assert!(parse("limiter.gian = 3").unwrap_err().contains("limiter.gain"));
        assert!(parse("limiter.gain 3").unwrap_err().contains("expected parameter=value"));
    }
}

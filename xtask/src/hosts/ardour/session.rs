//! Ardour's files: the session that it loads, what it saves in it, and its settings.

use std::path::PathBuf;

use crate::hosts::audio::{RISE_FROM_DB, RISE_S};
use crate::hosts::bench::{Bench, Room, copy};

/// A session as Ardour 7.3 writes it, less what it adds by itself, with marks for what differs.
///
/// The master bus is connected to no output: where it is, Ardour counts the 16 frames of the resampler there or
/// not, as its threads run, and its files and the steps of its automation begin there or 16 frames elsewhere.
const SESSION: &str = include_str!("session.xml");
/// Ardour's clock: so many ticks a frame at 48 kHz.
const CLOCKS_PER_FRAME: usize = 282_240_000 / 48_000;

/// The place of the trim gain among the parameters, from 0.
const TRIM_GAIN: u32 = 1;

/// The files of Ardour's settings: no greeting, the silent backend at once, plug-ins looked for at the start,
/// and an export preset with 32-bit floats (the format is one of Ardour's own).
pub(super) const CONFIGURATION: [(&str, &str); 4] = [
    (".a7", ""),
    (".nevernag", ""),
    (
        "config",
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="hide-dummy-backend" value="0"/>
    <Option name="try-autostart-engine" value="1"/>
    <Option name="discover-plugins-on-start" value="1"/>
    <Option name="check-announcements" value="0"/>
  </Config>
  <Extra>
    <AudioMIDISetup>
      <EngineStates>
        <State backend="None (Dummy)" driver="" device="Silence" input-device="" output-device="" sample-rate="48000" buffer-size="1024" n-periods="0" input-latency="0" output-latency="0" active="1" use-buffered-io="0" midi-option="1 in, 1 out, Silence" lru="2000000000"><MIDIDevices/></State>
      </EngineStates>
    </AudioMIDISetup>
  </Extra>
</Ardour>
"#,
    ),
    (
        "export/Burnish.preset",
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ExportPreset id="0b5e0000-0000-4000-8000-000000000001" name="Burnish">
  <ExportFormat id="20b4ab09-6452-4cb3-bd66-b921cdbd2942"/>
  <ExportFilename>
    <Folder relative="1" path="export"/>
    <Field name="label" enabled="0"/>
    <Field name="session" enabled="0"/>
    <Field name="snapshot" enabled="0"/>
    <Field name="timespan" enabled="1"/>
    <Field name="revision" enabled="0"/>
    <Field name="time" enabled="0" value="T_None"/>
    <Field name="date" enabled="0" value="D_None"/>
  </ExportFilename>
</ExportPreset>
"#,
    ),
];

/// What differs between the sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// The trim gain rises over the first seconds.
    pub(super) is_automated: bool,
    pub(super) limiter_gain_db: f64,
}

/// What a session has of Burnish.
#[derive(Debug, PartialEq)]
pub(super) struct Plugin {
    /// Id and value of every parameter, as they are written.
    pub(super) values: Vec<(String, String)>,
    /// The state, in base 64.
    pub(super) chunk: String,
}

impl Plugin {
    /// It without the automated parameter, whose value is where the song stands.
    pub(super) fn still(mut self) -> Self {
        let automated = vst3_id("trim.gain").to_string();
        self.values.retain(|(id, _)| *id != automated);
        self
    }
}

/// A session in a room.
#[derive(Debug)]
pub(super) struct Session {
    folder: PathBuf,
    name: &'static str,
}

impl Session {
    pub(super) fn new(room: &Room, name: &'static str) -> Self {
        Self { folder: room.path(name), name }
    }

    pub(super) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    pub(super) fn name(&self) -> &str {
        self.name
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.ardour", self.name))
    }

    /// Writes the session with the mix in it.
    pub(super) fn write(
        &self,
        bench: &Bench,
        frames: usize,
        settings: Settings,
    ) -> Result<(), String> {
        let sounds = self.folder.join("interchange").join(self.name).join("audiofiles");
        copy(&bench.mix(), &sounds.join("mix.wav"))?;
        let automation = if settings.is_automated {
            let end = RISE_S * 48_000 * CLOCKS_PER_FRAME;
            format!(
                "<AutomationList automation-id=\"parameter-{TRIM_GAIN}\" id=\"901\" interpolation-style=\"Linear\" \
                 time-domain=\"AudioTime\" state=\"Play\"><events>a0 {RISE_FROM_DB}\na{end} 0\n</events></AutomationList>"
            )
        } else {
            String::new()
        };
        let gain = settings.limiter_gain_db;
        // The limiter is off until it is asked for, and what is turned has to be heard.
        let values = [("limiter.on", 1.0), ("limiter.gain", gain)]
            .map(|(id, value)| format!("<Port id=\"{}\" value=\"{value}\"/>", vst3_id(id)))
            .join("\n          ");
        let text = SESSION
            .replace("{NAME}", self.name)
            .replace("{CLOCKS}", &(frames * CLOCKS_PER_FRAME).to_string())
            .replace("{AUTOMATION}", &automation)
            .replace("{VALUES}", &values);
        std::fs::write(self.file(), text)
            .map_err(|error| format!("{}: {error}", self.file().display()))
    }

    /// A parameter's number on a control surface: its place in a saved session, from 1.
    pub(super) fn index(&self, id: &str) -> Result<i32, String> {
        let vst3_id = vst3_id(id).to_string();
        let at = self.plugin()?.values.iter().position(|(found, _)| *found == vst3_id);
        at.map(|at| at as i32 + 1)
            .ok_or_else(|| format!("expected {id} in the session, found none"))
    }

    /// What the file has of Burnish.
    pub(super) fn plugin(&self) -> Result<Plugin, String> {
        let words = |what: &str| format!("{}: {what}", self.file().display());
        let text =
            std::fs::read_to_string(self.file()).map_err(|error| words(&error.to_string()))?;
        read_plugin(&text).ok_or_else(|| words("expected Burnish with a state, found none"))
    }

    /// A parameter's value in the file.
    pub(super) fn value(&self, id: &str) -> Option<f64> {
        let id = vst3_id(id).to_string();
        self.plugin().ok()?.values.iter().find(|(found, _)| *found == id)?.1.parse().ok()
    }
}

fn read_plugin(text: &str) -> Option<Plugin> {
    let (_, rest) = text.split_once("<vst3 ")?;
    let (plugin, _) = rest.split_once("</vst3>")?;
    let values = plugin.split("<Port ").skip(1);
    let values = values.filter_map(|port| {
        let mut quoted = port.split('"').skip(1).step_by(2);
        Some((quoted.next()?.to_owned(), quoted.next()?.to_owned()))
    });
    let (_, chunk) = plugin.split_once("<chunk>")?;
    let (chunk, _) = chunk.split_once("</chunk>")?;
    Some(Plugin { values: values.collect(), chunk: chunk.trim().to_owned() })
}

/// The number that nice-plug gives a parameter in VST3: a hash of its id, kept positive.
fn vst3_id(id: &str) -> u32 {
    let hash = id.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    hash & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_ardour_saved() {
        assert_eq!(vst3_id("trim.gain"), 1_617_909_195);
        assert_eq!(vst3_id("trim.on"), 1_087_716_139);
    }

    #[test]
    fn what_ardour_saved_is_found() {
        let text = "<Processor><vst3 last-preset-uri=\"\">\n <Port id=\"1617909195\" value=\"0.5\"/>\n \
                    <Port id=\"7\" value=\"1\"/>\n <chunk>VlNU</chunk>\n</vst3></Processor>";
        let pairs = [("1617909195", "0.5"), ("7", "1")];
        let values = pairs.map(|(id, value)| (id.to_owned(), value.to_owned())).to_vec();
        assert_eq!(read_plugin(text), Some(Plugin { values, chunk: "VlNU".to_owned() }));
        assert_eq!(read_plugin("<Processor/>"), None);
    }

    #[test]
    fn the_session_has_every_mark_once_it_needs() {
        for mark in ["{NAME}", "{CLOCKS}", "{AUTOMATION}", "{VALUES}"] {
            assert!(SESSION.contains(mark), "{mark}");
        }
    }
}

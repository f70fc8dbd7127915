//! Qtractor, the CLAP: the whole program with its windows, on a silent JACK server of its own.
//!
//! The session is written by hand: a track with the mix, Burnish on the master bus. Qtractor is then driven
//! with keys and two clicks: on Burnish in the mixer, and on the bus in the export dialog.

use std::process::Command;
use std::time::Duration;

use crate::setup;

use super::audio::{self, Sound};
use super::bench::{Bench, Room, copy};
use super::report::{Report, Step, Verdict};
use super::running::{Running, end, say, until};
use super::screen::{self, Screen};

const SESSION: &str = include_str!("qtractor/session.qtr");
/// Qtractor does not begin without an ALSA sequencer, which a machine without sound has not.
const SEQUENCER: &str = include_str!("qtractor/sequencer.c");
/// The editor's own window inside the window that Qtractor puts around it.
const EDITOR: &str = "^Burnish$";
/// That window.
const FRAME: &str = "^Burnish - ";
/// The limiter's switch in the row of stages in the editor, from the corner of its window.
const LIMITER_SWITCH_IN_EDITOR: [i32; 2] = [812, 65];
/// The knob of the limiter's gain in the editor, from the corner of its window.
const LIMITER_GAIN_IN_EDITOR: [i32; 2] = [64, 585];
/// Turning that knob by hand has to be heard by at least this.
const LEAST_GAIN_DB: f64 = 1.0;
/// Burnish in the mixer, from the corner of that window.
const BURNISH_IN_MIXER: [i32; 2] = [515, 48];
/// The master bus in the export dialog, from the corner of that window.
const BUS_IN_DIALOG: [i32; 2] = [265, 149];
/// Qtractor rounds the end of a range to a millisecond.
const ROUNDING_FRAMES: usize = 48;

/// Drives Qtractor.
pub(crate) fn qtractor(bench: &Bench) -> Report {
    let mut report = Report::new("qtractor", "CLAP");
    let needed = ["qtractor", "jackd2", "gcc", "libc6-dev"];
    let packages: Vec<&str> = needed.iter().chain(&screen::PACKAGES).copied().collect();
    if let Err(failure) = setup::debian_packages(&packages) {
        return Report::skipped("qtractor", "CLAP", &failure.0);
    }
    let version =
        say(Command::new("dpkg-query").args(["-W", "-f=Qtractor ${Version}", "qtractor"]));
    report.set_version(version.as_deref().unwrap_or("Qtractor"));
    let end = drive(bench, &mut report);
    report.finish(end);
    report
}

/// Goes through the steps as far as the host lives.
fn drive(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let place = Place::new(bench)?;
    let mix = Sound::read(&bench.mix())?;
    let screen = Screen::open(&place.room)?;
    let _jack = place.jack()?;
    let mut host = match place.start(&screen, "first.log") {
        Ok(host) => host,
        Err(why) => {
            report.note(Step::Load, Err(why));
            return Err("it did not load".to_owned());
        }
    };
    report.note(Step::Load, Ok("a session with Burnish on the master bus".to_owned()));
    report.note(Step::Editor, host.open_editor(&place.room));
    report.note(Step::Play, host.play(&place.room));
    let why = "its automation is a MIDI file of controllers, which only its windows write";
    report.note(Step::Automate, Verdict::Skipped(why.to_owned()));

    host.turn_a_knob()?;
    let bounced = host.bounce(&place, "one.wav").and_then(|one| {
        host.play(&place.room)?;
        host.bounce(&place, "two.wav").map(|two| (one, two))
    });
    report.note(Step::Bounce, bounced.as_ref().map_err(Clone::clone).and_then(|(one, two)| {
        if one.frames.len().abs_diff(mix.frames.len()) > ROUNDING_FRAMES {
            return Err(format!("expected {} frames, found {}", mix.frames.len(), one.frames.len()));
        }
        let peak = one.judge(one.frames.len())?;
        let gain_db = one.gain_db(&mix);
        let words = format!(
            "{peak}, the limiter's gain turned by hand in the editor makes it {gain_db:.1} dB louder than the mix; \
             two bounces null {}",
            audio::depth(audio::null(one, two)?)
        );
        if one == two && gain_db > LEAST_GAIN_DB { Ok(words) } else { Err(words) }
    }));
    // Only now: a session in which nothing has changed is not saved, and a bounce is a change.
    let is_saved = report.note(Step::Save, host.save(&place));
    let leaving = host.quit(&place.room);
    drop(host);
    if is_saved {
        let again = reopen(&place, &screen, bounced.ok().map(|(one, _)| one).as_ref());
        report.note(
            Step::Reopen,
            again.and_then(|words| leaving.map(|left| format!("{words}; {left}"))),
        );
    }
    Ok(())
}

/// Opens what was saved in a new process, and bounces it.
fn reopen(place: &Place, screen: &Screen, before: Option<&Sound>) -> Result<String, String> {
    let mut host = place.start(screen, "second.log")?;
    let editor = host.open_editor(&place.room)?;
    // Qtractor fades in what it plays for the first time.
    host.play(&place.room)?;
    let bounce = host.bounce(place, "reopened.wav")?;
    let before = before.ok_or("there was no bounce to compare with")?;
    let null_dbfs = audio::null(before, &bounce)?;
    let words = format!(
        "the bounce nulls with that of before {}; editor {editor}",
        audio::depth(null_dbfs)
    );
    if null_dbfs == f64::NEG_INFINITY { Ok(words) } else { Err(words) }
}

/// Qtractor's home in its room.
struct Place {
    room: Room,
    server: String,
    has_sequencer: bool,
}

impl Place {
    fn new(bench: &Bench) -> Result<Self, String> {
        let room = bench.room("qtractor")?;
        let clap = room.path("home/.clap/Burnish.clap");
        copy(&bench.clap(), &clap)?;
        copy(&bench.mix(), &room.path("mix.wav"))?;
        let frames = Sound::read(&bench.mix())?.frames.len();
        let session = SESSION
            .replace("{CLAP}", &clap.to_string_lossy())
            .replace("{FOLDER}", room.path("").to_string_lossy().trim_end_matches('/'))
            .replace("{FRAMES}", &frames.to_string());
        room.write("mix.qtr", &session)?;
        let has_sequencer = std::path::Path::new("/dev/snd/seq").exists();
        if !has_sequencer {
            room.write("sequencer.c", SEQUENCER)?;
            let mut compiler = room.command("gcc");
            compiler.args(["-shared", "-fPIC", "-o", "sequencer.so", "sequencer.c"]);
            say(&mut compiler)
                .ok_or("gcc: expected the stand-in for the sequencer, found an error")?;
        }
        Ok(Self { room, server: format!("burnish-{}", std::process::id()), has_sequencer })
    }

    /// A program with this room's JACK server, or none.
    fn command(&self, program: &str) -> Command {
        let mut command = self.room.command(program);
        command.env("JACK_DEFAULT_SERVER", &self.server).env("JACK_NO_START_SERVER", "1");
        command
    }

    /// A JACK server without a device and without real time.
    fn jack(&self) -> Result<Running, String> {
        let mut command = self.command("jackd");
        command.args([
            "--no-realtime",
            "--name",
            &self.server,
            "-d",
            "dummy",
            "-r",
            "48000",
            "-p",
            "1024",
        ]);
        let mut running = Running::start(&mut command, &self.room.path("jack.log"))?;
        std::thread::sleep(Duration::from_secs(1));
        match running.ended() {
            Some(status) => Err(format!("jackd {}", end(status))),
            None => Ok(running),
        }
    }

    /// Starts Qtractor with the session, and waits for the mixer with Burnish in it.
    fn start<'a>(&self, screen: &'a Screen, log: &str) -> Result<Host<'a>, String> {
        let mut command = self.command("qtractor");
        command.arg(self.room.path("mix.qtr")).env("DISPLAY", screen.display());
        if !self.has_sequencer {
            command.env("LD_PRELOAD", self.room.path("sequencer.so"));
        }
        let mut running = Running::start(&mut command, &self.room.path(log))?;
        let window =
            running.wait_for("a window with the session", Duration::from_mins(1), || {
                screen.window("mix.qtr")
            })?;
        // Qtractor remembers whether it was open, and the key closes it too.
        if until(Duration::from_secs(2), || screen.window("^Mixer")).is_none() {
            screen.press(&window, "F9");
        }
        let mixer =
            running.wait_for("the mixer", Duration::from_secs(20), || screen.window("^Mixer"))?;
        // A session that could not load its plug-in says so in a window of its own.
        std::thread::sleep(Duration::from_secs(2));
        running.wait_for("a session at work", Duration::from_secs(1), || Some(()))?;
        Ok(Host { running, screen, window, mixer })
    }
}

/// Qtractor at work.
struct Host<'a> {
    running: Running,
    screen: &'a Screen,
    window: String,
    mixer: String,
}

impl Host<'_> {
    fn open_editor(&mut self, room: &Room) -> Result<String, String> {
        // A click that comes while the window is still being laid out is lost.
        for _ in 0..5 {
            self.screen.click(&self.mixer, BURNISH_IN_MIXER, 2);
            if until(Duration::from_secs(4), || self.screen.window(EDITOR)).is_some() {
                break;
            }
        }
        self.screen.photograph_editor(EDITOR, room)
    }

    /// Switches the limiter on and turns its gain up in the editor, as a hand does.
    fn turn_a_knob(&mut self) -> Result<(), String> {
        let editor = self.screen.window(EDITOR).ok_or("expected the editor, found none")?;
        let frame = self.screen.window(FRAME).ok_or("expected the editor, found none")?;
        self.screen.press(&frame, "shift");
        self.screen.tap(&editor, LIMITER_SWITCH_IN_EDITOR);
        self.screen.drag_up(&editor, LIMITER_GAIN_IN_EDITOR);
        Ok(())
    }

    /// Plays for three seconds, in which the editor's meters have to move.
    fn play(&mut self, room: &Room) -> Result<String, String> {
        self.screen.press(&self.window, "BackSpace");
        // On top of the others, since what is seen is what is on the screen.
        let frame = self.screen.window(FRAME).ok_or("expected the editor, found none")?;
        let look = || {
            self.screen.press(&frame, "shift");
            std::thread::sleep(Duration::from_millis(500));
            self.screen.window_as_pixels(&frame)
        };
        let still = look();
        self.screen.press(&self.window, "space");
        std::thread::sleep(Duration::from_secs(3));
        let moving = look();
        self.screen.photograph(&room.path("playing.png"));
        self.screen.press(&self.window, "space");
        self.running.wait_for("a host at work", Duration::from_secs(1), || Some(()))?;
        if still.is_some() && moving.is_some() && still != moving {
            Ok("3 s, the editor's meters move".to_owned())
        } else {
            Err("expected the editor's meters to move, found them still".to_owned())
        }
    }

    /// Saves, and finds Burnish's state in the file.
    fn save(&mut self, place: &Place) -> Result<String, String> {
        let file = place.room.path("mix.qtr");
        self.screen.press(&self.window, "ctrl+s");
        let found = until(Duration::from_secs(15), || {
            let text = std::fs::read_to_string(&file).ok()?;
            let (_, state) = text.split_once("<config key=\"state\"")?;
            state.split_once("</config>").map(|(state, _)| state.len())
        });
        self.running.wait_for("a host at work", Duration::from_secs(1), || Some(()))?;
        found.map(|bytes| format!("a state of {bytes} letters in the session")).ok_or_else(|| {
            "expected a state of Burnish in the session, found none in 15 s".to_owned()
        })
    }

    /// Bounces by the export dialog.
    fn bounce(&mut self, place: &Place, name: &str) -> Result<Sound, String> {
        let file = place.room.path(name);
        let screen = self.screen;
        for keys in ["alt+t", "x", "a"] {
            screen.press(&self.window, keys);
            std::thread::sleep(Duration::from_millis(500));
        }
        let title = "^Export Audio";
        let dialog = self
            .running
            .wait_for("the export dialog", Duration::from_secs(20), || screen.window(title))?;
        screen.press(&dialog, "ctrl+a");
        screen.write(&dialog, &file.to_string_lossy());
        screen.click(&dialog, BUS_IN_DIALOG, 1);
        screen.press(&dialog, "Return");
        self.running.wait_for("a bounce", Duration::from_mins(3), || {
            (file.exists() && screen.window(title).is_none()).then_some(())
        })?;
        screen.put_pointer_away();
        // The dialog closes before the last block is on the disk.
        std::thread::sleep(Duration::from_secs(1));
        Sound::read(&file)
    }

    /// Quits as a person does; a host that crashes on the way out has crashed.
    fn quit(&mut self, room: &Room) -> Result<String, String> {
        self.screen.press(&self.window, "ctrl+s");
        std::thread::sleep(Duration::from_secs(1));
        // Its menu has no key for this.
        self.screen.press(&self.window, "alt+f");
        std::thread::sleep(Duration::from_millis(500));
        self.screen.press(&self.window, "x");
        match self.running.wait(Duration::from_secs(20)) {
            Some(status) if status.success() => Ok("it quit by itself".to_owned()),
            Some(status) => Err(format!("on quitting the host {}", end(status))),
            None => {
                self.screen.photograph(&room.path("quitting.png"));
                Err("expected the host to quit, found it at work after 20 s".to_owned())
            }
        }
    }
}

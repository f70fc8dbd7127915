//! Ardour 7, the VST3: the whole program with its windows, on its own silent backend.
//!
//! The session is written by hand: a track with the mix, Burnish on the master bus, its window open. Ardour is
//! then driven by Open Sound Control, and by one key in its export dialog, which nothing else can press.

mod export;
mod place;
mod session;

use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::setup;

use super::audio::{self, Sound};
use super::bench::Bench;
use super::osc::{Argument, Line};
use super::report::{Report, Step};
use super::running::{Running, end, say, until};
use super::screen::{self, Screen};

use place::{LIBRARIES, Place};
use session::{Session, Settings};

/// Where Ardour listens.
const PORT: u16 = 3819;
/// The editor's own window inside the window that Ardour puts around it.
const EDITOR: &str = "^Burnish$";
/// The parameter that is turned through the host while it plays, and to where.
const TOUCHED: &str = "limiter.gain";
const TOUCHED_TO_DB: f32 = 4.5;

/// Drives Ardour.
pub(crate) fn ardour(bench: &Bench) -> Report {
    let mut report = Report::new("ardour", "VST3");
    let packages: Vec<&str> = ["ardour"].iter().chain(&screen::PACKAGES).copied().collect();
    if let Err(failure) = setup::debian_packages(&packages) {
        return Report::skipped("ardour", "VST3", &failure.0);
    }
    let version = say(Command::new("dpkg-query").args(["-W", "-f=Ardour ${Version}", "ardour"]));
    report.set_version(version.as_deref().unwrap_or("Ardour"));
    let end = drive(bench, &mut report);
    report.finish(end);
    report
}

/// Goes through the steps as far as the host lives.
fn drive(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let place = Place::new(bench)?;
    let mix = Sound::read(&bench.mix())?;
    let frames = mix.frames.len();

    let moving = Session::new(&place.room, "moving");
    moving.write(bench, frames, Settings { is_automated: true, limiter_gain_db: 0.0 })?;
    let screen = Screen::open(&place.room)?;
    let mut host = match Host::start(&place, &screen, &moving, "first.log") {
        Ok(host) => host,
        Err(why) => {
            report.note(Step::Load, Err(why));
            return Err("it did not load".to_owned());
        }
    };
    report.note(Step::Load, Ok("a session with Burnish on the master bus".to_owned()));
    report.note(Step::Editor, screen.photograph_editor(EDITOR, &place.room));
    report.note(Step::Play, host.play());
    let touched = host.touch_and_save(&moving);
    let is_saved = report.note(Step::Save, touched);

    // Between the bounces the host plays, so that the second begins from another state.
    let bounced = host.bounce(&screen, &moving, "one.wav").and_then(|one| {
        host.play()?;
        host.bounce(&screen, &moving, "two.wav").map(|two| (one, two))
    });
    if let Ok((one, _)) = &bounced {
        let limiter_db = moving.value(TOUCHED).unwrap_or(0.0);
        report.note(Step::Automate, one.follows(&mix, limiter_db));
    }
    let alike = bounced.as_ref().map_err(Clone::clone).and_then(|(one, two)| {
        let peak = one.judge(frames)?;
        let words = format!("{peak}; two bounces null {}", audio::depth(audio::null(one, two)?));
        // A bounce that is not the same twice is what a person would hear as another master.
        if one == two { Ok(words) } else { Err(words) }
    });
    let leaving = host.quit(&moving);
    drop(host);

    if is_saved {
        let again = reopen(&place, &screen, &moving, bounced.ok().map(|(one, _)| one).as_ref());
        report.note(
            Step::Reopen,
            again.and_then(|words| leaving.map(|left| format!("{words}; {left}"))),
        );
    }
    let exported = export::against_master(bench, &place, &mix);
    report.note(
        Step::Bounce,
        match (alike, exported) {
            (Ok(alike), Ok(exported)) => Ok(format!("{alike}; {exported}")),
            (Ok(words) | Err(words), Err(more)) | (Err(words), Ok(more)) => {
                Err(format!("{words}; {more}"))
            }
        },
    );
    Ok(())
}

/// Opens what was saved in a new process, saves it again, and bounces it.
fn reopen(
    place: &Place,
    screen: &Screen,
    session: &Session,
    before: Option<&Sound>,
) -> Result<String, String> {
    let saved = session.plugin()?.still();
    let mut host = Host::start(place, screen, session, "second.log")?;
    let editor = screen.photograph_editor(EDITOR, &place.room);
    let bounce = host.bounce(screen, session, "reopened.wav");
    host.save(session)?;
    let found = session.plugin()?.still();
    let differing = saved.values.iter().filter(|value| !found.values.contains(value)).count();
    if differing > 0 || saved.values.len() != found.values.len() {
        return Err(format!(
            "expected all {} values back, found {differing} others of {}",
            saved.values.len(),
            found.values.len()
        ));
    }
    let mut words = format!("all {} values came back", saved.values.len());
    if let Some(before) = before {
        let null_dbfs = audio::null(before, &bounce?)?;
        words =
            format!("{words}; the bounce nulls with that of before {}", audio::depth(null_dbfs));
        if null_dbfs > f64::NEG_INFINITY {
            return Err(words);
        }
    }
    editor
        .map(|seen| format!("{words}; editor {seen}"))
        .map_err(|why| format!("{words}; editor: {why}"))
}

/// Ardour at work.
struct Host {
    running: Running,
    line: Line,
}

impl Host {
    /// Starts Ardour with a session, and waits until it answers.
    fn start(place: &Place, screen: &Screen, session: &Session, log: &str) -> Result<Host, String> {
        let program = std::fs::read_dir(LIBRARIES)
            .map_err(|error| format!("{LIBRARIES}: {error}"))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ardour-7"))
            })
            .ok_or_else(|| format!("{LIBRARIES}: expected ardour-7, found none"))?;
        let mut command = place.command(&program.to_string_lossy());
        command.arg("--no-splash").arg(session.file()).env("DISPLAY", screen.display());
        // Ardour takes the next port when another program has this one, and that would then be driven for it.
        until(Duration::from_secs(20), || UdpSocket::bind(("127.0.0.1", PORT)).ok())
            .ok_or_else(|| format!("UDP: expected the port {PORT} free, found it taken"))?;
        let mut running = Running::start(&mut command, &place.room.path(log))?;
        let line = Line::to(PORT)?;
        running.wait_for("a loaded session", Duration::from_mins(1), || {
            // All strips, tracks (1) and the master bus (32); told the master bus's meter in dB (16 and 128)
            // and the position in samples (1024).
            let feedback = [0, 1 + 32, 16 + 128 + 1024, 0].map(Argument::Whole);
            line.send("/set_surface", &feedback);
            line.wait("/session_name", Duration::from_millis(500))
        })?;
        Ok(Host { running, line })
    }

    /// The end in words, when the host is no longer there.
    fn alive(&mut self) -> Result<(), String> {
        match self.running.ended() {
            Some(status) => Err(format!("the host {}", end(status))),
            None => Ok(()),
        }
    }

    /// Plays for five seconds from the start.
    fn play(&mut self) -> Result<String, String> {
        self.line.send("/goto_start", &[]);
        self.line.hear();
        self.line.send("/transport_play", &[]);
        let (mut position, mut level_db) = (0.0_f64, f64::NEG_INFINITY);
        let mut is_asked_again = false;
        let started = Instant::now();
        until(Duration::from_secs(5), || {
            // While it comes back from a bounce it forgets what it is asked for.
            if position == 0.0 && !is_asked_again && started.elapsed() > Duration::from_secs(1) {
                self.line.send("/transport_play", &[]);
                is_asked_again = true;
            }
            for said in self.line.hear() {
                let Some(number) = said.number else { continue };
                match said.address.as_str() {
                    "/position/samples" => position = position.max(number),
                    "/master/meter" => level_db = level_db.max(number),
                    _ => {}
                }
            }
            None::<()>
        });
        self.line.send("/transport_stop", &[]);
        self.alive()?;
        let words =
            format!("{position} frames in 5 s, the master bus's meter up to {level_db:.1} dB");
        if position > 3.0 * 48_000.0 && level_db > -60.0 {
            Ok(words)
        } else {
            Err(format!("expected the mix for 5 s, found {words}"))
        }
    }

    /// Turns a parameter as a control surface does, while the host plays, and finds it in the saved session.
    fn touch_and_save(&mut self, session: &Session) -> Result<String, String> {
        self.save(session)?;
        let index = session.index(TOUCHED)?;
        self.line.send("/transport_play", &[]);
        for step in 0..=20_u8 {
            // The master bus is the second strip, after the track; the value is in the parameter's unit.
            let place = [2, 1, index].map(Argument::Whole);
            let value_db = Argument::Real(TOUCHED_TO_DB * f32::from(step) / 20.0);
            self.line.send("/strip/plugin/parameter", &[&place[..], &[value_db]].concat());
            std::thread::sleep(Duration::from_millis(50));
        }
        self.line.send("/transport_stop", &[]);
        self.save(session)?;
        let value =
            session.value(TOUCHED).ok_or("expected the parameter in the session, found none")?;
        let bytes = session.plugin()?.chunk.len() / 4 * 3;
        let words = format!("{TOUCHED} turned to {value} dB by a control surface");
        if value == f64::from(TOUCHED_TO_DB) {
            Ok(format!("{words}, saved in a state of {bytes} bytes"))
        } else {
            Err(format!("expected {TOUCHED_TO_DB} dB saved, found {words}"))
        }
    }

    /// Saves, and waits for the file.
    fn save(&mut self, session: &Session) -> Result<(), String> {
        let changed = || std::fs::metadata(session.file()).and_then(|file| file.modified()).ok();
        let before = changed();
        self.line.send("/save_state", &[]);
        let line = &self.line;
        self.running.wait_for("a saved session", Duration::from_secs(20), || {
            line.hear();
            (changed() != before).then_some(())
        })
    }

    /// Bounces by the export dialog: to the preset of this room, with the key of its button.
    fn bounce(&mut self, screen: &Screen, session: &Session, name: &str) -> Result<Sound, String> {
        let bounced: PathBuf = session.folder().join("export/moving.wav");
        let _ = std::fs::remove_file(&bounced);
        self.line.send("/access_action", &[Argument::Text("Main/QuickExport")]);
        let title = "Quick Audio Export";
        let dialog = self
            .running
            .wait_for("the export dialog", Duration::from_secs(20), || screen.window(title))?;
        screen.press(&dialog, "alt+e");
        let line = &self.line;
        self.running.wait_for("a bounce", Duration::from_mins(3), || {
            line.hear();
            (bounced.exists() && screen.window(title).is_none()).then_some(())
        })?;
        let kept = session.folder().join(name);
        std::fs::rename(&bounced, &kept)
            .map_err(|error| format!("{}: {error}", bounced.display()))?;
        Sound::read(&kept)
    }

    /// Quits as a person does; a host that crashes on the way out has crashed.
    fn quit(&mut self, session: &Session) -> Result<String, String> {
        self.save(session)?;
        self.line.send("/access_action", &[Argument::Text("Common/Quit")]);
        match self.running.wait(Duration::from_secs(20)) {
            Some(status) if status.success() => Ok("it quit by itself".to_owned()),
            Some(status) => Err(format!("on quitting the host {}", end(status))),
            None => Err("expected the host to quit, found it at work after 20 s".to_owned()),
        }
    }
}

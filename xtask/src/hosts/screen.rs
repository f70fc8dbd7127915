//! A screen of its own for a host: an X server in memory and a window manager, looked at with `import` and
//! used with `xdotool`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::bench::Room;
use super::running::{Running, say, until};

/// What has to be installed for a screen (Debian's names).
pub(crate) const PACKAGES: [&str; 10] = [
    "xvfb",
    "openbox",
    "xdotool",
    "x11-utils",
    "imagemagick",
    "libx11-6",
    "libx11-xcb1",
    "libxkbcommon-x11-0",
    "libegl1",
    "libgl1-mesa-dri",
];

/// Fewer colours than this are no editor but an empty window.
const LEAST_COLOURS: u32 = 200;

/// A screen at work.
#[derive(Debug)]
pub(crate) struct Screen {
    display: String,
    // In the order in which they have to end.
    _manager: Running,
    _server: Running,
}

impl Screen {
    /// Starts an X server on a free number, and a window manager: some hosts use names that a window manager
    /// makes known, and die without.
    pub(crate) fn open(room: &Room) -> Result<Self, String> {
        let log = room.path("screen.log");
        // The server finds a free number by itself and says it once it can be used. It keeps what a window
        // manager made known even while nobody is connected.
        let mut server = room.command("Xvfb");
        server.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1200x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let server = Running::start(&mut server, &log)?;
        let number = until(Duration::from_secs(20), || {
            server.said().lines().find_map(|line| line.trim().parse::<u32>().ok())
        })
        .ok_or("expected a screen from Xvfb, found none in 20 s")?;
        let display = format!(":{number}");
        let mut manager = room.command("openbox");
        manager.env("DISPLAY", &display);
        let manager = Running::start(&mut manager, &room.path("windows.log"))?;
        let screen = Self { display, _manager: manager, _server: server };
        until(Duration::from_secs(10), || {
            screen
                .tell("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"])
                .filter(|said| said.contains('#'))
        })
        .ok_or("expected a window manager, found none in 10 s")?;
        screen.put_pointer_away();
        Ok(screen)
    }

    /// Where programs find the screen.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    fn tell(&self, program: &str, arguments: &[&str]) -> Option<String> {
        say(Command::new(program).args(arguments).env("DISPLAY", &self.display))
    }

    /// The pointer in the corner, where it touches nothing: an editor has to be seen without being touched.
    pub(crate) fn put_pointer_away(&self) {
        self.tell("xdotool", &["mousemove", "1599", "1199"]);
    }

    /// The last window whose title matches.
    pub(crate) fn window(&self, title: &str) -> Option<String> {
        let found = self.tell("xdotool", &["search", "--onlyvisible", "--name", title])?;
        found.lines().last().map(str::to_owned)
    }

    /// Presses keys in a window.
    pub(crate) fn press(&self, window: &str, keys: &str) {
        self.tell("xdotool", &["windowactivate", "--sync", window]);
        self.tell("xdotool", &["key", "--clearmodifiers", keys]);
    }

    /// Types text in a window.
    pub(crate) fn write(&self, window: &str, text: &str) {
        self.tell("xdotool", &["windowactivate", "--sync", window]);
        self.tell("xdotool", &["type", "--clearmodifiers", text]);
    }

    /// Clicks in a window, so far from its corner.
    pub(crate) fn click(&self, window: &str, [x, y]: [i32; 2], times: u32) {
        let (x, y, times) = (x.to_string(), y.to_string(), times.to_string());
        self.tell("xdotool", &["windowactivate", "--sync", window]);
        self.tell("xdotool", &["mousemove", "--window", window, &x, &y]);
        self.tell("xdotool", &["click", "--repeat", &times, "--delay", "60", "1"]);
    }

    /// Presses the button on something in a window that lies within another's, and is not activated itself.
    /// What is pressed has first to see the pointer on it.
    fn press_button_on(&self, window: &str, [x, y]: [i32; 2]) {
        let (x, y) = (x.to_string(), y.to_string());
        self.tell(
            "xdotool",
            &["mousemove", "--window", window, &x, &y, "sleep", "0.3", "mousedown", "1"],
        );
    }

    /// Clicks on something in such a window, as slowly as a hand does.
    pub(crate) fn tap(&self, window: &str, place: [i32; 2]) {
        self.press_button_on(window, place);
        self.tell("xdotool", &["sleep", "0.1", "mouseup", "1", "sleep", "0.1"]);
        self.put_pointer_away();
    }

    /// Drags something in such a window upwards by 40 points, in steps as a hand does.
    pub(crate) fn drag_up(&self, window: &str, place: [i32; 2]) {
        self.press_button_on(window, place);
        for _ in 0..20 {
            self.tell("xdotool", &["mousemove_relative", "--", "0", "-2", "sleep", "0.03"]);
        }
        self.tell("xdotool", &["mouseup", "1"]);
        self.put_pointer_away();
    }

    /// What a window shows, as a number that differs when it differs.
    pub(crate) fn window_as_pixels(&self, window: &str) -> Option<String> {
        let picture = std::env::temp_dir().join(format!("burnish-{}.png", std::process::id()));
        let name = picture.to_string_lossy().into_owned();
        self.tell("import", &["-window", window, &name])?;
        let signature = self.tell("identify", &["-format", "%#", &name]);
        let _ = std::fs::remove_file(picture);
        signature
    }

    /// A picture of the whole screen.
    pub(crate) fn photograph(&self, picture: &Path) {
        let picture = picture.to_string_lossy();
        self.tell("import", &["-window", "root", &picture]);
    }

    /// A picture of the whole screen beside one of the editor's window, once something is drawn in that.
    pub(crate) fn photograph_editor(&self, title: &str, room: &Room) -> Result<String, String> {
        let window = until(Duration::from_secs(15), || self.window(title))
            .ok_or_else(|| format!("expected a window \"{title}\", found none in 15 s"))?;
        self.put_pointer_away();
        let picture = room.path("editor.png");
        let name = picture.to_string_lossy().into_owned();
        let mut colours = 0;
        let drawn = until(Duration::from_secs(10), || {
            self.tell("import", &["-window", &window, &name])?;
            colours = self.tell("identify", &["-format", "%k", &name])?.parse().ok()?;
            (colours > LEAST_COLOURS).then_some(())
        });
        self.photograph(&room.path("screen.png"));
        match drawn {
            Some(()) => Ok(format!("{colours} colours, untouched")),
            None => Err(format!(
                "expected something drawn in the editor's window, found {colours} colours after 10 s untouched"
            )),
        }
    }
}

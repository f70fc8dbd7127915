//! Ardour's home, and the environment that its programs expect.

use std::process::Command;

use crate::hosts::bench::{Bench, Room, copy};

use super::session::CONFIGURATION;

/// Where Ardour lies.
pub(super) const LIBRARIES: &str = "/usr/lib/ardour7";

/// Ardour's home in its room.
pub(super) struct Place {
    pub(super) room: Room,
}

impl Place {
    pub(super) fn new(bench: &Bench) -> Result<Self, String> {
        let room = bench.room("ardour")?;
        copy(&bench.vst3(), &room.path("home/.vst3/Burnish.vst3"))?;
        for (name, text) in CONFIGURATION {
            room.write(&format!("home/.config/ardour7/{name}"), text)?;
        }
        Ok(Self { room })
    }

    /// A program of Ardour's, in the environment that its start scripts make.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = self.room.command(program);
        command
            .env("GTK_PATH", format!("/etc/ardour7:{LIBRARIES}"))
            .env("LD_LIBRARY_PATH", LIBRARIES)
            .env("ARDOUR_DATA_PATH", "/usr/share/ardour7")
            .env("ARDOUR_CONFIG_PATH", "/etc/ardour7")
            .env("ARDOUR_DLL_PATH", LIBRARIES)
            .env("VAMP_PATH", format!("{LIBRARIES}/vamp"));
        // Its routines for AVX-512 write beyond their ends (mended in 8.5): what it exports is then garbage now
        // and then, or it crashes, with or without a plug-in. This is a list of all else that such a machine has.
        if std::fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains("avx512f")) {
            command.env("ARDOUR_FPU_FLAGS", "95");
        }
        command
    }
}

//! Ways of listening that never reach a render.

use crate::parameter::choice;
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::Ramp;
use crate::units::db_to_gain;

choice! {
    /// How the master is being listened to.
    pub enum Monitor {
        /// As it is.
        Off = "Stereo",
        /// Both channels summed: what a phone or a club plays.
        Mono = "Mono",
        /// Only what differs between the channels.
        Side = "Side",
    }
}

impl Monitor {
    /// Left from left, left from right, right from left, right from right.
    fn matrix(self) -> [f64; 4] {
        match self {
            Monitor::Off => [1.0, 0.0, 0.0, 1.0],
            Monitor::Mono => [0.5, 0.5, 0.5, 0.5],
            Monitor::Side => [0.5, -0.5, 0.5, -0.5],
        }
    }
}

const RAMP_MS: f64 = 10.0;

/// Applies the chosen way of listening; "off" is bit-exact.
#[derive(Debug)]
pub struct MonitorRack {
    monitor: Monitor,
    matrix: [Ramp; 4],
    gain: Ramp,
}

impl MonitorRack {
    /// A rack that is off.
    pub fn new(spec: AudioSpec) -> Self {
        let ramp_frames = spec.frames_in_ms(RAMP_MS);
        Self {
            monitor: Monitor::Off,
            matrix: Monitor::Off.matrix().map(|gain| Ramp::new(gain, ramp_frames)),
            gain: Ramp::new(1.0, ramp_frames),
        }
    }

    /// Switches off at once.
    pub fn reset(&mut self) {
        self.monitor = Monitor::Off;
        for (ramp, gain) in self.matrix.iter_mut().zip(Monitor::Off.matrix()) {
            ramp.snap(gain);
        }
        self.gain.snap(1.0);
    }

    /// Moves to another way of listening without a click.
    pub fn choose(&mut self, monitor: Monitor) {
        self.monitor = monitor;
        for (ramp, gain) in self.matrix.iter_mut().zip(monitor.matrix()) {
            ramp.set(gain);
        }
    }

    /// Moves to another level, dB; 0 is as it is. With the limiter's own gain
    /// taken back ("unity gain") limiting is heard without its loudness.
    pub fn set_gain_db(&mut self, gain_db: f64) {
        self.gain.set(if gain_db == 0.0 { 1.0 } else { db_to_gain(gain_db) });
    }

    /// Works on a block in place.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        let is_level = self.gain.is_settled() && self.gain.value() == 1.0;
        if self.monitor == Monitor::Off && self.matrix.iter().all(Ramp::is_settled) && is_level {
            return;
        }
        for (l, r) in block.left.iter_mut().zip(block.right.iter_mut()) {
            let [ll, lr, rl, rr] = self.matrix.each_mut().map(Ramp::advance);
            let (left, right) = (f64::from(*l), f64::from(*r));
            let gain = self.gain.advance();
            *l = (gain * (ll * left + lr * right)) as f32;
            *r = (gain * (rl * left + rr * right)) as f32;
        }
    }
}

//! The last steps of a stream, and whether all of them belong to what is measured.

/// The energies of the last steps.
#[derive(Debug)]
pub(super) struct Window {
    energies: Box<[f64]>,
    frames: Box<[u32]>,
    next: usize,
    is_full: bool,
}

impl Window {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            energies: vec![0.0; steps].into(),
            frames: vec![0; steps].into(),
            next: 0,
            is_full: false,
        }
    }

    /// What it held is not read before it has been filled anew.
    pub(super) fn reset(&mut self) {
        self.next = 0;
        self.is_full = false;
    }

    pub(super) fn push(&mut self, energy: f64, frames: usize) {
        self.energies[self.next] = energy;
        self.frames[self.next] = frames as u32;
        self.next += 1;
        if self.next == self.energies.len() {
            self.next = 0;
            self.is_full = true;
        }
    }

    /// Mean power over the window; `None` until it has been filled once.
    pub(super) fn power(&self) -> Option<f64> {
        if !self.is_full {
            return None;
        }
        // Four sums side by side are not held up by the latency of an addition.
        let mut sums = [0.0; 4];
        for energies in self.energies.chunks(4) {
            for (sum, energy) in sums.iter_mut().zip(energies) {
                *sum += energy;
            }
        }
        let energy = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        Some(energy / f64::from(self.frames.iter().sum::<u32>()))
    }
}

/// How many steps have passed, whole and without a break.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Streak {
    steps: u64,
    /// The step under way began before the streak.
    is_step_cut: bool,
}

impl Streak {
    pub(super) fn begin(&mut self, is_within_step: bool) {
        *self = Self { steps: 0, is_step_cut: is_within_step };
    }

    pub(super) fn complete_step(&mut self) {
        if !std::mem::take(&mut self.is_step_cut) {
            self.steps += 1;
        }
    }

    /// How many they are.
    pub(super) fn steps(self) -> u64 {
        self.steps
    }

    /// Whether the last so many steps all belong to it.
    pub(super) fn covers(self, steps: usize) -> bool {
        self.steps >= steps as u64
    }
}

//! Values that glide to where they were told to go, so that no setting clicks.

/// A value that reaches its target in a straight line over a fixed number of frames.
#[derive(Clone, Copy, Debug)]
pub struct Ramp {
    current: f64,
    target: f64,
    step: f64,
    frames_left: usize,
    ramp_frames: usize,
}

impl Ramp {
    /// A settled ramp at `value` that will take `ramp_frames` for every change.
    pub fn new(value: f64, ramp_frames: usize) -> Self {
        Self { current: value, target: value, step: 0.0, frames_left: 0, ramp_frames }
    }

    /// Jumps to `value`.
    pub fn snap(&mut self, value: f64) {
        *self = Self::new(value, self.ramp_frames);
    }

    /// Starts to move to `target`; does nothing when it is already on its way there.
    pub fn set(&mut self, target: f64) {
        if target != self.target {
            self.target = target;
            self.frames_left = self.ramp_frames.max(1);
            self.step = (target - self.current) / self.frames_left as f64;
        }
    }

    /// Where it is going.
    pub fn target(&self) -> f64 {
        self.target
    }

    /// Whether it has arrived.
    pub fn is_settled(&self) -> bool {
        self.frames_left == 0
    }

    /// The value at the next frame.
    pub fn advance(&mut self) -> f64 {
        if self.frames_left > 0 {
            self.frames_left -= 1;
            // The last step lands on the target itself, free of rounding.
            self.current =
                if self.frames_left == 0 { self.target } else { self.current + self.step };
        }
        self.current
    }

    /// The values at the next `frames` frames, each given to `take` with its
    /// number: the same as [`Self::advance`] gives one by one.
    #[inline]
    pub fn advance_run(&mut self, frames: usize, mut take: impl FnMut(usize, f64)) {
        let moving = frames.min(self.frames_left);
        let arrives = moving > 0 && moving == self.frames_left;
        let on_the_way = moving - usize::from(arrives);
        for frame in 0..on_the_way {
            self.current += self.step;
            take(frame, self.current);
        }
        if arrives {
            self.current = self.target;
        }
        self.frames_left -= moving;
        for frame in on_the_way..frames {
            take(frame, self.current);
        }
    }

    /// The value now.
    pub fn value(&self) -> f64 {
        self.current
    }
}

/// Frames between two updates of values that are too dear to compute for every frame.
pub const TICK_FRAMES: usize = 32;

/// Cuts a stream into runs that end on a grid fixed to the song, so that what
/// happens on the grid depends neither on how the host cuts its blocks nor on
/// where it began to play. Where the song is unknown it begins at the last reset.
#[derive(Clone, Copy, Debug)]
pub struct TickGrid {
    tick_frames: usize,
    phase: usize,
    /// The grid was moved: a tick begins here, wherever the last one was.
    is_moved: bool,
    /// The last tick ended early, because the grid was moved.
    is_cut: bool,
}

impl Default for TickGrid {
    fn default() -> Self {
        Self::new(TICK_FRAMES)
    }
}

impl TickGrid {
    /// A grid of `tick_frames` frames.
    pub fn new(tick_frames: usize) -> Self {
        Self { tick_frames: tick_frames.max(1), phase: 0, is_moved: false, is_cut: false }
    }

    /// Frames from one tick to the next.
    pub fn tick_frames(&self) -> usize {
        self.tick_frames
    }

    /// Starts the grid afresh.
    pub fn reset(&mut self) {
        *self = Self::new(self.tick_frames);
    }

    /// Lays the grid through the song, of which `song_frame` comes next: ticks
    /// begin at multiples of their length. Where that moves the grid, two ticks
    /// are short and none is long.
    pub fn anchor(&mut self, song_frame: i64) {
        let phase = phase_in(song_frame, self.tick_frames);
        if phase != self.phase {
            self.is_moved = true;
            self.is_cut = self.phase != 0;
            self.phase = phase;
        }
    }

    /// Whether the next frame is the first of a tick.
    pub fn is_at_tick(&self) -> bool {
        self.phase == 0 || self.is_moved
    }

    /// Whether the tick that ends here was cut short.
    pub fn is_cut(&self) -> bool {
        self.is_moved && self.is_cut
    }

    /// Frames until the next tick begins; all of one where it begins here.
    pub fn frames_left(&self) -> usize {
        self.tick_frames - self.phase
    }

    /// Takes the next run of at most `frames_left` frames within one tick and returns its length.
    pub fn take(&mut self, frames_left: usize) -> usize {
        let frames = frames_left.min(self.tick_frames - self.phase);
        self.phase = (self.phase + frames) % self.tick_frames;
        self.is_moved &= frames == 0;
        frames
    }
}

/// How far a frame of the song lies behind the last multiple of `length`.
pub(crate) fn phase_in(song_frame: i64, length: usize) -> usize {
    song_frame.rem_euclid(length as i64) as usize
}

/// A value that approaches its target exponentially, one step a tick.
#[derive(Clone, Copy, Debug)]
pub struct Glide {
    current: f64,
    target: f64,
    coefficient: f64,
    tolerance: f64,
}

impl Glide {
    /// A settled glide at `value`; `coefficient` is what remains of the distance
    /// after each tick, and within `tolerance` of the target it lands on it.
    pub fn new(value: f64, coefficient: f64, tolerance: f64) -> Self {
        Self { current: value, target: value, coefficient, tolerance }
    }

    /// Jumps to `value`.
    pub fn snap(&mut self, value: f64) {
        self.current = value;
        self.target = value;
    }

    /// Starts to move to `target`.
    pub fn set(&mut self, target: f64) {
        self.target = target;
    }

    /// Whether it has arrived.
    pub fn is_settled(&self) -> bool {
        self.current == self.target
    }

    /// The value after one more tick.
    pub fn advance(&mut self) -> f64 {
        self.current = self.target + (self.current - self.target) * self.coefficient;
        if (self.current - self.target).abs() < self.tolerance {
            self.current = self.target;
        }
        self.current
    }

    /// The value now.
    pub fn value(&self) -> f64 {
        self.current
    }
}

/// Gains of what goes and what comes: two songs have nothing in common, so
/// their powers add up.
pub(crate) fn equal_power(position: f64) -> (f32, f32) {
    let (sine, cosine) = (position * std::f64::consts::FRAC_PI_2).sin_cos();
    (cosine as f32, sine as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_lands_exactly_and_on_time() {
        let mut ramp = Ramp::new(0.1, 7);
        ramp.set(0.7);
        let values: Vec<f64> = (0..8).map(|_| ramp.advance()).collect();
        assert!(values.windows(2).take(6).all(|pair| pair[1] > pair[0]));
        assert_eq!(values[6], 0.7);
        assert_eq!(values[7], 0.7);
        assert!(ramp.is_settled());
    }

    #[test]
    fn a_run_is_its_frames_one_by_one() {
        for cuts in [[3, 4, 9], [7, 1, 8], [1, 14, 1]] {
            let mut ramp = Ramp::new(0.1, 7);
            ramp.set(0.7);
            let mut other = ramp;
            let one_by_one: Vec<f64> = (0..16).map(|_| other.advance()).collect();
            let mut values = Vec::new();
            for cut in cuts {
                let mut run = vec![f64::NAN; cut];
                ramp.advance_run(cut, |frame, value| run[frame] = value);
                values.extend(run);
            }
            assert_eq!(values, one_by_one);
        }
    }

    #[test]
    fn ticks_fall_on_the_same_frames_however_blocks_are_cut() {
        let ticks = |cuts: &[usize]| {
            let mut grid = TickGrid::default();
            let mut found = Vec::new();
            let mut frame = 0;
            for &cut in cuts {
                let mut left = cut;
                while left > 0 {
                    if grid.is_at_tick() {
                        found.push(frame);
                    }
                    let run = grid.take(left);
                    left -= run;
                    frame += run;
                }
            }
            found
        };
        assert_eq!(ticks(&[100]), vec![0, 32, 64, 96]);
        assert_eq!(ticks(&[1, 31, 5, 59, 4]), vec![0, 32, 64, 96]);
    }

    /// The frames at which ticks begin, of stretches of the song: where each
    /// begins, and how long it is.
    fn anchored_ticks(stretches: &[(i64, usize)]) -> Vec<usize> {
        let mut grid = TickGrid::default();
        let mut found = Vec::new();
        let mut frame = 0;
        for &(song_frame, frames) in stretches {
            grid.anchor(song_frame);
            let end = frame + frames;
            while frame < end {
                if grid.is_at_tick() {
                    found.push(frame);
                }
                frame += grid.take((end - frame).min(10));
            }
        }
        found
    }

    #[test]
    fn ticks_fall_on_the_song_and_none_is_longer_than_another() {
        assert_eq!(anchored_ticks(&[(0, 40), (40, 60)]), vec![0, 32, 64, 96]);
        assert_eq!(anchored_ticks(&[(70, 60)]), vec![0, 26, 58]);
        assert_eq!(anchored_ticks(&[(-5, 60)]), vec![0, 5, 37]);
        // A jump within a tick, and one where a tick begins anyway.
        assert_eq!(anchored_ticks(&[(0, 40), (1003, 60)]), vec![0, 32, 40, 61, 93]);
        assert_eq!(anchored_ticks(&[(0, 64), (31, 40)]), vec![0, 32, 64, 65, 97]);
        for to in -40..40 {
            let ticks = anchored_ticks(&[(0, 77), (to, 100)]);
            assert!(
                ticks.windows(2).all(|pair| pair[1] - pair[0] <= TICK_FRAMES),
                "{to}: {ticks:?}"
            );
        }
    }
}

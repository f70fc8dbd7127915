//! The newest samples of a stream, in one piece.

/// Keeps the last samples of a stream, so that filters see them without a wrap.
#[derive(Debug)]
pub(crate) struct Tape {
    samples: Vec<f32>,
    kept: usize,
    end: usize,
}

impl Tape {
    /// Keeps `kept` samples besides a run of at most `longest_run`; full of
    /// silence. The only place that allocates.
    pub(crate) fn new(kept: usize, longest_run: usize) -> Self {
        // The longer the tape, the less often it is wound back.
        let length = kept + longest_run.max(1) * 8 + kept;
        Self { samples: vec![0.0; length], kept, end: kept }
    }

    /// Fills the tape with silence.
    pub(crate) fn reset(&mut self) {
        self.samples.fill(0.0);
        self.end = self.kept;
    }

    /// Appends a run.
    pub(crate) fn push(&mut self, run: &[f32]) {
        if self.end + run.len() > self.samples.len() {
            self.samples.copy_within(self.end - self.kept..self.end, 0);
            self.end = self.kept;
        }
        self.samples[self.end..self.end + run.len()].copy_from_slice(run);
        self.end += run.len();
    }

    /// The newest `length` samples, oldest first: at most the kept ones and the last run.
    pub(crate) fn newest(&self, length: usize) -> &[f32] {
        &self.samples[self.end - length..self.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_samples_are_there_in_order_for_any_runs() {
        let mut tape = Tape::new(10, 7);
        let mut stream = vec![0.0; 10];
        for n in 0..200 {
            let run: Vec<f32> = (0..n % 8).map(|i| (n * 10 + i) as f32).collect();
            stream.extend(&run);
            tape.push(&run);
            let length = 10 + run.len();
            assert_eq!(tape.newest(length), &stream[stream.len() - length..]);
        }
    }
}

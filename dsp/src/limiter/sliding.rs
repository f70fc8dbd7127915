//! The highest value of a moving window, at constant cost on average.

/// A monotonic queue: values in decreasing order, each with the time it came.
#[derive(Debug)]
pub(super) struct SlidingMax<T> {
    entries: Vec<(T, u64)>,
    head: usize,
    length: usize,
    window: u64,
    now: u64,
}

impl<T: Copy + PartialOrd + Default> SlidingMax<T> {
    /// A window of at most `capacity` values; before the first value it holds
    /// defaults. The only place that allocates.
    pub(super) fn new(capacity: usize) -> Self {
        let mut queue = Self {
            entries: vec![(T::default(), 0); capacity.max(1) + 1],
            head: 0,
            length: 0,
            window: capacity.max(1) as u64,
            now: 0,
        };
        queue.reset(T::default());
        queue
    }

    /// Fills the whole window with `value`.
    pub(super) fn reset(&mut self, value: T) {
        self.head = 0;
        self.length = 1;
        self.now = 0;
        self.entries[0] = (value, 0);
    }

    /// Sets the window's length, at most the capacity.
    pub(super) fn set_window(&mut self, window: usize) {
        self.window = (window.max(1) as u64).min(self.entries.len() as u64 - 1);
    }

    /// Takes over another's values; both have the same capacity.
    pub(super) fn follow(&mut self, other: &Self) {
        self.entries.copy_from_slice(&other.entries);
        (self.head, self.length) = (other.head, other.length);
        (self.window, self.now) = (other.window, other.now);
    }

    /// Takes the next value and returns the highest of the window.
    pub(super) fn push(&mut self, value: T) -> T {
        let capacity = self.entries.len();
        // The queue is shorter than twice its capacity: a subtraction wraps.
        let wrap = |index: usize| if index >= capacity { index - capacity } else { index };
        self.now += 1;
        while self.length > 0 {
            let last = wrap(self.head + self.length - 1);
            if self.entries[last].0 > value {
                break;
            }
            self.length -= 1;
        }
        self.entries[wrap(self.head + self.length)] = (value, self.now);
        self.length += 1;
        while self.entries[self.head].1 + self.window <= self.now {
            self.head = wrap(self.head + 1);
            self.length -= 1;
        }
        self.entries[self.head].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_equals_a_search_through_the_window() {
        let mut state = 7u32;
        let values: Vec<i64> = (0..500)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i64::from(state >> 24)
            })
            .collect();
        for window in [1usize, 2, 7, 48] {
            let mut sliding = SlidingMax::new(48);
            sliding.set_window(window);
            for (n, value) in values.iter().enumerate() {
                let expected = values[(n + 1).saturating_sub(window)..=n].iter().max();
                assert_eq!(Some(&sliding.push(*value)), expected);
            }
        }
    }
}

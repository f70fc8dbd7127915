//! The highest of many codes that come and go.

/// Codes in one group.
const GROUP: usize = 256;
const GROUPS: usize = (1 << 16) / GROUP;

/// How many slots hold each code; the highest is found in 512 steps at most.
#[derive(Debug)]
pub(super) struct Highest {
    counts: Box<[u32]>,
    groups: Box<[u32]>,
}

impl Highest {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; 1 << 16].into(), groups: vec![0; GROUPS].into() }
    }

    pub(super) fn reset(&mut self) {
        for (counts, group) in self.counts.chunks_mut(GROUP).zip(&mut self.groups) {
            if std::mem::take(group) > 0 {
                counts.fill(0);
            }
        }
    }

    pub(super) fn add(&mut self, code: u16) {
        self.counts[usize::from(code)] += 1;
        self.groups[usize::from(code) / GROUP] += 1;
    }

    /// Takes a code out that was added.
    pub(super) fn remove(&mut self, code: u16) {
        for count in
            [&mut self.counts[usize::from(code)], &mut self.groups[usize::from(code) / GROUP]]
        {
            debug_assert!(*count > 0, "only what was added is removed");
            *count = count.saturating_sub(1);
        }
    }

    /// The highest code that is there.
    pub(super) fn get(&self) -> Option<u16> {
        let group = self.groups.iter().rposition(|count| *count > 0)?;
        let counts = &self.counts[group * GROUP..(group + 1) * GROUP];
        let place = counts.iter().rposition(|count| *count > 0)?;
        Some((group * GROUP + place) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_comes_and_goes() {
        let mut highest = Highest::new();
        assert_eq!(highest.get(), None);
        for code in [300, 65_535, 300, 2] {
            highest.add(code);
        }
        for expected in [65_535, 300, 300, 2] {
            assert_eq!(highest.get(), Some(expected));
            highest.remove(expected);
        }
        assert_eq!(highest.get(), None);
        highest.add(7);
        highest.reset();
        assert_eq!(highest.get(), None);
        highest.add(7);
        assert_eq!(highest.get(), Some(7));
    }
}

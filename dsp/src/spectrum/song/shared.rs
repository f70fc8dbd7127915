//! How the sums reach their readers.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use super::eighths::PARTS;

/// How often a reader tries before it leaves the news for the next time.
const READ_ATTEMPTS: usize = 3;

/// The spectrum of the song as the audio thread and its readers share it.
#[derive(Debug)]
pub struct SharedSongSpectrum {
    sample_rate_hz: f64,
    /// Odd while the rest is being written.
    sequence: AtomicU64,
    totals: Vec<AtomicU64>,
    highest: Vec<AtomicU32>,
    windows: AtomicU64,
    resets: AtomicU64,
}

impl SharedSongSpectrum {
    pub(super) fn new(sample_rate_hz: f64, bins: usize) -> Self {
        Self {
            sample_rate_hz,
            sequence: AtomicU64::new(0),
            totals: (0..bins).map(|_| AtomicU64::new(0)).collect(),
            highest: (0..bins).map(|_| AtomicU32::new(0)).collect(),
            windows: AtomicU64::new(0),
            resets: AtomicU64::new(0),
        }
    }

    /// Audio thread: gives readers the sums of `windows` windows, by parts.
    pub(super) fn write(&self, totals: &[f64], highest: &[f32], windows: u64, resets: u64) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence.store(sequence + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        for (shared, total) in self.totals.iter().zip(totals) {
            shared.store(total.to_bits(), Ordering::Relaxed);
        }
        for (shared, highest) in self.highest.iter().zip(highest) {
            shared.store(highest.to_bits(), Ordering::Relaxed);
        }
        self.windows.store(windows, Ordering::Relaxed);
        self.resets.store(resets, Ordering::Relaxed);
        self.sequence.store(sequence + 2, Ordering::Release);
    }

    /// Reader: brings a copy up to date; false when there is nothing new, or
    /// when the audio thread was writing just then: the next time will do.
    pub fn read(&self, copy: &mut SongSpectrum) -> bool {
        let is_same_song = copy.sample_rate_hz == self.sample_rate_hz;
        for _ in 0..READ_ATTEMPTS {
            let sequence = self.sequence.load(Ordering::Acquire);
            if is_same_song && sequence == copy.sequence {
                return false;
            }
            if !sequence.is_multiple_of(2) {
                std::hint::spin_loop();
                continue;
            }
            let windows = self.windows.load(Ordering::Relaxed);
            let resets = self.resets.load(Ordering::Relaxed);
            let scale = 1.0 / windows.max(1) as f64;
            let bins = self.totals.len();
            let [average, highest] = &mut copy.next;
            average.resize(bins, 0.0);
            highest.resize(bins, 0.0);
            let half = (bins - 1) / PARTS;
            for bin in 0..bins {
                // By parts, Nyquist last.
                let place = if bin + 1 == bins { bin } else { bin % PARTS * half + bin / PARTS };
                let total = f64::from_bits(self.totals[place].load(Ordering::Relaxed));
                average[bin] = (total * scale) as f32;
                highest[bin] = f32::from_bits(self.highest[place].load(Ordering::Relaxed));
            }
            fence(Ordering::Acquire);
            if self.sequence.load(Ordering::Relaxed) == sequence {
                std::mem::swap(&mut copy.average, average);
                std::mem::swap(&mut copy.highest, highest);
                copy.sample_rate_hz = self.sample_rate_hz;
                copy.sequence = sequence;
                copy.windows = windows;
                copy.resets = resets;
                return true;
            }
        }
        false
    }
}

/// A reader's copy of the spectrum of the song.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SongSpectrum {
    /// Mean power of each bin, from 0 Hz to Nyquist.
    pub average: Vec<f32>,
    /// Highest power of each bin in any window.
    pub highest: Vec<f32>,
    /// Windows since the last reset; the rest means nothing before there is one.
    pub windows: u64,
    /// How often the song has begun anew.
    pub resets: u64,
    /// Sample rate of the stream, Hz.
    pub sample_rate_hz: f64,
    sequence: u64,
    /// What is being read, until it is known to be whole.
    next: [Vec<f32>; 2],
}

//! Just enough of WAV files to compare what hosts write.

use std::path::Path;

/// The mix rises by this from the automation's start to its end, in the hosts that automate it.
pub(crate) const RISE_FROM_DB: f64 = -12.0;
/// How long the automation's rise to 0 dB takes, in seconds.
pub(crate) const RISE_S: usize = 10;
/// How far a level may be from where the automation has it: the mean over a second of music is not the mean
/// of the gain.
const LEVEL_TOLERANCE_DB: f64 = 0.5;

/// A frame of two 32-bit floats.
const FRAME_BYTES: usize = 8;

/// A stereo sound.
#[derive(Debug, PartialEq)]
pub(crate) struct Sound {
    pub(crate) rate_hz: usize,
    pub(crate) frames: Vec<[f32; 2]>,
}

impl Sound {
    /// Reads a stereo WAV file of 32-bit floats, or of 16 or 24 bit.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let words = |what: &str| format!("{}: {what}", path.display());
        let bytes = std::fs::read(path).map_err(|error| words(&error.to_string()))?;
        Self::parse(&bytes).ok_or_else(|| words("expected a stereo WAV file, found something else"))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let (mut format, mut at) = (None, 12);
        loop {
            let name = bytes.get(at..at + 4)?;
            let size = number(bytes.get(at + 4..at + 8)?);
            let body = &bytes[at + 8..];
            if name == b"fmt " {
                let channels = number(body.get(2..4)?);
                let bits = number(body.get(14..16)?);
                format = (channels == 2).then_some((number(body.get(4..8)?), bits));
            }
            if name == b"data" {
                let (rate_hz, bits) = format?;
                let width = bits / 8;
                let sample: fn(&[u8]) -> f32 = match bits {
                    16 => |b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32768.0,
                    24 => |b| (i32::from_le_bytes([0, b[0], b[1], b[2]]) >> 8) as f32 / 8_388_608.0,
                    32 => |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
                    _ => return None,
                };
                // A file that is still being written says less than it holds, or more.
                let data = &body[..size.min(body.len())];
                let frames = data.chunks_exact(2 * width);
                let frames = frames.map(|f| [sample(&f[..width]), sample(&f[width..])]).collect();
                return Some(Self { rate_hz, frames });
            }
            at += 8 + size + size % 2;
        }
    }

    /// Writes a WAV file of 32-bit floats.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        let size = (self.frames.len() * FRAME_BYTES) as u32;
        let rate_hz = self.rate_hz as u32;
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + size).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x03\0\x02\0");
        bytes.extend(rate_hz.to_le_bytes());
        bytes.extend((rate_hz * FRAME_BYTES as u32).to_le_bytes());
        bytes.extend(b"\x08\0\x20\0data");
        bytes.extend(size.to_le_bytes());
        bytes.extend(self.frames.as_flattened().iter().flat_map(|sample| sample.to_le_bytes()));
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// It with silence in front.
    pub(crate) fn later(&self, frames: usize) -> Self {
        let silence = std::iter::repeat_n([0.0; 2], frames);
        Self { rate_hz: self.rate_hz, frames: silence.chain(self.frames.iter().copied()).collect() }
    }

    /// It without its first frames.
    pub(crate) fn earlier(&self, frames: usize) -> Self {
        let frames = self.frames.iter().skip(frames).copied().collect();
        Self { rate_hz: self.rate_hz, frames }
    }

    /// Whether it is as long as asked, finite, not silent and not above full scale; its peak in dBFS.
    pub(crate) fn judge(&self, frames: usize) -> Result<String, String> {
        if self.frames.len() != frames {
            return Err(format!("expected {frames} frames, found {}", self.frames.len()));
        }
        let mut peak = 0.0_f32;
        for sample in self.frames.as_flattened() {
            if !sample.is_finite() {
                return Err("expected finite samples".to_owned());
            }
            peak = peak.max(sample.abs());
        }
        let peak_dbfs = 20.0 * f64::from(peak).log10();
        if (-60.0..=0.0).contains(&peak_dbfs) {
            Ok(format!("peak {peak_dbfs:.2} dBFS"))
        } else {
            Err(format!(
                "expected sound at most at full scale, found a peak of {peak_dbfs:.1} dBFS"
            ))
        }
    }

    /// The level of a second in dB.
    fn level_db(&self, second: usize) -> f64 {
        let frames = &self.frames[second * self.rate_hz..(second + 1) * self.rate_hz];
        let power: f64 = frames.as_flattened().iter().map(|s| f64::from(*s).powi(2)).sum();
        10.0 * (power / (2 * frames.len()) as f64 + 1e-30).log10()
    }

    /// How much louder it is than another sound, over the seconds that both have.
    pub(crate) fn gain_db(&self, other: &Self) -> f64 {
        let seconds = self.frames.len().min(other.frames.len()) / self.rate_hz;
        (0..seconds).map(|s| self.level_db(s) - other.level_db(s)).sum::<f64>() / seconds as f64
    }

    /// Whether its level follows the automation, against the same sound without it.
    pub(crate) fn follows(&self, still: &Self, offset_db: f64) -> Result<String, String> {
        let rises: Vec<f64> =
            (0..RISE_S - 1).map(|s| self.level_db(s) - still.level_db(s) - offset_db).collect();
        let worst = rises.iter().enumerate().map(|(second, rise_db)| {
            let expected_db = RISE_FROM_DB * (1.0 - (second as f64 + 0.5) / RISE_S as f64);
            (rise_db - expected_db).abs()
        });
        let worst_db = worst.fold(0.0, f64::max);
        let words: Vec<String> = rises.iter().map(|rise_db| format!("{rise_db:.1}")).collect();
        if worst_db < LEVEL_TOLERANCE_DB {
            Ok(format!(
                "trim gain from {RISE_FROM_DB} to 0 dB in {RISE_S} s, heard second by second to {worst_db:.2} dB"
            ))
        } else {
            Err(format!(
                "expected a rise from {RISE_FROM_DB} dB to 0 in {RISE_S} s, found {} dB",
                words.join(", ")
            ))
        }
    }
}

/// The little-endian number in a few bytes.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// How deeply two sounds null: the peak of the difference.
pub(crate) fn null(one: &Sound, other: &Sound) -> Result<f64, String> {
    if one.frames.len() != other.frames.len() {
        return Err(format!(
            "expected equal lengths, found {} and {} frames",
            one.frames.len(),
            other.frames.len()
        ));
    }
    let pairs = one.frames.as_flattened().iter().zip(other.frames.as_flattened());
    let peak = pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max);
    Ok(20.0 * peak.log10())
}

/// How many frames the first sound is late, up to a control block either way, and how deeply the two null then
/// where they overlap.
pub(crate) fn null_shifted(one: &Sound, other: &Sound) -> (isize, f64) {
    const MOST: isize = 32;
    let peak = |late: isize, stride: usize| {
        let (skip, skip_other) = (late.max(0) as usize, (-late).max(0) as usize);
        let pairs = one.frames.iter().skip(skip).zip(other.frames.iter().skip(skip_other));
        let differences = pairs.step_by(stride).map(|(a, b)| {
            (f64::from(a[0]) - f64::from(b[0])).abs().max((f64::from(a[1]) - f64::from(b[1])).abs())
        });
        differences.fold(0.0, f64::max)
    };
    // One frame in 97 is enough to find the place.
    let late = (-MOST..=MOST).min_by(|a, b| peak(*a, 97).total_cmp(&peak(*b, 97))).unwrap_or(0);
    (late, 20.0 * peak(late, 1).log10())
}

/// A null's depth in words.
pub(crate) fn depth(null_dbfs: f64) -> String {
    if null_dbfs == f64::NEG_INFINITY {
        "to the bit".to_owned()
    } else {
        format!("to {null_dbfs:.1} dBFS")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stereo file with an unknown chunk of odd length in front, as hosts write them.
    fn file(bits: usize, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEbext\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0\x02\0".to_vec();
        bytes.extend(48_000_u32.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend((bits as u16).to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn every_width_is_read() {
        let expected = Some(Sound { rate_hz: 48_000, frames: vec![[0.5, -1.0]] });
        assert_eq!(Sound::parse(&file(16, &[0, 0x40, 0, 0x80])), expected);
        assert_eq!(Sound::parse(&file(24, &[0, 0, 0x40, 0, 0, 0x80])), expected);
        let floats = [0.5_f32.to_le_bytes(), (-1.0_f32).to_le_bytes()].concat();
        assert_eq!(Sound::parse(&file(32, &floats)), expected);
        assert_eq!(Sound::parse(b"fLaC"), None);
    }

    #[test]
    fn a_null_is_the_peak_of_the_difference() {
        let sound = |right| Sound { rate_hz: 48_000, frames: vec![[0.5, right]] };
        assert_eq!(null(&sound(0.25), &sound(0.25)), Ok(f64::NEG_INFINITY));
        let depth_dbfs = null(&sound(0.25), &sound(0.35)).expect("equal lengths");
        assert!((depth_dbfs + 20.0).abs() < 1e-3, "{depth_dbfs}");
        assert!(null(&sound(0.25), &Sound { rate_hz: 48_000, frames: vec![] }).is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        let path = std::env::temp_dir().join(format!("burnish-audio-{}.wav", std::process::id()));
        let sound = Sound { rate_hz: 48_000, frames: vec![[0.5, -1.5], [1e-30, 0.0]] };
        sound.write(&path).expect("a folder for temporary files");
        let read = Sound::read(&path);
        std::fs::remove_file(path).expect("the file");
        assert_eq!(read, Ok(sound));
    }

    #[test]
    fn later_and_earlier_are_each_the_others_undoing() {
        let sound = Sound { rate_hz: 48_000, frames: vec![[0.5, -1.5], [0.25, 0.0]] };
        let later = sound.later(3);
        assert_eq!(later.frames[2..4], [[0.0; 2], [0.5, -1.5]]);
        assert_eq!(later.earlier(3), sound);
    }

    #[test]
    fn a_late_sound_nulls_at_its_place() {
        let noise = |at: isize| [(at * at * 7919 % 1000) as f32 / 1000.0, 0.0];
        let sound = |late: isize| Sound {
            rate_hz: 48_000,
            frames: (0..20_000).map(|at| noise(at - late)).collect(),
        };
        assert_eq!(null_shifted(&sound(16), &sound(0)), (16, f64::NEG_INFINITY));
        assert_eq!(null_shifted(&sound(0), &sound(5)), (-5, f64::NEG_INFINITY));
    }

    #[test]
    fn a_level_that_does_not_move_does_not_follow() {
        let still = Sound { rate_hz: 100, frames: vec![[0.5; 2]; 100 * RISE_S] };
        let gain =
            |at: usize| 10.0_f64.powf(RISE_FROM_DB * (1.0 - at as f64 / 1000.0) / 20.0) as f32;
        let moved = (0..100 * RISE_S).map(|at| [0.5 * gain(at); 2]).collect();
        assert!(Sound { rate_hz: 100, frames: moved }.follows(&still, 0.0).is_ok());
        assert!(still.follows(&still, 0.0).is_err());
    }
}

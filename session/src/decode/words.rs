//! The words about what was read.

use super::source::Format;

/// How every refusal of what is no such file begins.
pub(super) const EXPECTED: &str =
    "expected a WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis or Opus file";

/// The words that refuse something that is known.
pub(super) fn found(what: &str) -> String {
    format!("{EXPECTED}, found {what}")
}

/// How much shorter than its header says compressed audio may be before it counts as
/// truncated: encoders count their padding in different ways.
const LENGTH_TOLERANCE_S: f64 = 0.5;

/// So many frames, in seconds.
pub(super) fn seconds(frames: u64, sample_rate_hz: u32) -> f64 {
    frames as f64 / f64::from(sample_rate_hz.max(1))
}

/// A place in a file, minutes and seconds.
pub(super) fn at(frame: u64, sample_rate_hz: u32) -> String {
    let hundredths = (100.0 * seconds(frame, sample_rate_hz)) as u64;
    format!("{}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

/// Number and noun, in the plural where it has to be.
pub(super) fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// An error of the drive, not of the file.
pub(super) fn cannot_read(error: &std::io::Error) -> String {
    format!("expected to read it to its end, found that {error}")
}

/// The format has to be one throughout.
pub(super) fn format_changed(before: Format, found: Format) -> String {
    let channels = |format: Format| counted(format.channels as u64, "channel", "channels");
    format!(
        "expected one format throughout, found {} at {} Hz after {} at {} Hz",
        channels(found),
        found.sample_rate_hz,
        channels(before),
        before.sample_rate_hz
    )
}

/// Less audio than promised.
pub(super) fn truncated(promised: u64, found: u64, sample_rate_hz: u32) -> String {
    let (promised_s, found_s) = (seconds(promised, sample_rate_hz), seconds(found, sample_rate_hz));
    let found = if promised_s - found_s < 0.01 {
        format!("{} less", counted(promised - found, "frame", "frames"))
    } else {
        format!("{found_s:.2} s")
    };
    format!(
        "expected {promised_s:.2} s of audio as its header promises, found {found}: the file is truncated or damaged"
    )
}

/// A header whose length of the audio was never filled in.
pub(super) fn no_length() -> String {
    "its header gives no length (an unfinished or piped recording): it was read to the end of the file"
        .to_owned()
}

/// What was decoded is not what was encoded.
pub(super) fn wrong_sum() -> String {
    "expected the audio that was encoded, found other samples (the MD5 sum is wrong): the file is damaged, or was decoded wrongly"
        .to_owned()
}

/// Lossy audio is as long as promised, or it is said what lacks: an error when it is
/// more than encoders' different ways of counting.
pub(super) fn check_lossy_length(
    promised: u64,
    found: u64,
    sample_rate_hz: u32,
) -> Result<Option<String>, String> {
    let Some(lacking) = promised.checked_sub(found).filter(|frames| *frames > 0) else {
        return Ok(None);
    };
    if seconds(lacking, sample_rate_hz) > LENGTH_TOLERANCE_S {
        return Err(truncated(promised, found, sample_rate_hz));
    }
    Ok(Some(format!(
        "it ends {:.3} s before the end that its header promises",
        seconds(lacking, sample_rate_hz)
    )))
}

/// Pieces of lossy audio that were lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lost {
    /// How many places.
    pub(super) places: u64,
    /// Frames of silence that stand there now.
    pub(super) frames: u64,
    /// The first place, frames.
    first: u64,
    /// Whether more may have been lost than is silent now.
    pub(super) may_be_more: bool,
    /// Whether only all places together are known to be as long as what was lost.
    pub(super) is_rough_between: bool,
}

impl Lost {
    /// Counts a place where so many frames are silent.
    pub(super) fn count(&mut self, frame: u64, frames: u64) {
        if self.places == 0 {
            self.first = frame;
        }
        self.places += 1;
        self.frames += frames;
    }

    /// Where the first one is.
    pub(super) fn first_place(&self, sample_rate_hz: u32) -> String {
        at(self.first, sample_rate_hz)
    }

    /// What there is to say about it, if anything.
    pub(super) fn warning(&self, what: &str, sample_rate_hz: u32) -> Option<String> {
        (self.places > 0).then(|| {
            let (places, first) = (self.places, self.first_place(sample_rate_hz));
            let place = if places == 1 {
                format!("in a place at {first}")
            } else {
                format!("in {places} places, the first at {first}")
            };
            if self.frames == 0 {
                return format!(
                    "{what} {place}: how much is lost is not known, and what follows may be early"
                );
            }
            let lost_s = seconds(self.frames, sample_rate_hz);
            let more = match (self.may_be_more, self.is_rough_between) {
                (true, _) => "; there may have been more, and what follows may be early",
                (false, true) => "; between the first and the last of them it may be early",
                (false, false) => "",
            };
            format!("{what} {place}: {lost_s:.2} s lost, silent instead{more}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_lengths_read_as_a_person_says_them() {
        assert_eq!(at(48_000 * 61 + 24_000, 48_000), "1:01.50");
        assert_eq!(counted(1, "byte", "bytes"), "1 byte");
        assert!(truncated(480_000, 479_999, 48_000).contains("found 1 frame less"));
        assert!(truncated(480_000, 240_000, 48_000).contains("10.00 s"));
        let mut lost = Lost::default();
        assert_eq!(lost.warning("damaged", 48_000), None);
        lost.count(48_000, 0);
        let text = lost.warning("damaged", 48_000).unwrap();
        assert!(
            text.ends_with(
                "at 0:01.00: how much is lost is not known, and what follows may be early"
            )
        );
        let mut lost = Lost::default();
        lost.count(48_000, 4_800);
        lost.count(96_000, 4_800);
        let text = lost.warning("damaged", 48_000).unwrap();
        assert_eq!(text, "damaged in 2 places, the first at 0:01.00: 0.20 s lost, silent instead");
    }
}

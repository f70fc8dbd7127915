//! Readers of audio files.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use burnish_session::audio::{HIGHEST_RATE_HZ, LOWEST_RATE_HZ};
use burnish_session::decode::{AudioReader, decode_with};
use burnish_session::error::FileError;
use burnish_session::file_format::{Bits, Container, FileFormat};
use burnish_session::master_file::MasterWriter;
use burnish_session::metadata::{Carried, Metadata};
use burnish_session::output::Output;
use tempfile::NamedTempFile;

use super::sums::{mend_flac, mend_ogg};
use super::watch::watched;

/// Samples beyond +60 dBFS are no audio.
const LOUDEST_GAIN: f32 = 1000.0;
/// What is longer is not read to its end: silence costs few bytes in some formats.
const MOST_FRAMES_READ: u64 = 1 << 21;
/// What is shorter is read in pieces and as a whole.
const MOST_FRAMES_READ_TWICE: u64 = 8192;
/// The most frames that a file of so many bytes can hold.
#[derive(Clone, Copy)]
struct Bound {
    /// By each byte.
    per_byte: u64,
    /// And by themselves.
    more: u64,
}

impl Bound {
    /// A frame of uncompressed audio has at least one byte.
    const PCM: Self = Self { per_byte: 1, more: 0 };
    /// 65,536 frames of one value in a block of 9 bytes.
    const FLAC: Self = Self { per_byte: 7282, more: 65_536 };
    /// 576 frames in 24 bytes (8 kbit/s at 24 kHz); a gap is filled with as many packets as
    /// would have filled it, rounded up by half of one, and with a minute that a header counts.
    const MP3: Self = Self { per_byte: 36, more: 2 * 1152 + 60 * 48_000 };
    /// 1024 frames in a packet that is nothing but its header, 7 bytes.
    const AAC: Self = Self { per_byte: 147, more: 2 * 1024 };
    /// As many packets as bytes; those of ALAC may have as many frames. And five minutes of
    /// silence each by an edit list and by fragments that lack.
    const MP4: Self = Self { per_byte: 65_536, more: 600 * HIGHEST_RATE_HZ as u64 };
    /// Opus has 5760 frames in a packet of one byte and its length; as much again may be lost,
    /// and a minute more, twice while it is held back.
    const OGG: Self = Self { per_byte: 2 * 2880, more: 2 * 60 * 96_000 };
    const ANY: Self = Self::MP4;

    fn frames(self, bytes: usize) -> u64 {
        self.per_byte * bytes as u64 + self.more
    }
}

/// A file with these bytes, in memory where the system has such a place.
fn file(bytes: &[u8]) -> NamedTempFile {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { NamedTempFile::new_in(memory) } else { NamedTempFile::new() };
    let mut file = made.expect("a file can be made");
    file.write_all(bytes).expect("a file can be written");
    file
}

#[track_caller]
fn is_one_line(text: &str) {
    assert!(!text.is_empty() && !text.contains(['\n', '\r', '\0']), "{text:?}");
}

/// Reads a file piece by piece; frames, and whether that was all of it.
fn read(path: &Path, bound: u64) -> Result<(u64, bool), FileError> {
    let mut reader = watched(|| AudioReader::open(path))?;
    let (rate_hz, channels) = (reader.sample_rate_hz(), reader.channels());
    assert!((LOWEST_RATE_HZ..=HIGHEST_RATE_HZ).contains(&rate_hz), "{rate_hz} Hz");
    assert!((1..=2).contains(&channels), "{channels} channels");
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut frames, mut is_audio, mut is_whole) = (0, true, true);
    while watched(|| reader.read(&mut left, &mut right))? {
        assert_eq!(left.len(), right.len());
        assert!(channels == 2 || are_same(&left, &right), "mono is one channel");
        is_audio &= left.iter().chain(&right).all(|sample| sample.abs() <= LOUDEST_GAIN);
        frames += left.len() as u64;
        assert_eq!(frames, reader.frames());
        assert!(frames <= bound, "{frames} frames, at most {bound} can be");
        assert!((0.0..=1.0).contains(&reader.share_done()));
        left.clear();
        right.clear();
        if frames > MOST_FRAMES_READ {
            is_whole = false;
            break;
        }
    }
    assert!(is_audio || !is_whole, "a sample is no number or beyond +60 dBFS");
    assert!(frames > 0, "a file without audio is refused");
    for warning in watched(|| reader.warnings()) {
        is_one_line(&warning);
    }
    Ok((frames, is_whole))
}

/// Equal to the bit, so also where both are no number.
fn are_same(left: &[f32], right: &[f32]) -> bool {
    left.iter().zip(right).all(|(left, right)| left.to_bits() == right.to_bits())
}

fn audio(bytes: &[u8], bound: Bound) {
    let file = file(bytes);
    let read = read(file.path(), bound.frames(bytes.len()));
    let as_a_whole = || {
        watched(|| decode_with(file.path(), &mut |_| ControlFlow::Continue(())))
            .map(|decoded| decoded.audio.frames() as u64)
    };
    match read {
        Ok((frames, true)) if frames <= MOST_FRAMES_READ_TWICE => {
            assert_eq!(as_a_whole(), Ok(frames));
        }
        Ok(_) => {}
        Err(error) => {
            is_one_line(&error.message);
            assert!(error.message.contains("expected"), "{}", error.message);
        }
    }
}

/// The bytes with a beginning that makes them a file of this kind.
fn begun(bytes: &[u8], place: usize, marks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let end = place + marks[0].len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    if !marks.iter().any(|mark| bytes[place..].starts_with(mark)) {
        bytes[place..end].copy_from_slice(marks[0]);
    }
    bytes
}

/// Anything: what it is, is told by its contents.
pub fn whole(bytes: &[u8]) {
    audio(bytes, Bound::ANY);
}

/// WAV, RIFX, RF64 and BW64.
pub fn wav(bytes: &[u8]) {
    let bytes = begun(bytes, 0, &[b"RIFF", b"RIFX", b"RF64", b"BW64"]);
    audio(&begun(&bytes, 8, &[b"WAVE"]), Bound::PCM);
}

/// AIFF and AIFF-C.
pub fn aiff(bytes: &[u8]) {
    let bytes = begun(bytes, 0, &[b"FORM"]);
    audio(&begun(&bytes, 8, &[b"AIFF", b"AIFC"]), Bound::PCM);
}

/// FLAC, with right sums of its frames and none of the whole.
pub fn flac(bytes: &[u8]) {
    let mut bytes = begun(bytes, 0, &[b"fLaC"]);
    mend_flac(&mut bytes);
    audio(&bytes, Bound::FLAC);
}

/// MP3, as long as it does not begin as something else.
pub fn mp3(bytes: &[u8]) {
    audio(&begun(bytes, 0, &[&[0xFF], b"ID3"]), Bound::MP3);
}

/// AAC in ADTS.
pub fn aac(bytes: &[u8]) {
    audio(&begun(bytes, 0, &[&[0xFF, 0xF1], &[0xFF, 0xF0], &[0xFF, 0xF9]]), Bound::AAC);
}

/// M4A, MP4 and `QuickTime`.
pub fn mp4(bytes: &[u8]) {
    audio(&begun(bytes, 4, &[b"ftyp", b"moov", b"mdat", b"wide", b"free"]), Bound::MP4);
}

/// Vorbis, Opus and FLAC in Ogg, with right sums of its pages.
pub fn ogg(bytes: &[u8]) {
    let mut bytes = begun(bytes, 0, &[b"OggS"]);
    mend_ogg(&mut bytes);
    audio(&bytes, Bound::OGG);
}

/// What a file says beside its audio, and a master that carries it.
pub fn metadata(bytes: &[u8]) {
    let file = file(bytes);
    let metadata = watched(|| Metadata::read(file.path()));
    for container in Container::ALL {
        let carried = watched(|| metadata.carried(container));
        let told = carried.told.carried.iter().chain(&carried.told.left_behind);
        assert!(told.count() <= bytes.len(), "more is told than there is");
        assert_eq!(watched(|| metadata.carried(container)).told, carried.told);
        if !carried.told.carried.is_empty() {
            written_and_read(container, &carried);
        }
    }
}

/// The smallest master with these remarks can be read, and so can they.
fn written_and_read(container: Container, carried: &Carried) {
    let place = file(&[]);
    let format = FileFormat { container, bits: Bits::B16 };
    let samples = [0.5, 0.25, -0.5];
    let output = Output::to(place.path(), &[]).expect("it can be written");
    watched(|| MasterWriter::begin(&output, format, 48_000, 1, Some(3), carried))
        .and_then(|mut writer| {
            watched(|| writer.write(&samples, &samples))?;
            watched(|| writer.finish())
        })
        .expect("it can be written");
    let read = watched(|| decode_with(place.path(), &mut |_| ControlFlow::Continue(())))
        .expect("what was written can be read");
    assert_eq!((&read.audio.left[..], &read.warnings[..]), (&samples[..], &[][..]));
    let again = watched(|| Metadata::read(place.path()).carried(container)).told;
    assert!(!again.carried.is_empty(), "{:?} were lost: {again:?}", carried.told);
}

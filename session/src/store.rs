//! A decoded song out of memory: in a file that nobody else sees.
//!
//! The samples are kept as they are, 32 bits each. The file has no name, or loses
//! it when it is closed, so nothing is left behind whatever happens. A reference stays
//! in memory where there is no room for the file; a working copy lies in memory up to
//! a size, and an error beyond it is one.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::audio::StereoAudio;

/// Left and right as they lie in the file.
const FRAME_BYTES: usize = 8;
/// Frames that are read at a time.
pub(crate) const RUN_FRAMES: usize = 1 << 14;

/// A song at the stream's sample rate, read piece by piece. Reading touches a
/// file: it is nothing for a thread that a host waits for.
#[derive(Debug)]
pub struct SongStore {
    sample_rate_hz: u32,
    channels: u16,
    frames: usize,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(File),
    Memory(Vec<u8>),
}

impl SongStore {
    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Frames per second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Channels of the file that it was made from, 1 or 2.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Whether there was no room for it but in memory.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }

    /// Reads frames from `first` on into the whole of `frames`.
    ///
    /// # Errors
    /// What the system says; also beyond the end of the song.
    pub fn read(&self, first: usize, frames: &mut [[f32; 2]]) -> io::Result<()> {
        let (offset, length) = (first * FRAME_BYTES, frames.len() * FRAME_BYTES);
        match &self.place {
            Place::Memory(bytes) => {
                let bytes = bytes.get(offset..offset + length);
                write_frames(bytes.ok_or(io::ErrorKind::UnexpectedEof)?, frames);
            }
            Place::File(file) => {
                let mut bytes = vec![0; length];
                read_exact_at(file, &mut bytes, offset as u64)?;
                write_frames(&bytes, frames);
            }
        }
        Ok(())
    }

    /// Gives frames of the song one run after the other, left and right.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn for_each_run(
        &self,
        range: std::ops::Range<usize>,
        mut take: impl FnMut(&[f32], &[f32]),
    ) -> io::Result<()> {
        let mut frames = vec![[0.0; 2]; RUN_FRAMES];
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let end = range.end.min(self.frames);
        for start in (range.start.min(end)..end).step_by(RUN_FRAMES) {
            let run = &mut frames[..RUN_FRAMES.min(end - start)];
            self.read(start, run)?;
            left.clear();
            right.clear();
            left.extend(run.iter().map(|frame| frame[0]));
            right.extend(run.iter().map(|frame| frame[1]));
            take(&left, &right);
        }
        Ok(())
    }

    /// All of it at once, in memory.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn whole(&self) -> io::Result<StereoAudio> {
        let (sample_rate_hz, channels) = (self.sample_rate_hz, self.channels);
        let mut audio =
            StereoAudio { sample_rate_hz, channels, left: Vec::new(), right: Vec::new() };
        self.for_each_run(0..self.frames, |left, right| {
            audio.left.extend_from_slice(left);
            audio.right.extend_from_slice(right);
        })?;
        Ok(audio)
    }
}

fn write_frames(bytes: &[u8], frames: &mut [[f32; 2]]) {
    for (frame, bytes) in frames.iter_mut().zip(bytes.chunks_exact(FRAME_BYTES)) {
        let sample = |at: usize| {
            f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        *frame = [sample(0), sample(4)];
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    let (mut bytes, mut offset) = (bytes, offset);
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                bytes = &mut bytes[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

/// Folders for what is big and needs no name, the best first.
fn folders() -> Vec<PathBuf> {
    let mut folders = vec![std::env::temp_dir()];
    // There the usual folder often lies in memory itself.
    if cfg!(target_os = "linux") && std::env::var_os("TMPDIR").is_none() {
        folders.insert(0, "/var/tmp".into());
    }
    folders
}

/// A file without a name, in the best folder that has one.
fn nameless_file() -> io::Result<File> {
    let mut result = Err(io::ErrorKind::NotFound.into());
    for folder in folders() {
        result = tempfile::tempfile_in(folder);
        if result.is_ok() {
            break;
        }
    }
    result
}

/// Takes a song in as it is decoded.
#[derive(Debug)]
pub(crate) struct StoreWriter {
    store: SongStore,
    /// What may stay in memory, bytes; beyond that there has to be a file.
    most_in_memory: usize,
    bytes: Vec<u8>,
}

impl StoreWriter {
    /// Into a file, or into memory where there is none or no room in it.
    pub(crate) fn new(sample_rate_hz: u32, channels: u16) -> Self {
        Self::to(nameless_file().ok(), usize::MAX, sample_rate_hz, channels)
    }

    /// Into memory, and into a file when it takes more than so many bytes there.
    pub(crate) fn in_memory_up_to(bytes: usize, sample_rate_hz: u32, channels: u16) -> Self {
        Self::to(None, bytes, sample_rate_hz, channels)
    }

    fn to(file: Option<File>, most_in_memory: usize, sample_rate_hz: u32, channels: u16) -> Self {
        let place = file.map_or(Place::Memory(Vec::new()), Place::File);
        let store = SongStore { sample_rate_hz, channels, frames: 0, place };
        Self { store, most_in_memory, bytes: Vec::new() }
    }

    /// Appends frames.
    ///
    /// # Errors
    /// When the file has no more room, and does not give back what it has either or that is
    /// more than may stay in memory.
    pub(crate) fn push(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        for (left, right) in left.iter().zip(right) {
            self.bytes.extend_from_slice(&left.to_le_bytes());
            self.bytes.extend_from_slice(&right.to_le_bytes());
        }
        let store = &mut self.store;
        match &mut store.place {
            Place::Memory(bytes) if bytes.len() + self.bytes.len() <= self.most_in_memory => {
                bytes.extend_from_slice(&self.bytes);
            }
            Place::Memory(bytes) => {
                let mut file = nameless_file()?;
                file.write_all(bytes)?;
                file.write_all(&self.bytes)?;
                store.place = Place::File(file);
            }
            Place::File(file) => {
                if let Err(error) = file.write_all(&self.bytes) {
                    if store.frames * FRAME_BYTES > self.most_in_memory {
                        return Err(error);
                    }
                    let mut bytes = vec![0; store.frames * FRAME_BYTES];
                    read_exact_at(file, &mut bytes, 0)?;
                    bytes.extend_from_slice(&self.bytes);
                    store.place = Place::Memory(bytes);
                }
            }
        }
        store.frames += left.len().min(right.len());
        Ok(())
    }

    pub(crate) fn finish(self) -> SongStore {
        self.store
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn song(frames: usize) -> (Vec<f32>, Vec<f32>) {
        (0..frames).map(|n| ((n as f32 * 0.7).sin(), -(n as f32) * 1e-7)).unzip()
    }

    fn stored(mut writer: StoreWriter, left: &[f32], right: &[f32]) -> SongStore {
        for (left, right) in left.chunks(999).zip(right.chunks(999)) {
            writer.push(left, right).unwrap();
        }
        writer.finish()
    }

    #[test]
    fn a_song_comes_back_to_the_bit_from_wherever_it_lies() {
        let (left, right) = song(3 * RUN_FRAMES + 5);
        for file in [tempfile::tempfile().ok(), None] {
            let is_in_memory = file.is_none();
            let store = stored(StoreWriter::to(file, usize::MAX, 48_000, 2), &left, &right);
            assert_eq!((store.frames(), store.is_in_memory()), (left.len(), is_in_memory));
            let whole = store.whole().unwrap();
            assert!(whole.left == left && whole.right == right);
            let mut part = [[0.0; 2]; 100];
            store.read(left.len() - 100, &mut part).unwrap();
            assert_eq!(part[99], [left[left.len() - 1], right[left.len() - 1]]);
            assert!(store.read(left.len() - 99, &mut part).is_err());
        }
    }

    #[test]
    fn a_working_copy_goes_into_a_file_when_it_grows() {
        let (left, right) = song(5000);
        for (most, is_in_memory) in [(40_000, true), (39_999, false), (0, false)] {
            let writer = StoreWriter::in_memory_up_to(most, 48_000, 2);
            let store = stored(writer, &left, &right);
            assert_eq!(store.is_in_memory(), is_in_memory, "{most}");
            let whole = store.whole().unwrap();
            assert!(whole.left == left && whole.right == right);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_working_copy_without_room_is_an_error() {
        let full = File::options().read(true).write(true).open("/dev/full").unwrap();
        let mut writer = StoreWriter::to(Some(full), 1000, 48_000, 2);
        // What is not there yet may stay in memory; what goes beyond it may not.
        writer.push(&[0.0; 100], &[0.0; 100]).unwrap();
        assert!(writer.store.is_in_memory());
        writer.store.place = Place::File(File::options().write(true).open("/dev/full").unwrap());
        writer.store.frames = 1000;
        assert!(writer.push(&[0.0; 100], &[0.0; 100]).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_room_for_the_file_the_song_stays_in_memory() {
        // It takes no byte.
        let full = File::options().read(true).write(true).open("/dev/full").unwrap();
        let (left, right) = song(5000);
        let store = stored(StoreWriter::to(Some(full), usize::MAX, 48_000, 2), &left, &right);
        assert!(store.is_in_memory());
        let whole = store.whole().unwrap();
        assert!(whole.left == left && whole.right == right);
    }
}

//! Writing WAV files: whole or not at all.
//!
//! The header is what tools know best: `WAVEFORMAT` for 16 bit, `WAVEFORMATEXTENSIBLE` for
//! the others. A file that may grow beyond 4 GiB gets room for a `ds64` chunk in front (EBU Tech
//! 3306) and becomes an RF64 file when it does.

use std::io::{self, Seek, SeekFrom, Write};

use crate::file_format::Bits;

/// What a WAV file is made of beside its audio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its four letters.
    pub id: [u8; 4],
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The format of the samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WavSpec {
    pub(crate) sample_rate_hz: u32,
    pub(crate) channels: u16,
    pub(crate) bits: Bits,
}

impl WavSpec {
    fn frame_bytes(self) -> u16 {
        self.channels * self.bits.count() / 8
    }

    /// The `fmt ` chunk.
    fn format(self) -> Vec<u8> {
        const PCM: u16 = 1;
        const FLOAT: u16 = 3;
        const EXTENSIBLE: u16 = 0xfffe;
        const GUID_END: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
        let is_plain = self.bits == Bits::B16;
        let tag = if self.bits == Bits::F32 { FLOAT } else { PCM };
        let mut bytes = Vec::new();
        bytes.extend((if is_plain { tag } else { EXTENSIBLE }).to_le_bytes());
        bytes.extend(self.channels.to_le_bytes());
        bytes.extend(self.sample_rate_hz.to_le_bytes());
        let bytes_per_second = self.sample_rate_hz * u32::from(self.frame_bytes());
        bytes.extend(bytes_per_second.to_le_bytes());
        bytes.extend(self.frame_bytes().to_le_bytes());
        bytes.extend(self.bits.count().to_le_bytes());
        if !is_plain {
            // Front centre, or front left and right.
            let speakers: u32 = if self.channels == 1 { 4 } else { 3 };
            bytes.extend(22u16.to_le_bytes());
            bytes.extend(self.bits.count().to_le_bytes());
            bytes.extend(speakers.to_le_bytes());
            bytes.extend(tag.to_le_bytes());
            bytes.extend(GUID_END);
        }
        bytes
    }
}

/// The largest that the sizes of a RIFF file can say; all ones stand for "unknown" in many
/// readers.
pub(crate) const MOST_RIFF_BYTES: u64 = 0xffff_fffe;
/// Sizes of the file, of its audio and of it in frames, and an empty table.
const DS64_BYTES: u32 = 28;
const CHUNK_HEADER_BYTES: u64 = 8;

/// Writes one file, front to back, and its sizes at the end.
#[derive(Debug)]
pub(crate) struct WavWriter<W: Write + Seek> {
    file: W,
    spec: WavSpec,
    /// Chunks before the audio and where their bytes begin.
    front: Vec<([u8; 4], u64)>,
    /// Chunks that follow the audio.
    behind: Vec<Chunk>,
    most_riff_bytes: u64,
    has_ds64_room: bool,
    fact_at: Option<u64>,
    data_at: u64,
    data_bytes: u64,
    buffer: Vec<u8>,
}

impl<W: Write + Seek> WavWriter<W> {
    /// Begins a file of so many frames, as far as that is known. It becomes an RF64 file when
    /// its size goes beyond `most_riff_bytes`.
    pub(crate) fn new(
        mut file: W,
        spec: WavSpec,
        frames: Option<u64>,
        front: &[Chunk],
        behind: &[Chunk],
        most_riff_bytes: u64,
    ) -> io::Result<Self> {
        let others: u64 =
            front.iter().chain(behind).map(|chunk| chunk.bytes.len() as u64 + 16).sum();
        let expected = frames.map(|frames| frames * u64::from(spec.frame_bytes()) + others + 1024);
        let has_ds64_room = expected.is_none_or(|bytes| bytes > most_riff_bytes);
        file.write_all(b"RIFF\0\0\0\0WAVE")?;
        if has_ds64_room {
            write_chunk(&mut file, *b"JUNK", &[0; DS64_BYTES as usize])?;
        }
        let mut places = Vec::new();
        for chunk in front {
            places.push((chunk.id, file.stream_position()? + CHUNK_HEADER_BYTES));
            write_chunk(&mut file, chunk.id, &chunk.bytes)?;
        }
        write_chunk(&mut file, *b"fmt ", &spec.format())?;
        let mut fact_at = None;
        if spec.bits == Bits::F32 {
            fact_at = Some(file.stream_position()? + CHUNK_HEADER_BYTES);
            write_chunk(&mut file, *b"fact", &[0; 4])?;
        }
        file.write_all(b"data\0\0\0\0")?;
        let data_at = file.stream_position()?;
        Ok(Self {
            file,
            spec,
            front: places,
            behind: behind.to_owned(),
            most_riff_bytes,
            has_ds64_room,
            fact_at,
            data_at,
            data_bytes: 0,
            buffer: Vec::new(),
        })
    }

    /// Appends whole frames of interleaved integers.
    pub(crate) fn write_integers(&mut self, samples: &[i32]) -> io::Result<()> {
        let bytes = usize::from(self.spec.bits.count() / 8);
        self.buffer.clear();
        for sample in samples {
            self.buffer.extend_from_slice(&sample.to_le_bytes()[..bytes]);
        }
        self.write_buffer()
    }

    /// Appends whole frames of interleaved floating-point numbers.
    pub(crate) fn write_floats(&mut self, samples: &[f32]) -> io::Result<()> {
        self.buffer.clear();
        for sample in samples {
            self.buffer.extend_from_slice(&sample.to_le_bytes());
        }
        self.write_buffer()
    }

    fn write_buffer(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.data_bytes += self.buffer.len() as u64;
        Ok(())
    }

    /// Writes over the beginning of a chunk in front of the audio.
    pub(crate) fn rewrite(&mut self, id: [u8; 4], offset: u64, bytes: &[u8]) -> io::Result<()> {
        let Some((_, at)) = self.front.iter().find(|(name, _)| *name == id) else { return Ok(()) };
        let end = self.file.stream_position()?;
        self.write_at(at + offset, bytes)?;
        self.file.seek(SeekFrom::Start(end)).map(drop)
    }

    fn write_at(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(position))?;
        self.file.write_all(bytes)
    }

    /// Writes what follows the audio, and all sizes; gives the file back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        if !self.data_bytes.is_multiple_of(2) {
            self.file.write_all(&[0])?;
        }
        for chunk in std::mem::take(&mut self.behind) {
            write_chunk(&mut self.file, chunk.id, &chunk.bytes)?;
        }
        let riff_bytes = self.file.stream_position()? - CHUNK_HEADER_BYTES;
        let frames = self.data_bytes / u64::from(self.spec.frame_bytes().max(1));
        let is_rf64 = riff_bytes > self.most_riff_bytes;
        if is_rf64 {
            if !self.has_ds64_room {
                return Err(io::Error::other("there is more audio than was announced"));
            }
            let mut sizes = b"ds64".to_vec();
            sizes.extend(DS64_BYTES.to_le_bytes());
            for size in [riff_bytes, self.data_bytes, frames] {
                sizes.extend(size.to_le_bytes());
            }
            self.write_at(0, b"RF64\xff\xff\xff\xffWAVE")?;
            self.write_at(12, &sizes)?;
        }
        // The sizes themselves stand in the ds64 chunk then.
        let size = |bytes: u64| {
            let bytes = if is_rf64 { u32::MAX } else { bytes as u32 };
            bytes.to_le_bytes()
        };
        self.write_at(4, &size(riff_bytes))?;
        self.write_at(self.data_at - 4, &size(self.data_bytes))?;
        if let Some(at) = self.fact_at {
            self.write_at(at, &u32::try_from(frames).unwrap_or(u32::MAX).to_le_bytes())?;
        }
        self.file.seek(SeekFrom::End(0))?;
        self.file.flush()?;
        Ok(self.file)
    }
}

/// A chunk with its header, on an even number of bytes.
fn write_chunk(file: &mut impl Write, id: [u8; 4], bytes: &[u8]) -> io::Result<()> {
    let size = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    file.write_all(&id)?;
    file.write_all(&size.to_le_bytes())?;
    file.write_all(bytes)?;
    if !bytes.len().is_multiple_of(2) {
        file.write_all(&[0])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

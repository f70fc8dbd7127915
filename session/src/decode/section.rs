//! A part of a file that is read as if it were all of it.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

use super::words::cannot_read;

/// From one place of a file to another, behind a few bytes of our own.
#[derive(Debug)]
pub(super) struct Section {
    /// What is read first.
    prefix: Vec<u8>,
    file: File,
    start: u64,
    /// Bytes of the file's part.
    length: u64,
    /// Where it is read next, prefix included.
    position: u64,
}

impl Section {
    /// The part of a file between two places.
    pub(super) fn new(file: File, start: u64, end: u64) -> Self {
        Self { prefix: Vec::new(), file, start, length: end.saturating_sub(start), position: 0 }
    }

    /// The same with bytes before it.
    pub(super) fn behind(self, prefix: Vec<u8>) -> Self {
        Self { prefix, ..self }
    }

    /// What lies behind its first bytes.
    pub(super) fn from(self, bytes: u64) -> Self {
        let (start, length) = (self.start + bytes, self.length.saturating_sub(bytes));
        Self { start, length, position: 0, ..self }
    }

    /// The same once more, read from another place on.
    pub(super) fn fork(&self, position: u64) -> Result<Self> {
        let (prefix, file) = (self.prefix.clone(), self.file.try_clone()?);
        Ok(Self { prefix, file, position, ..*self })
    }

    /// Bytes of it all.
    pub(super) fn length(&self) -> u64 {
        self.prefix.len() as u64 + self.length
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let before = self.prefix.len() as u64;
        if self.position < before {
            let rest = &self.prefix[self.position as usize..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.position += count as u64;
            return Ok(count);
        }
        let place = self.position - before;
        let left = self.length.saturating_sub(place);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        self.file.seek(SeekFrom::Start(self.start + place))?;
        let count = self.file.read(&mut buffer[..most])?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.length().checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl MediaSource for Section {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}

/// Reads as much as there is of `length` bytes, which the end of the file may cut short.
pub(super) fn read_up_to(source: &mut impl Read, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes at a place of a file, fewer at its end.
pub(super) fn bytes_at(
    file: &mut File,
    place: u64,
    length: usize,
) -> std::result::Result<Vec<u8>, String> {
    file.seek(SeekFrom::Start(place))
        .and_then(|_| read_up_to(file, length))
        .map_err(|error| cannot_read(&error))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_part_of_a_file_is_read_as_a_whole() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let mut section = Section::new(file, 2, 8).behind(b"ab".to_vec());
        assert_eq!(section.length(), 8);
        let mut text = String::new();
        section.read_to_string(&mut text).unwrap();
        assert_eq!(text, "ab234567");
        section.seek(SeekFrom::End(-3)).unwrap();
        assert_eq!(read_up_to(&mut section, 9).unwrap(), b"567");
        section.seek(SeekFrom::Start(1)).unwrap();
        assert_eq!(read_up_to(&mut section, 3).unwrap(), b"b23");
        assert!(section.seek(SeekFrom::Current(-9)).is_err());
    }
}

//! The bytes of a file that are still to come.

use std::io::{BufReader, Read};

use super::super::section::Section;
use super::super::words::cannot_read;

const READ_BYTES: usize = 1 << 16;

/// The bytes of a file that are still to come.
pub(super) struct Ahead {
    file: BufReader<Section>,
    bytes: Vec<u8>,
    /// Bytes of the buffer that are done with.
    start: usize,
    is_at_end: bool,
    /// Bytes done with in all.
    pub(super) consumed: u64,
    pub(super) length: u64,
}

impl Ahead {
    /// All bytes of a section.
    pub(super) fn new(section: Section) -> Self {
        let length = section.length();
        let file = BufReader::new(section);
        Self { file, bytes: Vec::new(), start: 0, is_at_end: false, consumed: 0, length }
    }

    /// The same bytes once more.
    pub(super) fn fork(&self) -> Result<Self, String> {
        let section =
            self.file.get_ref().fork(self.consumed).map_err(|error| cannot_read(&error))?;
        let file = BufReader::new(section);
        let (consumed, length) = (self.consumed, self.length);
        Ok(Self { file, bytes: Vec::new(), start: 0, is_at_end: false, consumed, length })
    }

    /// So many bytes, or as many as there are.
    pub(super) fn peek(&mut self, count: usize) -> Result<&[u8], String> {
        if self.bytes.len() - self.start < count && !self.is_at_end {
            self.bytes.drain(..self.start);
            self.start = 0;
            while self.bytes.len() < count && !self.is_at_end {
                let read = (&mut self.file)
                    .take(READ_BYTES as u64)
                    .read_to_end(&mut self.bytes)
                    .map_err(|error| cannot_read(&error))?;
                self.is_at_end = read == 0;
            }
        }
        let end = self.bytes.len().min(self.start + count);
        Ok(&self.bytes[self.start..end])
    }

    /// Leaves so many bytes out.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), String> {
        let mut left = count;
        while left > 0 {
            let there = self.peek(left.min(READ_BYTES as u64) as usize)?.len();
            if there == 0 {
                break;
            }
            self.start += there;
            self.consumed += there as u64;
            left -= there as u64;
        }
        Ok(())
    }
}

//! Pages of an Ogg file, and the packets in them (RFC 3533, 6).

use std::collections::VecDeque;
use std::io::Read;

use super::super::words::cannot_read;

const MARKER: &[u8; 4] = b"OggS";
const HEADER_BYTES: usize = 27;
/// A header, as many lengths as there can be, and what they can add up to.
const MOST_PAGE_BYTES: usize = HEADER_BYTES + 255 + 255 * 255;
/// The longest packet that is put together: no codec has one as long.
const MOST_PACKET_BYTES: usize = 1 << 24;
const READ_BYTES: usize = 1 << 16;
/// Places that look like a page and are none: so many, and one for so many pages. Each has to
/// be summed up, and a file may be made of them.
const MOST_WRONG_PAGES: u64 = 1000;
const LEAST_PAGES_FOR_A_WRONG_ONE: u64 = 10;

const IS_CONTINUED: u8 = 1;
const IS_FIRST: u8 = 2;
const IS_LAST: u8 = 4;

/// What comes next in a stream.
pub(super) enum Event {
    /// A packet.
    Packet {
        bytes: Vec<u8>,
        /// The position of its end, where its page tells it.
        end: Option<u64>,
        /// Whether it is the last of its stream.
        is_last: bool,
    },
    /// Something is missing or damaged.
    Gap,
    /// Other streams begin here.
    Start,
    /// The end of the file.
    End,
}

struct Page {
    flags: u8,
    position: u64,
    serial: u32,
    sequence: u32,
    lengths: Vec<u8>,
    body: Vec<u8>,
}

/// Takes packets out of pages, of one stream at a time.
pub(super) struct PacketReader<R> {
    file: R,
    bytes: Vec<u8>,
    is_at_end: bool,
    consumed: u64,
    pages: u64,
    wrong_pages: u64,
    /// The page that begins a stream and is still to be read.
    waiting: Option<Page>,
    serial: Option<u32>,
    next_sequence: Option<u32>,
    /// A packet that goes on in the next page.
    partial: Option<Vec<u8>>,
    events: VecDeque<Event>,
}

impl<R: Read> PacketReader<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            file,
            bytes: Vec::new(),
            is_at_end: false,
            consumed: 0,
            pages: 0,
            wrong_pages: 0,
            waiting: None,
            serial: None,
            next_sequence: None,
            partial: None,
            events: VecDeque::new(),
        }
    }

    /// Bytes of the file that were read.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The first packets of all streams that begin here, with the numbers of their streams.
    pub(super) fn begin(&mut self) -> Result<Vec<(u32, Vec<u8>)>, String> {
        let mut streams = Vec::new();
        while let Some(page) = self.page()? {
            if page.flags & IS_FIRST == 0 {
                if streams.is_empty() {
                    // A file that was cut out of a longer one.
                    continue;
                }
                self.waiting = Some(page);
                break;
            }
            // One packet stands alone in a first page.
            streams.push((page.serial, page.body));
        }
        Ok(streams)
    }

    /// From now on, the packets of this stream are given, its first page having been read.
    pub(super) fn choose(&mut self, serial: u32) {
        self.serial = Some(serial);
        self.next_sequence = Some(1);
        self.partial = None;
        self.events.clear();
    }

    /// What comes next in the stream that was chosen.
    pub(super) fn next(&mut self) -> Result<Event, String> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            let Some(page) = self.page()? else { return Ok(Event::End) };
            if page.flags & IS_FIRST != 0 {
                self.waiting = Some(page);
                return Ok(Event::Start);
            }
            if Some(page.serial) == self.serial {
                self.take(&page);
            }
        }
    }

    /// Takes the packets out of a page.
    fn take(&mut self, page: &Page) {
        let is_next = self.next_sequence.is_none_or(|next| next == page.sequence);
        self.next_sequence = Some(page.sequence.wrapping_add(1));
        let is_continued = page.flags & IS_CONTINUED != 0;
        let mut partial = self.partial.take();
        let is_broken = is_continued != partial.is_some();
        if !is_next || is_broken {
            partial = None;
            self.events.push_back(Event::Gap);
        }
        // The rest of a packet whose beginning is missing is none.
        let mut is_skipped = is_continued && partial.is_none();
        let mut packet = partial.unwrap_or_default();
        let mut place = 0;
        let last = page.lengths.iter().rposition(|length| *length < 255);
        let position = (page.position != u64::MAX).then_some(page.position);
        for (n, length) in page.lengths.iter().enumerate() {
            let end = (place + usize::from(*length)).min(page.body.len());
            packet.extend_from_slice(&page.body[place..end]);
            place = end;
            if *length == 255 && packet.len() < MOST_PACKET_BYTES {
                continue;
            }
            let is_last_here = Some(n) == last;
            let bytes = std::mem::take(&mut packet);
            if std::mem::take(&mut is_skipped) {
                continue;
            }
            self.events.push_back(Event::Packet {
                bytes,
                end: position.filter(|_| is_last_here),
                is_last: is_last_here && page.flags & IS_LAST != 0,
            });
        }
        if page.lengths.last() == Some(&255) && !is_skipped {
            self.partial = Some(packet);
        }
    }

    /// The next page that is intact.
    fn page(&mut self) -> Result<Option<Page>, String> {
        if let Some(page) = self.waiting.take() {
            return Ok(Some(page));
        }
        loop {
            self.fill(MOST_PAGE_BYTES)?;
            let start = self.bytes.windows(4).position(|four| four == MARKER);
            let Some(start) = start else {
                let kept = if self.is_at_end { 0 } else { 3.min(self.bytes.len()) };
                self.drop_bytes(self.bytes.len() - kept);
                if self.is_at_end {
                    return Ok(None);
                }
                continue;
            };
            self.drop_bytes(start);
            self.fill(MOST_PAGE_BYTES)?;
            if let Some((page, bytes)) = page_in(&self.bytes) {
                self.drop_bytes(bytes);
                self.pages += 1;
                return Ok(Some(page));
            }
            self.wrong_pages += 1;
            if self.wrong_pages > MOST_WRONG_PAGES + self.pages / LEAST_PAGES_FOR_A_WRONG_ONE {
                return Err(format!(
                    "expected intact audio, found damage in {} pages",
                    self.wrong_pages
                ));
            }
            // Damaged, or no page at all: the next one is looked for behind its marker.
            self.drop_bytes(1);
        }
    }

    fn fill(&mut self, count: usize) -> Result<(), String> {
        while self.bytes.len() < count && !self.is_at_end {
            let read = (&mut self.file)
                .take(READ_BYTES as u64)
                .read_to_end(&mut self.bytes)
                .map_err(|error| cannot_read(&error))?;
            self.is_at_end = read == 0;
        }
        Ok(())
    }

    fn drop_bytes(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.consumed += count as u64;
    }
}

/// The page that begins here, and its length; `None` where it is cut short or damaged.
fn page_in(bytes: &[u8]) -> Option<(Page, usize)> {
    let header = bytes.get(..HEADER_BYTES)?;
    let lengths = bytes.get(HEADER_BYTES..HEADER_BYTES + usize::from(header[26]))?;
    let body_start = HEADER_BYTES + lengths.len();
    let body_bytes: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    let page = bytes.get(..body_start + body_bytes)?;
    let number = |place: usize| {
        let four = [header[place], header[place + 1], header[place + 2], header[place + 3]];
        u32::from_le_bytes(four)
    };
    if header[4] != 0 || number(22) != checksum(page) {
        return None;
    }
    let read = Page {
        flags: header[5],
        position: u64::from(number(10)) << 32 | u64::from(number(6)),
        serial: number(14),
        sequence: number(18),
        lengths: lengths.to_vec(),
        body: page[body_start..].to_vec(),
    };
    Some((read, page.len()))
}

/// CRC-32 with the polynomial 0x04c11db7, bits as they are, begun at 0; its own four bytes
/// count as 0.
pub(in super::super) fn checksum(page: &[u8]) -> u32 {
    page.iter().enumerate().fold(0, |crc, (place, byte)| {
        let byte = if (22..26).contains(&place) { 0 } else { *byte };
        crc << 8 ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)]
    })
}

static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 << 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04C1_1DB7 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
}

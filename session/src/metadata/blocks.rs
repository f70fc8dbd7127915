//! The blocks of FLAC files that are neither audio nor tags: cue sheets, and what applications
//! keep for themselves (RFC 9639, section 8).

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flac_codec::metadata::{Application, Block, Cuesheet, read_blocks};

use crate::decode::behind_tags;

/// All that is kept of a file, bytes.
const MOST_BYTES: usize = 32 << 20;
/// No file has more of them.
const MOST_BLOCKS: usize = 4096;
const HEADER_BYTES: usize = 4;
const STREAMINFO_BYTES: usize = 34;
const APPLICATION: u8 = 2;
const CUESHEET: u8 = 5;
const LAST: u8 = 0x80;

/// What is carried from a FLAC file into another.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    pub(super) cuesheets: Vec<Cuesheet>,
    pub(super) applications: Vec<Application>,
    /// What cannot be carried, in words.
    pub(super) left_behind: Vec<String>,
}

impl Blocks {
    /// What all that is carried is called.
    pub(super) fn names(&self) -> Vec<String> {
        let sheets = self.cuesheets.iter().map(|_| "CUESHEET".to_owned());
        let others = self.applications.iter().map(|block| application(block.id.to_be_bytes()));
        sheets.chain(others).collect()
    }
}

fn application(id: [u8; 4]) -> String {
    format!("APPLICATION {}", String::from_utf8_lossy(&id).trim_end())
}

/// The blocks of a file; none where it is no FLAC file.
pub(super) fn read(path: &Path) -> Blocks {
    let mut blocks = Blocks::default();
    // What cannot be walked to is not known of either; the audio's reader says what is wrong.
    let _ = walk(path, &mut blocks);
    blocks
}

fn walk(path: &Path, blocks: &mut Blocks) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let start = behind_tags(&mut file, length).map_err(io::Error::other)?;
    file.seek(SeekFrom::Start(start))?;
    let mut file = BufReader::new(file);
    let mut head = [0; 4 + HEADER_BYTES + STREAMINFO_BYTES];
    file.read_exact(&mut head)?;
    if !head.starts_with(b"fLaC") {
        return Ok(());
    }
    let mut is_last = head[4] & LAST != 0;
    head[4] &= !LAST;
    let mut kept_bytes = 0;
    for _ in 0..MOST_BLOCKS {
        if is_last {
            break;
        }
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header)?;
        is_last = header[0] & LAST != 0;
        let (kind, [_, a, b, c]) = (header[0] & !LAST, header);
        let size = u32::from_be_bytes([0, a, b, c]) as usize;
        if ![APPLICATION, CUESHEET].contains(&kind) {
            file.seek_relative(size as i64)?;
            continue;
        }
        let mut bytes = Vec::new();
        if file.by_ref().take(size as u64).read_to_end(&mut bytes)? < size {
            break;
        }
        kept_bytes += size;
        header[0] = LAST | kind;
        let alone = [&head[..], &header, &bytes].concat();
        let block = read_blocks(&alone[..]).nth(1).and_then(Result::ok);
        match block {
            _ if kept_bytes > MOST_BYTES => blocks.left_behind.push("metadata beyond 32 MB".into()),
            Some(Block::Cuesheet(sheet)) => blocks.cuesheets.push(sheet),
            // These describe the file that the mix came from.
            Some(Block::Application(block))
                if ![Application::RIFF, Application::AIFF].contains(&block.id) =>
            {
                blocks.applications.push(block);
            }
            _ if kind == CUESHEET => {
                blocks.left_behind.push("a CUESHEET that could not be read".to_owned());
            }
            _ => {
                let id = [0, 1, 2, 3].map(|place| bytes.get(place).copied().unwrap_or(b' '));
                blocks.left_behind.push(application(id));
            }
        }
    }
    Ok(())
}

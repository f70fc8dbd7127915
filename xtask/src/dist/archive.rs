//! Archives that are the same, to the bit, whenever they hold the same: entries in
//! order, one time for all, nobody's name, two kinds of rights.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc, GzBuilder};

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path with forward slashes, the archive's folder first.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_program: bool,
}

/// All files below `folder`, in the order of their paths; links are followed.
pub(super) fn entries(folder: &Path, name: &str) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    gather(folder, name, &mut entries)?;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

fn gather(folder: &Path, prefix: &str, entries: &mut Vec<Entry>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let inside = format!("{prefix}/{name}");
        if path.is_dir() {
            gather(&path, &inside, entries)?;
        } else {
            let bytes = fs::read(&path)?;
            let is_program = is_program(&name, &bytes);
            entries.push(Entry { path: inside, bytes, is_program });
        }
    }
    Ok(())
}

/// Programs and libraries are known by their contents: the rights in a folder
/// depend on who copied it there.
fn is_program(name: &str, bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 4] =
        [b"\x7fELF", &[0xcf, 0xfa, 0xed, 0xfe], &[0xca, 0xfe, 0xba, 0xbe], b"#!"];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
        || Path::new(name).extension().is_some_and(|extension| extension == "exe")
}

/// A `.tar.gz`; `time_s` counts from 1970.
pub(super) fn tar_gz(entries: &[Entry], time_s: u64) -> io::Result<Vec<u8>> {
    let packed: GzEncoder<Vec<u8>> =
        GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut archive = tar::Builder::new(packed);
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(entry.bytes.len() as u64);
        header.set_mtime(time_s);
        header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, &entry.path, &*entry.bytes)?;
    }
    archive.into_inner()?.finish()
}

/// A `.zip`, as every Windows opens it: PKWARE's APPNOTE 6.3, deflate only. Its
/// entries all bear the first of January 1980, the format's own zero, because
/// times in it are local ones.
pub(super) fn zip(entries: &[Entry]) -> io::Result<Vec<u8>> {
    const DATE: u16 = 0x0021;
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let mut crc = Crc::new();
        crc.update(&entry.bytes);
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&entry.bytes)?;
        let packed = packed.finish()?;
        let offset = length(archive.len())?;
        // Version 2.0 to extract, names in UTF-8, deflate.
        let mut common = Vec::new();
        for field in [20_u16, 0x0800, 8, 0, DATE] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), length(packed.len())?, length(entry.bytes.len())?] {
            common.extend(field.to_le_bytes());
        }
        let name_length = u16::try_from(entry.path.len()).map_err(io::Error::other)?;
        common.extend(name_length.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(entry.path.as_bytes());
        archive.extend(packed);
        // Made by a Unix, so that rights are kept.
        directory.extend(b"PK\x01\x02");
        directory.extend([20, 3]);
        directory.extend(&common);
        directory.extend([0; 6]);
        let mode: u32 = if entry.is_program { 0o100_755 } else { 0o100_644 };
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.path.as_bytes());
    }
    let (start, size) = (length(archive.len())?, length(directory.len())?);
    let count = u16::try_from(entries.len()).map_err(io::Error::other)?;
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    Ok(archive)
}

/// The format counts in 32 bits.
fn length(bytes: usize) -> io::Result<u32> {
    u32::try_from(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/program"), b"\x7fELF and so on").unwrap();
        fs::write(folder.path().join("a.txt"), "words ".repeat(100)).unwrap();
        folder
    }

    #[test]
    fn an_archive_holds_its_files_in_order_and_nothing_of_the_machine() {
        let (first, second) = (folder(), folder());
        let found = entries(first.path(), "burnish-1").unwrap();
        assert_eq!(found, entries(second.path(), "burnish-1").unwrap());
        let packed = tar_gz(&found, 1_000_000_000).unwrap();
        assert_eq!(packed, tar_gz(&found, 1_000_000_000).unwrap());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&*packed));
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let header = entry.header();
            assert_eq!(header.mtime().unwrap(), 1_000_000_000);
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            let is_program = header.mode().unwrap() == 0o755;
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            seen.push(Entry { path, bytes, is_program });
        }
        assert_eq!(seen, found);
        let names: Vec<&str> = found.iter().map(|entry| &*entry.path).collect();
        assert_eq!(names, ["burnish-1/a.txt", "burnish-1/b/program"]);
        assert!(!found[0].is_program && found[1].is_program);
    }

    #[test]
    fn a_zip_is_one_that_others_open() {
        let folder = folder();
        let found = entries(folder.path(), "burnish-1").unwrap();
        let bytes = zip(&found).unwrap();
        assert_eq!(bytes, zip(&found).unwrap());
        assert!(bytes.starts_with(b"PK\x03\x04"));
        let path = folder.path().join("it.zip");
        fs::write(&path, bytes).unwrap();
        // Where there is nobody else to ask, the lines above have to do.
        let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() \
                      is None; print(*z.namelist()); print(z.read('burnish-1/a.txt').decode())";
        let mut other = Command::new("python3");
        other.args(["-c", script]).arg(&path).stderr(Stdio::inherit());
        if let Ok(output) = other.output() {
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.starts_with("burnish-1/a.txt burnish-1/b/program\nwords words"), "{text}");
        }
    }
}

//! The one guard before everything that is written.
//!
//! A file is written to a temporary one beside its place and moved there whole
//! at the end, so whatever goes wrong, what stood there before still does. Before
//! any work is begun it is made sure that the place can be written to at all, and that
//! nothing is replaced which was not meant to be: no input, by whatever name or link, and
//! nothing that is no ordinary file. A symbolic link is followed and stays a link;
//! permissions and owner of a file that is replaced stay as they were.
//!
//! A file with several names (hard links) is replaced under the one that was given; the
//! others keep what they had, since writing into it could not be undone.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::error::{FileError, io_reason};

/// As many links one after the other as Linux follows.
const MOST_LINKS: usize = 40;

/// What a file may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naming {
    /// What is written, in words: "a WAV file".
    pub what: &'static str,
    /// Extensions in lower case, the usual one first.
    pub extensions: &'static [&'static str],
}

/// The name of a preset.
pub const PRESET: Naming = Naming { what: "a preset", extensions: &["txt"] };

impl Naming {
    /// Whether `path` has one of the extensions.
    pub fn fits(&self, path: &Path) -> bool {
        extension(path).is_some_and(|found| self.extensions.contains(&found.as_str()))
    }
}

fn extension(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// Which of several kinds a file is by its name.
///
/// # Errors
/// Says what name would be right.
pub fn kind_by_name(path: &Path, kinds: &[Naming]) -> Result<usize, FileError> {
    kinds.iter().position(|kind| kind.fits(path)).ok_or_else(|| {
        let wanted: Vec<String> =
            kinds.iter().map(|kind| format!(".{} ({})", kind.extensions[0], kind.what)).collect();
        let found = extension(path).map_or_else(|| "none".to_owned(), |found| format!(".{found}"));
        FileError::new(
            path,
            format!("expected a name that ends in {}, found {found}", wanted.join(" or ")),
        )
    })
}

/// Something that is read, and so must not be written over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is, in words: "the mix".
    pub what: &'static str,
    /// Where it is.
    pub path: PathBuf,
}

impl Input {
    /// An input.
    pub fn new(what: &'static str, path: &Path) -> Self {
        Self { what, path: path.to_owned() }
    }
}

/// A place where a file may be written.
#[derive(Clone, Debug)]
pub struct Output {
    asked: PathBuf,
    inputs: Vec<Input>,
}

impl Output {
    /// Makes sure that a file can be written at `path`, and that it is none of the inputs.
    /// Leaves no trace.
    ///
    /// # Errors
    /// Says what stands in the way.
    pub fn to(path: &Path, inputs: &[Input]) -> Result<Self, FileError> {
        let output = Self { asked: path.to_owned(), inputs: inputs.to_owned() };
        let place = output.place()?;
        output.begin()?.adopt(&place)?;
        Ok(output)
    }

    /// Begins the file; nothing is found under its name before [`OutputFile::finish`].
    ///
    /// # Errors
    /// When the folder does not exist or cannot be written to.
    pub fn begin(&self) -> Result<OutputFile, FileError> {
        let place = self.place()?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".burnish-").suffix(".tmp");
        #[cfg(unix)]
        if place.replaced.is_none() {
            use std::os::unix::fs::PermissionsExt;
            // Temporary files are private by default; a new file is an ordinary one.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut unfinished = unfinished();
        let temporary =
            builder.tempfile_in(place.folder()).map_err(|error| match error.kind() {
                ErrorKind::NotFound => self.fail("its folder does not exist"),
                ErrorKind::NotADirectory => self.fail("its folder is a file"),
                _ => self.fail(format!("its folder refuses it: {}", reason(&error))),
            })?;
        unfinished.push(temporary.path().to_owned());
        Ok(OutputFile { output: self.clone(), temporary: Some(temporary) })
    }

    /// Writes all of it at once.
    ///
    /// # Errors
    /// As [`Self::begin`]; also when the disk is full.
    pub fn write(&self, bytes: &[u8]) -> Result<(), FileError> {
        let mut file = self.begin()?;
        file.write_all(bytes).map_err(|error| self.cannot_write(&error))?;
        file.finish()
    }

    /// An error about the writing.
    pub fn cannot_write(&self, error: &io::Error) -> FileError {
        self.fail(reason(error))
    }

    fn fail(&self, found: impl AsRef<str>) -> FileError {
        let message = format!("expected to write there, found that {}", found.as_ref());
        FileError::new(&self.asked, message)
    }

    fn refuse(&self, found: &str) -> FileError {
        FileError::new(&self.asked, format!("expected a file to write, found {found}"))
    }

    /// Where the file will stand, all links followed, and what stands there.
    fn place(&self) -> Result<Place, FileError> {
        if self.asked.file_name().is_none() || ends_in_separator(&self.asked) {
            return Err(self.refuse("a folder"));
        }
        match std::fs::metadata(&self.asked) {
            Ok(found) => self.check_replaced(&found)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(self.fail("its folder is a file"));
            }
            Err(error) => return Err(self.cannot_write(&error)),
        }
        let mut path = self.asked.clone();
        for _ in 0..MOST_LINKS {
            match std::fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => {
                    let target =
                        std::fs::read_link(&path).map_err(|error| self.cannot_write(&error))?;
                    path = path.parent().unwrap_or(Path::new("")).join(target);
                }
                Ok(found) => {
                    self.check_inputs(&path)?;
                    return Ok(Place { path, replaced: Some(found) });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Ok(Place { path, replaced: None });
                }
                Err(error) => return Err(self.cannot_write(&error)),
            }
        }
        Err(self.refuse("a link that leads nowhere"))
    }

    /// Only an ordinary file that may be written to is replaced.
    fn check_replaced(&self, found: &Metadata) -> Result<(), FileError> {
        if found.is_dir() {
            return Err(self.refuse("a folder"));
        }
        if !found.is_file() {
            return Err(self.refuse(what_is_no_file(found)));
        }
        let is_read_only = found.permissions().readonly()
            || File::options()
                .append(true)
                .open(&self.asked)
                .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
        if is_read_only {
            return Err(self.refuse("one that is read-only"));
        }
        Ok(())
    }

    /// By whatever name, one file is one file.
    fn check_inputs(&self, path: &Path) -> Result<(), FileError> {
        let is_same = |input: &&Input| {
            // Whatever is no file cannot be this one, and looking into a pipe would wait for ever.
            input.path.is_file() && same_file::is_same_file(&input.path, path).unwrap_or(false)
        };
        match self.inputs.iter().find(is_same) {
            None => Ok(()),
            Some(input) => Err(FileError::new(
                &self.asked,
                format!("expected an output of its own, found {} itself", input.what),
            )),
        }
    }
}

/// `Path` itself overlooks it.
fn ends_in_separator(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::is_separator)
}

/// What there is that is neither file nor folder.
#[cfg(unix)]
fn what_is_no_file(found: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = found.file_type();
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "something that is no file"
    }
}

/// What there is that is neither file nor folder.
#[cfg(not(unix))]
fn what_is_no_file(_found: &Metadata) -> &'static str {
    "something that is no file"
}

/// Where a file will stand.
struct Place {
    path: PathBuf,
    /// What stands there now.
    replaced: Option<Metadata>,
}

impl Place {
    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }
}

/// A file that is being written. Dropped before [`Self::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFile {
    output: Output,
    temporary: Option<NamedTempFile>,
}

impl OutputFile {
    /// Gives the file its name, in place of what stood there.
    ///
    /// # Errors
    /// When the disk is full, or what stands there has become something else meanwhile.
    pub fn finish(mut self) -> Result<(), FileError> {
        let output = self.output.clone();
        let file = self.file().map_err(|error| output.cannot_write(&error))?;
        file.sync_all().map_err(|error| output.cannot_write(&error))?;
        let place = output.place()?;
        self.adopt(&place)?;
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        // An interrupt waits until the file has its name, or comes before it has.
        let mut unfinished = unfinished();
        let name = temporary.path().to_owned();
        let moved = temporary.persist(&place.path);
        unfinished.retain(|path| *path != name);
        moved.map(drop).map_err(|error| output.cannot_write(&error.error))
    }

    /// Takes on permissions and owner of what will be replaced.
    fn adopt(&self, place: &Place) -> Result<(), FileError> {
        let Some(replaced) = &place.replaced else { return Ok(()) };
        let file = self.file().map_err(|error| self.output.cannot_write(&error))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let made = file.metadata().map_err(|error| self.output.cannot_write(&error))?;
            let differs = |is: u32, was: u32| (is != was).then_some(was);
            let (owner, group) =
                (differs(made.uid(), replaced.uid()), differs(made.gid(), replaced.gid()));
            if owner.is_some() || group.is_some() {
                fchown(file, owner, group).map_err(|_| {
                    self.output.fail(
                        "what stands there belongs to somebody else and would not stay theirs",
                    )
                })?;
            }
        }
        // After the owner: a change of that takes some permissions away.
        file.set_permissions(replaced.permissions())
            .map_err(|error| self.output.cannot_write(&error))
    }

    fn file(&self) -> io::Result<&File> {
        match &self.temporary {
            Some(temporary) => Ok(temporary.as_file()),
            None => Err(io::Error::other("the file is finished")),
        }
    }

    /// An error about the writing.
    pub fn cannot_write(&self, error: &io::Error) -> FileError {
        self.output.cannot_write(error)
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Seek for OutputFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file()?.seek(position)
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            let mut unfinished = unfinished();
            unfinished.retain(|path| path != temporary.path());
            // Removed while nobody else can look at the list.
            drop(temporary);
        }
    }
}

/// Temporary files of outputs that have not got their names yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes whatever is half-written, and lets nothing be written any more: for a program that
/// was told to stop, and exits next.
pub fn abandon_all() {
    let mut unfinished = unfinished();
    for path in unfinished.drain(..) {
        // What cannot be removed has gone already, or will never.
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(unfinished);
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "its folder does not exist".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        ErrorKind::ResourceBusy => "it is in use as a mount".to_owned(),
        _ => io_reason(error),
    }
}

#[cfg(test)]
mod tests;

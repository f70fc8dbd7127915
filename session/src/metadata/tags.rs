//! Tags of all formats in one form, and that in the forms of WAV and FLAC.
//!
//! A field is known by what it means where most formats have a name for that, and else by its
//! own name.

use std::fs::File;
use std::io::{BufReader, Cursor, Seek};
use std::path::Path;

use lofty::aac::AacFile;
use lofty::config::{GlobalOptions, ParseOptions, WriteOptions, apply_global_options};
use lofty::file::{AudioFile, FileType};
use lofty::flac::FlacFile;
use lofty::id3::v2::{Frame, Id3v2Tag};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::{RiffInfoList, WavFile};
use lofty::mp4::{AtomData, AtomIdent, Ilst, Mp4File};
use lofty::mpeg::MpegFile;
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OggPictureStorage, OpusFile, VorbisFile};
use lofty::picture::{Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, ItemValue, SplitTag, Tag, TagExt, TagType};

use super::carried::Carried;
use super::riff::Chunks;
use crate::wav::Chunk;

/// Pictures are often larger than what the reader takes by itself.
const MOST_BYTES: usize = 32 << 20;
/// A block of a FLAC file has three bytes for its size.
const MOST_BLOCK_BYTES: usize = (1 << 24) - 1024;

/// The tags of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags {
    /// Fields whose meaning is known.
    known: Vec<(ItemKey, String)>,
    /// Others, by their own names.
    others: Vec<(String, String)>,
    pictures: Vec<Picture>,
    /// What is true of the mix and not of the master.
    untrue: Vec<String>,
    /// What is no text and no picture.
    left_behind: Vec<String>,
}

/// Loudness that was written into the file, and what else a changed file makes untrue.
fn is_untrue(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["REPLAYGAIN_", "R128_", "ITUNNORM", "ITUNSMPB", "MP3GAIN_", "ACOUSTID_FINGERPRINT"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// What is said of the file's making, and not of the song.
fn is_of_the_file(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "ENCODER",
        "ENCODING",
        "ENCODERSETTINGS",
        "TSSE",
        "TLEN",
        "TSIZ",
        "VENDOR",
        "WAVEFORMATEXTENSIBLE_CHANNEL_MASK",
    ]
    .contains(&&name[..])
}

/// The name of a field whose meaning is known.
fn field_name(key: ItemKey) -> String {
    key.map_key(TagType::VorbisComments)
        .map_or_else(|| format!("{key:?}").to_ascii_uppercase(), str::to_owned)
}

impl Tags {
    fn know(&mut self, key: ItemKey, value: &str) {
        let name = field_name(key);
        if is_of_the_file(&name) {
            return;
        }
        if is_untrue(&name) {
            self.untrue.push(name);
            return;
        }
        let is_new = !self.known.iter().any(|(other, text)| *other == key && text == value);
        if is_new && !value.is_empty() {
            self.known.push((key, value.to_owned()));
        }
    }

    fn add_other(&mut self, name: &str, value: &str) {
        if is_of_the_file(name) {
            return;
        }
        if is_untrue(name) {
            self.untrue.push(name.to_owned());
            return;
        }
        // Under its usual name it is known after all.
        if let Some(key) = ItemKey::from_key(TagType::VorbisComments, &name.to_ascii_uppercase()) {
            self.know(key, value);
        } else if !value.is_empty() {
            self.others.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Takes in what has a meaning. A tag that comes second says nothing new of what the
    /// first has said.
    fn add_tag(&mut self, tag: &Tag) {
        let before: Vec<ItemKey> = self.known.iter().map(|(key, _)| *key).collect();
        for item in tag.items() {
            match item.value() {
                _ if before.contains(&item.key()) => {}
                ItemValue::Text(text) | ItemValue::Locator(text) => self.know(item.key(), text),
                ItemValue::Binary(_) => self.left_behind.push(field_name(item.key())),
            }
        }
        if self.pictures.is_empty() {
            self.pictures.extend(tag.pictures().iter().cloned());
        }
    }

    fn add_id3(&mut self, tag: &Id3v2Tag) {
        let (rest, known) = tag.clone().split_tag();
        self.add_tag(&known);
        for frame in &*rest {
            match frame {
                Frame::UserText(text) => self.add_other(&text.description, &text.content),
                Frame::RelativeVolumeAdjustment(_) => self.untrue.push("RVA2".to_owned()),
                other => self.left_behind.push(other.id_str().to_owned()),
            }
        }
    }

    fn add_comments(&mut self, tag: &VorbisComments) {
        let (rest, known) = tag.clone().split_tag();
        self.add_tag(&known);
        for (name, value) in rest.items() {
            self.add_other(name, value);
        }
    }

    fn add_atoms(&mut self, tag: &Ilst) {
        let (rest, known) = tag.clone().split_tag();
        self.add_tag(&known);
        // There they have no kind; the first is what players show.
        if let Some(picture) = self.pictures.first_mut()
            && picture.pic_type() == PictureType::Other
        {
            picture.set_pic_type(PictureType::CoverFront);
        }
        for atom in &*rest {
            let name = match atom.ident() {
                AtomIdent::Freeform { name, .. } => name.to_string(),
                AtomIdent::Fourcc(letters) => {
                    letters.iter().map(|byte| char::from(*byte)).collect()
                }
            };
            for data in atom.data() {
                match data {
                    AtomData::UTF8(text) | AtomData::UTF16(text) => self.add_other(&name, text),
                    _ if is_untrue(&name) => self.untrue.push(name.clone()),
                    _ => self.left_behind.push(name.clone()),
                }
            }
        }
    }

    fn add_info(&mut self, tag: &RiffInfoList) {
        self.add_tag(&tag.clone().into());
        for (name, value) in tag {
            if ItemKey::from_key(TagType::RiffInfo, name).is_none() {
                self.add_other(name, value.trim_matches('\0'));
            }
        }
    }

    /// Whether anything is not true of the master.
    pub(super) fn has_untrue(&self) -> bool {
        !self.untrue.is_empty()
    }

    /// What is not true of the master, in words.
    pub(super) fn untrue(&self) -> impl Iterator<Item = String> {
        self.untrue.iter().map(|name| format!("{name} (of the mix, not of the master)"))
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.others.is_empty() && self.pictures.is_empty()
    }

    fn told_carried(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let known = self.known.iter().map(|(key, _)| field_name(*key));
        for name in known.chain(self.others.iter().map(|(name, _)| name.clone())) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match self.pictures.len() {
            0 => {}
            1 => names.push("a picture".to_owned()),
            several => names.push(format!("{several} pictures")),
        }
        names
    }

    fn told_left_behind(&self) -> impl Iterator<Item = String> {
        self.left_behind.iter().cloned().chain(self.untrue())
    }

    /// As ID3 and, since many programs look only there, as a list of texts.
    pub(super) fn as_chunks(&self) -> Carried {
        let mut carried = Carried::default();
        carried.told.left_behind.extend(self.told_left_behind());
        if self.is_empty() {
            return carried;
        }
        let id3 = self.as_id3();
        let info: RiffInfoList = self.as_tag(TagType::RiffInfo).into();
        let mut list = Vec::new();
        if !info.is_empty() && info.dump_to(&mut list, WriteOptions::default()).is_ok() {
            // It comes with the header of its chunk.
            carried.behind.push(Chunk { id: *b"LIST", bytes: list.split_off(8.min(list.len())) });
        }
        match id3_chunk(&id3) {
            Some(chunk) => {
                carried.behind.push(chunk);
                carried.told.carried = self.told_carried();
            }
            None => carried.told.left_behind.extend(self.told_carried()),
        }
        carried
    }

    fn as_tag(&self, kind: TagType) -> Tag {
        let mut tag = Tag::new(kind);
        for (key, value) in &self.known {
            tag.push_unchecked(lofty::tag::TagItem::new(*key, ItemValue::Text(value.clone())));
        }
        tag
    }

    fn as_id3(&self) -> Id3v2Tag {
        let mut id3: Id3v2Tag = self.as_tag(TagType::Id3v2).into();
        // What ID3 has no frame for goes under its own name.
        let (_, arrived) = id3.clone().split_tag();
        let mut others = self.others.clone();
        for (key, value) in &self.known {
            if arrived.get(*key).is_none() {
                others.push((field_name(*key), value.clone()));
            }
        }
        let mut names: Vec<&str> = others.iter().map(|(name, _)| &name[..]).collect();
        names.dedup();
        for name in names {
            // There is one frame for a name; a zero stands between several values.
            let values: Vec<&str> = others
                .iter()
                .filter(|(other, _)| other == name)
                .map(|(_, value)| &value[..])
                .collect();
            id3.insert_user_text(name.to_owned(), values.join("\0"));
        }
        for picture in &self.pictures {
            id3.insert_picture(picture.clone());
        }
        id3
    }

    /// As the fields and pictures of a FLAC file.
    pub(super) fn as_comments(&self) -> Carried {
        let mut carried = Carried::default();
        carried.told.left_behind.extend(self.told_left_behind());
        carried.told.carried = self.told_carried();
        let known = self.known.iter().map(|(key, value)| (field_name(*key), value.clone()));
        for (name, value) in known.chain(self.others.iter().cloned()) {
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| (0x20..=0x7d).contains(&byte) && byte != b'=');
            // Whatever is between them was one field in a tag that has no lists.
            if is_name {
                let values = value.split('\0').filter(|value| !value.is_empty());
                carried.comments.extend(values.map(|value| format!("{name}={value}")));
            } else {
                carried.told.carried.retain(|other| *other != name);
                carried.told.left_behind.push(name);
            }
        }
        for picture in &self.pictures {
            if picture.data().len() <= MOST_BLOCK_BYTES {
                carried.pictures.push(picture.clone());
            } else {
                carried.told.left_behind.push("a picture beyond 16 MB".to_owned());
            }
        }
        carried
    }
}

fn id3_chunk(tag: &Id3v2Tag) -> Option<Chunk> {
    let mut bytes = Vec::new();
    tag.dump_to(&mut bytes, WriteOptions::default()).ok()?;
    Some(Chunk { id: *b"id3 ", bytes })
}

fn options() -> ParseOptions {
    apply_global_options(GlobalOptions::new().allocation_limit(MOST_BYTES));
    ParseOptions::new().read_properties(false)
}

/// The tags of a file that is no WAV file.
pub(super) fn read(path: &Path) -> Result<Tags, String> {
    let options = options();
    let mut file = BufReader::new(File::open(path).map_err(|error| error.to_string())?);
    let probe = Probe::new(&mut file).guess_file_type().map_err(|error| error.to_string())?;
    let kind = probe.file_type();
    file.rewind().map_err(|error| error.to_string())?;
    let mut tags = Tags::default();
    let file = &mut file;
    let read = match kind {
        Some(FileType::Mpeg) => MpegFile::read_from(file, options).map(|file| {
            file.id3v2().into_iter().for_each(|tag| tags.add_id3(tag));
            file.ape().into_iter().for_each(|tag| tags.add_tag(&tag.clone().into()));
            file.id3v1().into_iter().for_each(|tag| tags.add_tag(&tag.clone().into()));
        }),
        Some(FileType::Aac) => AacFile::read_from(file, options).map(|file| {
            file.id3v2().into_iter().for_each(|tag| tags.add_id3(tag));
            file.id3v1().into_iter().for_each(|tag| tags.add_tag(&tag.clone().into()));
        }),
        Some(FileType::Flac) => FlacFile::read_from(file, options).map(|file| {
            file.vorbis_comments().into_iter().for_each(|tag| tags.add_comments(tag));
            file.id3v2().into_iter().for_each(|tag| tags.add_id3(tag));
            if !file.pictures().is_empty() {
                tags.pictures =
                    file.pictures().iter().map(|(picture, _)| picture.clone()).collect();
            }
        }),
        Some(FileType::Vorbis) => VorbisFile::read_from(file, options)
            .map(|file| tags.add_comments(file.vorbis_comments())),
        Some(FileType::Opus) => {
            OpusFile::read_from(file, options).map(|file| tags.add_comments(file.vorbis_comments()))
        }
        Some(FileType::Mp4) => Mp4File::read_from(file, options)
            .map(|file| file.ilst().into_iter().for_each(|tag| tags.add_atoms(tag))),
        Some(FileType::Aiff) => AiffFile::read_from(file, options).map(|file| {
            file.id3v2().into_iter().for_each(|tag| tags.add_id3(tag));
            file.text_chunks().into_iter().for_each(|tag| tags.add_tag(&tag.clone().into()));
        }),
        _ => Ok(()),
    };
    read.map_err(|error| error.to_string())?;
    Ok(tags)
}

/// A WAV file of nothing but tags: whatever the sizes in the header of the real one, and
/// whether or not that is an RF64 file, these are read.
fn tags_alone(info: Option<&[u8]>, id3: Option<&[u8]>) -> Option<WavFile> {
    let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
    for (id, bytes) in [(b"LIST", info), (b"id3 ", id3)] {
        let Some(bytes) = bytes else { continue };
        file.extend(id);
        file.extend((bytes.len() as u32).to_le_bytes());
        file.extend(bytes);
        file.resize(file.len().next_multiple_of(2), 0);
    }
    let size = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&size.to_le_bytes());
    WavFile::read_from(&mut Cursor::new(file), options()).ok()
}

/// The tags among the chunks of a WAV file.
pub(super) fn of_chunks(chunks: &Chunks) -> Tags {
    let mut tags = Tags::default();
    let id3 = chunks.find(&[b"id3 ", b"ID3 "]);
    // One that is broken must not hide the other.
    for (info, id3) in [(None, id3), (chunks.info(), None)] {
        if let Some(file) = tags_alone(info, id3) {
            file.id3v2().into_iter().for_each(|tag| tags.add_id3(tag));
            file.riff_info().into_iter().for_each(|tag| tags.add_info(tag));
        }
    }
    tags
}

/// A tag without what is not true of the master; `None` where nothing is left.
pub(super) fn without_untrue(chunk: &Chunk) -> Option<Chunk> {
    if chunk.id == *b"LIST" {
        // There is no such field in a list of texts.
        return Some(chunk.clone());
    }
    let file = tags_alone(None, Some(&chunk.bytes))?;
    let mut tag = file.id3v2()?.clone();
    tag.retain(|frame| match frame {
        Frame::UserText(text) => !is_untrue(&text.description),
        Frame::RelativeVolumeAdjustment(_) => false,
        _ => true,
    });
    if tag.is_empty() { None } else { id3_chunk(&tag).map(|made| Chunk { id: chunk.id, ..made }) }
}

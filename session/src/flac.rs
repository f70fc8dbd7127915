//! Writing FLAC files: integers of 16 or 24 bits, with the MD5 of the samples in the header.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use flac_codec::Error;
use flac_codec::encode::{FlacSampleWriter, Options};
use flac_codec::metadata::{Picture, PictureType, VorbisComment};
use lofty::picture::{MimeType, Picture as TagPicture, PictureInformation};

use crate::about::VERSION;
use crate::metadata::Carried;
use crate::output::OutputFile;

/// The encoder keeps the file to itself, and here it is wanted back.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<BufWriter<OutputFile>>>);

impl Shared {
    fn with<T>(&self, work: impl FnOnce(&mut BufWriter<OutputFile>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(BufWriter::flush)
    }
}

impl Seek for Shared {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.with(|file| file.seek(position))
    }
}

/// Writes one file.
pub(crate) struct FlacWriter {
    encoder: FlacSampleWriter<Shared>,
    file: Shared,
}

impl FlacWriter {
    /// Begins a file of so many frames, as far as that is known.
    pub(crate) fn new(
        file: BufWriter<OutputFile>,
        sample_rate_hz: u32,
        bits: u16,
        channels: u16,
        frames: Option<u64>,
        carried: &Carried,
    ) -> io::Result<Self> {
        let file = Shared(Arc::new(Mutex::new(file)));
        let mut options = Options::default().comment(VorbisComment {
            vendor_string: format!("Burnish {VERSION}"),
            fields: carried.comments.clone(),
        });
        for picture in &carried.pictures {
            options = options.picture(picture_block(picture));
        }
        for sheet in &carried.cuesheets {
            options = options.cuesheet(sheet.clone());
        }
        for block in &carried.applications {
            options = options.application(block.clone());
        }
        let encoder = FlacSampleWriter::new(
            file.clone(),
            options,
            sample_rate_hz,
            u32::from(bits),
            channels as u8,
            frames.map(|frames| frames * u64::from(channels)),
        )
        .map_err(io_error)?;
        Ok(Self { encoder, file })
    }

    /// Appends whole frames of interleaved integers.
    pub(crate) fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        self.encoder.write(samples).map_err(io_error)
    }

    /// Writes what is left and the header; gives the file back.
    pub(crate) fn finish(self) -> io::Result<BufWriter<OutputFile>> {
        self.encoder.finalize().map_err(io_error)?;
        let file = Arc::into_inner(self.file.0)
            .ok_or_else(|| io::Error::other("the encoder has kept the file"))?;
        Ok(file.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

fn io_error(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

fn picture_block(picture: &TagPicture) -> Picture {
    // A size that cannot be read is zero, which the format has for that.
    let known = PictureInformation::from_picture(picture).unwrap_or_default();
    Picture {
        picture_type: picture_type(picture.pic_type().as_u8()),
        media_type: picture.mime_type().map_or("", MimeType::as_str).to_owned(),
        description: picture.description().unwrap_or_default().to_owned(),
        width: known.width,
        height: known.height,
        color_depth: known.color_depth,
        colors_used: std::num::NonZero::new(known.num_colors),
        data: picture.data().to_owned(),
    }
}

/// ID3 and FLAC number them alike. Icons may be there once only, and here may come twice.
fn picture_type(number: u8) -> PictureType {
    use PictureType as P;
    const TYPES: [PictureType; 21] = [
        P::Other,
        P::Other,
        P::Other,
        P::FrontCover,
        P::BackCover,
        P::LinerNotes,
        P::MediaLabel,
        P::LeadArtist,
        P::Artist,
        P::Conductor,
        P::Band,
        P::Composer,
        P::Lyricist,
        P::RecordingLocation,
        P::DuringRecording,
        P::DuringPerformance,
        P::ScreenCapture,
        P::Fish,
        P::Illustration,
        P::BandLogo,
        P::PublisherLogo,
    ];
    TYPES.get(usize::from(number)).copied().unwrap_or(PictureType::Other)
}

//! What a file is by its first bytes. Names and extensions lie.

use std::fmt;

use gewu_model::media::MediaType;

/// A type that is told apart, either to accept it or to refuse it in clear words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileType {
    /// Goes through the pipeline.
    Jpeg,
    /// Goes through the pipeline.
    Png,
    /// HEIC or HEIF, what iPhones and many Android phones take by default.
    Heic,
    /// AVIF.
    Avif,
    /// Goes through the pipeline.
    WebP,
    /// GIF.
    Gif,
    /// BMP.
    Bmp,
    /// TIFF, or a camera's raw file on its base.
    Tiff,
    /// MP4 and its relatives.
    Mp4,
    /// QuickTime.
    Mov,
    /// 3GPP.
    ThreeGp,
    /// WebM.
    WebM,
    /// Matroska, whose tracks may be of any codec.
    Matroska,
    /// Sound in an MP4 container.
    M4a,
    /// MPEG audio, layer 3.
    Mp3,
    /// WAVE.
    Wav,
    /// Ogg.
    Ogg,
    /// Adaptive multi-rate, what many phones record speech in.
    Amr,
    /// AAC in ADTS frames.
    Aac,
    /// FLAC.
    Flac,
    /// PDF.
    Pdf,
    /// Nothing of the above.
    Unknown,
}

impl FileType {
    /// The type as evidence, or `None` when it cannot be evidence.
    pub const fn as_media(self) -> Option<MediaType> {
        match self {
            Self::Jpeg => Some(MediaType::Jpeg),
            Self::Png => Some(MediaType::Png),
            Self::WebP => Some(MediaType::WebP),
            Self::Mp4 => Some(MediaType::Mp4),
            Self::Mov => Some(MediaType::Mov),
            Self::ThreeGp => Some(MediaType::ThreeGp),
            Self::WebM => Some(MediaType::WebM),
            Self::M4a => Some(MediaType::M4a),
            Self::Mp3 => Some(MediaType::Mp3),
            Self::Wav => Some(MediaType::Wav),
            Self::Ogg => Some(MediaType::Ogg),
            Self::Amr => Some(MediaType::Amr),
            Self::Aac => Some(MediaType::Aac),
            Self::Flac => Some(MediaType::Flac),
            Self::Heic
            | Self::Avif
            | Self::Gif
            | Self::Bmp
            | Self::Tiff
            | Self::Matroska
            | Self::Pdf
            | Self::Unknown => None,
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::WebP => "a WebP picture",
            Self::Gif => "a GIF picture",
            Self::Bmp => "a BMP picture",
            Self::Tiff => "a TIFF or raw picture",
            Self::Mp4 => "an MP4 video",
            Self::Mov => "a QuickTime video",
            Self::ThreeGp => "a 3GPP video",
            Self::WebM => "a WebM video",
            Self::Matroska => "a Matroska video",
            Self::M4a => "an MPEG-4 sound",
            Self::Mp3 => "an MP3 sound",
            Self::Wav => "a WAVE sound",
            Self::Ogg => "an Ogg sound",
            Self::Amr => "an AMR sound",
            Self::Aac => "an AAC sound",
            Self::Flac => "a FLAC sound",
            Self::Pdf => "a PDF document",
            Self::Unknown => "of an unknown type",
        })
    }
}

/// The type of the file that starts with `bytes`; 64 of them are enough.
pub fn sniff(bytes: &[u8]) -> FileType {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => FileType::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => FileType::Png,
        [_, _, _, _, b'f', b't', b'y', b'p', rest @ ..] => sniff_brands(bytes, rest),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => FileType::WebP,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => FileType::Wav,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => FileType::Gif,
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => FileType::Bmp,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => FileType::Tiff,
        [_, _, _, _, b'm', b'o', b'o', b'v', ..] => FileType::Mov,
        [b'%', b'P', b'D', b'F', b'-', ..] => FileType::Pdf,
        _ => sniff_sound(bytes),
    }
}

fn sniff_sound(bytes: &[u8]) -> FileType {
    match bytes {
        [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] => sniff_ebml(rest),
        [b'O', b'g', b'g', b'S', ..] => FileType::Ogg,
        [b'f', b'L', b'a', b'C', ..] => FileType::Flac,
        [b'#', b'!', b'A', b'M', b'R', b'\n' | b'-', ..] => FileType::Amr,
        [b'I', b'D', b'3', 2..=4, ..] => FileType::Mp3,
        // Twelve bits of sync, then version and layer: layer 0 is ADTS, layer 1 means MP3.
        [0xff, second, third, ..] if second & 0xf6 == 0xf0 && third & 0x3c <= 0x30 => FileType::Aac,
        [0xff, second, third, ..]
            if second & 0xe6 == 0xe2
                && second & 0x18 != 0x08
                && third & 0xf0 != 0xf0
                && third & 0xf0 != 0
                && third & 0x0c != 0x0c =>
        {
            FileType::Mp3
        }
        _ => FileType::Unknown,
    }
}

/// EBML (RFC 8794): the element `DocType`, 0x4282, says which of the two families it is; where it is
/// missing, that means Matroska.
fn sniff_ebml(header: &[u8]) -> FileType {
    let mut at = header.windows(2).enumerate();
    let named = at.find_map(|(at, id)| {
        // A size of one byte: the highest bit, then the number.
        let size = *header.get(at + 2)?;
        let name = header.get(at + 3..)?;
        (id == [0x42, 0x82] && size & 0x80 != 0)
            .then(|| name.get(..usize::from(size & 0x7f)))
            .flatten()
    });
    match named {
        Some(b"webm") => FileType::WebM,
        _ => FileType::Matroska,
    }
}

/// ISO base media: the major brand, then the compatible ones, decide.
///
/// `mif1` and `msf1` only say "an image" or "an image sequence", so a later brand may still say
/// AVIF; without one they are what phones write: HEIC.
fn sniff_brands(bytes: &[u8], brands: &[u8]) -> FileType {
    let end = bytes
        .first_chunk()
        .map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let brands = &brands[..brands.len().min(end.clamp(12, 256) - 8)];
    let mut all = brands
        .chunks_exact(4)
        .enumerate()
        .filter(|(i, _)| *i != 1)
        .map(|(_, b)| b);
    let Some(major) = all.next() else {
        return FileType::Unknown;
    };
    match major {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => FileType::Heic,
        b"avif" | b"avis" => FileType::Avif,
        b"mif1" | b"msf1" if all.any(|brand| brand == b"avif" || brand == b"avis") => {
            FileType::Avif
        }
        b"mif1" | b"msf1" => FileType::Heic,
        b"qt  " => FileType::Mov,
        b"M4A " | b"M4B " | b"M4P " => FileType::M4a,
        [b'3', b'g', ..] => FileType::ThreeGp,
        // Canon's raw pictures call themselves `isom` as well.
        b"crx " => FileType::Tiff,
        _ if is_film(major) || all.any(is_film) => FileType::Mp4,
        _ => FileType::Unknown,
    }
}

/// Brands of films (mp4ra.org), those of ISO, MPEG, streaming, Adobe and Sony.
fn is_film(brand: &[u8]) -> bool {
    const FILMS: [&[u8]; 16] = [
        b"mp41", b"mp42", b"mp71", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"f4v ", b"F4V ",
        b"dash", b"XAVC", b"mmp4", b"hvc1", b"av01", b"cmfc",
    ];
    brand.starts_with(b"iso") || FILMS.contains(&brand)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ftyp(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Vec<u8> {
        let size = 16 + 4 * compatible.len() as u32;
        let mut bytes = size.to_be_bytes().to_vec();
        bytes.extend_from_slice(b"ftyp");
        bytes.extend_from_slice(major);
        bytes.extend_from_slice(&[0; 4]);
        compatible
            .iter()
            .for_each(|brand| bytes.extend_from_slice(*brand));
        bytes.extend_from_slice(b"avif and what follows");
        bytes
    }

    #[test]
    fn content_decides() {
        assert_eq!(sniff(b"\xff\xd8\xff\xe1"), FileType::Jpeg);
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n"), FileType::Png);
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), FileType::WebP);
        assert_eq!(sniff(b"GIF89a"), FileType::Gif);
        assert_eq!(sniff(b"BM\x36\0\0\0\0\0\0\0"), FileType::Bmp);
        assert_eq!(sniff(b"II*\0"), FileType::Tiff);
        assert_eq!(sniff(b"%PDF-1.7"), FileType::Pdf);
        assert_eq!(sniff(b"BMW for sale"), FileType::Unknown);
        assert_eq!(sniff(b"\xff\xd8"), FileType::Unknown);
        assert_eq!(sniff(b""), FileType::Unknown);
    }

    #[test]
    fn brands_tell_pictures_from_films() {
        assert_eq!(sniff(&ftyp(b"heic", &[b"mif1"])), FileType::Heic);
        assert_eq!(sniff(&ftyp(b"mif1", &[b"heic"])), FileType::Heic);
        assert_eq!(sniff(&ftyp(b"mif1", &[b"avif"])), FileType::Avif);
        assert_eq!(sniff(&ftyp(b"isom", &[b"mp42"])), FileType::Mp4);
        assert_eq!(sniff(&ftyp(b"qt  ", &[])), FileType::Mov);
        assert_eq!(sniff(&ftyp(b"crx ", &[b"isom"])), FileType::Tiff);
        assert_eq!(sniff(&ftyp(b"jp2 ", &[])), FileType::Unknown);
        assert_eq!(sniff(&ftyp(b"NDSM", &[b"mp42"])), FileType::Mp4);
        assert_eq!(sniff(b"\0\0\0\x08ftyp"), FileType::Unknown);
        assert_eq!(sniff(b"\xff\xff\xff\xffftyphe"), FileType::Unknown);
    }

    #[test]
    fn films_and_sounds_are_told_apart() {
        assert_eq!(sniff(&ftyp(b"M4A ", &[b"isom"])), FileType::M4a);
        assert_eq!(sniff(&ftyp(b"3gp5", &[b"isom"])), FileType::ThreeGp);
        assert_eq!(sniff(b"RIFF\x24\0\0\0WAVEfmt "), FileType::Wav);
        assert_eq!(sniff(b"OggS\0\x02"), FileType::Ogg);
        assert_eq!(sniff(b"#!AMR\n\x3c"), FileType::Amr);
        assert_eq!(sniff(b"#!AMR-WB\n"), FileType::Amr);
        assert_eq!(sniff(b"ID3\x03\0"), FileType::Mp3);
        assert_eq!(sniff(b"\xff\xfb\x90\x00"), FileType::Mp3);
        assert_eq!(sniff(b"\xff\xf1\x50\x80"), FileType::Aac);
        assert_eq!(sniff(b"fLaC\0\0\0\x22"), FileType::Flac);
        let header =
            b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08";
        let ebml = |name: &[u8]| [&header[..], b"\x42\x82", name].concat();
        assert_eq!(sniff(&ebml(b"\x84webm\x42\x87")), FileType::WebM);
        assert_eq!(sniff(&ebml(b"\x88matroska\x42\x87")), FileType::Matroska);
        assert_eq!(sniff(&ebml(b"\x88webm")), FileType::Matroska, "cut off");
        assert_eq!(sniff(b"\x1a\x45\xdf\xa3"), FileType::Matroska);
        assert_eq!(sniff(b"\xff\xff\xff\xff"), FileType::Unknown);
    }
}

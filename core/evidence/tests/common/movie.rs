//! Writes films: small, with everything in them that phones put there.

/// A box.
pub(crate) fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u32 + 8).to_be_bytes();
    [&size, kind.as_slice(), content].concat()
}

/// A table: version, flags, a count and entries of longs.
fn table(kind: &[u8; 4], count: usize, words: &[u32]) -> Vec<u8> {
    let words = words.iter().flat_map(|word| word.to_be_bytes());
    let head = [[0; 4], (count as u32).to_be_bytes()].concat();
    boxed(kind, &head.into_iter().chain(words).collect::<Vec<u8>>())
}

/// When it was taken and changed.
pub(crate) const TIMES: &[u8] = b"\xe3\x01\x02\x03\xe3\x01\x02\x04";
/// As in a description of samples.
pub(crate) const VENDOR: &[u8] = b"mkr7";
/// A length, and a name of so many bytes.
const COMPRESSOR: &[u8] = b"\x0bPhone Codec";
/// What no player can do without.
pub(crate) const DECODER: &[u8] = b"decoder's own";

/// The head of a film in its second version, whose times are longer.
fn wide_head() -> Vec<u8> {
    let (created, changed) = TIMES.split_at(4);
    let zeros = [0; 4];
    let parts = [b"\x01\0\0\0", &zeros[..], created, &zeros, changed, &[7; 8]];
    parts.concat()
}

pub(crate) fn holds(file: &[u8], what: &[u8]) -> bool {
    file.windows(what.len()).any(|window| window == what)
}

/// How a track's table of sizes is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sizes {
    Listed,
    /// All as the first.
    Every,
    /// The compact table, with so many bits each.
    Bits(u8),
    /// "One byte" each, and the description of that version says what a frame takes.
    Frames(u16),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Offsets {
    Short,
    Long,
}

#[derive(Debug, Clone)]
pub(crate) struct Track {
    number: u32,
    handler: [u8; 4],
    sizes: Sizes,
    /// Another track, as the one that this one comes after.
    pub(crate) refers_to: Option<u32>,
    describes: Option<u32>,
}

impl Track {
    pub(crate) fn new(number: u32, handler: &[u8; 4]) -> Self {
        Self {
            number,
            handler: *handler,
            sizes: Sizes::Listed,
            refers_to: (*handler == *b"vide").then_some(4),
            describes: None,
        }
    }

    /// What the samples are: with the maker, the compressor, and what the decoder needs.
    fn description(&self) -> Vec<u8> {
        let mut entry = vec![0; 12];
        entry.extend(VENDOR);
        let kind = match &self.handler {
            b"vide" => {
                entry.resize(42, 7);
                entry.extend(COMPRESSOR);
                entry.resize(78, 0xff);
                entry.extend(boxed(b"avcC", DECODER));
                b"avc1"
            }
            // The other descriptions say how long a frame is.
            b"soun" if !matches!(self.sizes, Sizes::Frames(_)) => {
                entry.resize(28, 7);
                entry[8..10].fill(0);
                entry.extend(boxed(b"esds", DECODER));
                entry.extend(boxed(b"udta", b"SN-4711"));
                b"mp4a"
            }
            _ => return Vec::new(),
        };
        boxed(
            b"stsd",
            &[b"\0\0\0\0\0\0\0\x01", &boxed(kind, &entry)[..]].concat(),
        )
    }

    pub(crate) fn sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    pub(crate) fn describes(self, number: u32) -> Self {
        Self {
            describes: Some(number),
            ..self
        }
    }

    fn bytes(&self, tables: &[u8]) -> Vec<u8> {
        let mut head = vec![0; 84];
        head[4..12].copy_from_slice(TIMES);
        head[12..16].copy_from_slice(&self.number.to_be_bytes());
        let handler = [&[0; 8], self.handler.as_slice(), b"SN-4711 by Phone"].concat();
        let tables = [self.description(), tables.to_vec()].concat();
        let media = [
            boxed(b"mdhd", &[&[0; 4], TIMES, &[0; 12]].concat()),
            boxed(b"hdlr", &handler),
            boxed(b"minf", &boxed(b"stbl", &tables)),
        ]
        .concat();
        let reference = |kind, number: u32| boxed(b"tref", &boxed(kind, &number.to_be_bytes()));
        let mut out = boxed(b"tkhd", &head);
        out.extend(self.refers_to.iter().flat_map(|to| reference(b"tmcd", *to)));
        out.extend(self.describes.iter().flat_map(|to| reference(b"cdsc", *to)));
        out.extend(boxed(b"mdia", &media));
        out.extend(boxed(b"meta", b"\0\0\0\0Phone SN-4711"));
        boxed(b"trak", &out)
    }
}

/// A chunk of samples of a track, or what belongs to none.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    track: Option<usize>,
    samples: Vec<Vec<u8>>,
}

impl Piece {
    pub(crate) fn of(track: usize, samples: &[&[u8]]) -> Self {
        Self {
            track: Some(track),
            samples: samples.iter().map(|sample| sample.to_vec()).collect(),
        }
    }

    pub(crate) fn gap(bytes: &[u8]) -> Self {
        Self {
            track: None,
            samples: vec![bytes.to_vec()],
        }
    }

    fn len(&self) -> usize {
        self.samples.iter().map(Vec::len).sum()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Movie {
    brand: [u8; 4],
    pub(crate) tracks: Vec<Track>,
    pub(crate) pieces: Vec<Piece>,
    /// What else is in the index.
    pub(crate) said: Vec<u8>,
    /// How often the table of offsets names each chunk.
    pub(crate) repeat: usize,
}

impl Movie {
    pub(crate) fn new(brand: &[u8; 4]) -> Self {
        Self {
            brand: *brand,
            tracks: Vec::new(),
            pieces: Vec::new(),
            said: Vec::new(),
            repeat: 1,
        }
    }

    fn head(&self) -> Vec<u8> {
        let brands = [&self.brand[..], &[0, 0, 0, 1], &self.brand, b"mp42"].concat();
        boxed(b"ftyp", &brands)
    }

    /// The chunks of a track with their places in the file.
    fn chunks(&self, track: usize, offsets: Offsets) -> Vec<(usize, &Piece)> {
        let mut at = self.head().len() + Self::data_head(offsets);
        let mut found = Vec::new();
        for piece in &self.pieces {
            if piece.track == Some(track) {
                found.extend(std::iter::repeat_n((at, piece), self.repeat));
            }
            at += piece.len();
        }
        found
    }

    /// Long films have a long head of their data as well.
    const fn data_head(offsets: Offsets) -> usize {
        match offsets {
            Offsets::Short => 8,
            Offsets::Long => 16,
        }
    }

    /// What a player would read of a track.
    pub(crate) fn samples(&self, film: &[u8], offsets: Offsets, track: usize) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        for (mut at, piece) in self.chunks(track, offsets) {
            for sample in &piece.samples {
                out.push(film[at..at + sample.len()].to_vec());
                at += sample.len();
            }
        }
        out
    }

    fn tables(&self, track: usize, offsets: Offsets) -> Vec<u8> {
        let chunks = self.chunks(track, offsets);
        let runs = chunks
            .iter()
            .enumerate()
            .flat_map(|(number, (_, piece))| [number as u32 + 1, piece.samples.len() as u32, 1]);
        let mut out = table(b"stsc", chunks.len(), &runs.collect::<Vec<u32>>());
        let sizes: Vec<u32> = chunks
            .iter()
            .flat_map(|(_, piece)| piece.samples.iter().map(|sample| sample.len() as u32))
            .collect();
        out.extend(sizes_in(self.tracks[track].sizes, &sizes));
        let words: Vec<u32> = match offsets {
            Offsets::Short => chunks.iter().map(|(at, _)| *at as u32).collect(),
            Offsets::Long => chunks.iter().flat_map(|(at, _)| [0, *at as u32]).collect(),
        };
        let kind = match offsets {
            Offsets::Short => b"stco",
            Offsets::Long => b"co64",
        };
        out.extend(table(kind, chunks.len(), &words));
        out
    }

    pub(crate) fn bytes(&self, offsets: Offsets) -> Vec<u8> {
        let data: Vec<u8> = self
            .pieces
            .iter()
            .flat_map(|piece| piece.samples.concat())
            .collect();
        let data = match offsets {
            Offsets::Short => boxed(b"mdat", &data),
            Offsets::Long => {
                let size = (data.len() as u64 + 16).to_be_bytes();
                [b"\0\0\0\x01mdat".as_slice(), &size, &data].concat()
            }
        };
        let tracks = (0..self.tracks.len())
            .flat_map(|track| self.tracks[track].bytes(&self.tables(track, offsets)));
        let index: Vec<u8> = boxed(b"mvhd", &wide_head())
            .into_iter()
            .chain(tracks)
            .chain(self.said.iter().copied())
            .collect();
        [self.head(), data, boxed(b"moov", &index)].concat()
    }
}

fn sizes_in(sizes: Sizes, list: &[u32]) -> Vec<u8> {
    match sizes {
        Sizes::Listed => {
            let words = [&[list.len() as u32], list].concat();
            table(b"stsz", 0, &words)
        }
        Sizes::Every => {
            let every = list.first().copied().unwrap_or(1) as usize;
            table(b"stsz", every, &[list.len() as u32])
        }
        Sizes::Bits(bits) => {
            let mut content = vec![0, 0, 0, 0, 0, 0, 0, bits];
            content.extend((list.len() as u32).to_be_bytes());
            match bits {
                4 => content
                    .extend(list.chunks(2).map(|pair| {
                        (pair[0] << 4) as u8 | pair.get(1).map_or(0, |low| *low as u8)
                    })),
                8 => content.extend(list.iter().map(|size| *size as u8)),
                _ => content.extend(list.iter().flat_map(|size| (*size as u16).to_be_bytes())),
            }
            boxed(b"stz2", &content)
        }
        Sizes::Frames(version) => {
            let mut entry = vec![0; 64];
            entry[8..10].copy_from_slice(&version.to_be_bytes());
            (entry[17], entry[19]) = (2, 16);
            match version {
                1 => (entry[31], entry[39]) = (1, 4),
                2 => (entry[59], entry[63]) = (4, 1),
                _ => {}
            }
            let entry = boxed(b"sowt", &entry);
            let description = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entry[..]].concat());
            [description, table(b"stsz", 1, &[list.len() as u32])].concat()
        }
    }
}

/// A film in two fragments of a picture and of what a GPS said, in one of four forms: places counted from
/// the fragment, from the file, one behind the other, and with sizes that the index says.
pub(crate) fn fragmented(form: u8) -> Vec<u8> {
    let track = |number, handler| {
        let tables = [
            table(b"stsc", 0, &[]),
            table(b"stsz", 0, &[0]),
            table(b"stco", 0, &[]),
        ];
        Track::new(number, handler).bytes(&tables.concat())
    };
    let extends = |number: u32, size: u32| {
        let words = [number, 1, 1, size, 0].map(u32::to_be_bytes).concat();
        boxed(b"trex", &[&[0; 4], &words[..]].concat())
    };
    let index = [
        boxed(b"mvhd", &[0; 20]),
        track(1, b"vide"),
        track(2, b"meta"),
        boxed(b"mvex", &[extends(1, 9), extends(2, 6)].concat()),
    ];
    let mut out = boxed(b"ftyp", b"iso5\0\0\0\x01iso5");
    out.extend(boxed(b"moov", &index.concat()));
    for samples in [vec!["picture 1", "picture 2"], vec!["picture 3"]] {
        let start = out.len();
        let fragment = fragment(form, start, 0, samples.len());
        let fragment = self::fragment(form, start, fragment.len() + 8, samples.len());
        out.extend(fragment);
        let data = [&samples.concat(), "+41.80", "between"].concat();
        out.extend(boxed(b"mdat", data.as_bytes()));
    }
    out
}

/// `data`: where the data are, counted from the fragment's beginning.
fn fragment(form: u8, start: usize, data: usize, count: usize) -> Vec<u8> {
    let longs = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    let part = |track: u32, at: usize, sizes: &[u32]| {
        let head = match form {
            1 => [longs(&[1, track, 0]), longs(&[start as u32])].concat(),
            _ => longs(&[0x2_0000, track]),
        };
        // Without a place of its own the second follows the first; sizes come from the index.
        let has_place = form != 2 || track == 1;
        let has_sizes = form != 3;
        let flags = u32::from(has_place) | if has_sizes { 0x300 } else { 0x100 };
        let mut run = longs(&[flags, sizes.len() as u32]);
        run.extend(has_place.then(|| longs(&[at as u32])).into_iter().flatten());
        for size in sizes {
            run.extend(longs(&[40]));
            run.extend(has_sizes.then(|| longs(&[*size])).into_iter().flatten());
        }
        let head = if form == 2 { longs(&[0, track]) } else { head };
        boxed(
            b"traf",
            &[boxed(b"tfhd", &head), boxed(b"trun", &run)].concat(),
        )
    };
    let pictures = vec![9; count];
    let parts = [part(1, data, &pictures), part(2, data + 9 * count, &[6])];
    boxed(b"moof", &[boxed(b"mfhd", &[0; 8]), parts.concat()].concat())
}

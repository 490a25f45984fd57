//! A picture in memory: eight-bit RGB without gaps, and turning it upright.

/// Rows from the top, three bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Pixels {
    /// Takes `data` of exactly `width` by `height` pixels; `None` for any other length.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        (data.len() as u64 == rgb_bytes(width, height)).then_some(Self {
            width,
            height,
            data,
        })
    }

    /// Columns.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The bytes.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn into_data(self) -> Vec<u8> {
        self.data
    }

    pub(crate) fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// Writes every pixel of the turned picture into `data`, asking `from` where it comes from. In
    /// tiles, so that what is read across rows is still near when the next row needs it.
    fn gathered(
        &self,
        mut data: Vec<u8>,
        (width, height): (u32, u32),
        from: impl Fn(u32, u32) -> (u32, u32),
    ) -> Self {
        const TILE: usize = 32;
        let pixels = self.data.as_chunks::<3>().0;
        data.resize(self.data.len(), 0);
        let turned = data.as_chunks_mut::<3>().0;
        let stride = self.width as usize;
        for top in (0..height).step_by(TILE) {
            for left in (0..width).step_by(TILE) {
                for y in top..height.min(top + TILE as u32) {
                    for x in left..width.min(left + TILE as u32) {
                        let (old_x, old_y) = from(x, y);
                        let old = pixels[old_y as usize * stride + old_x as usize];
                        turned[y as usize * width as usize + x as usize] = old;
                    }
                }
            }
        }
        Self {
            width,
            height,
            data,
        }
    }

    /// The picture as it is meant to be seen.
    #[must_use]
    pub fn upright(self, orientation: Orientation) -> Self {
        self.upright_in(Vec::new(), orientation)
    }

    /// The same in memory that was used before: fresh pages cost more than turning does.
    pub(crate) fn upright_in(self, spare: Vec<u8>, orientation: Orientation) -> Self {
        let (w, h) = (self.width, self.height);
        match orientation {
            Orientation::Upright => self,
            Orientation::Mirrored => self.gathered(spare, (w, h), |x, y| (w - 1 - x, y)),
            Orientation::HalfTurn => self.gathered(spare, (w, h), |x, y| (w - 1 - x, h - 1 - y)),
            Orientation::Flipped => self.gathered(spare, (w, h), |x, y| (x, h - 1 - y)),
            Orientation::Transposed => self.gathered(spare, (h, w), |x, y| (y, x)),
            Orientation::QuarterTurn => self.gathered(spare, (h, w), |x, y| (y, h - 1 - x)),
            Orientation::Transversed => self.gathered(spare, (h, w), |x, y| (w - 1 - y, h - 1 - x)),
            Orientation::ThreeQuarterTurn => self.gathered(spare, (h, w), |x, y| (w - 1 - y, x)),
        }
    }
}

/// Bytes of a picture of that size.
pub(crate) const fn rgb_bytes(width: u32, height: u32) -> u64 {
    width as u64 * height as u64 * 3
}

/// What EXIF's tag 0x0112 says has to be done to see a picture upright. Turns are clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1, and every number that means nothing.
    #[default]
    Upright,
    /// 2: left and right exchanged.
    Mirrored,
    /// 3.
    HalfTurn,
    /// 4: top and bottom exchanged.
    Flipped,
    /// 5: rows and columns exchanged.
    Transposed,
    /// 6: turn by 90° to show.
    QuarterTurn,
    /// 7: exchanged over the other diagonal.
    Transversed,
    /// 8: turn by 270° to show.
    ThreeQuarterTurn,
}

impl Orientation {
    const ALL: [Self; 8] = [
        Self::Upright,
        Self::Mirrored,
        Self::HalfTurn,
        Self::Flipped,
        Self::Transposed,
        Self::QuarterTurn,
        Self::Transversed,
        Self::ThreeQuarterTurn,
    ];

    /// The meaning of EXIF's number, if it has one.
    pub fn from_exif(number: u32) -> Option<Self> {
        let index = (number as usize).checked_sub(1)?;
        Self::ALL.get(index).copied()
    }

    /// EXIF's number, 1 to 8.
    pub const fn to_exif(self) -> u8 {
        self as u8 + 1
    }

    /// Whether width and height change places.
    pub const fn swaps(self) -> bool {
        self.to_exif() >= 5
    }
}

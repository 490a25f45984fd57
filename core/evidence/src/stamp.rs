//! Lines of text drawn onto a picture: who, when, where.

use std::fmt;

use ab_glyph::{Font as _, FontVec, GlyphId, Point, PxScale, ScaleFont};
use gewu_model::place::Position;
use gewu_model::policy::Corner;

use crate::error::EvidenceError;
use crate::pixels::Pixels;

/// A font of the host's or of a pack: TrueType or OpenType, a collection's first face.
pub struct Font(FontVec);

impl Font {
    /// Reads a font.
    ///
    /// # Errors
    /// [`EvidenceError::Font`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, EvidenceError> {
        let font = FontVec::try_from_vec(bytes).map_err(|_| EvidenceError::Font)?;
        let usable = font.height_unscaled() > 0.0 && font.glyph_count() > 1;
        usable.then_some(Self(font)).ok_or(EvidenceError::Font)
    }

    fn glyph(&self, c: char) -> Option<GlyphId> {
        let id = self.0.glyph_id(c);
        (id.0 != 0).then_some(id)
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Font")
    }
}

/// What is drawn, and where.
#[derive(Debug, Clone)]
pub struct Stamp<'a> {
    /// From top to bottom. A line that is too long goes on below.
    pub lines: Vec<String>,
    /// The first that has a character draws it; what none has becomes an empty box.
    pub fonts: Vec<&'a Font>,
    /// Where.
    pub corner: Corner,
    /// How dark the ground under the text is, in percent.
    pub opacity: u8,
}

/// A character of a line, placed.
struct Placed<'a> {
    font: Option<(&'a Font, GlyphId)>,
    x: f32,
    advance: f32,
}

/// One drawn row.
#[derive(Default)]
struct Row<'a> {
    glyphs: Vec<Placed<'a>>,
    width: f32,
}

/// The measures that follow from the picture's size.
struct Measures {
    /// Height of a line in pixels.
    line: f32,
    margin: f32,
    /// How wide a row may be.
    room: f32,
}

/// A line takes this part of the short edge.
const LINES_PER_EDGE: f32 = 32.0;
/// Below this, Chinese characters are no longer told apart.
const SMALLEST: f32 = 12.0;

impl Measures {
    fn of(pixels: &Pixels) -> Self {
        let short = pixels.width().min(pixels.height()) as f32;
        let line = (short / LINES_PER_EDGE).max(SMALLEST).round();
        let margin = (line / 2.0).round();
        Self {
            line,
            margin,
            room: (pixels.width() as f32 - 2.0 * margin).max(line),
        }
    }
}

impl Stamp<'_> {
    /// Characters that none of the fonts has.
    pub fn missing(&self) -> Vec<char> {
        let all = self.lines.iter().flat_map(|line| line.chars());
        let mut missing: Vec<char> = all
            .filter(|c| !c.is_whitespace() && self.find(*c).is_none())
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    fn find(&self, c: char) -> Option<(&Font, GlyphId)> {
        self.fonts
            .iter()
            .find_map(|font| Some((*font, font.glyph(c)?)))
    }

    /// Draws onto the picture. Rows that find no room in its height are left out at the end.
    pub(crate) fn draw(&self, pixels: &mut Pixels) {
        let measures = Measures::of(pixels);
        let mut rows: Vec<Row<'_>> = self
            .lines
            .iter()
            .flat_map(|line| self.rows(line, &measures))
            .collect();
        let fitting = (pixels.height() as f32 - 2.0 * measures.margin) / measures.line;
        rows.truncate(fitting.max(1.0) as usize);
        if rows.is_empty() {
            return;
        }
        let widest = rows.iter().map(|row| row.width).fold(0.0, f32::max);
        let (left, top) = self.origin(pixels, &measures, widest, rows.len());
        let half = measures.margin / 2.0;
        let height = rows.len() as f32 * measures.line;
        let area = [
            left - half,
            top - half,
            left + widest + half,
            top + height + half,
        ];
        darken(pixels, area, self.opacity);
        for (index, row) in rows.iter().enumerate() {
            let top = top + index as f32 * measures.line;
            draw_row(pixels, row, left, top, measures.line);
        }
    }

    fn origin(&self, pixels: &Pixels, measures: &Measures, widest: f32, rows: usize) -> (f32, f32) {
        let (width, height) = (pixels.width() as f32, pixels.height() as f32);
        let right = width - measures.margin - widest;
        let bottom = height - measures.margin - rows as f32 * measures.line;
        let margin = measures.margin;
        let (x, y) = match self.corner {
            Corner::TopLeft => (margin, margin),
            Corner::TopRight => (right, margin),
            Corner::BottomLeft => (margin, bottom),
            Corner::BottomRight => (right, bottom),
        };
        (x.round().max(0.0), y.round().max(0.0))
    }

    fn rows(&self, line: &str, measures: &Measures) -> Vec<Row<'_>> {
        let mut rows = vec![Row::default()];
        for c in line.chars().filter(|c| !c.is_control()) {
            let font = self.find(c);
            let advance = match font {
                Some((font, id)) => scaled(font, measures.line).h_advance(id),
                None if c.is_whitespace() => measures.line / 3.0,
                None => measures.line * 0.8,
            };
            if rows
                .last()
                .is_some_and(|row| row.width + advance > measures.room)
            {
                rows.push(Row::default());
            }
            if let Some(row) = rows.last_mut() {
                let blank = font.is_none() && c.is_whitespace();
                if !blank {
                    let x = row.width;
                    row.glyphs.push(Placed { font, x, advance });
                }
                row.width += advance;
            }
        }
        rows.retain(|row| row.width > 0.0);
        rows
    }
}

fn scaled(font: &Font, line: f32) -> ab_glyph::PxScaleFont<&FontVec> {
    font.0.as_scaled(PxScale::from(line))
}

fn draw_row(pixels: &mut Pixels, row: &Row<'_>, left: f32, top: f32, line: f32) {
    let shadow = (line / 18.0).round().max(1.0);
    for (shift, white) in [(shadow, false), (0.0, true)] {
        for placed in &row.glyphs {
            let x = left + placed.x + shift;
            match placed.font {
                Some((font, id)) => draw_glyph(pixels, font, id, (x, top + shift), line, white),
                None => draw_box(pixels, (x, top + shift), placed.advance, line, white),
            }
        }
    }
}

fn draw_glyph(
    pixels: &mut Pixels,
    font: &Font,
    id: GlyphId,
    (x, top): (f32, f32),
    line: f32,
    white: bool,
) {
    let face = scaled(font, line);
    let position = Point {
        x,
        y: (top + face.ascent()).round(),
    };
    let glyph = id.with_scale_and_position(PxScale::from(line), position);
    let Some(outline) = face.outline_glyph(glyph) else {
        return;
    };
    let corner = outline.px_bounds().min;
    outline.draw(|dx, dy, coverage| {
        let at = (
            corner.x as i64 + i64::from(dx),
            corner.y as i64 + i64::from(dy),
        );
        ink(pixels, at, coverage, white);
    });
}

/// The frame of a character that no font has.
fn draw_box(pixels: &mut Pixels, (x, top): (f32, f32), advance: f32, line: f32, white: bool) {
    let inset = (line / 10.0).max(1.0);
    let (left, right) = ((x + inset) as i64, (x + advance - inset) as i64);
    let (upper, lower) = ((top + inset) as i64, (top + line - inset) as i64);
    let thick = (line / 16.0).max(1.0) as i64;
    for y in upper..lower {
        for x in left..right {
            let inside =
                x >= left + thick && x < right - thick && y >= upper + thick && y < lower - thick;
            if !inside {
                ink(pixels, (x, y), 1.0, white);
            }
        }
    }
}

/// White over what is there, or a shadow that keeps white readable on a white sky.
fn ink(pixels: &mut Pixels, (x, y): (i64, i64), coverage: f32, white: bool) {
    let (goal, strength) = if white { (255.0, 1.0) } else { (0.0, 0.7) };
    blend(pixels, x, y, goal, coverage.clamp(0.0, 1.0) * strength);
}

fn darken(pixels: &mut Pixels, [left, top, right, bottom]: [f32; 4], opacity: u8) {
    let strength = f32::from(opacity.min(100)) / 100.0;
    for y in top as i64..bottom.ceil() as i64 {
        for x in left as i64..right.ceil() as i64 {
            blend(pixels, x, y, 0.0, strength);
        }
    }
}

fn blend(pixels: &mut Pixels, x: i64, y: i64, goal: f32, strength: f32) {
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    if !(0..width).contains(&x) || !(0..height).contains(&y) {
        return;
    }
    let at = ((y * width + x) * 3) as usize;
    for value in &mut pixels.data_mut()[at..at + 3] {
        let old = f32::from(*value);
        *value = (old + (goal - old) * strength).round() as u8;
    }
}

/// A place as a line of a stamp: latitude and longitude in degrees.
pub fn place_words(at: &Position) -> String {
    let side = |e7: i32, positive: char, negative: char| {
        let letter = if e7 < 0 { negative } else { positive };
        let e7 = e7.unsigned_abs();
        format!("{}.{:06}°{letter}", e7 / 10_000_000, e7 % 10_000_000 / 10)
    };
    format!(
        "{} {}",
        side(at.lat_e7, 'N', 'S'),
        side(at.lon_e7, 'E', 'W')
    )
}

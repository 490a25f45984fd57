//! Pictures of every kind that phones, scanners and editors write, drawn here.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// A scene without symmetry: any wrong turn shows.
pub(crate) fn scene(width: u32, height: u32) -> Vec<u8> {
    let (w, h) = (f64::from(width), f64::from(height));
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (f64::from(x) / w, f64::from(y) / h);
            let wave = ((u * 9.0).sin() * (v * 7.0 + u * 2.0).cos() + 1.0) / 2.0;
            let corner = if u < 0.3 && v < 0.2 { 0.5 } else { 1.0 };
            let colour = [u * corner, v * corner, wave * corner];
            data.extend(colour.map(|value| (value * 235.0 + 10.0) as u8));
        }
    }
    data
}

fn grey(rgb: &[u8]) -> Vec<u8> {
    rgb.as_chunks::<3>()
        .0
        .iter()
        .map(|[_, g, b]| g / 2 + b / 2)
        .collect()
}

/// What a JPEG is made with.
pub(crate) struct Jpeg {
    pub(crate) colour: ColorType,
    pub(crate) sampling: SamplingFactor,
    pub(crate) progressive: bool,
    pub(crate) restart: u16,
    pub(crate) orientation: u8,
}

pub(crate) const PLAIN: Jpeg = Jpeg {
    colour: ColorType::Rgb,
    sampling: SamplingFactor::F_2_2,
    progressive: false,
    restart: 0,
    orientation: 1,
};

/// A block of EXIF that holds nothing but an orientation.
pub(crate) fn orientation_block(orientation: u8) -> Vec<u8> {
    let head = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice();
    [head, &[orientation, 0, 0, 0, 0, 0, 0]].concat()
}

pub(crate) fn jpeg(width: u32, height: u32, kind: &Jpeg) -> Vec<u8> {
    let rgb = scene(width, height);
    let data = match kind.colour {
        ColorType::Luma => grey(&rgb),
        ColorType::Cmyk | ColorType::CmykAsYcck => cmyk(&rgb),
        _ => rgb,
    };
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 92);
    encoder.set_sampling_factor(kind.sampling);
    encoder.set_progressive(kind.progressive);
    if kind.restart > 0 {
        encoder.set_restart_interval(kind.restart);
    }
    if kind.orientation != 1 {
        let block = orientation_block(kind.orientation);
        encoder.add_exif_metadata(&block).unwrap();
    }
    encoder
        .encode(&data, width as u16, height as u16, kind.colour)
        .unwrap();
    out
}

/// Colours as inks, the black part taken out.
fn cmyk(rgb: &[u8]) -> Vec<u8> {
    let inks = |[r, g, b]: &[u8; 3]| {
        let light = (*r).max(*g).max(*b).max(1);
        let ink = |value: u8| 255 - (u32::from(value) * 255 / u32::from(light)) as u8;
        [ink(*r), ink(*g), ink(*b), 255 - light]
    };
    rgb.as_chunks().0.iter().flat_map(inks).collect()
}

/// What a PNG is made with.
pub(crate) struct Png {
    pub(crate) colour: png::ColorType,
    pub(crate) depth: png::BitDepth,
    pub(crate) orientation: u8,
    /// Transparent entries of a palette.
    pub(crate) transparent: bool,
}

pub(crate) const RGB8: Png = Png {
    colour: png::ColorType::Rgb,
    depth: png::BitDepth::Eight,
    orientation: 1,
    transparent: false,
};

pub(crate) fn png(width: u32, height: u32, kind: &Png) -> Vec<u8> {
    let mut out = Vec::new();
    let mut info = png::Info::with_size(width, height);
    info.color_type = kind.colour;
    info.bit_depth = kind.depth;
    if kind.orientation != 1 {
        info.exif_metadata = Some(orientation_block(kind.orientation).into());
    }
    if kind.colour == png::ColorType::Indexed {
        let colours = 1_u32 << kind.depth as u32;
        let palette = (0..colours).flat_map(|i| {
            // Soft colours: hard ones would measure what 4:2:0 does to edges.
            let part = (80 + i * 95 / (colours - 1)) as u8;
            [part, 255 - part, part / 2]
        });
        info.palette = Some(palette.collect::<Vec<u8>>().into());
        if kind.transparent {
            info.trns = Some(
                (0..colours)
                    .map(|i| (150 + i * 5) as u8)
                    .collect::<Vec<u8>>()
                    .into(),
            );
        }
    }
    let encoder = png::Encoder::with_info(&mut out, info).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&samples(width, height, kind))
        .unwrap();
    writer.finish().unwrap();
    out
}

fn samples(width: u32, height: u32, kind: &Png) -> Vec<u8> {
    let rgb = scene(width, height);
    let channels = kind.colour.samples();
    let bits = kind.depth as usize;
    let mut out = Vec::new();
    for (y, row) in rgb.chunks_exact(width as usize * 3).enumerate() {
        let values: Vec<u8> = row
            .as_chunks()
            .0
            .iter()
            .enumerate()
            .flat_map(|(x, [r, g, b]): (usize, &[u8; 3])| {
                let alpha = ((x * 5 + y * 3) % 256) as u8;
                let all = match channels {
                    1 => [g / 2 + b / 2, 0, 0, 0],
                    2 => [g / 2 + b / 2, alpha, 0, 0],
                    _ => [*r, *g, *b, alpha],
                };
                all.into_iter().take(channels)
            })
            .collect();
        out.extend(packed(&values, bits));
    }
    out
}

/// A row of samples in their depth.
fn packed(values: &[u8], bits: usize) -> Vec<u8> {
    match bits {
        16 => values
            .iter()
            .flat_map(|value| [*value, value ^ 0x5a])
            .collect(),
        8 => values.to_vec(),
        _ => values
            .chunks(8 / bits)
            .map(|group| {
                group.iter().enumerate().fold(0, |byte, (i, value)| {
                    byte | (value >> (8 - bits)) << (8 - bits * (i + 1))
                })
            })
            .collect(),
    }
}

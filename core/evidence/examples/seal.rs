//! Seals one picture: `seal IN OUT THUMB [LONG_EDGE [FONT LINE…]]`. The smallest program around the pipeline;
//! `gewu photo seal` does more.

use std::error::Error;

use gewu_evidence::{Answer, Font, Recipe, Stamp, Watch, read_metadata, seal};
use gewu_model::policy::{Corner, PhotoPolicy};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, thumb, rest @ ..] = args.as_slice() else {
        return Err("usage: seal IN OUT THUMB [LONG_EDGE [FONT LINE…]]".into());
    };
    let font = rest
        .get(1)
        .map(|path| Ok::<_, Box<dyn Error>>(Font::new(std::fs::read(path)?)?));
    let font = font.transpose()?;
    let mut recipe = Recipe::of(&PhotoPolicy::default());
    if let Some(edge) = rest.first() {
        recipe.long_edge = edge.parse()?;
    }
    recipe.stamp = font.as_ref().map(|font| Stamp {
        lines: rest[2..].to_vec(),
        fonts: vec![font],
        corner: Corner::BottomLeft,
        opacity: 45,
    });
    let bytes = std::fs::read(input)?;
    let sealed = seal(&bytes, &recipe, &mut Watch::new(&mut |_| Answer::GoOn))?;
    std::fs::write(output, &sealed.photo.bytes)?;
    std::fs::write(thumb, &sealed.thumb.bytes)?;
    println!("{:?}", read_metadata(&bytes));
    println!(
        "{} by {}, {}",
        sealed.photo.width, sealed.photo.height, sealed.photo.sha256
    );
    Ok(())
}

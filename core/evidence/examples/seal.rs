//! Seals one picture: `seal IN OUT THUMB [LONG_EDGE]`. The smallest program around the pipeline;
//! `gewu photo seal` does more.

use std::error::Error;

use gewu_evidence::{Answer, Recipe, Watch, read_metadata, seal};
use gewu_model::policy::PhotoPolicy;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, thumb, edge @ ..] = args.as_slice() else {
        return Err("usage: seal IN OUT THUMB [LONG_EDGE]".into());
    };
    let mut recipe = Recipe::of(&PhotoPolicy::default());
    if let Some(edge) = edge.first() {
        recipe.long_edge = edge.parse()?;
    }
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

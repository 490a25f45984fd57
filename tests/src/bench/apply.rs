//! Taking in a thousand changes of other people, against bare Automerge with the same bytes.
//!
//! Ours: everything that the SDK does with a pull: decoding, every signature, the checks of each
//! change, the fold, the projection and durable writes; the server's time is taken out. The peer
//! only loads each case's document, applies the changes and saves it, in memory.

use std::time::{Duration, Instant};

use automerge::{Automerge, Change};
use gewu::{Act, Gewu};
use gewu_model::ids::CaseId;

use super::town::{BenchError, Town, report};
use super::{Aim, Figure};

const CASES: u32 = 50;
const NOTES: u32 = 20;

/// One case before and after.
struct History {
    before: Vec<u8>,
    news: Vec<Change>,
}

/// Pulls the changes, then replays them with bare Automerge.
///
/// # Errors
/// When the SDK, the server or Automerge refuses.
pub fn run() -> Result<Vec<Figure>, BenchError> {
    let mut town = Town::new()?;
    let (writer, reader) = (town.device()?, town.device()?);
    let cases = (0..CASES)
        .map(|number| Ok(report(&writer, number)?.case))
        .collect::<Result<Vec<_>, BenchError>>()?;
    town.sync(&writer)?;
    town.sync(&reader)?;
    let before = documents(&reader, &cases)?;
    for _ in 0..NOTES {
        for case in &cases {
            writer.note(*case, Act::new().text("现场已围挡，等待配件"))?;
        }
    }
    town.sync(&writer)?;
    let (pulled, ours) = town.sync(&reader)?;
    if pulled.received != CASES * NOTES {
        return Err(BenchError::Missing("a pulled change"));
    }
    let after = documents(&reader, &cases)?;
    Ok(vec![Figure {
        name: "apply 1,000 pulled changes (50 cases)",
        ours: ours.into(),
        peer: "bare Automerge load + apply + save",
        peers: bare(histories(before, &after)?)?.into(),
        aim: Aim::None,
    }])
}

fn documents(gewu: &Gewu, cases: &[CaseId]) -> Result<Vec<Vec<u8>>, BenchError> {
    cases.iter().map(|case| Ok(gewu.document(*case)?)).collect()
}

fn histories(before: Vec<Vec<u8>>, after: &[Vec<u8>]) -> Result<Vec<History>, BenchError> {
    let pairs = before.into_iter().zip(after);
    pairs
        .map(|(before, after)| {
            let heads = Automerge::load(&before)?.get_heads();
            let news = Automerge::load(after)?.get_changes(&heads);
            Ok(History { before, news })
        })
        .collect()
}

fn bare(histories: Vec<History>) -> Result<Duration, BenchError> {
    let start = Instant::now();
    for history in histories {
        let mut document = Automerge::load(&history.before)?;
        document.apply_changes(history.news)?;
        std::hint::black_box(document.save());
    }
    Ok(start.elapsed())
}

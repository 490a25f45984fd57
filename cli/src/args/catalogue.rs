//! Arguments of `gewu catalogue`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use gewu_model::catalogue::TRUST;
use gewu_model::deadline::Date;
use gewu_model::entry::ClassKind;

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// Make a pack from a city's sheets (CSV).
    ///
    /// Columns are known by their Chinese or English names, in any order, below any title. UTF-8,
    /// UTF-16 and GBK are read. Lost leading zeros, line breaks and blanks in names, full-width
    /// digits, merged cells and repeated rows are healed and told; rows that cannot be taken are
    /// refused with line and reason, and then no pack is written unless --without-refused is given.
    #[command(after_help = PACK_EXAMPLES)]
    Pack(Box<CataloguePackArgs>),
    /// Say what a pack holds, and how far it may be relied on.
    Info(CatalogueInfoArgs),
    /// Find classes by words (two characters do), initials or syllables of pinyin, or code.
    Search(CatalogueSearchArgs),
    /// Say what became of classes in another edition.
    Map(CatalogueMapArgs),
    /// Propose what became of classes in another edition, as a table to be confirmed.
    ///
    /// A class of the same name is proposed first, of whatever kind; from 2013 to 2026 then the same
    /// number, where the names share two characters. The table is what `gewu catalogue pack --map`
    /// reads: set certainty to confirmed, row by row, and leave the right side of a confirmed row
    /// empty for a class that was given up.
    Propose(ProposeArgs),
    /// Say what a new version changes.
    Diff(CatalogueDiffArgs),
}

const PACK_EXAMPLES: &str = "\
Examples:
  gewu catalogue pack city.csv --edition 2013 -o city-2013.json
  gewu catalogue pack component=lids.csv matter=streets.csv --edition 2026 -o city.json
  gewu catalogue pack city-2026.csv --edition 2026 --with city-2013.json \\
      --map 2013=confirmed.csv -o both.json";

#[derive(Debug, Args)]
pub(crate) struct CataloguePackArgs {
    /// Sheets; KIND=FILE for one whose rows are all of that kind and do not say it.
    #[arg(value_name = "[KIND=]IN.csv", required = true)]
    pub(crate) inputs: Vec<Keyed>,
    /// The pack to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The edition that the sheets follow: 2013 has codes of 2 + 2 digits, 2026 of 2 + 3.
    #[arg(long)]
    pub(crate) edition: String,
    /// The kind of sheets that neither say it in a column nor on the command line.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<ClassKind>,
    /// How many digits a code has below its heading's two.
    #[arg(long, value_name = "N")]
    pub(crate) digits: Option<usize>,
    /// Codes below a heading from this number on are the city's own, such as 78 or 80.
    #[arg(long, value_name = "N")]
    pub(crate) local_from: Option<u32>,
    /// Another pack whose editions, mappings and campaigns are put beside; may be repeated.
    #[arg(long, value_name = "PACK")]
    pub(crate) with: Vec<String>,
    /// The pack's version before this one: filing conditions of the same words keep their codes, so that
    /// reports of either version mean the same.
    #[arg(long, value_name = "PACK")]
    pub(crate) before: Option<String>,
    /// The table of a mapping from an older edition; may be repeated.
    #[arg(long, value_name = "EDITION=FILE.csv")]
    pub(crate) map: Vec<Keyed>,
    /// The edition that new cases are opened under; the sheets' own by default.
    #[arg(long, value_name = "EDITION")]
    pub(crate) in_force: Option<String>,
    /// The pack's version; rises with every publication.
    #[arg(long = "pack-version", value_name = "N", default_value_t = 1)]
    pub(crate) pack_version: u64,
    /// Whose catalogue it is.
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    /// The standard that the edition follows, such as GB/T 47678.5-2026.
    #[arg(long)]
    pub(crate) standard: Option<String>,
    /// How far it may be relied on: official, city, transcribed or example.
    #[arg(long, default_value = "city", value_parser = TRUST)]
    pub(crate) trust: String,
    /// What whoever relies on it has to know, in Chinese.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// The same in English.
    #[arg(long, default_value = "")]
    pub(crate) note_en: String,
    /// Write the pack without the rows that are refused.
    #[arg(long)]
    pub(crate) without_refused: bool,
    /// Tell every line that was healed, not only how many.
    #[arg(long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogueInfoArgs {
    /// The pack: a file, or 2013 or 2026 for the ones that ship with this program.
    pub(crate) pack: String,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogueSearchArgs {
    /// The pack: a file, or 2013 or 2026 for the ones that ship with this program.
    pub(crate) pack: String,
    /// What to look for: 井盖, wsjg, jinggai, 01002, the identifier of a component …
    #[arg(required = true)]
    pub(crate) text: Vec<String>,
    /// Classes of this kind alone.
    #[arg(long)]
    pub(crate) kind: Option<ClassKind>,
    /// Classes of this edition; the one in force by default.
    #[arg(long)]
    pub(crate) edition: Option<String>,
    /// Classes that may be chosen on this day alone, such as 2026-07-01.
    #[arg(long, value_name = "DAY")]
    pub(crate) on: Option<Date>,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogueMapArgs {
    /// The pack: a file, or 2026 for the one that ships with this program.
    pub(crate) pack: String,
    /// The older edition.
    #[arg(long, default_value = "2013")]
    pub(crate) from: String,
    /// The newer edition; the one in force by default.
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Classes of this kind alone.
    #[arg(long)]
    pub(crate) kind: Option<ClassKind>,
    /// The class of this code alone.
    #[arg(long)]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    /// The pack with the older edition.
    pub(crate) old: String,
    /// The pack with the newer one.
    pub(crate) new: String,
    /// The older edition; the one in force in its pack by default.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// The newer edition; the one in force in its pack by default.
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// The table to write; standard output by default.
    #[arg(short, long, value_name = "FILE.csv")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogueDiffArgs {
    /// The older pack.
    pub(crate) old: String,
    /// The newer pack.
    pub(crate) new: String,
}

/// A file that may belong to something: `KEY=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    pub(crate) key: Option<String>,
    pub(crate) path: PathBuf,
}

impl FromStr for Keyed {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let keyed = text
            .split_once('=')
            .filter(|(key, _)| !key.contains(['/', '\\', '.']));
        Ok(Self {
            key: keyed.map(|(key, _)| key.to_owned()),
            path: keyed.map_or(text, |(_, path)| path).into(),
        })
    }
}

//! Freezes the schemas that are not frozen yet.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use gewu::{PhotoInput, PositionInput, ReportInput};
use gewu_model::contact::Contact;
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{Frozen, Side, copy_folder, directory, dump, facts, older, sql_file};
use crate::sim::phone::{Phone, Standing};
use crate::sim::pictures::picture;
use crate::sim::{self, Lived, Setup};

/// Of so many cities the one is taken whose phone has rows in the most tables.
const CITIES: u64 = 40;
/// How long they live.
const STEPS: u64 = 130;
/// A picture that no city takes by itself.
const OWN_PICTURES: u64 = 900_000;

/// Writes a play with a database of every schema that is not frozen yet; what it wrote. Nothing when
/// none is missing.
///
/// # Errors
/// When a city cannot be set up, or something cannot be read or written.
pub fn freeze() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut missing = Vec::new();
    for side in Side::ALL {
        for version in 1..=side.migrations()?.len() {
            if Frozen::find(side, version)?.is_none() {
                missing.push((side, version));
            }
        }
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let number = (1..)
        .find(|number| !play(*number).exists())
        .unwrap_or(1_u32);
    let (mut lived, phone) = eventful()?;
    let mut out = Play {
        folder: play(number),
        large: BTreeMap::new(),
        written: Vec::new(),
    };
    let since_ms = lived.time.since_start_ms();
    out.server(&lived, since_ms, &missing)?;
    out.device(&mut lived.phones[phone], since_ms, &missing)?;
    out.blobs()?;
    Ok(out.written)
}

fn play(number: u32) -> PathBuf {
    directory().join(format!("play-{number}"))
}

/// The city whose phone has seen the most, and which phone that is.
fn eventful() -> Result<(Lived, usize), Box<dyn Error>> {
    let mut most = (0, 0);
    for seed in 1..=CITIES {
        let mut lived = sim::live(setup(seed))?;
        let (rows, _) = best(&mut lived.phones)?;
        most = most.max((rows, seed));
    }
    println!("seed {} has rows in {} tables of a phone", most.1, most.0);
    let mut lived = sim::live(setup(most.1))?;
    let (_, phone) = best(&mut lived.phones)?;
    owe_more(&lived.phones[phone])?;
    Ok((lived, phone))
}

fn setup(seed: u64) -> Setup {
    Setup {
        steps: STEPS,
        large: false,
        ..Setup::new(seed)
    }
}

/// The phone with rows in the most tables, and in how many.
fn best(phones: &mut [Phone]) -> Result<(usize, usize), Box<dyn Error>> {
    let mut most = (0, 0);
    for (at, phone) in phones.iter_mut().enumerate() {
        phone.end_accidents();
        phone.restart();
        let owes = phone
            .sdk()
            .is_some_and(|sdk| sdk.status().is_ok_and(|status| !status.synced));
        if phone.standing == Standing::Good && !phone.refused && owes {
            let filled = phone.with_database(filled)??;
            most = most.max((filled, at));
        }
    }
    Ok(most)
}

fn filled(db: &Connection) -> rusqlite::Result<usize> {
    let mut filled = 0;
    for (table, _) in dump::tables(db)? {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        filled += usize::from(db.query_row(&sql, [], |row| row.get::<_, bool>(0))?);
    }
    Ok(filled)
}

/// What cities rarely have in the middle of their lives: a draft with a photo, a report with a contact.
fn owe_more(phone: &Phone) -> Result<(), Box<dyn Error>> {
    let sdk = phone.sdk().ok_or("the phone is dead")?;
    let input = ReportInput {
        class: Some(ClassRef {
            kind: ClassKind::Component,
            code: "01002".into(),
        }),
        position: Some(PositionInput::wgs84(123.422_729, 41.799_961_6).accurate_to(4.0)),
        text: Some("frozen 井盖缺失".into()),
        contact: Some(Contact {
            phone: Some("13800000000".into()),
            name: Some("王某".into()),
            ..Contact::default()
        }),
        ..ReportInput::default()
    };
    let photo = |number| PhotoInput::bytes(picture(OWN_PICTURES + number), EvidenceRole::Scene);
    sdk.report(ReportInput {
        photos: vec![photo(1)],
        ..input.clone()
    })?;
    let draft = sdk.draft_new(&input)?;
    sdk.attach(draft, photo(2))?;
    Ok(())
}

/// What is being written.
struct Play {
    folder: PathBuf,
    large: BTreeMap<String, Vec<u8>>,
    written: Vec<PathBuf>,
}

impl Play {
    fn server(
        &mut self,
        lived: &Lived,
        since_ms: i64,
        missing: &[(Side, usize)],
    ) -> Result<(), Box<dyn Error>> {
        lived.centre.refuse_uploads(false)?;
        lived.centre.restart()?;
        let told = facts::of_server(&lived.operator);
        self.facts(Side::Server, since_ms, &told)?;
        let folder = self.beside(Side::Server)?;
        let dir = lived.centre.dir();
        for part in ["keys", "media"] {
            copy_folder(&dir.join(part), &folder.join(part))?;
        }
        fs::write(folder.join("operator.token"), lived.centre.token()?)?;
        if let Ok(erased) = fs::read(dir.join("erased.log")) {
            fs::write(folder.join("erased.log"), erased)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(dir.join("gewu.db"), flags)?;
        self.databases(Side::Server, missing, &db)
    }

    fn device(
        &mut self,
        phone: &mut Phone,
        since_ms: i64,
        missing: &[(Side, usize)],
    ) -> Result<(), Box<dyn Error>> {
        let told = facts::of_device(phone.sdk().ok_or("the phone is dead")?)?;
        self.facts(Side::Device, since_ms, &told)?;
        let folder = self.beside(Side::Device)?;
        phone.leave_in(&folder)?;
        phone.with_database(|db| self.databases(Side::Device, missing, db))?
    }

    fn facts(&mut self, side: Side, since_ms: i64, told: &Value) -> Result<(), Box<dyn Error>> {
        let folder = self.folder.join(side.name());
        fs::create_dir_all(&folder)?;
        let facts = json!({ "since_start_ms": since_ms, "told": told });
        let text = serde_json::to_string_pretty(&facts)? + "\n";
        Ok(fs::write(folder.join("facts.json"), text)?)
    }

    fn beside(&self, side: Side) -> std::io::Result<PathBuf> {
        let folder = self.folder.join(side.name()).join("folder");
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn databases(
        &mut self,
        side: Side,
        missing: &[(Side, usize)],
        db: &Connection,
    ) -> Result<(), Box<dyn Error>> {
        let migrations = side.migrations()?;
        for (_, version) in missing.iter().filter(|(of, _)| *of == side) {
            let old = older::older(side, &migrations, *version, db)?;
            let text = dump::dump(&old, &mut self.large)?;
            let file = sql_file(&self.folder, side, *version);
            fs::write(&file, text)?;
            self.written.push(file);
        }
        Ok(())
    }

    fn blobs(&self) -> std::io::Result<()> {
        let folder: &Path = &self.folder.join("blobs");
        fs::create_dir_all(folder)?;
        for (digest, bytes) in &self.large {
            fs::write(folder.join(digest), bytes)?;
        }
        Ok(())
    }
}

//! Servers that still have an old schema.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use gewu_tests::frozen::{Frozen, Side, of_server, schema};
use gewu_tests::process::binary;
use gewu_tests::sim::centre::Centre;
use gewu_tests::sim::coverage::Tally;
use gewu_tests::sim::host::WorldTime;
use gewu_tests::sim::network::Answer;
use gewu_tests::sim::operator::Operator;
use gewu_tests::sim::story::Story;

use super::{all, database, moment, thawed};

fn open(frozen: &Frozen) -> (Arc<Centre>, Operator) {
    let time = moment(frozen);
    let place = tempfile::tempdir().unwrap();
    let city = place.path().join("city");
    frozen.thaw(&city).unwrap();
    std::fs::copy(
        city.join("operator.token"),
        place.path().join("operator.token"),
    )
    .unwrap();
    let centre = Arc::new(Centre::of(place, time.clone()).unwrap());
    let answer: Arc<dyn Answer> = centre.clone();
    let telling = (
        Arc::new(Story::new(time, false)),
        Arc::new(Tally::default()),
    );
    let operator = Operator::new(answer, centre.token().unwrap(), telling);
    (centre, operator)
}

#[test]
fn whatever_an_old_server_held_is_there_after_the_upgrade() {
    for frozen in all(Side::Server) {
        let (_centre, operator) = open(&frozen);
        let told = of_server(&operator);
        assert!(told["cases"].as_object().unwrap().len() > 5, "{told}");
        assert_eq!(told, frozen.facts().unwrap()["told"], "{frozen:?}");
    }
}

#[test]
fn an_upgraded_schema_is_the_schema_of_a_new_server() {
    let fresh = Centre::open(WorldTime::default(), 1).unwrap();
    let newest = schema(&database(&fresh.dir())).unwrap();
    for frozen in all(Side::Server) {
        let (centre, _) = open(&frozen);
        assert_eq!(
            schema(&database(&centre.dir())).unwrap(),
            newest,
            "{frozen:?}"
        );
    }
}

pub(super) fn serve(folder: &Path, ready: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--services-every", "0"])
        .arg("--dir")
        .arg(folder)
        .arg("--card-key")
        .arg(folder.with_extension("cards.key"))
        .arg("--ready-file")
        .arg(ready)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .env_remove("RUST_BACKTRACE");
    command
}

#[test]
fn an_older_server_says_in_words_that_it_is_too_old_and_changes_nothing() {
    let newest = all(Side::Server).pop().unwrap();
    let folder = thawed(&newest);
    let db = database(folder.path());
    db.pragma_update(None, "user_version", newest.version as u32 + 1)
        .unwrap();
    drop(db);
    let before = super::rows(folder.path(), &[]);
    let ready = folder.path().join("ready");
    let Output { status, stderr, .. } = serve(folder.path(), &ready).output().unwrap();
    let words = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && !ready.exists(), "{words}");
    assert!(words.contains("update the server"), "{words}");
    assert_eq!(super::rows(folder.path(), &[]), before);
}

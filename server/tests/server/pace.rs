//! A push is taken in as a whole, and nothing shows that it was.

use std::path::Path;

use gewu_model::entry::{Note, Payload};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::Request;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::kit::entries::{dispatch, file, handle, mark};
use crate::kit::{City, Phone, open};

/// What a server keeps of cases, without what it keeps of requests.
const KEPT: [&str; 12] = [
    "cases",
    "changes",
    "clocks",
    "content",
    "draws",
    "fates",
    "feed",
    "memberships",
    "notices",
    "places",
    "service_due",
    "statuses",
];

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("gewu.db")).expect("a database")
}

/// Every row of a table, in order of all of its columns.
fn rows(database: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut select = database
        .prepare(&format!("SELECT * FROM {table}"))
        .expect("a table");
    let columns = select.column_count();
    let read = select.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
    let rows: Result<Vec<_>, _> = read.expect("rows").collect();
    let mut rows = rows.expect("rows");
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => {
                std::fs::create_dir_all(&target).expect("a folder");
                copy(&entry.path(), &target);
            }
            false => drop(std::fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

/// The server's folder once more.
fn twin(city: &City) -> TempDir {
    let twin = TempDir::new().expect("a folder");
    copy(city.dir.path(), twin.path());
    twin
}

/// The request, with but one of its changes.
fn with_only(request: &Request, case: usize, change: usize) -> Request {
    let mut one = request.clone();
    let push = one.cases.swap_remove(case);
    one.cases = vec![push];
    let changes = std::mem::take(&mut one.cases[0].changes);
    one.cases[0].changes = vec![changes[change].clone()];
    one
}

/// A case that is dispatched to drainage, held by both.
fn dispatched(city: &mut City, chen: &mut Phone, li: &mut Phone) -> (CaseId, ChangeHash) {
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    let asked = city.decide(case, dispatch("drainage")).instruction;
    chen.sync(&city.core, city.now);
    li.sync(&city.core, city.now);
    (case, asked)
}

#[test]
fn a_push_taken_in_at_once_leaves_what_its_changes_leave_one_by_one() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let (first, asked) = dispatched(&mut city, &mut chen, &mut li);
    let (second, again) = dispatched(&mut city, &mut chen, &mut li);
    for (case, asked) in [(first, asked), (second, again)] {
        li.write(case, &Payload::Take(mark()), Some(asked), city.now);
        li.write(case, &note(), None, city.now);
        li.write(case, &handle(), Some(asked), city.now);
        li.write(case, &note(), None, city.now);
        // Nobody asked for it any more.
        li.write(case, &handle(), Some(asked), city.now);
    }
    let request = li.request();
    assert_eq!(request.cases.len(), 2);
    let other = twin(&city);
    let caller = city.core.caller(li.key()).expect("enrolled");
    let now = city.now.plus(60_000);
    let whole = city.core.exchange(&caller, &request, now).expect("taken");
    {
        let core = open(other.path());
        for (case, push) in request.cases.iter().enumerate() {
            for change in 0..push.changes.len() {
                let one = with_only(&request, case, change);
                core.exchange(&caller, &one, now).expect("taken");
            }
        }
    }
    let told = li.keep(&request, whole);
    let accepted = told.block.changes.iter();
    let accepted = accepted.filter(|it| matches!(it.verdict, Verdict::Accepted { .. }));
    assert!(accepted.count() >= 8, "{:?}", told.block.changes);
    let (ours, theirs) = (database(city.dir.path()), database(other.path()));
    for table in KEPT {
        assert_eq!(rows(&ours, table), rows(&theirs, table), "{table}");
    }
    assert!(!rows(&ours, "feed").is_empty() && !rows(&ours, "clocks").is_empty());
}

fn note() -> Payload {
    Payload::Note(Note {
        text: Digest([1; 32]),
        photos: None,
    })
}

#[test]
fn a_case_whose_document_is_damaged_holds_up_nobody_else_s() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let (damaged, asked) = dispatched(&mut city, &mut chen, &mut li);
    let (sound, again) = dispatched(&mut city, &mut chen, &mut li);
    let database = database(city.dir.path());
    let sql = "UPDATE cases SET document = substr(document, 1, 20) WHERE id = ?1";
    let put = database.execute(sql, [damaged.0.as_slice()]);
    assert_eq!(put.expect("written"), 1);
    let held = [(damaged, asked), (sound, again)];
    let written = held.map(|(case, asked)| {
        let take = li.write(case, &Payload::Take(mark()), Some(asked), city.now);
        [take, li.write(case, &note(), None, city.now)]
    });
    let told = li.sync(&city.core, city.now);
    let [waiting, taken] = written;
    assert!(taken.iter().all(|hash| told.accepted(*hash)));
    // It is no fault of the author's: the first is kept, and the second waits for it.
    assert_eq!(*told.verdict(waiting[0]), Verdict::Pending);
    assert!(matches!(told.verdict(waiting[1]), Verdict::Waiting { .. }));
    let kept = rows(&database, "fates").len();
    assert_eq!(kept, 2);
    assert_eq!(
        city.view(sound).entries.len(),
        city.view(damaged).entries.len() + 2
    );
}

#[test]
fn one_change_that_is_set_aside_leaves_its_neighbours_in_the_same_push_alone() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let (case, asked) = dispatched(&mut city, &mut chen, &mut li);
    let heads = li.heads(case);
    let take = li.write(case, &Payload::Take(mark()), Some(asked), city.now);
    let stray = li.write_upon(case, &note(), None, heads, city.now);
    let told = li.sync(&city.core, city.now);
    assert!(told.accepted(take));
    let reason = SetAside::Sequence;
    assert_eq!(*told.verdict(stray), Verdict::SetAside { reason });
    let entries = city.view(case).entries.len();
    assert_eq!(entries, 4);
}

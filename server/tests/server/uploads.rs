//! Files in and out, by tus 1.0 and by range.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::crypto::sha256;
use gewu_server::Clock;
use gewu_server::SystemClock;
use sha2::Digest as _;

use crate::kit::files::{PART, TUS, create, metadata, offset, patch, phone, photo};
use crate::kit::web::Web;

#[test]
fn options_say_what_is_served_and_need_nothing() {
    let web = Web::start();
    for path in ["/v1/media", "/v1/media/uploads/x"] {
        let answer = web.send("OPTIONS", path, &[], b"");
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        assert_eq!(answer.header("tus-max-size"), Some("67108864"));
        assert_eq!(answer.header("tus-checksum-algorithm"), Some("sha1,sha256"));
        let extensions = answer.header("tus-extension").expect("extensions");
        for extension in [
            "creation",
            "creation-with-upload",
            "checksum",
            "termination",
        ] {
            assert!(
                extensions.split(',').any(|named| named == extension),
                "{extension}"
            );
        }
    }
}

#[test]
fn an_upload_goes_on_where_it_was_left_and_is_acknowledged_by_hash() {
    let web = Web::start();
    let mut chen = phone(&web, "chen", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    chen.media = vec![file];
    let place = create(&web, &chen, &bytes);
    let fresh = offset(&web, &chen, &place);
    assert_eq!(
        (fresh.status, fresh.header("upload-offset")),
        (200, Some("0"))
    );
    assert_eq!(
        fresh.header("upload-length"),
        Some(bytes.len().to_string().as_str())
    );
    assert_eq!(fresh.header("cache-control"), Some("no-store"));
    assert_eq!(
        fresh.header("upload-metadata"),
        Some(metadata(file).as_str())
    );
    let sum = format!(
        "sha1 {}",
        STANDARD.encode(sha1::Sha1::digest(&bytes[..4_000]))
    );
    let first = patch(&web, &chen, &place, 0, &bytes[..4_000], &sum);
    assert_eq!(
        (first.status, first.header("upload-offset")),
        (204, Some("4000"))
    );
    // The answer got lost and the part comes again.
    let again = patch(&web, &chen, &place, 0, &bytes[..4_000], &sum);
    assert_eq!(
        (again.status, again.header("upload-offset")),
        (409, Some("4000"))
    );
    let core = web.running().core();
    assert!(
        chen.sync(core, SystemClock.now()).block.media.is_empty(),
        "not whole yet"
    );
    let sum = format!("sha256 {}", STANDARD.encode(sha256(&bytes[4_000..]).0));
    let last = patch(&web, &chen, &place, 4_000, &bytes[4_000..], &sum);
    assert_eq!(last.status, 204);
    let whole = offset(&web, &chen, &place);
    assert_eq!(
        whole.header("upload-offset"),
        Some(bytes.len().to_string().as_str())
    );
    assert_eq!(chen.sync(core, SystemClock.now()).block.media, [file]);
    let held = web
        .dir
        .path()
        .join("media")
        .join(&file.to_string()[..2])
        .join(file.to_string());
    assert_eq!(std::fs::read(held).expect("at its place"), bytes);
    let parts = std::fs::read_dir(web.dir.path().join("uploads")).expect("a folder");
    assert_eq!(parts.count(), 0);
}

#[test]
fn a_damaged_part_leaves_the_offset_and_a_wrong_whole_is_dropped() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bytes = photo();
    let place = create(&web, &chen, &bytes);
    let wrong = format!("sha1 {}", STANDARD.encode([0; 20]));
    assert_eq!(patch(&web, &chen, &place, 0, &bytes, &wrong).status, 460);
    assert_eq!(
        patch(&web, &chen, &place, 0, &bytes, "md5 AAAA").status,
        400
    );
    assert_eq!(
        offset(&web, &chen, &place).header("upload-offset"),
        Some("0")
    );
    let mut other = bytes.clone();
    other[100] ^= 1;
    let refused = patch(&web, &chen, &place, 0, &other, "");
    assert_eq!(refused.status, 422);
    assert!(
        refused.json()["detail"]
            .as_str()
            .expect("words")
            .contains("hash")
    );
    assert_eq!(offset(&web, &chen, &place).status, 404);
    assert_eq!(
        web.running()
            .core()
            .held_file(sha256(&other))
            .expect("readable"),
        None
    );
}

#[test]
fn parts_that_make_another_file_than_was_announced_are_no_file() {
    let web = Web::start();
    let mut chen = phone(&web, "chen", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    chen.media = vec![file];
    let place = create(&web, &chen, &bytes);
    let first = patch(&web, &chen, &place, 0, &bytes[..4_000], "");
    assert_eq!(first.status, 204);
    let mut rest = bytes[4_000..].to_vec();
    rest[0] ^= 1;
    let refused = patch(&web, &chen, &place, 4_000, &rest, "");
    assert_eq!(refused.status, 422, "the whole is another file");
    let core = web.running().core();
    assert_eq!(core.held_file(file).expect("readable"), None);
    assert!(chen.sync(core, SystemClock.now()).block.media.is_empty());
}

#[test]
fn whatever_a_client_gets_wrong_is_named() {
    let web = Web::start();
    let (chen, wang) = (phone(&web, "chen", "D1"), phone(&web, "wang", "D1"));
    let bytes = photo();
    let place = create(&web, &chen, &bytes);
    let post = |headers: &[(&str, &str)]| {
        web.signed(&chen.signer, "POST", "/v1/media", headers, b"")
            .status
    };
    let old = web.signed(
        &chen.signer,
        "POST",
        "/v1/media",
        &[("tus-resumable", "0.2.2")],
        b"",
    );
    assert_eq!(
        (old.status, old.header("tus-version")),
        (412, Some("1.0.0"))
    );
    assert_eq!(post(&[TUS]), 400, "no length");
    assert_eq!(post(&[TUS, ("upload-length", "many")]), 400);
    assert_eq!(post(&[TUS, ("upload-length", "99999999999")]), 413);
    assert_eq!(
        post(&[
            TUS,
            ("upload-length", "5"),
            ("upload-metadata", "sha256 AAAA")
        ]),
        400
    );
    let typed = web.signed(
        &chen.signer,
        "PATCH",
        &place,
        &[TUS, ("upload-offset", "0")],
        b"x",
    );
    assert_eq!(typed.status, 415);
    let unplaced = web.signed(&chen.signer, "PATCH", &place, &[TUS, PART], b"x");
    assert_eq!(unplaced.status, 400);
    let longer = [bytes.as_slice(), b"more"].concat();
    assert_eq!(patch(&web, &chen, &place, 0, &longer, "").status, 413);
    assert_eq!(
        patch(&web, &wang, &place, 0, &bytes, "").status,
        404,
        "another's upload"
    );
    let path = "/v1/media/uploads/..%2F..%2Fgewu.db";
    assert_eq!(offset(&web, &chen, path).status, 404);
    assert_eq!(web.send("PATCH", &place, &[], b"x").status, 415);
    assert_eq!(
        web.send(
            "HEAD",
            &place,
            &[("tus-resumable".into(), "1.0.0".into())],
            b""
        )
        .status,
        401
    );
}

#[test]
fn creation_with_upload_deferred_length_override_and_termination() {
    let web = Web::start();
    let mut chen = phone(&web, "chen", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    let (length, meta) = (bytes.len().to_string(), metadata(file));
    let headers = [
        TUS,
        PART,
        ("upload-length", &length),
        ("upload-metadata", &meta),
    ];
    let whole = web.signed(&chen.signer, "POST", "/v1/media", &headers, &bytes);
    assert_eq!(
        (whole.status, whole.header("upload-offset")),
        (201, Some(length.as_str()))
    );
    chen.media = vec![file];
    let told = chen.sync(web.running().core(), SystemClock.now());
    assert_eq!(told.block.media, [file]);

    let begun = web.signed(
        &chen.signer,
        "POST",
        "/v1/media",
        &[TUS, ("upload-defer-length", "1")],
        b"",
    );
    let place = begun.header("location").expect("a place").to_owned();
    assert_eq!(
        offset(&web, &chen, &place).header("upload-defer-length"),
        Some("1")
    );
    let first = patch(&web, &chen, &place, 0, b"hel", "");
    assert_eq!(first.status, 204);
    let headers = [
        TUS,
        PART,
        ("upload-offset", "3"),
        ("upload-length", "5"),
        ("x-http-method-override", "PATCH"),
    ];
    let last = web.signed(&chen.signer, "POST", &place, &headers, b"lo");
    assert_eq!(
        (last.status, last.header("upload-offset")),
        (204, Some("5"))
    );
    assert!(
        web.running()
            .core()
            .held_file(sha256(b"hello"))
            .expect("readable")
            .is_some()
    );

    let place = create(&web, &chen, &bytes);
    patch(&web, &chen, &place, 0, &bytes[..10], "");
    assert_eq!(
        web.signed(&chen.signer, "DELETE", &place, &[TUS], b"")
            .status,
        204
    );
    assert_eq!(offset(&web, &chen, &place).status, 404);
    let none = web.signed(
        &chen.signer,
        "POST",
        "/v1/media",
        &[TUS, ("upload-length", "0")],
        b"",
    );
    assert_eq!(
        (none.status, none.header("upload-offset")),
        (201, Some("0"))
    );
}

/// The bytes of a part were written and the server died before it noted them.
#[test]
fn bytes_that_no_upload_knows_are_removed_and_a_part_that_one_knows_stays() {
    let mut web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bytes = photo();
    let place = create(&web, &chen, &bytes);
    assert_eq!(patch(&web, &chen, &place, 0, &bytes[..100], "").status, 204);
    web.stop();
    let uploads = web.dir.path().join("uploads");
    std::fs::write(uploads.join("lost.part"), b"bytes").expect("written");
    let core = crate::kit::open(web.dir.path());
    assert_eq!(std::fs::read_dir(&uploads).expect("a folder").count(), 1);
    let caller = core.caller(chen.key()).expect("enrolled");
    let id = place.rsplit('/').next().expect("an id");
    let done = core.append(&caller, id, 100, &bytes[100..], SystemClock.now());
    assert!(done.expect("whole").done);
}

/// The last part was stored and the server died before the whole was.
#[test]
fn an_upload_that_was_whole_before_a_crash_is_finished_at_the_next_question() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    let core = web.running().core();
    let caller = core.caller(chen.key()).expect("enrolled");
    let media = web.dir.path().join("media");
    let now = SystemClock.now();
    let begun = core
        .begin_upload(&caller, Some(bytes.len() as u64), Some(file), "", now)
        .expect("begun");
    // Where the file should go there is something else: storing it fails.
    let place = media.join(&file.to_string()[..2]);
    std::fs::write(&place, b"in the way").expect("written");
    assert!(core.append(&caller, &begun.id, 0, &bytes, now).is_err());
    assert_eq!(core.held_file(file).expect("readable"), None);
    std::fs::remove_file(&place).expect("removed");
    let path = format!("/v1/media/uploads/{}", begun.id);
    assert_eq!(offset(&web, &chen, &path).status, 200);
    assert_eq!(
        core.held_file(file).expect("readable"),
        Some(bytes.len() as u64)
    );
}

#[test]
fn a_file_that_the_server_lost_or_damaged_is_missing_and_is_brought_again() {
    let web = Web::start();
    let mut chen = phone(&web, "chen", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    let core = web.running().core();
    let place = create(&web, &chen, &bytes);
    assert_eq!(patch(&web, &chen, &place, 0, &bytes, "").status, 204);
    let name = file.to_string();
    let held = web.dir.path().join("media").join(&name[..2]).join(&name);
    let harms: [fn(&std::path::Path); 2] = [
        |held| std::fs::remove_file(held).expect("removed"),
        |held| std::fs::write(held, b"cut off").expect("written"),
    ];
    for harm in harms {
        chen.media = vec![file];
        assert_eq!(chen.sync(core, SystemClock.now()).block.media, [file]);
        harm(&held);
        chen.media = vec![file];
        assert!(chen.sync(core, SystemClock.now()).block.media.is_empty());
        let place = create(&web, &chen, &bytes);
        let begun = offset(&web, &chen, &place);
        assert_eq!(begun.header("upload-offset"), Some("0"));
        assert_eq!(patch(&web, &chen, &place, 0, &bytes, "").status, 204);
        assert_eq!(std::fs::read(&held).expect("healed"), bytes);
    }
}

#[test]
fn uploads_that_nothing_came_of_lock_nobody_out() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let core = web.running().core();
    let caller = core.caller(chen.key()).expect("enrolled");
    let begin = |at: i64| core.begin_upload(&caller, Some(9), None, "", SystemClock.now().plus(at));
    let begun: Vec<_> = (0..200).map(|at| begin(at).expect("begun")).collect();
    let now = SystemClock.now();
    core.append(&caller, &begun[0].id, 0, b"some", now)
        .expect("taken");
    begin(200).expect("in the place of an untouched one");
    assert!(core.upload(&caller, &begun[0].id, now).is_ok());
    assert!(core.upload(&caller, &begun[1].id, now).is_err());
    assert!(core.upload(&caller, &begun[2].id, now).is_ok());
}

#[test]
fn what_a_killed_server_was_still_storing_is_removed_at_the_next_start() {
    let mut web = Web::start();
    let file = sha256(&photo());
    web.stop();
    let shelf = web.dir.path().join("media").join(&file.to_string()[..2]);
    std::fs::create_dir_all(&shelf).expect("a folder");
    let staged = shelf.join(format!("{file}#1"));
    let whole = shelf.join(file.to_string());
    for path in [&staged, &whole] {
        std::fs::write(path, b"bytes").expect("written");
    }
    drop(crate::kit::open(web.dir.path()));
    assert_eq!((staged.exists(), whole.exists()), (false, true));
}

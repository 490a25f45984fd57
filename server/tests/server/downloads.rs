//! Files out: to whom, and in which parts.

use gewu_model::crypto::sha256;
use gewu_server::{Clock, SystemClock};

use crate::kit::Phone;
use crate::kit::files::{phone, photo, record, upload};
use crate::kit::web::Web;

#[test]
fn a_file_goes_to_whoever_may_see_a_case_that_names_it() {
    let web = Web::start();
    let (mut chen, wang) = (phone(&web, "chen", "D1"), phone(&web, "wang", "D1"));
    let stranger = phone(&web, "zhao", "D9");
    let (bytes, file) = (photo(), sha256(&photo()));
    let now = SystemClock.now();
    let core = web.running().core();
    upload(&web, &chen, &bytes);
    let path = format!("/v1/media/{file}");
    let get =
        |who: &Phone, headers: &[(&str, &str)]| web.signed(&who.signer, "GET", &path, headers, b"");
    assert_eq!(get(&chen, &[]).status, 200, "brought it");
    assert_eq!(get(&wang, &[]).status, 404, "no case names it yet");
    chen.report("井盖缺失", vec![record(file, bytes.len() as u64)], now);
    chen.sync(core, now);
    let whole = get(&wang, &[]);
    assert_eq!((whole.status, &whole.body), (200, &bytes));
    assert_eq!(whole.header("content-type"), Some("image/jpeg"));
    let tag = whole.header("etag").expect("a tag").to_owned();
    assert_eq!(get(&stranger, &[]).status, 404);
    assert_eq!(web.send("GET", &path, &[], b"").status, 401);

    let part = get(&wang, &[("range", "bytes=3-9")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &bytes[3..10]));
    let span = format!("bytes 3-9/{}", bytes.len());
    assert_eq!(part.header("content-range"), Some(span.as_str()));
    let tail = get(&wang, &[("range", "bytes=-5"), ("if-range", &tag)]);
    assert_eq!(tail.body, bytes[bytes.len() - 5..]);
    let other = get(
        &wang,
        &[("range", "bytes=0-1"), ("if-range", "\"another\"")],
    );
    assert_eq!((other.status, other.body.len()), (200, bytes.len()));
    let beyond = get(&wang, &[("range", "bytes=99999-")]);
    assert_eq!(beyond.status, 416);
    assert_eq!(get(&wang, &[("if-none-match", &tag)]).status, 304);
    let head = web.signed(&wang.signer, "HEAD", &path, &[], b"");
    assert_eq!(
        head.header("content-length"),
        Some(bytes.len().to_string().as_str())
    );
    assert!(head.body.is_empty());
    assert_eq!(web.op("GET", &path, None).body, bytes);
}

/// A hash proves nothing: whoever only knows it must bring the file.
#[test]
fn a_file_is_acknowledged_to_those_who_brought_it_or_may_see_it() {
    let web = Web::start();
    let (mut chen, mut zhao) = (phone(&web, "chen", "D1"), phone(&web, "zhao", "D9"));
    let (bytes, file) = (photo(), sha256(&photo()));
    let now = SystemClock.now();
    let core = web.running().core();
    upload(&web, &chen, &bytes);
    chen.media = vec![file];
    zhao.media = vec![file];
    assert_eq!(chen.sync(core, now).block.media, [file]);
    assert!(zhao.sync(core, now).block.media.is_empty());
    upload(&web, &zhao, &bytes);
    assert_eq!(zhao.sync(core, now).block.media, [file]);
}

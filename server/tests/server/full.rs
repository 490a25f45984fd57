//! A disk without room, where whole files lie; what unfinished uploads may take, and what none may ask.

use crate::kit::files::{TUS, create, offset, patch, phone, photo};
use crate::kit::web::Web;

/// A disk of one megabyte in memory, unmounted when it is dropped.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(folder: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(&folder);
        let mounted = mount.output().is_ok_and(|done| done.status.success());
        if !mounted {
            eprintln!("SKIPPED a full disk: only root may mount one");
        }
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        let _ = unmount.arg("--lazy").arg(&self.0).status();
    }
}

/// Parts have room where they lie; the store of whole files has none.
#[test]
fn a_full_disk_behind_the_object_store_answers_507_too() {
    let mut disk = None;
    let web = Web::start_with(|options| disk = SmallDisk::mount(options.dir.join("media")));
    if disk.is_none() {
        return;
    }
    let chen = phone(&web, "chen", "D1");
    for size in [2 << 20, 9 << 20] {
        let mut bytes = photo();
        bytes.resize(size, 7);
        let place = create(&web, &chen, &bytes);
        let full = patch(&web, &chen, &place, 0, &bytes, "");
        assert_eq!(full.status, 507, "{size} bytes");
        assert_eq!(full.header("retry-after"), Some("60"));
        // Nothing that arrived is lost: with room it ends at the next question.
        assert_eq!(offset(&web, &chen, &place).status, 507);
        // Who gives it up makes room, and is not told that there is none.
        let ended = web.signed(&chen.signer, "DELETE", &place, &[TUS], b"");
        assert_eq!(ended.status, 204, "{size} bytes");
        assert_eq!(offset(&web, &chen, &place).status, 404);
    }
}

#[test]
fn all_unfinished_uploads_together_are_bounded_and_ending_one_makes_room() {
    let web = Web::start_with(|options| options.settings.max_unfinished_bytes = Some(10_000));
    let (chen, li) = (phone(&web, "chen", "D1"), phone(&web, "li", "D1"));
    let bytes = photo();
    let mut other = photo();
    other.push(1);
    let (first, second) = (create(&web, &chen, &bytes), create(&web, &li, &other));
    assert_eq!(
        patch(&web, &chen, &first, 0, &bytes[..6_000], "").status,
        204
    );
    assert_eq!(
        patch(&web, &li, &second, 0, &other[..4_000], "").status,
        204
    );
    let full = patch(&web, &li, &second, 4_000, &other[4_000..4_001], "");
    assert_eq!((full.status, full.header("retry-after")), (507, Some("60")));
    let words = String::from_utf8(full.body).expect("words");
    assert!(words.contains("unfinished uploads"), "{words}");
    let length = [TUS, ("upload-length", "10001")];
    let large = web.signed(&li.signer, "POST", "/v1/media", &length, b"");
    assert_eq!(large.status, 413);
    let ended = web.signed(&chen.signer, "DELETE", &first, &[TUS], b"");
    assert_eq!(ended.status, 204);
    let rest = patch(&web, &li, &second, 4_000, &other[4_000..], "");
    assert_eq!(rest.status, 204);
    // What is whole is unfinished no more.
    let third = create(&web, &chen, &bytes);
    assert_eq!(patch(&web, &chen, &third, 0, &bytes, "").status, 204);
}

#[test]
fn a_checksum_without_a_sum_and_a_part_of_a_concatenation_are_bad_requests() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bytes = photo();
    let place = create(&web, &chen, &bytes);
    for sum in ["sha1", "sha256 ", "sha1  "] {
        let answer = patch(&web, &chen, &place, 0, &bytes[..10], sum);
        assert_eq!(answer.status, 400, "{sum:?}");
    }
    assert_eq!(
        patch(&web, &chen, &place, 0, &bytes[..10], "sha1 AAAA").status,
        460
    );
    for kind in ["partial", "final;/v1/media/uploads/a"] {
        let headers = [TUS, ("upload-length", "5"), ("upload-concat", kind)];
        let answer = web.signed(&chen.signer, "POST", "/v1/media", &headers, b"");
        assert_eq!(answer.status, 400, "{kind}");
    }
}

//! A disk without room, where whole files lie.

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

//! The server's packs, as clocks ask for them.

use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::clocks::Held;
use gewu_model::ids::Digest;
use gewu_model::policy::Policy;

use super::Rules;

impl Held for Rules {
    fn policy(&self, digest: &Digest) -> Option<&Policy> {
        self.policies.get(digest)
    }

    fn catalogue(&self, digest: &Digest) -> Option<&Catalogue> {
        self.catalogues.get(digest)
    }
}

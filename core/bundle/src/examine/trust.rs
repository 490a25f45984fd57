//! The chain from the root key to everybody who signed something here.

use std::collections::BTreeMap;

use gewu_model::cert::{Certificate, TrustAnchor};
use gewu_model::command::{CommandRecord, Voucher};
use gewu_model::crypto::{PublicKey, StandardSuite};
use gewu_model::ids::{CityId, Digest, KeyId};
use gewu_model::small::Gather as _;

use crate::fault::{Fault, Finding};
use crate::name::Member;
use crate::record::{CaseKey, Trust};

/// Whose a key is, as far as this bundle proves it.
#[derive(Debug, Clone)]
pub(crate) enum Holder {
    /// The city's server.
    Server(Certificate),
    /// A device, with its certificates by digest.
    Certified(Vec<(Digest, Certificate)>),
    /// A citizen's, for one case.
    Case {
        key: PublicKey,
        /// What entries name as its certificate; proven by an enrolled device.
        endorsement: Option<Digest>,
    },
}

impl Holder {
    pub(crate) fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Server(server) => Some(&server.key),
            Self::Certified(held) => held.first().map(|(_, held)| &held.key),
            Self::Case { key, .. } => Some(key),
        }
    }
}

/// Everybody who is known here.
pub(crate) struct Trusted {
    pub(crate) city: CityId,
    pub(crate) server: PublicKey,
    pub(crate) server_cert: Digest,
    holders: BTreeMap<KeyId, Holder>,
}

impl Trusted {
    pub(crate) fn check(trust: &Trust, root: &Digest, findings: &mut Vec<Finding>) -> Option<Self> {
        let at = |fault| Finding::at(Member::Trust, fault);
        let anchor = &trust.anchor;
        if anchor.root.digest() != *root {
            findings.push(at(Fault::Root(anchor.root.digest())));
            return None;
        }
        let server = match anchor.server(&StandardSuite) {
            Ok(server) => server,
            Err(why) => {
                findings.push(at(Fault::ServerCertificate(why)));
                return None;
            }
        };
        let mut trusted = Self {
            city: anchor.city(),
            server: server.key.clone(),
            server_cert: anchor.server.digest(),
            holders: [(server.key.id(), Holder::Server(server))]
                .into_iter()
                .into_map(),
        };
        trusted.certificates(anchor, trust, findings);
        trusted.case_keys(&trust.keys, findings);
        let by_digest =
            |pair: &[gewu_model::cert::SignedCertificate]| pair[0].digest() < pair[1].digest();
        let certificates = trust.certificates.windows(2).all(by_digest);
        let by_id = |pair: &[CaseKey]| pair[0].key.id() < pair[1].key.id();
        if !certificates || !trust.keys.windows(2).all(by_id) {
            findings.push(at(Fault::TrustOrder));
        }
        Some(trusted)
    }

    fn certificates(&mut self, anchor: &TrustAnchor, trust: &Trust, findings: &mut Vec<Finding>) {
        for signed in &trust.certificates {
            let digest = signed.digest();
            match anchor.device(&StandardSuite, signed) {
                Ok(certificate) => {
                    let key = certificate.key.id();
                    let known = self.holders.entry(key);
                    match known.or_insert_with(|| Holder::Certified(Vec::new())) {
                        Holder::Certified(held) => held.push((digest, certificate)),
                        _ => findings.push(Finding::at(Member::Trust, Fault::TrustOrder)),
                    }
                }
                Err(why) => {
                    let fault = Fault::Certificate { digest, why };
                    findings.push(Finding::at(Member::Trust, fault));
                }
            }
        }
    }

    fn case_keys(&mut self, keys: &[CaseKey], findings: &mut Vec<Finding>) {
        for CaseKey { key, endorsement } in keys {
            let id = key.id();
            let holds = endorsement.as_ref().is_none_or(|made| {
                let device = self.holders.get(&made.device).and_then(Holder::key);
                made.key == *key && device.is_some_and(|device| made.verify(&StandardSuite, device))
            });
            if !holds {
                findings.push(Finding::at(Member::Trust, Fault::Endorsement(id)));
            }
            let endorsement = endorsement.as_ref().filter(|_| holds);
            let holder = Holder::Case {
                key: key.clone(),
                endorsement: endorsement.map(|made| made.digest()),
            };
            if self.holders.insert(id, holder).is_some() {
                findings.push(Finding::at(Member::Trust, Fault::TrustOrder));
            }
        }
    }

    pub(crate) fn holder(&self, key: &KeyId) -> Option<&Holder> {
        self.holders.get(key)
    }

    /// The keys that the bundle itself brings.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &KeyId> {
        let server = self.server.id();
        self.holders.keys().filter(move |key| **key != server)
    }

    /// Whether a device that is known here signed the command.
    pub(crate) fn command_key(&self, command: &CommandRecord) -> bool {
        let Voucher::Device { key, .. } = &command.voucher else {
            return false;
        };
        let key = self.holders.get(key).and_then(Holder::key);
        key.is_some_and(|key| command.verify(&StandardSuite, key, &self.city))
    }
}

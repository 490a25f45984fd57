//! The exporter's signature over everything in the bundle. It is what shows that nobody else took
//! something out: a genuine older receipt with only its changes is true by itself, but not sealed.

use std::collections::BTreeMap;

use gewu_model::cbor;
use gewu_model::crypto::{Domain, PublicKey, SignError, Signer, Verifier};
use gewu_model::small::Gather as _;

use crate::fault::{Fault, Finding};
use crate::name::Member;
use crate::record::{Seal, SealedMember, SignedSeal};

impl SignedSeal {
    /// Seals with the exporter's key.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, seal: &Seal) -> Result<Self, SignError> {
        let body = cbor::to_vec(seal);
        let signature = signer.sign(Domain::Bundle, &[&body])?;
        Ok(Self { body, signature })
    }

    /// Whether `key` sealed this.
    pub fn verify(&self, verifier: &dyn Verifier, key: &PublicKey) -> bool {
        verifier.verify(key, Domain::Bundle, &[&self.body], &self.signature)
    }
}

/// Compares what was sealed with what is there.
pub(crate) fn compare(sealed: &[SealedMember], found: &[SealedMember]) -> Vec<Finding> {
    let by_name = |members: &[SealedMember]| -> BTreeMap<String, SealedMember> {
        let named = members
            .iter()
            .map(|member| (member.name.clone(), member.clone()));
        named.into_map()
    };
    let (here, then) = (by_name(found), by_name(sealed));
    let gone = sealed
        .iter()
        .filter(|member| !here.contains_key(&member.name));
    let other = found
        .iter()
        .filter(|member| then.get(&member.name) != Some(member));
    gone.map(|member| Finding::at(&member.name, Fault::SealedMissing))
        .chain(other.map(|member| Finding::at(&member.name, Fault::NotAsSealed)))
        .chain(
            (!sealed.is_sorted_by(|a, b| Member::parse(&a.name) < Member::parse(&b.name)))
                .then(|| Finding::at(Member::Seal, Fault::MemberOrder)),
        )
        .collect()
}

//! Drawing cases for a spot check (抽查), so that it can be proven afterwards.

use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256_parts};
use crate::ids::{CaseId, CityId};

/// The number that a case drew, 0 to 99, with the signature that it comes from.
///
/// The server signs the case's id and nothing else, and the number is taken from the signature's
/// digest. Nobody without the key can tell it beforehand, everybody with the public key can check it
/// afterwards, and an algorithm whose signatures are deterministic, as Ed25519's are, leaves nothing to
/// draw again. With another algorithm only the record that is kept speaks against a second draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    number: u8,
    proof: Signature,
}

impl Draw {
    /// Draws for a case.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn make(signer: &dyn Signer, city: &CityId, case: &CaseId) -> Result<Self, SignError> {
        let proof = signer.sign(Domain::Draw, &[&city.0, &case.0])?;
        Ok(Self::of(proof))
    }

    /// The draw that a signature stands for. Whether it is one of this case is [`Draw::verify`]'s to
    /// say.
    pub fn of(proof: Signature) -> Self {
        let digest = sha256_parts(&[b"gewu.draw-number.v1\0", &proof.bytes]);
        let [a, b, c, d, ..] = digest.0;
        // The remainder of 32 bits is even to within three parts in a hundred million.
        let number = u32::from_be_bytes([a, b, c, d]) % 100;
        Self {
            number: u8::try_from(number).unwrap_or(0),
            proof,
        }
    }

    /// Whether the holder of `key` drew it for this case.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        city: &CityId,
        case: &CaseId,
    ) -> bool {
        verifier.verify(key, Domain::Draw, &[&city.0, &case.0], &self.proof)
    }

    /// 0 to 99.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The signature.
    pub const fn proof(&self) -> &Signature {
        &self.proof
    }

    /// Whether `percent` of 100 pick this one.
    pub const fn is_drawn(&self, percent: u8) -> bool {
        self.number < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Ed25519Signer, StandardSuite};

    const CITY: CityId = CityId([3; 32]);

    fn draw(signer: &Ed25519Signer, n: u16) -> (CaseId, Draw) {
        let case = CaseId::v7(i64::from(n), [7; 10]);
        (case, Draw::make(signer, &CITY, &case).expect("in memory"))
    }

    #[test]
    fn a_draw_is_made_once_checked_by_anybody_and_of_no_other_case() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let key = signer.public_key();
        let (case, first) = draw(&signer, 1);
        assert_eq!(
            draw(&signer, 1),
            (case, first.clone()),
            "nothing to draw again"
        );
        assert!(first.verify(&StandardSuite, &key, &CITY, &case));
        assert_eq!(
            Draw::of(first.proof().clone()),
            first,
            "the number is the proof's"
        );
        let (other, _) = draw(&signer, 2);
        assert!(!first.verify(&StandardSuite, &key, &CITY, &other));
        let elsewhere = CityId([4; 32]);
        assert!(!first.verify(&StandardSuite, &key, &elsewhere, &case));
        let stranger = Ed25519Signer::from_seed(&[2; 32]);
        assert!(!first.verify(&StandardSuite, &stranger.public_key(), &CITY, &case));
    }

    /// 4,000 draws at 10 %: five standard deviations are 95.
    #[test]
    fn the_share_is_the_one_that_was_asked_for() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let all: Vec<Draw> = (0..4_000).map(|n| draw(&signer, n).1).collect();
        let drawn = |percent| all.iter().filter(|one| one.is_drawn(percent)).count();
        assert!((305..=495).contains(&drawn(10)), "{}", drawn(10));
        assert_eq!((drawn(0), drawn(100)), (0, 4_000));
    }
}

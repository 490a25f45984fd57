//! A case receipt without what its reader can tell by itself.
//!
//! A receipt names every accepted change of its case, and most of that a device has already: in the
//! receipt before, or in the changes that come beside it. The short form names the rest and the
//! signature. The reader puts the receipt together and checks the signature over it, so that whatever
//! was taken for the same and is not shows.

use gewu_model::cbor;
use gewu_model::crypto::Signature;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::receipt::{CaseReceipt, Received, SignedReceipt};
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};

/// [`super::Request::reads`]: the device puts short receipts together.
pub const READS_SHORT_RECEIPTS: u32 = 1;

/// No case holds more changes than this by far.
const MOST: u64 = 1 << 20;

/// What a receipt adds to what its reader has.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ShortReceipt {
    /// The server's generation.
    #[n(0)]
    pub generation: u64,
    /// So many entries, from the first on, stand in the receipt that the reader had before.
    #[n(1)]
    pub kept: u64,
    /// The places of the heads among all entries, in the heads' order.
    #[n(2)]
    pub heads: Vec<u64>,
    /// Later entries that are not among the changes told beside it, each with its place. Between them
    /// stand the told ones in their order.
    #[n(3)]
    pub others: Vec<Placed>,
    /// The server's signature over the whole receipt.
    #[n(4)]
    pub signature: Signature,
}

/// An entry with its place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Placed {
    /// Its place among all entries, the first is 0.
    #[n(0)]
    pub place: u64,
    /// The entry.
    #[n(1)]
    pub entry: Received,
}

impl ShortReceipt {
    /// The short form of a receipt for a reader that has the first `kept` entries, and is told
    /// `told` beside it. `None` when a head is not among the entries.
    pub fn of(
        receipt: &CaseReceipt,
        signature: &Signature,
        kept: usize,
        told: &[ChangeHash],
    ) -> Option<Self> {
        let place = |head: &ChangeHash| {
            let found = receipt.received.iter().position(|it| it.change == *head)?;
            u64::try_from(found).ok()
        };
        let later = receipt.received.iter().zip(0..).skip(kept);
        let others = later.filter(|(entry, _)| !told.contains(&entry.change));
        Some(Self {
            generation: receipt.generation,
            kept: u64::try_from(kept).ok()?,
            heads: receipt.heads.iter().map(place).collect::<Option<_>>()?,
            others: others
                .map(|(entry, place)| Placed {
                    place,
                    entry: *entry,
                })
                .collect(),
            signature: signature.clone(),
        })
    }

    /// The receipt, from the entries of the one before and what was told beside this one, in order.
    /// `None` when something is missing. The signature is still to be checked.
    pub fn whole(
        &self,
        case: CaseId,
        before: &[Received],
        told: &[(ChangeHash, Millis)],
    ) -> Option<SignedReceipt> {
        let kept = usize::try_from(self.kept.min(MOST)).ok()?;
        let mut received = before.get(..kept)?.to_vec();
        let mut others = self.others.iter().peekable();
        let known: Vec<ChangeHash> = received.iter().map(|entry| entry.change).collect();
        let mut told = told.iter().filter(|(change, _)| !known.contains(change));
        loop {
            let place = received.len() as u64;
            match others.next_if(|other| other.place == place) {
                Some(other) => received.push(other.entry),
                None => match told.next() {
                    Some(&(change, at)) => received.push(Received { change, at }),
                    None => break,
                },
            }
        }
        let head = |place: &u64| Some(received.get(usize::try_from(*place).ok()?)?.change);
        let heads = self.heads.iter().map(head).collect::<Option<_>>()?;
        let receipt = CaseReceipt {
            case,
            generation: self.generation,
            heads,
            received,
        };
        Some(SignedReceipt {
            body: cbor::to_vec(&receipt),
            signature: self.signature.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use gewu_model::crypto::{Ed25519Signer, Signer, StandardSuite};

    use super::*;

    fn entry(number: u8) -> Received {
        Received {
            change: ChangeHash([number; 32]),
            at: Millis(1_000 + i64::from(number)),
        }
    }

    fn case(count: u8) -> (Ed25519Signer, CaseReceipt, SignedReceipt) {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let receipt = CaseReceipt {
            case: CaseId([3; 16]),
            generation: 7,
            heads: vec![ChangeHash([1; 32]), ChangeHash([count - 1; 32])],
            received: (0..count).map(entry).collect(),
        };
        let signed = SignedReceipt::sign(&signer, &receipt).expect("in memory");
        (signer, receipt, signed)
    }

    /// Every split of a receipt into what was kept, what is told and what else came in between.
    #[test]
    fn every_split_comes_back_as_the_same_signed_bytes() {
        let (signer, receipt, signed) = case(6);
        for kept in 0..=6usize {
            for mask in 0..64u32 {
                let is_told = |place: usize| place >= kept && mask & 1 << place != 0;
                let told: Vec<_> = (0..6)
                    .filter(|place| is_told(*place))
                    .map(|place| receipt.received[place])
                    .map(|entry| (entry.change, entry.at))
                    .collect();
                let hashes: Vec<_> = told.iter().map(|(hash, _)| *hash).collect();
                let short =
                    ShortReceipt::of(&receipt, &signed.signature, kept, &hashes).expect("heads");
                let short: ShortReceipt =
                    cbor::from_slice(&cbor::to_vec(&short)).expect("its own bytes");
                let whole = short.whole(receipt.case, &receipt.received, &told);
                assert_eq!(whole.as_ref(), Some(&signed), "kept {kept} mask {mask}");
                let verified = signed.verify(&StandardSuite, &signer.public_key());
                assert_eq!(verified.as_ref(), Some(&receipt));
            }
        }
    }

    #[test]
    fn what_was_told_before_the_kept_ones_end_is_counted_once() {
        let (_, receipt, signed) = case(4);
        let told: Vec<_> = receipt
            .received
            .iter()
            .map(|it| (it.change, it.at))
            .collect();
        let hashes: Vec<_> = told.iter().map(|(hash, _)| *hash).collect();
        let short = ShortReceipt::of(&receipt, &signed.signature, 2, &hashes).expect("heads");
        let whole = short.whole(receipt.case, &receipt.received, &told);
        assert_eq!(whole, Some(signed));
    }

    #[test]
    fn another_reader_gets_nothing_that_holds() {
        let (signer, receipt, signed) = case(4);
        let short = ShortReceipt::of(&receipt, &signed.signature, 3, &[]).expect("heads");
        assert_eq!(short.whole(receipt.case, &receipt.received[..2], &[]), None);
        let other = [entry(0), entry(9), entry(2)];
        let wrong = short
            .whole(receipt.case, &other, &[])
            .expect("put together");
        assert_eq!(wrong.verify(&StandardSuite, &signer.public_key()), None);
        let far = ShortReceipt {
            heads: vec![9],
            ..short
        };
        assert_eq!(far.whole(receipt.case, &receipt.received, &[]), None);
    }
}

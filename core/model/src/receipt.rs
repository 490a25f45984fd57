//! The server's word for the state of a case: one signature over its heads, which by the hash graph
//! covers every ancestor.

use minicbor::{Decode, Encode};

use crate::cbor;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier};
use crate::ids::{CaseId, ChangeHash};
use crate::time::Millis;

/// When the server accepted a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Received {
    /// The change.
    #[n(0)]
    pub change: ChangeHash,
    /// The server's clock at acceptance. Deadlines run from here.
    #[n(1)]
    pub at: Millis,
}

/// What a case receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CaseReceipt {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// The server's generation.
    #[n(1)]
    pub generation: u64,
    /// The changes that no other accepted change builds upon, ascending.
    #[n(2)]
    pub heads: Vec<ChangeHash>,
    /// The receipt time of every accepted change, in the server's order of acceptance.
    #[n(3)]
    pub received: Vec<Received>,
}

/// A case receipt under the server's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedReceipt {
    /// The encoded [`CaseReceipt`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The server's signature.
    #[n(1)]
    pub signature: Signature,
}

impl SignedReceipt {
    /// Signs a receipt with the server's key.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, receipt: &CaseReceipt) -> Result<Self, SignError> {
        let body = cbor::to_vec(receipt);
        let signature = signer.sign(Domain::CaseReceipt, &[&body])?;
        Ok(Self { body, signature })
    }

    /// The receipt, if `server` signed it.
    pub fn verify(&self, verifier: &dyn Verifier, server: &PublicKey) -> Option<CaseReceipt> {
        let signed = verifier.verify(server, Domain::CaseReceipt, &[&self.body], &self.signature);
        if signed {
            cbor::from_slice(&self.body).ok()
        } else {
            None
        }
    }
}

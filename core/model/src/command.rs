//! Commands: how a person asks the centre for an instruction.

use minicbor::{Decode, Encode};

use crate::cbor;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256};
use crate::entry::InstructionKind;
use crate::ids::{CaseId, CityId, Digest, KeyId, Role, UnitId, UserId};
use crate::time::Millis;

/// What is asked for, by whom, and on which view of the case.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Command {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// The view that the decider saw: [`crate::fold::CaseView::token`]. An instruction is refused
    /// as stale when the view has moved since.
    #[n(1)]
    pub view: Digest,
    /// The kind of instruction, by its name on the wire.
    #[n(2)]
    pub kind: String,
    /// Its body, as canonical CBOR.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Who asks.
    #[n(4)]
    pub by: UserId,
    /// In which role.
    #[n(5)]
    pub role: Role,
    /// In the name of which unit.
    #[n(6)]
    pub unit: Option<UnitId>,
    /// The author's clock.
    #[n(7)]
    pub claimed_at: Millis,
    /// The key's counter; for a console the server's own running number.
    #[n(8)]
    pub counter: u64,
    /// The author's own command before, by its [`CommandRecord::digest`], where this one was asked for
    /// on the same view, in expectation of it. It is then no news that makes this one stale.
    #[n(9)]
    pub after: Option<Digest>,
}

impl Command {
    /// The kind, if this version knows it.
    pub fn instruction_kind(&self) -> Option<InstructionKind> {
        InstructionKind::from_name(&self.kind)
    }
}

/// A command with what vouches for it: a device's signature, or the server's word for a console
/// session without a key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommandRecord {
    /// The encoded [`Command`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Who vouches.
    #[n(1)]
    pub voucher: Voucher,
}

/// What vouches for a command.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Voucher {
    /// The author's device signed it.
    #[n(0)]
    Device {
        /// The key that signed.
        #[n(0)]
        key: KeyId,
        /// The signature over city and body.
        #[n(1)]
        signature: Signature,
    },
    /// The server attests that this console session asked for it.
    #[n(1)]
    Console {
        /// The session, by the digest of its token.
        #[n(0)]
        session: Digest,
    },
}

impl CommandRecord {
    /// Signs a command with a device's key.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, city: &CityId, command: &Command) -> Result<Self, SignError> {
        let body = cbor::to_vec(command);
        let signature = signer.sign(Domain::Command, &[&city.0, &body])?;
        let key = signer.public_key().id();
        Ok(Self {
            body,
            voucher: Voucher::Device { key, signature },
        })
    }

    /// A command that the server attests for a console session.
    pub fn attest(session: Digest, command: &Command) -> Self {
        Self {
            body: cbor::to_vec(command),
            voucher: Voucher::Console { session },
        }
    }

    /// The command; `None` when the bytes are not one.
    pub fn command(&self) -> Option<Command> {
        cbor::from_canonical(&self.body).ok()
    }

    /// Whether `key` signed it. A console's command is never *signed*.
    pub fn verify(&self, verifier: &dyn Verifier, key: &PublicKey, city: &CityId) -> bool {
        match &self.voucher {
            Voucher::Device {
                key: named,
                signature,
            } => {
                *named == key.id()
                    && verifier.verify(key, Domain::Command, &[&city.0, &self.body], signature)
            }
            Voucher::Console { .. } => false,
        }
    }

    /// The name of the command: SHA-256 of its body.
    pub fn digest(&self) -> Digest {
        sha256(&self.body)
    }
}

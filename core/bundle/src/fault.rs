//! What can be wrong with a bundle, and where.

use std::fmt;

use gewu_model::cert::CertError;
use gewu_model::change::ChangeError;
use gewu_model::ids::{ChangeHash, Digest, KeyId};
use serde::{Serialize, Serializer};

use crate::container::ContainerFault;

/// One thing that is wrong, and where.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The member, by name; for a damaged container the member under way.
    pub member: String,
    /// The change, where one is to blame.
    pub change: Option<ChangeHash>,
    /// What is wrong.
    #[serde(serialize_with = "words")]
    pub fault: Fault,
}

fn words<S: Serializer>(fault: &Fault, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(fault)
}

impl Finding {
    pub(crate) fn at(member: impl fmt::Display, fault: Fault) -> Self {
        Self {
            member: member.to_string(),
            change: None,
            fault,
        }
    }

    pub(crate) fn of(member: impl fmt::Display, change: ChangeHash, fault: Fault) -> Self {
        Self {
            change: Some(change),
            ..Self::at(member, fault)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.member)?;
        if let Some(change) = &self.change {
            write!(f, "change {change}: ")?;
        }
        write!(f, "{}", self.fault)
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each variant's message is its description
pub enum Fault {
    // The container and its members.
    #[error("{0}")]
    Container(#[from] ContainerFault),
    #[error("a bundle holds no such file")]
    UnknownMember,
    #[error("it is out of order, or there twice")]
    MemberOrder,
    #[error("it is missing from the bundle")]
    MemberMissing,
    #[error("it is not in the canonical form, or of a newer format: use a newer program")]
    NotCanonical,
    #[error("its content is not what its name says")]
    WrongContent,
    #[error("nothing in the bundle names it")]
    NotNamed,
    #[error("line {line} is not what follows from the signed data")]
    Statement { line: usize },
    // The seal.
    #[error("the seal's signature is not that of the key which it names")]
    SealSignature,
    #[error("nobody known here sealed it")]
    SealSigner,
    #[error("it is not as it was sealed")]
    NotAsSealed,
    #[error("it was sealed, and is not here")]
    SealedMissing,
    // Trust.
    #[error("it is from another city: the digest of its root key is {0}")]
    Root(Digest),
    #[error("the server's certificate does not hold: {0}")]
    ServerCertificate(CertError),
    #[error("the certificate {digest} does not hold: {why}")]
    Certificate { digest: Digest, why: CertError },
    #[error("the certificates or keys are out of order, or there twice")]
    TrustOrder,
    #[error("the certificate or key {0} belongs to nobody who wrote here")]
    TrustUnneeded(KeyId),
    #[error("the endorsement of the key {0} does not hold")]
    Endorsement(KeyId),
    // Changes.
    #[error("it is no change of ours: {0}")]
    ChangeBytes(ChangeError),
    #[error("it has more changes, or a longer unconfirmed tail, than a case can")]
    TooMany,
    #[error("it is there twice")]
    ChangeTwice,
    #[error("its author's key {0} is certified by nobody here")]
    UnknownAuthor(KeyId),
    #[error("its signature is not its author's for this case")]
    ChangeSignature,
    #[error("it names an author who did not sign it")]
    Author,
    #[error("its certificate does not give the person, role or unit in it")]
    Capacity,
    #[error("only the server gives instructions, and it gives nothing else")]
    Side,
    #[error("neither a signature nor a receipt vouches for it")]
    Unvouched,
    #[error(
        "its author's signature was taken away: only citizens' changes may be here without one"
    )]
    Unsigned,
    #[error("it belongs to another case")]
    OtherCase,
    #[error("the case does not begin with its root")]
    NoRoot,
    #[error("it is a second beginning")]
    SecondRoot,
    #[error("it cannot be read as an entry")]
    Entry,
    #[error("it does not lie where its author writes in this case")]
    Place,
    #[error("it was made upon {0}, which is not here before it")]
    Dependency(ChangeHash),
    #[error("it does not follow its author's previous change")]
    Sequence,
    #[error("it is not in the order of the receipt")]
    Order,
    #[error("the case's rules do not let its author write it, as the author saw the case")]
    NotPermitted,
    // What the server said.
    #[error("the receipt's signature is not the city's server's")]
    ReceiptSignature,
    #[error("the receipt is for another case")]
    ReceiptCase,
    #[error("the receipt names it, and it is not here: it was dropped")]
    ReceiptedMissing,
    #[error("the receipt's heads are not those of its changes")]
    Heads,
    #[error("a block of verdicts is not signed by the city's server")]
    VerdictSignature,
    #[error("the blocks of verdicts are out of order, there twice, or about another case")]
    VerdictOrder,
    #[error("a verdict accepted it, and it is not here: it was dropped")]
    AcceptedMissing,
    #[error("a verdict set it aside, and it is not here as such")]
    SetAsideMissing,
    #[error("the verdict set it aside for another reason")]
    SetAsideReason,
    #[error("the changes set aside are out of order or there twice")]
    SetAsideOrder,
    // Texts and files.
    #[error("the texts are out of order or there twice")]
    ContentOrder,
    #[error("no change names the text {0}")]
    ContentNotNamed(Digest),
    #[error("{0} was erased by an instruction, and is still here")]
    ErasedPresent(Digest),
    #[error("the size of {0} is not the one that was signed")]
    FileSize(Digest),
    #[error("the unsent work is out of order or cannot be read")]
    Unsent,
}

//! What the server says of each change, and the signature that makes it a receipt.

use std::fmt;

use gewu_model::cbor;
use gewu_model::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier};
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};
use serde::Serialize;

/// The server's judgement of one change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// It is part of the case. A receipt.
    #[n(0)]
    Accepted {
        /// The server's clock at acceptance.
        #[n(0)]
        received_at: Millis,
    },
    /// It will never be part of the case; the server keeps it with the reason. A receipt.
    #[n(1)]
    SetAside {
        /// Why.
        #[n(0)]
        reason: SetAside,
    },
    /// Its case or content lies under a tombstone: the device deletes its copies. A receipt.
    #[n(2)]
    Erased,
    /// Something it was made upon has not arrived. The device stays responsible.
    #[n(3)]
    Waiting {
        /// The first changes that are missing.
        #[n(0)]
        missing: Vec<ChangeHash>,
    },
    /// Kept, judged later: its kind or version is newer than this server, or an operator must
    /// decide. The device stays responsible.
    #[n(4)]
    Pending,
}

impl Verdict {
    /// Whether the device is free of the change.
    pub const fn is_receipt(&self) -> bool {
        matches!(
            self,
            Self::Accepted { .. } | Self::SetAside { .. } | Self::Erased
        )
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal, $words:literal, $zh:literal;)+) => {
        /// Why a change was set aside.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Encode, Decode,
        )]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum SetAside { $($(#[$doc])* #[n($code)] $name,)+ }

        impl SetAside {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in stores and in JSON.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The reason of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)+ _ => None }
            }

            /// The reason in words for the author.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }

            /// The same in Chinese.
            pub const fn words_zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)+ }
            }
        }
    };
}

reasons! {
    /// Not one uncompressed change chunk in its canonical form, or beyond its bounds.
    Malformed = 0, "malformed", "the change is damaged or was not written by this app",
        "内容已损坏，或不是本应用写入的";
    /// The signature is not the named key's.
    Signature = 1, "signature", "the signature does not match",
        "签名不符";
    /// The key is unknown, expired, retired or compromised.
    Standing = 2, "standing", "this device may not write any more, so this does not count: ask the centre, or enrol it again",
        "本设备已不能再写入，因此不计入：请联系中心，或重新注册设备";
    /// The counter was used before, or the change was withheld from an earlier request.
    Counter = 3, "counter", "the device's counter runs backwards, as after a restored backup",
        "设备的计数倒退，如同恢复了旧备份";
    /// The actor, or the person named as author, is not the signer's.
    Author = 4, "author", "the change names an author who did not sign it",
        "所署作者并未签名";
    /// Something it was made upon was set aside.
    DependsOnSetAside = 5, "depends_on_set_aside", "it was made upon a change that was set aside",
        "它所依据的内容已被搁置";
    /// Its dependencies are repeated, redundant, or missing where there must be some.
    Dependencies = 6, "dependencies", "the change's history is not well formed",
        "所附历史不完整或有误";
    /// Its sequence number does not follow the author's previous change.
    Sequence = 7, "sequence", "the change does not follow its author's previous one",
        "没有接续作者的上一条记录";
    /// Its operations do not start where its dependencies end.
    StartOp = 8, "start_op", "the change's operations do not follow its history",
        "其操作没有接续历史";
    /// A second root, or a second report.
    SecondRoot = 9, "second_root", "the case already has a beginning",
        "案卷已有开头";
    /// Not exactly one entry under the author's own key.
    Shape = 10, "shape", "the change holds something other than one entry of its author",
        "所含内容不是作者的一条记录";
    /// It has to answer something and does not, or what it answers is not among its ancestors.
    Answers = 11, "answers", "it answers nothing where it must, or something that its author had not received",
        "应有所答复而没有，或所答复的内容作者当时尚未收到";
    /// The author has written more than allowed.
    Quota = 12, "quota", "too many entries in this case",
        "本案记录过多";
    /// The author's role or relation to the case does not allow it.
    NotPermitted = 13, "not_permitted", "the rules gave it neither to your role nor to the part that you and your unit had in this case",
        "规则没有把此事交给您的角色，也不属于您和您的单位在本案中的职责";
    /// The case's stage, as the author knew it, does not allow it.
    Stage = 14, "stage", "the case did not stand so that it could be written: too early, too late, or while something else was asked",
        "案卷当时的阶段不能写入：过早、过晚，或当时要求的是别的事项";
    /// The author handled the work and may not check it.
    Separation = 15, "separation", "whoever handled the work may not check it",
        "处置人不得核查自己处置的案卷";
    /// The author had been told of an instruction and wrote without regard to it.
    KnewBetter = 16, "knew_better", "it was written on an old state after newer news had arrived",
        "已收到新的情况，却仍按旧状态写入";
    /// The change it replaces was not set aside, or was replaced before.
    Replaces = 17, "replaces", "what it replaces was not set aside or is already replaced",
        "所替换的内容没有被搁置，或已被替换";
    /// A position, list, text or number lies outside its bounds, or the payload cannot be read.
    Payload = 18, "payload", "the entry's content is out of bounds or cannot be read",
        "内容超出范围，或无法读取";
    /// Automerge itself refused it.
    Document = 19, "document", "the change does not fit the case's document",
        "与案卷的文档不符";
    /// The policy or catalogue that the root pins had been replaced by one that the device said it holds, or
    /// is none of the city's.
    Pins = 20, "pins", "the case was begun under rules that had been replaced by then, as its device had been told, or that are none of the city's: unless it is written again by itself, sync and report it anew, or ask an operator to issue it again",
        "案卷所依据的规则当时已被替换（其设备此前已获知），或不是本市的规则：如未自动重新写入，请同步后重新上报，或请受理员重新签发";
    /// The report lies outside the author's duty grids, and the city's policy blocks such.
    OutsideDutyGrid = 21, "outside_duty_grid", "the place lies outside your duty grids: its own inspector has to report it",
        "位置在您的责任网格之外：应由该网格的监督员上报";
    /// It came later than the city's policy takes such work, and an operator decided against it.
    TooLate = 22, "too_late", "it came later than the city takes such work, or from a device in wrong hands, and an operator decided that it does not count",
        "到达时已超过规定的时间，或来自失控的设备，受理员决定不计入";
    /// It calls a picture a redacted copy of one that the case, as its author had it, does not hold.
    Redaction = 23, "redaction", "it redacts a picture that this case does not hold",
        "所遮盖的照片不在本案中";
    /// Too few or too many photos, or photos from the album where policy takes none.
    Photos = 24, "photos", "the photos are too few, too many, or from the album, by the rules of this class",
        "照片过少、过多，或取自相册，不符合本类别的规则";
    /// It ties a case into a round of duplicates, or a second time.
    Ties = 25, "ties", "a case is a duplicate of one other at most, and never of itself by any way round",
        "一案至多是另一案的重复，且不得循环关联";
    /// It asks for more time, or for a suspension, as the city's rules grant none.
    TimeRules = 26, "time_rules", "the city's rules grant no such extension or suspension: too many, too long, or too late",
        "规则不准予此次延期或挂账：次数过多、时间过长，或提出过晚";
    /// It would give back a task that was returned before and has to be accepted.
    MustAccept = 27, "must_accept", "the task was returned before and has to be accepted: it is not given back again",
        "任务已退回过一次，须接收，不再回退";
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// A verdict on one change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChangeVerdict {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// The change.
    #[n(1)]
    pub hash: ChangeHash,
    /// What is said of it.
    #[n(2)]
    pub verdict: Verdict,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// The instruction that it became.
    #[n(0)]
    Done {
        /// The instruction.
        #[n(0)]
        instruction: ChangeHash,
    },
    /// The view had moved: look again and decide anew.
    #[n(1)]
    Stale,
    /// Not permitted, with the words to show.
    #[n(2)]
    Denied {
        /// Why.
        #[n(0)]
        why: String,
    },
}

/// What became of one command.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommandVerdict {
    /// The command, by [`gewu_model::command::CommandRecord::digest`].
    #[n(0)]
    pub command: Digest,
    /// What became of it.
    #[n(1)]
    pub outcome: Outcome,
}

/// Every verdict of one exchange. One signature covers them all.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct VerdictBlock {
    /// The device that asked.
    #[n(0)]
    pub device: KeyId,
    /// The nonce of its request.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The server's generation.
    #[n(2)]
    pub generation: u64,
    /// The server's clock.
    #[n(3)]
    pub at: Millis,
    /// Verdicts on changes.
    #[n(4)]
    pub changes: Vec<ChangeVerdict>,
    /// Content items that the server now holds.
    #[n(5)]
    pub content: Vec<Digest>,
    /// Files that the server holds durably, among those the device asked about.
    #[n(6)]
    pub media: Vec<Digest>,
    /// What became of commands.
    #[n(7)]
    pub commands: Vec<CommandVerdict>,
    /// The highest counter that the server has seen of the device's key. A device restored from a
    /// backup goes on above it.
    #[n(8)]
    pub counter: u64,
    /// Texts that the device pushed and files that it asked about that lie under a tombstone: a
    /// receipt, and the device removes its copies. Absent when there are none.
    #[n(9)]
    pub erased: Option<Vec<Digest>>,
    /// Contact cards that the server now holds, among those pushed. Absent when there are none.
    #[n(10)]
    pub cards: Option<Vec<Digest>>,
    /// Files that the device's user brought, that were acknowledged, and that the server has lost
    /// since: an acknowledgement taken back. Whoever still holds one sends it again. Absent when there
    /// are none.
    #[n(11)]
    pub lost: Option<Vec<Digest>>,
    /// That everything on the device is to be removed once it is delivered. Absent when it is not. It
    /// stands in what the server signs for this device, so that nobody on the way can ask for it.
    #[n(12)]
    pub wipe: Option<WipeOrder>,
}

/// The centre's word that a device that was lost shall hold nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WipeOrder {
    /// When the centre asked for it, on the server's clock.
    #[n(0)]
    pub asked_at: Millis,
    /// Until when the device may go on trying to deliver what it has not; after that it goes undelivered.
    #[n(1)]
    pub deliver_until: Millis,
}

/// The verdicts under the server's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedVerdicts {
    /// The encoded [`VerdictBlock`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The server's signature.
    #[n(1)]
    pub signature: Signature,
}

impl SignedVerdicts {
    /// Signs the verdicts with the server's key.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, block: &VerdictBlock) -> Result<Self, SignError> {
        let body = cbor::to_vec(block);
        let signature = signer.sign(Domain::Verdicts, &[&body])?;
        Ok(Self { body, signature })
    }

    /// The verdicts, if `server` signed them for `device` in answer to `nonce`.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        server: &PublicKey,
        device: &KeyId,
        nonce: &[u8; 16],
    ) -> Option<VerdictBlock> {
        let block = self.signed_by(verifier, server)?;
        (block.device == *device && block.nonce == *nonce).then_some(block)
    }

    /// The verdicts, if `server` signed them for whatever device and request.
    pub fn signed_by(&self, verifier: &dyn Verifier, server: &PublicKey) -> Option<VerdictBlock> {
        let signed = verifier.verify(server, Domain::Verdicts, &[&self.body], &self.signature);
        if signed {
            cbor::from_slice(&self.body).ok()
        } else {
            None
        }
    }
}

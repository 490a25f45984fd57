//! Names of things in both languages. A name that is not known is printed as it stands on the wire.

use gewu_model::fold::Stage;
use gewu_model::media::{EvidenceRole, Provenance};
use gewu_model::time::ClockTrust;

use super::Language;
use crate::report::Signer;

/// Picks the words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub(super) Language);

impl Words {
    pub(super) const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    fn of<'a>(self, table: &'static [(&'static str, &'static str)], name: &'a str) -> &'a str {
        let known = table.iter().find(|(known, _)| *known == name);
        match (self.0, known) {
            (Language::Zh, Some((_, zh))) => zh,
            _ => name,
        }
    }

    pub(super) fn kind(self, name: &str) -> &str {
        self.of(KINDS, name)
    }

    pub(super) fn stage(self, stage: Stage) -> &'static str {
        self.of(STAGES, stage.name())
    }

    pub(super) fn role(self, name: &str) -> &str {
        self.of(ROLES, name)
    }

    pub(super) fn status(self, name: &str) -> &str {
        self.of(STATUSES, name)
    }

    pub(super) const fn clock(self, trust: ClockTrust) -> &'static str {
        match trust {
            ClockTrust::Device => {
                self.pick("设备时钟，未核对", "the device's clock, never compared")
            }
            ClockTrust::ServerOffset => self.pick(
                "设备时钟，已按服务器校正",
                "corrected by the server's clock",
            ),
            ClockTrust::Doubtful => self.pick("时钟可疑", "a doubtful clock"),
            ClockTrust::Server => self.pick("服务器时钟", "the server's clock"),
        }
    }

    pub(super) fn photo_role(self, role: EvidenceRole) -> &'static str {
        match role {
            EvidenceRole::Scene => self.pick("现场", "scene"),
            EvidenceRole::Before => self.pick("处置前", "before"),
            EvidenceRole::After => self.pick("处置后", "after"),
            EvidenceRole::Inspection => self.pick("核查", "inspection"),
            EvidenceRole::Other => self.pick("其他", "other"),
        }
    }

    pub(super) fn provenance(self, provenance: Provenance) -> &'static str {
        match provenance {
            Provenance::Camera => self.pick("应用内拍摄", "taken in the app"),
            Provenance::Picker => self.pick("相册选取", "chosen from the album"),
            Provenance::Drone => self.pick("无人机", "from a drone"),
            Provenance::Video => self.pick("视频截帧", "a frame of a video"),
            Provenance::Import => self.pick("外部导入", "imported"),
        }
    }

    pub(super) const fn signer(self, signer: Signer) -> &'static str {
        match signer {
            Signer::Server => self.pick("服务器签名", "signed by the server"),
            Signer::Certified => self.pick(
                "设备签名，身份由证书证明",
                "signed by the device; the certificate gives the capacity",
            ),
            Signer::OtherCertificate => self.pick(
                "设备签名；人员、角色、单位以服务器回执为准（所引证书不在包内）",
                "signed by the device; person, role and unit are the server's word (the certificate is not here)",
            ),
            Signer::CaseKey => self.pick(
                "市民本案密钥签名；其背后为已注册设备，以服务器回执为准",
                "signed by a citizen's key for this case; that an enrolled device stands behind it is the server's word",
            ),
            Signer::EndorsedKey => self.pick(
                "市民本案密钥签名，已注册设备为其背书",
                "signed by a citizen's key for this case, endorsed by an enrolled device",
            ),
            Signer::Vouched => self.pick(
                "一位市民，经服务器证实（签名不在包内，由服务器回执担保）",
                "a citizen, attested: vouched for by the server's receipt, the signature is not here",
            ),
        }
    }
}

const KINDS: &[(&str, &str)] = &[
    ("register", "登记"),
    ("reply", "答复"),
    ("verify_request", "核实派发"),
    ("check_request", "核查派发"),
    ("dispatch", "派遣"),
    ("rework", "返工"),
    ("forward", "转派"),
    ("assign", "指派"),
    ("file", "立案"),
    ("decline", "不予受理或不予立案"),
    ("recall", "撤回派遣"),
    ("close", "结案"),
    ("void", "作废"),
    ("erase", "抹除"),
    ("report", "上报"),
    ("supplement", "补充"),
    ("withdraw", "撤销"),
    ("verify", "核实"),
    ("take", "接单"),
    ("set_out", "出发"),
    ("arrived", "到达"),
    ("handle", "处置"),
    ("check", "核查"),
    ("rate", "评价"),
    ("note", "备注"),
];

const STAGES: &[(&str, &str)] = &[
    ("reported", "已上报"),
    ("withdrawn", "已撤销"),
    ("verifying", "核实中"),
    ("verified_exists", "核实属实"),
    ("verified_unable", "无法核实"),
    ("verified_not_exists", "核实不属实"),
    ("filed", "已立案"),
    ("declined", "不予受理或不予立案"),
    ("dispatched", "已派遣"),
    ("handled", "已处置"),
    ("checking", "核查中"),
    ("check_passed", "核查通过"),
    ("check_unable", "无法核查"),
    ("check_failed", "核查不通过"),
    ("closed", "已结案"),
    ("void", "已作废"),
];

const ROLES: &[(&str, &str)] = &[
    ("inspector", "信息采集监督员"),
    ("crew", "处置人员"),
    ("unit_lead", "处置单位负责人"),
    ("operator", "中心人员"),
    ("citizen", "市民"),
    ("centre", "中心"),
];

const STATUSES: &[(&str, &str)] = &[
    ("effective", "有效"),
    ("superseded", "被取代"),
    ("late", "迟到，无效力"),
    ("orphan", "不在链上，无效力"),
];

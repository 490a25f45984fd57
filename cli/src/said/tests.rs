// long-file: every kind once, with every field that it has
//! Every kind of entry, with every field that it can have.

use gewu_model::entry::{FieldKind, InstructionKind, Kind, Payload};
use serde_json::{Value, json};

use super::{Naming, said};

const HASH: &str = "abababababababababababababababababababababababababababababababab";
const CASE: &str = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

/// A kind's payload with all its fields, and what is read of it in both languages; `None` where texts and
/// photos say all.
type Sample = (Value, Option<(&'static str, &'static str)>);

fn position() -> Value {
    json!({ "lon_e7": 1_234_227_290, "lat_e7": -418_000_000, "datum": "wgs84", "accuracy_mm": 5000 })
}

fn report() -> Value {
    json!({
        "class": { "kind": "component", "code": "01002" }, "condition": "1", "position": position(),
        "grid": { "unit": "G1", "duty": "D1", "road": null, "pack": HASH, "certainty": "certain", "border_mm": 7 },
        "component": "99010101002000017",
        "source": { "code": "hotline", "channel": "12345", "external_id": "X-7" },
        "measured_milli": -1500, "campaign": "lids", "self_handled": true, "language": "zh",
        "description": HASH, "photos": [], "contact": HASH,
    })
}

const REPORTED: (&str, &str) = (
    "类别：component 01002；立案条件：1；位置：123.4227290, -41.8000000；网格：G1；部件标识：99010101002000017；来源：hotline；渠道：12345；外部编号：X-7；量测值：-1.5；专项：lids；上报人已自行处置；留有联系方式",
    "class: component 01002; condition: 1; at: 123.4227290, -41.8000000; grid: G1; component: 99010101002000017; source: hotline; channel: 12345; external id: X-7; measured: -1.5; campaign: lids; its reporter settled it on the spot; with a contact, which `contact` shows",
);

const PLACE: (&str, &str) = (
    "位置：123.4227290, -41.8000000",
    "at: 123.4227290, -41.8000000",
);

const MARK: (&str, &str) = (
    "位置：123.4227290, -41.8000000；网格：G1",
    "at: 123.4227290, -41.8000000; grid: G1",
);

fn field(kind: FieldKind) -> Sample {
    let mark = || json!({ "position": position(), "note": HASH, "grid": report()["grid"] });
    let noted = || json!({ "note": HASH, "photos": [] });
    match kind {
        FieldKind::Report => (report(), Some(REPORTED)),
        FieldKind::Supplement | FieldKind::Note => (json!({ "text": HASH, "photos": [] }), None),
        FieldKind::Withdraw => (json!({ "reason": HASH }), None),
        FieldKind::Urge | FieldKind::Confirm => (noted(), None),
        FieldKind::Verify => (
            json!({ "result": "not_exists", "note": HASH, "photos": [], "position": position() }),
            Some((
                "不属实；位置：123.4227290, -41.8000000",
                "does not exist; at: 123.4227290, -41.8000000",
            )),
        ),
        FieldKind::Take | FieldKind::SetOut | FieldKind::Arrived => (mark(), Some(MARK)),
        FieldKind::Progress => (
            json!({ "percent": 40, "note": null, "photos": [], "position": null }),
            Some(("完成：40 %", "done: 40 %")),
        ),
        FieldKind::Handle => (
            json!({ "note": null, "photos": [], "position": position() }),
            Some(PLACE),
        ),
        FieldKind::SendBackRequest => (
            json!({ "reason": "not_ours", "instead": "roads", "note": HASH, "photos": [] }),
            Some((
                "原因：非本单位职责 (not_ours)；应改派：roads",
                "reason: not our duty (not_ours); should go to: roads",
            )),
        ),
        FieldKind::ExtendRequest => (
            json!({ "limit": "2工作时", "reason": "rain", "note": HASH, "photos": [] }),
            Some((
                "申请延长：2工作时；原因：rain",
                "more time: 2工作时; reason: rain",
            )),
        ),
        FieldKind::SuspendRequest => (
            json!({ "reason": "parts", "until": 1_763_870_400_000_i64, "note": HASH, "photos": [] }),
            Some((
                "原因：parts；至：2025-11-23T12:00:00+08:00",
                "reason: parts; until: 2025-11-23T12:00:00+08:00",
            )),
        ),
        FieldKind::Refuse => (
            json!({ "reason": "not_ours", "note": HASH }),
            Some(("原因：not_ours", "reason: not_ours")),
        ),
        FieldKind::OwnershipDispute => (
            json!({ "owner": "water", "note": HASH, "photos": [] }),
            Some(("应为权属单位：water", "should be the owner: water")),
        ),
        FieldKind::Check => (
            json!({ "result": "not_pass", "note": HASH, "photos": [], "position": null }),
            Some(("不通过", "not passed")),
        ),
        FieldKind::Rate => (
            json!({ "score": 4, "note": HASH }),
            Some(("评分：4/5", "score: 4/5")),
        ),
        FieldKind::ReopenRequest => (
            json!({ "reason": "again", "note": HASH, "photos": [] }),
            Some(("原因：again", "reason: again")),
        ),
        FieldKind::Appeal => (
            json!({ "reason": "overdue", "against": HASH, "note": HASH, "photos": [] }),
            Some((
                "原因：overdue；针对指令：abababababab",
                "reason: overdue; against the instruction: abababababab",
            )),
        ),
        FieldKind::DuplicateSuggestion => (
            json!({ "other": CASE, "distance_mm": 12_340, "note": HASH }),
            Some((
                "另一案：cdcdcdcdcdcd；相距：12.3 m",
                "the other case: cdcdcdcdcdcd; away: 12.3 m",
            )),
        ),
        FieldKind::ComponentChange => (
            json!({
                "difference": "moved", "component": "99", "class": { "kind": "component", "code": "01002" },
                "position": null, "note": HASH, "photos": [],
            }),
            Some((
                "位置已变；部件标识：99；类别：component 01002",
                "stands elsewhere; component: 99; class: component 01002",
            )),
        ),
        FieldKind::Seen => (json!({ "state": "read" }), Some(("已读", "read"))),
        FieldKind::HandedOver => (
            json!({ "to": "li", "unit": "roads", "note": HASH, "photos": [], "position": null }),
            Some(("移交给：li；单位：roads", "to: li; unit: roads")),
        ),
    }
}

fn asked(kind: InstructionKind) -> Sample {
    let window = json!({ "from_minute": 1140, "to_minute": 65 });
    match kind {
        InstructionKind::RedoRequest => (
            json!({ "persons": ["li"], "reason": "blurred", "note": HASH, "same_period": window, "limit": "1天" }),
            Some((
                "要求：li；原因：blurred；须在同时段：19:00-01:05；时限：1天",
                "asked of: li; reason: blurred; within the hours: 19:00-01:05; limit: 1天",
            )),
        ),
        InstructionKind::SpotCheck => (
            json!({ "persons": ["li"], "rule": "draw", "note": HASH, "same_period": window, "limit": "1天" }),
            Some((
                "要求：li；规则：draw；须在同时段：19:00-01:05；时限：1天",
                "asked of: li; rule: draw; within the hours: 19:00-01:05; limit: 1天",
            )),
        ),
        _ => (
            json!({ "persons": ["li", "sun"], "also": true, "note": HASH, "same_period": window, "limit": "1天" }),
            Some((
                "要求：li, sun；另加；须在同时段：19:00-01:05；时限：1天",
                "asked of: li, sun; beside those asked before; within the hours: 19:00-01:05; limit: 1天",
            )),
        ),
    }
}

fn instruction(kind: InstructionKind) -> Sample {
    let due = 1_763_870_400_000_i64;
    match kind {
        InstructionKind::Register => (
            json!({ "report": report(), "external_due": due, "reply_required": true }),
            None,
        ),
        InstructionKind::Reply => (
            json!({ "text": HASH, "to": HASH }),
            Some(("答复：abababababab", "replies to: abababababab")),
        ),
        InstructionKind::VerifyRequest
        | InstructionKind::CheckRequest
        | InstructionKind::RedoRequest
        | InstructionKind::SpotCheck => asked(kind),
        InstructionKind::Dispatch => (
            json!({
                "lead": "roads", "assist": ["water", "gas"], "limit": "1天", "note": HASH,
                "substitute_for": "owner", "bundle_limit": "3天", "must_accept": true, "external_due": due,
                "rule": "direct",
            }),
            Some((
                "主办：roads；协办：water, gas；时限：1天；捆绑时限：3天；代：owner；须接收，不再准予回退；外部要求完成时间：2025-11-23T12:00:00+08:00；规则：direct",
                "lead: roads; helping: water, gas; limit: 1天; limit for all steps together: 3天; in place of: owner; must be accepted; wanted elsewhere by: 2025-11-23T12:00:00+08:00; rule: direct",
            )),
        ),
        InstructionKind::Order => (
            json!({ "persons": ["li"], "units": ["roads"], "limit": "1天", "note": HASH }),
            Some((
                "要求：li；单位：roads；时限：1天",
                "asked of: li; unit: roads; limit: 1天",
            )),
        ),
        InstructionKind::Rework => (
            json!({ "lead": "roads", "note": HASH, "limit": "1天", "reason": "poor" }),
            Some((
                "单位：roads；时限：1天；原因：poor",
                "unit: roads; limit: 1天; reason: poor",
            )),
        ),
        InstructionKind::Resume => (
            json!({ "rule": "date", "limit": "1天", "note": HASH }),
            Some(("规则：date；时限：1天", "rule: date; limit: 1天")),
        ),
        InstructionKind::Forward => (
            json!({ "unit": "team", "note": HASH, "from": "roads", "limit": "1天" }),
            Some((
                "转给：team；自：roads；时限：1天",
                "to: team; from: roads; limit: 1天",
            )),
        ),
        InstructionKind::Assign => (
            json!({ "person": "li", "note": HASH, "team": "t1", "helping": "gas" }),
            Some((
                "人员：li；班组：t1；协办单位：gas",
                "person: li; team: t1; for the helping unit: gas",
            )),
        ),
        InstructionKind::Unassign => (
            json!({ "person": "li", "team": "t1", "note": HASH }),
            Some(("人员：li；班组：t1", "person: li; team: t1")),
        ),
        InstructionKind::SendBack => (
            json!({ "request": HASH, "unit": "roads", "reason": "not_ours", "note": HASH }),
            Some((
                "退回单位：roads；原因：非本单位职责 (not_ours)；批准申请：abababababab",
                "given back by: roads; reason: not our duty (not_ours); grants the request: abababababab",
            )),
        ),
        other => ending(other),
    }
}

fn ending(kind: InstructionKind) -> Sample {
    let due = 1_763_870_400_000_i64;
    match kind {
        InstructionKind::File => (
            json!({ "task_number": "20261126-1", "note": HASH }),
            Some(("任务号：20261126-1", "task number: 20261126-1")),
        ),
        InstructionKind::Decline => (
            json!({ "kind": "not_filed", "note": HASH, "reason": "private" }),
            Some(("不予立案；原因：private", "not filed; reason: private")),
        ),
        InstructionKind::Recall | InstructionKind::Void => (
            json!({ "note": HASH, "reason": "error" }),
            Some(("原因：error", "reason: error")),
        ),
        InstructionKind::Suspend => (
            json!({ "request": HASH, "until": due, "reason": "parts", "note": HASH }),
            Some((
                "至：2025-11-23T12:00:00+08:00；原因：parts；批准申请：abababababab",
                "until: 2025-11-23T12:00:00+08:00; reason: parts; grants the request: abababababab",
            )),
        ),
        InstructionKind::Convert => (
            json!({ "reason": "poor", "note": HASH, "task_number": "7" }),
            Some(("原因：poor；任务号：7", "reason: poor; task number: 7")),
        ),
        InstructionKind::Close => (
            json!({ "kind": "forced", "note": HASH, "condition": "c1" }),
            Some((
                "强制结案；结案条件：c1",
                "closed by force; closing condition: c1",
            )),
        ),
        InstructionKind::Reopen => (
            json!({ "request": HASH, "reason": "again", "note": HASH, "task_number": "7" }),
            Some((
                "原因：again；批准申请：abababababab；任务号：7",
                "reason: again; grants the request: abababababab; task number: 7",
            )),
        ),
        other => leaving(other),
    }
}

fn leaving(kind: InstructionKind) -> Sample {
    let due = 1_763_870_400_000_i64;
    match kind {
        InstructionKind::Extend => (
            json!({ "request": HASH, "limit": "1天", "unit": "roads", "note": HASH }),
            Some((
                "延长：1天；单位：roads；批准申请：abababababab",
                "more time: 1天; unit: roads; grants the request: abababababab",
            )),
        ),
        InstructionKind::Decide => (
            json!({ "request": HASH, "granted": false, "step": 2, "reason": "no", "note": HASH }),
            Some((
                "不同意；申请：abababababab；审批步骤：2；原因：no",
                "refused; the request: abababababab; step: 2; reason: no",
            )),
        ),
        InstructionKind::Supervise => (
            json!({ "units": ["roads"], "persons": ["li"], "reply_within": "2小时", "note": HASH }),
            Some((
                "单位：roads；人员：li；须答复时限：2小时",
                "unit: roads; persons: li; answer within: 2小时",
            )),
        ),
        InstructionKind::Link => (
            json!({ "other": CASE, "relation": "duplicate_of", "request": HASH, "external_due": due, "note": HASH }),
            Some((
                "与另一案重复，由另一案办理；另一案：cdcdcdcdcdcd；依据疑似重复：abababababab；外部要求完成时间：2025-11-23T12:00:00+08:00",
                "a duplicate of the other, which is worked on; the other case: cdcdcdcdcdcd; follows the suggestion: abababababab; wanted elsewhere by: 2025-11-23T12:00:00+08:00",
            )),
        ),
        InstructionKind::Correct => (
            json!({
                "class": { "kind": "matter", "code": "06010" }, "condition": "2", "position": position(),
                "grid": report()["grid"], "component": "99", "area_grade": "1", "note": HASH,
                "external_due": due,
            }),
            Some((
                "类别：matter 06010；立案条件：2；位置：123.4227290, -41.8000000；网格：G1；部件标识：99；区域等级：1；外部要求完成时间：2025-11-23T12:00:00+08:00",
                "class: matter 06010; condition: 2; at: 123.4227290, -41.8000000; grid: G1; component: 99; area grade: 1; wanted elsewhere by: 2025-11-23T12:00:00+08:00",
            )),
        ),
        InstructionKind::Repin => (
            json!({ "policy": HASH, "catalogue": HASH, "edition": "2026", "note": HASH, "was": null }),
            Some((
                "规则：abababababab；类别表：abababababab；标准版本：2026",
                "policy: abababababab; catalogue: abababababab; edition: 2026",
            )),
        ),
        InstructionKind::Ownership => (
            json!({ "request": HASH, "authority": "a", "owner": "o", "handler": "h", "note": HASH }),
            Some((
                "主管部门：a；权属单位：o；处置单位：h；批准申请：abababababab",
                "authority: a; owner: o; handling unit: h; grants the request: abababababab",
            )),
        ),
        InstructionKind::Reward => (
            json!({ "state": "granted", "rule": "first", "points": 5, "cents": 1_205, "reason": "r", "note": HASH }),
            Some((
                "应予奖励；规则：first；积分：5；金额：12.05；原因：r",
                "due; rule: first; points: 5; money: 12.05; reason: r",
            )),
        ),
        InstructionKind::Erase => (
            json!({ "texts": [HASH], "files": [HASH, CASE.repeat(2)], "note": HASH }),
            Some((
                "抹除文字：1；抹除文件：2",
                "texts erased: 1; files erased: 2",
            )),
        ),
        other => panic!("{other} has no sample"),
    }
}

fn read(kind: &str, payload: &Value, chinese: bool) -> Option<String> {
    read_by_clock(kind, payload, chinese, None)
}

fn read_by_clock(
    kind: &str,
    payload: &Value,
    chinese: bool,
    in_time: Option<bool>,
) -> Option<String> {
    let built_in = gewu_model::policy::Policy::built_in();
    let word = |name: &str| {
        let label = built_in.label(name)?;
        Some(if chinese { &label.zh } else { &label.en }.clone())
    };
    let naming = Naming {
        chinese,
        word: &word,
        in_time,
    };
    said(kind, payload, naming)
}

fn check(kind: &Kind, payload: &Value, expected: Option<(&str, &str)>) {
    let typed = Payload::from_json(kind, payload.clone());
    assert!(typed.is_ok(), "{kind}: {typed:?}");
    let shown = [true, false].map(|chinese| read(kind.name(), payload, chinese));
    let expected = expected.map(|(zh, en)| [zh.to_owned(), en.to_owned()]);
    assert_eq!(
        shown,
        expected.map_or([None, None], |both| both.map(Some)),
        "{kind}"
    );
}

#[test]
fn every_kind_of_entry_says_what_stands_in_it() {
    for kind in FieldKind::ALL {
        let (payload, expected) = field(*kind);
        check(&Kind::Field(*kind), &payload, expected);
    }
}

#[test]
fn every_kind_of_instruction_says_what_stands_in_it() {
    for kind in InstructionKind::ALL {
        let (fields, expected) = instruction(*kind);
        let (zh, en) = (
            format!(
                "{}；外部要求完成时间：2025-11-23T12:00:00+08:00；须答复",
                REPORTED.0
            ),
            format!(
                "{}; wanted elsewhere by: 2025-11-23T12:00:00+08:00; a reply is expected",
                REPORTED.1
            ),
        );
        let expected = match kind {
            InstructionKind::Register => Some((zh.as_str(), en.as_str())),
            _ => expected,
        };
        let payload = json!({ kind.name(): fields });
        check(&Kind::Instruction(*kind), &payload, expected);
    }
}

#[test]
fn what_a_newer_app_wrote_is_passed_over_and_words_of_people_stay_on_their_line() {
    assert_eq!(read("levitate", &json!({}), false), None);
    assert_eq!(read("check", &Value::Null, false), None);
    let moved = json!({ "reason": "a\u{1b}[2J\nb", "note": null });
    let shown = read("refuse", &moved, false).unwrap_or_default();
    assert!(!shown.contains(['\u{1b}', '\n']), "{shown:?}");
}

/// That a case was closed as normal says nothing of when the work was done; the clock does, where there is one.
#[test]
fn a_closing_says_in_time_or_late_by_the_clock_alone() {
    let normal = json!({ "close": { "kind": "normal" } });
    let late = json!({ "close": { "kind": "late" } });
    let said = |payload, in_time| read_by_clock("close", payload, false, in_time);
    assert_eq!(said(&normal, None).as_deref(), Some("closed as normal"));
    assert_eq!(
        said(&normal, Some(true)).as_deref(),
        Some("closed as normal; the work was done in time")
    );
    assert_eq!(
        said(&normal, Some(false)).as_deref(),
        Some("closed as normal; the work was done late")
    );
    assert_eq!(said(&late, None).as_deref(), Some("closed late"));
    let chinese = read_by_clock("close", &normal, true, Some(false));
    assert_eq!(chinese.as_deref(), Some("正常结案；超时完成"));
    let forced = json!({ "close": { "kind": "forced" } });
    assert_eq!(
        said(&forced, Some(true)).as_deref(),
        Some("closed by force")
    );
}

//! What people in the field wrote.

use gewu_model::entry::{
    Appeal, Check, CheckResult, ComponentChange, ComponentDifference, Confirm, DuplicateSuggestion,
    ExtendRequest, HandedOver, Handle, Mark, Note, OwnershipDispute, Payload, Progress, Rate,
    Refuse, ReopenRequest, Report, Seen, SeenState, SendBackRequest, Source, Supplement,
    SuspendRequest, Urge, Verify, VerifyResult, Withdraw,
};

use super::line::{Line, Name};

/// Every field of a payload is named, also those that stand elsewhere: texts and photos have lines of their
/// own below the entry.
pub(super) fn say<'a>(line: Line<'a>, payload: &Payload) -> Line<'a> {
    match payload {
        Payload::Report(report) => reported(line, report),
        Payload::Supplement(Supplement { text: _, photos: _ })
        | Payload::Withdraw(Withdraw { reason: _ })
        | Payload::Urge(Urge { note: _ })
        | Payload::Note(Note { text: _, photos: _ })
        | Payload::Confirm(Confirm { note: _, photos: _ }) => line,
        Payload::Verify(Verify {
            result,
            note: _,
            photos: _,
            position,
        }) => line.words(verified(*result)).position(position.as_ref()),
        Payload::Take(mark) | Payload::SetOut(mark) | Payload::Arrived(mark) => {
            let Mark {
                position,
                note: _,
                grid,
            } = mark;
            line.position(position.as_ref()).grid(grid.as_ref())
        }
        Payload::Progress(Progress {
            percent,
            note: _,
            photos: _,
            position,
        }) => {
            let done = percent.map(|percent| format!("{percent} %"));
            line.some(("完成", "done"), done)
                .position(position.as_ref())
        }
        Payload::Handle(Handle {
            note: _,
            photos: _,
            position,
        }) => line.position(position.as_ref()),
        Payload::Check(Check {
            result,
            note: _,
            photos: _,
            position,
        }) => line.words(checked(*result)).position(position.as_ref()),
        Payload::Rate(Rate { score, note: _ }) => {
            line.value(("评分", "score"), format!("{score}/5"))
        }
        Payload::DuplicateSuggestion(DuplicateSuggestion {
            other,
            distance_mm,
            note: _,
        }) => {
            let far = distance_mm.map(|mm| format!("{:.1} m", f64::from(mm) / 1000.0));
            line.id(("另一案", "the other case"), Some(other))
                .some(("相距", "away"), far)
        }
        Payload::ComponentChange(change) => component(line, change),
        Payload::Seen(Seen { state }) => line.words(seen(*state)),
        Payload::HandedOver(HandedOver {
            to,
            unit,
            note: _,
            photos: _,
            position,
        }) => line
            .person(("移交给", "to"), to.as_ref())
            .unit(("单位", "unit"), unit.as_ref())
            .position(position.as_ref()),
        Payload::SendBackRequest(_)
        | Payload::ExtendRequest(_)
        | Payload::SuspendRequest(_)
        | Payload::Refuse(_)
        | Payload::OwnershipDispute(_)
        | Payload::ReopenRequest(_)
        | Payload::Appeal(_) => request(line, payload),
        Payload::Instruction(..) => line,
    }
}

/// What is asked of the centre.
fn request<'a>(line: Line<'a>, payload: &Payload) -> Line<'a> {
    match payload {
        Payload::SendBackRequest(SendBackRequest {
            reason,
            instead,
            note: _,
            photos: _,
        }) => line
            .reason("send_back", Some(reason))
            .unit(("应改派", "should go to"), instead.as_ref()),
        Payload::ExtendRequest(ExtendRequest {
            limit,
            reason,
            note: _,
            photos: _,
        }) => line
            .value(("申请延长", "more time"), limit)
            .reason("extend", reason.as_ref()),
        Payload::SuspendRequest(SuspendRequest {
            reason,
            until,
            note: _,
            photos: _,
        }) => line
            .reason("suspend", Some(reason))
            .at(("至", "until"), *until),
        Payload::Refuse(Refuse { reason, note: _ }) => line.reason("refuse", Some(reason)),
        Payload::OwnershipDispute(OwnershipDispute {
            owner,
            note: _,
            photos: _,
        }) => line.unit(("应为权属单位", "should be the owner"), owner.as_ref()),
        Payload::ReopenRequest(ReopenRequest {
            reason,
            note: _,
            photos: _,
        }) => line.reason("reopen", reason.as_ref()),
        Payload::Appeal(Appeal {
            reason,
            against,
            note: _,
            photos: _,
        }) => line
            .reason("appeal", Some(reason))
            .id(("针对指令", "against the instruction"), against.as_ref()),
        _ => line,
    }
}

/// What was reported, where, from which source.
pub(super) fn reported<'a>(line: Line<'a>, report: &Report) -> Line<'a> {
    let Report {
        class,
        condition,
        position,
        grid,
        component,
        source,
        measured_milli,
        campaign,
        self_handled,
        language: _,
        description: _,
        photos: _,
        contact,
    } = report;
    let Source {
        code,
        channel,
        external_id,
    } = source;
    line.class(Some(class))
        .some(("立案条件", "condition"), condition.as_ref())
        .position(Some(position))
        .grid(grid.as_ref())
        .some(("部件标识", "component"), component.as_ref())
        .value(("来源", "source"), code)
        .some(("渠道", "channel"), channel.as_ref())
        .some(("外部编号", "external id"), external_id.as_ref())
        .some(("量测值", "measured"), measured_milli.map(thousandths))
        .some(("专项", "campaign"), campaign.as_ref())
        .when(
            *self_handled,
            ("上报人已自行处置", "its reporter settled it on the spot"),
        )
        .when(
            contact.is_some(),
            ("留有联系方式", "with a contact, which `contact` shows"),
        )
}

fn component<'a>(line: Line<'a>, change: &ComponentChange) -> Line<'a> {
    let ComponentChange {
        difference,
        component,
        class,
        position,
        note: _,
        photos: _,
    } = change;
    let differs = match difference {
        ComponentDifference::Added => ("图上没有该部件", "not on the map"),
        ComponentDifference::Moved => ("位置已变", "stands elsewhere"),
        ComponentDifference::Removed => ("已不存在", "is gone"),
        ComponentDifference::Altered => ("属性有变", "is otherwise"),
    };
    line.words(differs)
        .some(("部件标识", "component"), component.as_ref())
        .class(class.as_ref())
        .position(position.as_ref())
}

const fn verified(result: VerifyResult) -> Name {
    match result {
        VerifyResult::Exists => ("属实", "exists"),
        VerifyResult::Unable => ("无法核实", "could not tell"),
        VerifyResult::NotExists => ("不属实", "does not exist"),
    }
}

const fn checked(result: CheckResult) -> Name {
    match result {
        CheckResult::Pass => ("通过", "passed"),
        CheckResult::Unable => ("无法核查", "could not tell"),
        CheckResult::NotPass => ("不通过", "not passed"),
    }
}

const fn seen(state: SeenState) -> Name {
    match state {
        SeenState::Received => ("已收", "received"),
        SeenState::Read => ("已读", "read"),
        SeenState::Done => ("已办", "put away as done"),
    }
}

/// A number of thousandths as people write it.
fn thousandths(milli: i64) -> String {
    let sign = if milli < 0 { "-" } else { "" };
    let milli = milli.unsigned_abs();
    let text = format!("{sign}{}.{:03}", milli / 1000, milli % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

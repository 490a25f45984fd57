// long-file: every kind once, with every field that it has
//! What the centre decided.

use gewu_model::entry::{
    Asked, Assign, Body, Close, CloseKind, Convert, Correct, Decide, Decline, DeclineKind,
    Dispatch, Erase, Extend, File, Forward, LinkCase, Order, Ownership, Plain, Redo, Register,
    Relationship, Reopen, Repin, Reply, Resume, Reward, RewardState, Rework, SendBack, SpotCheck,
    Supervise, Suspend, Unassign,
};

use super::field::reported;
use super::line::{Line, Name};

const ASKED: Name = ("要求", "asked of");
const UNIT: Name = ("单位", "unit");
const TEAM: Name = ("班组", "team");
const RULE: Name = ("规则", "rule");
const NUMBER: Name = ("任务号", "task number");
const REQUEST: Name = ("批准申请", "grants the request");
const EXTERNAL: Name = ("外部要求完成时间", "wanted elsewhere by");

/// Every field of a body is named, also those that stand elsewhere.
pub(super) fn say<'a>(line: Line<'a>, body: &Body) -> Line<'a> {
    match body {
        Body::Register(body) => {
            let Register {
                report,
                external_due,
                reply_required,
            } = body.as_ref();
            reported(line, report).at(EXTERNAL, *external_due).when(
                *reply_required == Some(true),
                ("须答复", "a reply is expected"),
            )
        }
        Body::Reply(Reply { text: _, to }) => line.id(("答复", "replies to"), to.as_ref()),
        Body::VerifyRequest(asked) | Body::CheckRequest(asked) => {
            let Asked {
                persons,
                also,
                note: _,
                same_period,
                limit,
            } = asked;
            line.persons(ASKED, persons)
                .when(*also, ("另加", "beside those asked before"))
                .window(*same_period)
                .limit(limit.as_ref())
        }
        Body::RedoRequest(_) | Body::SpotCheck(_) => again(line, body),
        Body::Dispatch(_)
        | Body::Order(_)
        | Body::Rework(_)
        | Body::Resume(_)
        | Body::Forward(_)
        | Body::Assign(_)
        | Body::Unassign(_)
        | Body::SendBack(_) => work(line, body),
        Body::File(_)
        | Body::Decline(_)
        | Body::Recall(_)
        | Body::Suspend(_)
        | Body::Convert(_)
        | Body::Close(_)
        | Body::Void(_)
        | Body::Reopen(_) => ends(line, body),
        Body::Extend(_)
        | Body::Decide(_)
        | Body::Supervise(_)
        | Body::Link(_)
        | Body::Correct(_)
        | Body::Repin(_)
        | Body::Ownership(_)
        | Body::Reward(_)
        | Body::Erase(_) => leaves(line, body),
    }
}

fn again<'a>(line: Line<'a>, body: &Body) -> Line<'a> {
    match body {
        Body::RedoRequest(Redo {
            persons,
            reason,
            note: _,
            same_period,
            limit,
        }) => line
            .persons(ASKED, persons)
            .reason("redo", reason.as_ref())
            .window(*same_period)
            .limit(limit.as_ref()),
        Body::SpotCheck(SpotCheck {
            persons,
            rule,
            note: _,
            same_period,
            limit,
        }) => line
            .persons(ASKED, persons)
            .some(RULE, rule.as_ref())
            .window(*same_period)
            .limit(limit.as_ref()),
        _ => line,
    }
}

/// Who does the work.
fn work<'a>(line: Line<'a>, body: &Body) -> Line<'a> {
    match body {
        Body::Dispatch(body) => dispatched(line, body),
        Body::Order(Order {
            persons,
            units,
            limit,
            note: _,
        }) => line
            .persons(ASKED, persons)
            .many(UNIT, units)
            .limit(limit.as_ref()),
        Body::Rework(Rework {
            lead,
            note: _,
            limit,
            reason,
        }) => line
            .unit(UNIT, Some(lead))
            .limit(limit.as_ref())
            .reason("rework", reason.as_ref()),
        Body::Resume(Resume {
            rule,
            limit,
            note: _,
        }) => line.some(RULE, rule.as_ref()).limit(limit.as_ref()),
        Body::Forward(Forward {
            unit,
            note: _,
            from,
            limit,
        }) => line
            .unit(("转给", "to"), Some(unit))
            .unit(("自", "from"), from.as_ref())
            .limit(limit.as_ref()),
        Body::Assign(Assign {
            person,
            note: _,
            team,
            helping,
        }) => line
            .person(("人员", "person"), person.as_ref())
            .unit(TEAM, team.as_ref())
            .unit(("协办单位", "for the helping unit"), helping.as_ref()),
        Body::Unassign(Unassign {
            person,
            team,
            note: _,
        }) => line
            .person(("人员", "person"), person.as_ref())
            .unit(TEAM, team.as_ref()),
        Body::SendBack(SendBack {
            request,
            unit,
            reason,
            note: _,
        }) => line
            .unit(("退回单位", "given back by"), unit.as_ref())
            .reason("send_back", reason.as_ref())
            .id(REQUEST, request.as_ref()),
        _ => line,
    }
}

fn dispatched<'a>(line: Line<'a>, body: &Dispatch) -> Line<'a> {
    let Dispatch {
        lead,
        assist,
        limit,
        note: _,
        substitute_for,
        bundle_limit,
        must_accept,
        external_due,
        rule,
    } = body;
    line.unit(("主办", "lead"), Some(lead))
        .many(("协办", "helping"), assist)
        .limit(limit.as_ref())
        .some(
            ("捆绑时限", "limit for all steps together"),
            bundle_limit.as_ref(),
        )
        .unit(("代", "in place of"), substitute_for.as_ref())
        .when(
            *must_accept == Some(true),
            ("须接收，不再准予回退", "must be accepted"),
        )
        .at(EXTERNAL, *external_due)
        .some(RULE, rule.as_ref())
}

/// What ends a question or a case, or begins it again.
fn ends<'a>(line: Line<'a>, body: &Body) -> Line<'a> {
    match body {
        Body::File(File {
            task_number,
            note: _,
        }) => line.value(NUMBER, task_number),
        Body::Decline(Decline {
            kind,
            note: _,
            reason,
        }) => {
            let (name, words) = match kind {
                DeclineKind::NotAccepted => ("decline:not_accepted", ("不予受理", "not accepted")),
                DeclineKind::NotFiled => ("decline:not_filed", ("不予立案", "not filed")),
            };
            line.named(name, words).reason("decline", reason.as_ref())
        }
        Body::Recall(Plain { note: _, reason }) => line.reason("recall", reason.as_ref()),
        Body::Void(Plain { note: _, reason }) => line.reason("void", reason.as_ref()),
        Body::Suspend(Suspend {
            request,
            until,
            reason,
            note: _,
        }) => line
            .at(("至", "until"), *until)
            .reason("suspend", reason.as_ref())
            .id(REQUEST, request.as_ref()),
        Body::Convert(Convert {
            reason,
            note: _,
            task_number,
        }) => line
            .reason("convert", reason.as_ref())
            .some(NUMBER, task_number.as_ref()),
        Body::Close(Close {
            kind,
            note: _,
            condition,
        }) => {
            let (name, words) = closed(*kind);
            let line = line.named_but(name, words, UNMEASURED);
            let ordinary = matches!(kind, CloseKind::Normal | CloseKind::Late);
            let line = if ordinary { line.timely() } else { line };
            line.some(("结案条件", "closing condition"), condition.as_ref())
        }
        Body::Reopen(Reopen {
            request,
            reason,
            note: _,
            task_number,
        }) => line
            .reason("reopen", reason.as_ref())
            .id(REQUEST, request.as_ref())
            .some(NUMBER, task_number.as_ref()),
        _ => line,
    }
}

/// What the built-in policies call a normal closing in English, whatever a clock says.
const UNMEASURED: &str = "closed in time";

const fn closed(kind: CloseKind) -> (&'static str, Name) {
    match kind {
        CloseKind::Normal => ("close:normal", ("正常结案", "closed as normal")),
        CloseKind::Late => ("close:late", ("超时结案", "closed late")),
        CloseKind::Forced => ("close:forced", ("强制结案", "closed by force")),
        CloseKind::Mistaken => ("close:mistaken", ("差错结案", "closed as filed in error")),
        CloseKind::Special => (
            "close:special",
            ("特殊结案", "closed by a special decision"),
        ),
    }
}

/// What leaves the open question alone.
fn leaves<'a>(line: Line<'a>, body: &Body) -> Line<'a> {
    match body {
        Body::Extend(Extend {
            request,
            limit,
            unit,
            note: _,
        }) => line
            .value(("延长", "more time"), limit)
            .unit(UNIT, unit.as_ref())
            .id(REQUEST, request.as_ref()),
        Body::Decide(Decide {
            request,
            granted,
            step,
            reason,
            note: _,
        }) => {
            let decided = match granted {
                true => ("同意", "granted"),
                false => ("不同意", "refused"),
            };
            line.words(decided)
                .id(("申请", "the request"), Some(request))
                .some(("审批步骤", "step"), *step)
                .reason("decide", reason.as_ref())
        }
        Body::Supervise(Supervise {
            units,
            persons,
            reply_within,
            note: _,
        }) => line
            .many(UNIT, units)
            .persons(("人员", "persons"), persons)
            .some(("须答复时限", "answer within"), reply_within.as_ref()),
        Body::Link(LinkCase {
            other,
            relation,
            request,
            external_due,
            note: _,
        }) => line
            .words(related(*relation))
            .id(("另一案", "the other case"), Some(other))
            .id(("依据疑似重复", "follows the suggestion"), request.as_ref())
            .at(EXTERNAL, *external_due),
        Body::Correct(body) => corrected(line, body),
        Body::Repin(Repin {
            policy,
            catalogue,
            edition,
            note: _,
            was: _,
        }) => line
            .id(("规则", "policy"), policy.as_ref())
            .id(("类别表", "catalogue"), catalogue.as_ref())
            .some(("标准版本", "edition"), edition.as_ref()),
        Body::Ownership(Ownership {
            request,
            authority,
            owner,
            handler,
            note: _,
        }) => line
            .unit(("主管部门", "authority"), authority.as_ref())
            .unit(("权属单位", "owner"), owner.as_ref())
            .unit(("处置单位", "handling unit"), handler.as_ref())
            .id(REQUEST, request.as_ref()),
        Body::Reward(body) => rewarded(line, body),
        Body::Erase(Erase {
            texts,
            files,
            note: _,
        }) => {
            let count = |of: &[_]| (!of.is_empty()).then_some(of.len());
            line.some(("抹除文字", "texts erased"), count(texts))
                .some(("抹除文件", "files erased"), count(files))
        }
        _ => line,
    }
}

const fn related(relation: Relationship) -> Name {
    match relation {
        Relationship::DuplicateOf => (
            "与另一案重复，由另一案办理",
            "a duplicate of the other, which is worked on",
        ),
        Relationship::HasDuplicate => ("另一案与本案重复", "the other is a duplicate of it"),
        Relationship::Related => ("相关", "related"),
        Relationship::Nothing => ("解除关联", "the tie is undone"),
    }
}

fn corrected<'a>(line: Line<'a>, body: &Correct) -> Line<'a> {
    let Correct {
        class,
        condition,
        position,
        grid,
        component,
        area_grade,
        note: _,
        external_due,
    } = body;
    line.class(class.as_ref())
        .some(("立案条件", "condition"), condition.as_ref())
        .position(position.as_ref())
        .grid(grid.as_ref())
        .some(("部件标识", "component"), component.as_ref())
        .some(("区域等级", "area grade"), area_grade.as_ref())
        .at(EXTERNAL, *external_due)
}

fn rewarded<'a>(line: Line<'a>, body: &Reward) -> Line<'a> {
    let Reward {
        state,
        rule,
        points,
        cents,
        reason,
        note: _,
    } = body;
    let became = match state {
        RewardState::Granted => ("应予奖励", "due"),
        RewardState::Refused => ("不予奖励", "not due"),
        RewardState::Paid => ("已发放", "paid"),
    };
    let money = cents.map(|cents| format!("{}.{:02}", cents / 100, cents % 100));
    line.words(became)
        .value(RULE, rule)
        .some(("积分", "points"), *points)
        .some(("金额", "money"), money)
        .reason("reward", reason.as_ref())
}

// long-file: one table of sentences
//! Refusals of the policy in Chinese.
//!
//! Refusals travel as English sentences: in problem documents, in verdicts, in what devices keep of them. A
//! reader of Chinese has them said anew. Both languages stand side by side here, with holes for names; a sentence
//! that is not here stays as it came.

/// English and Chinese. Holes: `self` and `way` hold another sentence, `role`, `what`, `stage` and `kind` a
/// neutral name, any other whatever stands there. A pattern stands before those that would take its sentences
/// for theirs.
const SENTENCES: &[(&str, &str)] = &[
    ("your role may not do this", "您的角色无权进行此操作"),
    (
        "this is not asked of you or your unit",
        "此任务未交给您或您的单位",
    ),
    (
        "what was asked of you or your unit is over",
        "交给您或您单位的任务已经结束",
    ),
    (
        "nothing is asked in this case now that this could answer",
        "本案目前没有可由此答复的任务",
    ),
    (
        "the task was taken from you or your unit, and others have it now",
        "任务已从您或您的单位收回，现由他人承担",
    ),
    (
        "the task is your team's: this is for the unit that gave it to the team",
        "任务属于班组：此操作由指派班组的单位进行",
    ),
    (
        "your unit only helps: this is for the unit that leads",
        "您的单位为协办：此操作由主办单位进行",
    ),
    (
        "only whoever reported the case may do this",
        "仅上报人可以进行此操作",
    ),
    (
        "neither you nor your unit had a part in this case",
        "您和您的单位均未参与本案",
    ),
    (
        "the case lies outside your own grids, areas and road sections",
        "案件位于您的网格、区域和路段之外",
    ),
    (
        "your role does not do this in cases of this class",
        "您的角色不办理此类别的案件",
    ),
    (
        "the centre has not said anything in this case that this could answer",
        "中心在本案中尚无可由此答复的指令",
    ),
    (
        "the case's stage does not allow it",
        "案件所处阶段不允许此操作",
    ),
    (
        "whoever handled the work may not check or close it",
        "监管分离：处置人不得核查或结案",
    ),
    (
        "a unit passes on its own task: leave out from which unit, or have the centre do it",
        "单位只能转派自己的任务：请勿填写来源单位，或由中心转派",
    ),
    (
        "a task is passed on to a unit or team below one's own in the city's tree of units",
        "任务只能转给单位树中本单位的下级单位或班组",
    ),
    (
        "nobody handled it in this round, and it is suspended",
        "本轮无人处置，且案件处于挂账",
    ),
    (
        "nobody handled it in this round for the unit that has it",
        "承办单位在本轮尚未处置",
    ),
    ("nobody handled it in this round", "本轮无人处置"),
    (
        "nobody handled it, and the case that goes on with it is not found done either",
        "无人处置，并入的主案亦未办结",
    ),
    ("nobody handled it", "无人处置"),
    (
        "it ended without the word that it is done or was opened again as not done, and nobody found it done since",
        "案件结案时未认定办结，或因未办结而重新立案，此后无人核查认定",
    ),
    ("the unit has not confirmed the work", "承办单位尚未反馈"),
    (
        "{self}: close that one first, or this one as mistaken, special or forced",
        "{self}：请先办结主案，或按差错、特殊、强制结案",
    ),
    (
        "{self}: have it done or checked, or close it as mistaken, special or forced",
        "{self}：请安排处置或核查，或按差错、特殊、强制结案",
    ),
    (
        "a check found it not done, and nobody has checked what was done since",
        "核查不通过后重新处置，尚未再次核查",
    ),
    (
        "{self}: ask for a check, or close it as mistaken, special or forced",
        "{self}：请安排核查，或按差错、特殊、强制结案",
    ),
    (
        "{self}: wait for it, or have the work checked first",
        "{self}：请等待反馈，或先安排核查",
    ),
    ("the check found that it is not done", "核查不通过"),
    (
        "the case was dispatched or closed once, so only whoever may void what is under way voids it",
        "案件曾经派遣或结案，只能由有权作废在办案件的人员作废",
    ),
    (
        "only what its reporter settled on the spot is converted",
        "只有上报人即采即办的案件可以转办",
    ),
    (
        "nobody settled it on the spot or worked on it, so there is nothing to spot-check",
        "无人即采即办或处置，无可抽查",
    ),
    (
        "{self}: have it verified, or file it",
        "{self}：请安排核实或立案",
    ),
    ("the case was not filed", "案件尚未立案"),
    (
        "{self}, so it takes no {what}: file it first, or convert what was settled on the spot",
        "{self}，不能“{what}”：请先立案，即采即办的案件请转办",
    ),
    (
        "what has ended is converted once a spot check finds it not done",
        "已结束的案件须经抽查不通过后方可转办",
    ),
    (
        "the case has ended, and a check alone does not open it again",
        "案件已结束，仅凭核查不能重新启动",
    ),
    ("that unit has the task already", "该单位已承担此任务"),
    (
        "the unit that it would be passed on from does not have the task",
        "来源单位没有此任务",
    ),
    (
        "the task was returned before and has to be accepted: it is not given back again",
        "任务已退回过一次，须接收，不再回退",
    ),
    (
        "the case was converted already: dispatch it",
        "案件已转办过：请派遣",
    ),
    ("resume it and have it handled", "请恢复后处置"),
    ("wait for the work", "请等待处置"),
    ("dispatch it", "请派遣"),
    (
        "the check found that it is not done (the answer of {by} stands): have it done again, or checked again and found done, before {what}; close it otherwise if it ends all the same",
        "核查不通过（以{by}的结论为准）：须返工，或再次核查通过，方可“{what}”；如仍须结束，请以其他方式结案",
    ),
    (
        "{self}: have it done again, or checked again and found done, before {what}; close it otherwise if it ends all the same",
        "{self}：须返工，或再次核查通过，方可“{what}”；如仍须结束，请以其他方式结案",
    ),
    (
        "{self}, so it is not closed as {kind}: {way}, close it as mistaken if it should not have been filed, or as special or forced if it ends without work",
        "{self}，不能“{kind}”：{way}；本不应立案的以差错结案，不经处置而结束的以特殊或强制结案",
    ),
    (
        "{self}: dispatch the case, or reopen it if it has ended",
        "{self}：请派遣；已结束的请重新立案",
    ),
    (
        "{self}: ask for the spot check, or reopen the case",
        "{self}：请要求抽查，或重新立案",
    ),
    (
        "{self}, nor does {what}: convert what was settled on the spot, reopen anything else",
        "{self}，“{what}”也不能：即采即办的请转办，其他的请重新立案",
    ),
    (
        "{self}, so the role {role} may not {what}",
        "{self}，“{role}”不得“{what}”",
    ),
    ("{self}: it is too late to {what}", "{self}，不能再“{what}”"),
    ("{self}: {what} comes after it", "{self}，之后才能“{what}”"),
    (
        "{self}: {what} is for somebody else",
        "{self}，“{what}”须由他人进行",
    ),
    (
        "the role {role} may not {what} in any case like this one",
        "“{role}”在此类案件中不得“{what}”",
    ),
    (
        "the role {role} may not {what} in cases of this class",
        "“{role}”不得对此类别的案件“{what}”",
    ),
    (
        "a case that stands at {stage} takes no {what}",
        "案件处于“{stage}”，不能“{what}”",
    ),
    (
        "the limit was extended {n} times, which is as often as the city's rule allows",
        "已延期{n}次，达到规则允许的次数",
    ),
    (
        "the limit is already over: an extension has to be asked for before",
        "时限已过：延期须在到期前申请",
    ),
    (
        "the clock stands: resume the case first",
        "计时已暂停：请先恢复案件",
    ),
    (
        "the extension may be {n} at most, by the clock of the limit",
        "按该时限的计时方式，最多可延期{n}",
    ),
    (
        "no clock runs there that could get more time",
        "没有可以延期的计时",
    ),
    (
        "the case was suspended {n} times, which is as often as the city's rule allows",
        "已挂账{n}次，达到规则允许的次数",
    ),
    (
        "name an end within {n} days",
        "请填写{n}天之内的挂账截止日期",
    ),
    (
        "name an end that is still to come",
        "请填写尚未到来的挂账截止日期",
    ),
    (
        "this class needs at least {n} photos here: take more",
        "此类别在此至少需要{n}张照片：请补拍",
    ),
    (
        "this class takes at most {n} photos here: leave some out",
        "此类别在此最多{n}张照片：请减少",
    ),
    (
        "this class takes no photos from the album: take them with the camera on the spot",
        "此类别不接受相册照片：请现场拍摄",
    ),
];

/// A refusal of the policy in Chinese; `None` for words of anything else. `word` gives the Chinese label of a
/// neutral name, such as `dispatch`, `role.crew` or `stage.filed`; a name without one stays.
pub fn in_chinese(words: &str, word: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    SENTENCES.iter().find_map(|(english, chinese)| {
        let held = matched(english, words)?;
        let mut said = (*chinese).to_owned();
        for (hole, text) in held {
            said = said.replace(&format!("{{{hole}}}"), &filled(hole, text, word)?);
        }
        Some(said)
    })
}

/// What stands in a hole, in Chinese; `None` when it cannot stand there.
fn filled(hole: &str, text: &str, word: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let named = |prefix: &str| {
        let name = !text.is_empty() && !text.contains(' ');
        name.then(|| word(&format!("{prefix}{text}")).unwrap_or_else(|| text.to_owned()))
    };
    match hole {
        "self" | "way" => in_chinese(text, word),
        "what" => named(""),
        "kind" => named("close:"),
        "stage" => named("stage."),
        "role" => Some(word(&format!("role.{text}")).unwrap_or_else(|| text.to_owned())),
        _ => Some(text.to_owned()),
    }
}

/// What stands in the holes of a pattern, if the words are such a sentence.
fn matched<'w>(pattern: &'static str, words: &'w str) -> Option<Vec<(&'static str, &'w str)>> {
    let (mut pattern, mut words) = (pattern, words);
    let mut held = Vec::new();
    while let Some((literal, rest)) = pattern.split_once('{') {
        words = words.strip_prefix(literal)?;
        let (hole, rest) = rest.split_once('}')?;
        let next = rest.split('{').next().unwrap_or_default();
        let end = match next.is_empty() {
            true => words.len(),
            false => words.find(next)?,
        };
        let (text, after) = words.split_at(end);
        held.push((hole, text));
        (pattern, words) = (rest, after);
    }
    (pattern == words).then_some(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::rules::{ExtensionDenied, SuspensionDenied};
    use crate::entry::{InstructionKind, Kind};
    use crate::fold::{Stage, fold};
    use crate::policy::{Asking, Capacity, Denied, PhotoFault, Policy, Standing, Whereabouts};

    macro_rules! every {
        ($($denied:ident,)+) => {
            const EVERY: &[Denied] = &[$(Denied::$denied,)+];
            /// Does not compile when one is left out.
            #[allow(dead_code)]
            const fn is_in(denied: Denied) {
                match denied { $(Denied::$denied => (),)+ }
            }
        };
    }

    every! {
        NotYours, NotAsked, Over, NothingAsked, TakenBack, Team, Helping, NotReporter, NotInvolved, Elsewhere,
        Class, NothingToAnswer, Stage, Separation, NotOwnTask, NotBelow, NothingDone, NotDoneThere,
        NotFoundDone, NotConfirmed, NotCheckedAgain, NothingToSpotCheck, NotFiled, CheckFailed, WasDispatched, NotSelfHandled, NotFoundUndone, Ended, HasIt, HasItNot, MustAccept,
    }

    fn label(name: &str) -> Option<String> {
        let policy = Policy::built_in();
        policy.label(name).map(|label| label.zh.clone())
    }

    /// In Chinese, with nothing English in it but the names that have no label.
    fn said(words: &str) -> String {
        let chinese = in_chinese(words, &label).unwrap_or_else(|| panic!("not known: {words}"));
        let left = chinese.replace("li", "").replace("2d", "");
        assert!(
            !left.contains(|c: char| c.is_ascii_alphabetic()),
            "{chinese}"
        );
        chinese
    }

    #[test]
    fn every_refusal_is_said_in_chinese_short_and_long() {
        let who = Capacity {
            user: "li".into(),
            role: "crew".into(),
            unit: None,
        };
        let mut view = fold([]);
        let views = [
            (Stage::Filed, 0),
            (Stage::Filed, 1),
            (Stage::Dispatched, 1),
            (Stage::Suspended, 1),
        ];
        for denied in EVERY {
            said(&denied.to_string());
            for (stage, round) in views {
                (view.stage, view.round) = (stage, round);
                let asking = Asking {
                    who: &who,
                    standing: &Standing::default(),
                    place: &Whereabouts::default(),
                    kind: &Kind::Instruction(InstructionKind::Close),
                    variant: Some("normal"),
                    view: &view,
                };
                said(&denied.of(&asking));
            }
        }
    }

    #[test]
    fn names_have_the_city_s_words_and_other_sentences_stay() {
        assert_eq!(
            said("a case that stands at filed takes no close:normal"),
            "案件处于“已立案”，不能“正常结案”"
        );
        assert_eq!(
            said("this is not asked of you or your unit, so the role crew may not handle"),
            "此任务未交给您或您的单位，“处置人员”不得“处置”"
        );
        let failed = "the check found that it is not done (the answer of li stands): have it done again, or checked again and found done, before close:normal; close it otherwise if it ends all the same";
        assert!(said(failed).contains("以li的结论为准"));
        for other in [
            "",
            "the disk is full",
            "the disk is full: it is too late to handle",
            "a case that stands at filed takes no",
            "your role may not do this, ever",
        ] {
            assert_eq!(in_chinese(other, &label), None, "{other}");
        }
    }

    #[test]
    fn refusals_of_more_time_and_of_photos_are_said_in_chinese() {
        for fault in [
            PhotoFault::TooFew(2),
            PhotoFault::TooMany(6),
            PhotoFault::Album,
        ] {
            said(&fault.to_string());
        }
        let extension = [
            ExtensionDenied::Count(2),
            ExtensionDenied::Overdue,
            ExtensionDenied::Paused,
            ExtensionDenied::Length("2d".into()),
            ExtensionDenied::NoClock,
        ];
        extension.iter().for_each(|denied| {
            said(&denied.to_string());
        });
        let suspension = [
            SuspensionDenied::Count(2),
            SuspensionDenied::Length(30),
            SuspensionDenied::Past,
        ];
        suspension.iter().for_each(|denied| {
            said(&denied.to_string());
        });
    }
}

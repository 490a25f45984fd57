//! Requests for more time that the city's rules cannot grant, in validly signed bytes.

use gewu_model::deadline::Calendar;
use gewu_model::entry::{
    Body, Dispatch, Extend, ExtendRequest, FieldKind, Forward, Kind, Mark, Payload, Resume,
    Suspend, SuspendRequest,
};
use gewu_model::ids::ChangeHash;
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{Draft, Story, Who, file, note, recall};

/// On Monday 2026-03-02, or on another day of that month.
fn at(time: &str) -> Millis {
    let day = match time.len() {
        5 => format!("2026-03-02T{time}"),
        _ => format!("2026-03-{time}"),
    };
    Calendar::shipped().offset().read(&day).unwrap()
}

/// A case that drainage has since nine o'clock, for four working hours.
struct Work {
    story: Story,
    li: Who,
    sent: ChangeHash,
}

impl Work {
    fn new() -> Self {
        Self::within(Some("4工作时"))
    }

    fn within(limit: Option<&str>) -> Self {
        let mut story = Story::new();
        story.now = at("08:30");
        let wang = story.staff("wang", "inspector", None);
        let li = story.staff("li", "crew", Some("drainage"));
        for who in [Who::SERVER, wang, li] {
            story.writer(who).lasts();
        }
        story.opens(wang);
        story.instructs(file());
        story.now = at("09:00");
        let sent = story.instructs(Body::Dispatch(Dispatch {
            limit: limit.map(str::to_owned),
            ..Dispatch::to("drainage".into())
        }));
        Self { story, li, sent }
    }

    fn asks(&self, limit: &str) -> Draft {
        self.asks_upon(limit, &self.story.heads())
    }

    fn asks_upon(&self, limit: &str, deps: &[ChangeHash]) -> Draft {
        let asked = self.story.draft_upon(self.li, extension(limit), deps);
        asked.answering(self.sent)
    }

    /// As a phone says that wrote it at ten o'clock.
    fn asked_at_ten(&self, deps: &[ChangeHash]) -> Draft {
        let mut asked = self.asks_upon("1工作时", deps);
        asked.entry.header.claimed_at = at("10:00");
        asked
    }

    fn asks_to_suspend(&self, until: Option<&str>) -> Draft {
        let asked = Payload::SuspendRequest(SuspendRequest {
            reason: "rain".into(),
            until: until.map(at),
            note: None,
            photos: vec![],
        });
        self.story.draft(self.li, asked).answering(self.sent)
    }

    fn grants(&mut self, limit: &str) {
        self.story.instructs(Body::Extend(Extend {
            request: None,
            limit: limit.into(),
            unit: None,
            note: None,
        }));
    }

    /// The same draft is judged without any consequence.
    fn passes(&mut self, draft: &Draft) -> bool {
        let signed = self.story.sign(draft);
        matches!(
            self.story.judge(&signed),
            gewu_sync::gate::Judgement::Admit(_)
        )
    }
}

#[test]
fn an_extension_longer_than_the_limit_is_set_aside_and_its_neighbour_is_not() {
    let mut work = Work::new();
    for too_long in ["5工作时", "1紧急工作时"] {
        let asked = work.asks(too_long);
        work.story.fails(&asked, SetAside::TimeRules);
        work.story.writer(work.li).renews_actor();
    }
    let remark = work.story.draft(work.li, note());
    work.story.writes(&remark);
    let asked = work.asks("4工作时");
    work.story.writes(&asked);
}

#[test]
fn a_third_extension_is_set_aside() {
    let mut work = Work::new();
    work.grants("1工作时");
    let second = work.asks("1工作时");
    assert!(work.passes(&second));
    work.story.writer(work.li).renews_actor();
    work.grants("1工作时");
    let third = work.asks("1工作时");
    work.story.fails(&third, SetAside::TimeRules);
}

#[test]
fn whoever_asked_in_time_is_heard_however_late_the_request_arrives() {
    let mut work = Work::new();
    let before = work.story.heads();
    // Four hours from nine are over at three. Of what came in after that, a phone that lies about its
    // clock cannot say it had not seen it.
    work.story.now = at("15:01");
    work.grants("1工作时");
    work.story.now = at("17:00");
    let late = work.asked_at_ten(&before);
    assert!(work.passes(&late));
    work.story.writer(work.li).renews_actor();
    work.story.now = at("16:01");
    let remark = work.story.draft(work.li, note());
    work.story.writes(&remark);
    work.story.now = at("16:02");
    for (claimed, clock) in [
        (Millis(0), ClockTrust::Device),
        (at("10:00"), ClockTrust::ServerOffset),
        (at("10:00"), ClockTrust::Server),
    ] {
        let mut late = work.asks("1工作时");
        late.entry.header.claimed_at = claimed;
        late.entry.header.clock = clock;
        assert!(!work.passes(&late), "{claimed:?}");
        work.story.writer(work.li).renews_actor();
    }
    let late = work.asks("1工作时");
    work.story.fails(&late, SetAside::TimeRules);
}

/// What arrives in one exchange with a wish was written before either had a receipt.
#[test]
fn what_was_taken_and_asked_for_offline_is_heard_in_one_exchange_after_the_limit() {
    for first in [taken as fn() -> Payload, note] {
        let mut work = Work::new();
        work.story.now = at("17:00");
        let before = work.story.draft(work.li, first());
        let before = match before.entry.header.kind {
            Kind::Field(FieldKind::Take) => before.answering(work.sent),
            _ => before,
        };
        work.story.writes(&before);
        let asked = work.asked_at_ten(&work.story.heads());
        work.story.writes(&asked);
        let after = work.story.draft(work.li, note());
        work.story.writes(&after);
    }
}

/// A push that comes in two parts, and one whose first part was answered before the second was written.
#[test]
fn only_what_was_answered_before_makes_a_wish_younger() {
    for (together, passes) in [(true, true), (false, false)] {
        let mut work = Work::new();
        work.story.now = at("16:01");
        let take = work.story.draft(work.li, taken()).answering(work.sent);
        let take = work.story.sign(&take);
        if !together {
            work.story.announces(std::slice::from_ref(&take));
        }
        let hash = take.hash();
        let asked = work.asked_at_ten(&[hash]);
        let asked = work.story.sign(&asked);
        let all = if together {
            vec![take.clone(), asked.clone()]
        } else {
            vec![asked.clone()]
        };
        work.story.announces(&all);
        work.story.accepts(&take);
        work.story.now = at("16:05");
        let judged = work.story.judge(&asked);
        match passes {
            true => assert!(matches!(judged, Judgement::Admit(_)), "{judged:?}"),
            false => assert_eq!(judged, Judgement::SetAside(SetAside::TimeRules)),
        }
    }
}

fn taken() -> Payload {
    Payload::Take(Mark::default())
}

#[test]
fn a_phone_that_knows_the_time_is_held_to_its_own_word() {
    let mut work = Work::new();
    work.story.now = at("03T12:00");
    let claims = |work: &Work, claimed: &str, clock| {
        let mut asked = work.asks("1工作时");
        asked.entry.header.claimed_at = at(claimed);
        asked.entry.header.clock = clock;
        asked
    };
    for (claimed, clock, passes) in [
        ("15:00", ClockTrust::ServerOffset, true),
        ("15:01", ClockTrust::ServerOffset, false),
        // A clock that nobody compared lately is believed against its owner, and where it may be right.
        ("15:00", ClockTrust::Device, true),
        ("15:01", ClockTrust::Device, false),
        ("04T12:00", ClockTrust::Device, true),
        ("15:01", ClockTrust::Doubtful, true),
    ] {
        let asked = claims(&work, claimed, clock);
        assert_eq!(work.passes(&asked), passes, "{claimed} {clock:?}");
        work.story.writer(work.li).renews_actor();
    }
}

#[test]
fn a_unit_below_is_judged_by_its_own_clock() {
    let mut work = Work::new();
    let sun = work.story.staff("sun", "crew", Some("pumps"));
    work.story.writer(sun).lasts();
    work.story.instructs(Body::Forward(Forward {
        unit: "pumps".into(),
        note: None,
        from: None,
        limit: Some("1工作时".into()),
    }));
    let asks = |work: &Work, who: Who| {
        let asked = work.story.draft(who, extension("2工作时"));
        asked.answering(work.sent)
    };
    let (below, lead) = (asks(&work, sun), asks(&work, work.li));
    assert!(!work.passes(&below), "longer than its hour");
    assert!(work.passes(&lead), "within the lead's four");
}

fn extension(limit: &str) -> Payload {
    Payload::ExtendRequest(ExtendRequest {
        limit: limit.into(),
        reason: None,
        note: None,
        photos: vec![],
    })
}

#[test]
fn what_cannot_be_reckoned_is_left_to_the_centre() {
    for limit in [None, Some("种植季节15工作日")] {
        let mut work = Work::within(limit);
        let asked = work.asks("9工作日");
        assert!(work.passes(&asked), "{limit:?}");
    }
    let mut work = Work::new();
    let unread = work.asks("a while");
    assert!(work.passes(&unread));
    let mut nothing_open = Work::new();
    nothing_open.story.instructs(recall());
    let asked = nothing_open.asks("9工作日");
    // Not the rules on time: there is nothing to ask about.
    nothing_open.story.fails(&asked, SetAside::NotPermitted);
}

#[test]
fn suspensions_are_asked_for_once_and_for_a_year_at_most() {
    let mut work = Work::new();
    for (until, passes) in [
        (Some("20T09:00"), true),
        (None, true),
        (Some("02T08:59"), false),
    ] {
        let asked = work.asks_to_suspend(until);
        assert_eq!(work.passes(&asked), passes, "{until:?}");
        work.story.writer(work.li).renews_actor();
    }
    let mut far = work.asks_to_suspend(None);
    let payload = Payload::SuspendRequest(SuspendRequest {
        reason: "rain".into(),
        until: Some(at("09:00").plus(366 * 86_400_000)),
        note: None,
        photos: vec![],
    });
    far.entry.payload = payload.to_cbor();
    assert!(!work.passes(&far));
    work.story.writer(work.li).renews_actor();
    work.story.instructs(Body::Suspend(Suspend::default()));
    work.sent = work.story.instructs(Body::Resume(Resume::default()));
    let again = work.asks_to_suspend(Some("20T09:00"));
    work.story.fails(&again, SetAside::TimeRules);
}

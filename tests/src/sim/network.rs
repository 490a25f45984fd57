//! A network that loses, repeats, delays, cuts and lies.
//!
//! Every request goes to the centre in this process. What may happen to it on the way is
//! [`Trouble`]; how often, and to whom, the run decides.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gewu::Connector;
use gewu::host::{HttpRequest, HttpResponse, HttpSetupError, Transport, TransportError};

use super::coverage::{Mishap, Tally};
use super::host::WorldTime;
use super::story::Story;
use crate::disk::Dice;

/// Who answers requests.
pub trait Answer: Send + Sync {
    /// The whole answer to a request.
    fn answer(&self, request: &HttpRequest) -> HttpResponse;
}

/// What can happen to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It never arrives.
    Lost,
    /// It arrives and is carried out; the answer does not come back.
    AnswerLost,
    /// It arrives twice; the second answer comes back.
    Twice,
    /// It arrives much later, when nobody waits any more.
    Late,
    /// Only a part of its body arrives.
    Cut,
    /// The answer comes back in part, with a status that says all is well.
    AnswerCut,
    /// A café's login page answers.
    Portal,
    /// A café redirects to its login page.
    Redirect,
    /// A proxy has no room just now.
    Unready,
    /// Bytes that mean nothing come back, as if all were well.
    Garbage,
    /// The answer to this device's request before comes back.
    OldAnswer,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Lost,
        Self::AnswerLost,
        Self::Twice,
        Self::Late,
        Self::Cut,
        Self::AnswerCut,
        Self::Portal,
        Self::Redirect,
        Self::Unready,
        Self::Garbage,
        Self::OldAnswer,
    ];

    const fn mishap(self) -> Mishap {
        match self {
            Self::Lost => Mishap::RequestLost,
            Self::AnswerLost => Mishap::AnswerLost,
            Self::Twice => Mishap::SentTwice,
            Self::Late => Mishap::Late,
            Self::Cut => Mishap::RequestCut,
            Self::AnswerCut => Mishap::AnswerCut,
            Self::Portal => Mishap::Portal,
            Self::Redirect => Mishap::Redirect,
            Self::Unready => Mishap::Unready,
            Self::Garbage => Mishap::Garbage,
            Self::OldAnswer => Mishap::OldAnswer,
        }
    }
}

struct Inner {
    dice: Dice,
    trouble_per_1000: u64,
    under_way: Vec<HttpRequest>,
    /// The last answer that each device was meant to have.
    last: BTreeMap<String, HttpResponse>,
}

/// The network between phones and the centre.
pub struct SimNetwork {
    centre: Arc<dyn Answer>,
    time: WorldTime,
    story: Arc<Story>,
    tally: Arc<Tally>,
    inner: Mutex<Inner>,
}

impl fmt::Debug for SimNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimNetwork")
    }
}

impl SimNetwork {
    /// A network to `centre` with the troubles that `seed` decides, none so far.
    pub fn new(
        centre: Arc<dyn Answer>,
        time: WorldTime,
        (story, tally): (Arc<Story>, Arc<Tally>),
        seed: u64,
    ) -> Self {
        let inner = Inner {
            dice: Dice::new(seed),
            trouble_per_1000: 0,
            under_way: Vec::new(),
            last: BTreeMap::new(),
        };
        Self {
            centre,
            time,
            story,
            tally,
            inner: Mutex::new(inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on so many of a thousand requests get into trouble.
    pub fn set_trouble(&self, per_1000: u64) {
        self.lock().trouble_per_1000 = per_1000;
    }

    /// Delivers whatever is still under way.
    pub fn deliver_the_late(&self) {
        let late = std::mem::take(&mut self.lock().under_way);
        for request in late {
            self.story
                .tell("network", format_args!("late: {}", name(&request)));
            self.centre.answer(&request);
        }
    }

    fn send(&self, who: &str, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let (trouble, delay, late) = self.fate();
        self.time.pass(delay);
        if let Some(request) = late {
            self.story
                .tell("network", format_args!("late: {}", name(&request)));
            self.centre.answer(&request);
        }
        let Some(trouble) = trouble else {
            return Ok(self.ask(who, request));
        };
        self.tally.meets(who, trouble.mishap());
        self.story
            .tell(who, format_args!("  {trouble:?}: {}", name(request)));
        self.suffer(who, trouble, request)
    }

    /// Draws what happens to the next request.
    fn fate(&self) -> (Option<Trouble>, u64, Option<HttpRequest>) {
        let mut inner = self.lock();
        let bad = inner.dice.below(1_000) < inner.trouble_per_1000;
        let kind = inner.dice.below(Trouble::ALL.len() as u64);
        let delay = 20 + inner.dice.below(900);
        let arrives = inner.dice.one_in(3) && !inner.under_way.is_empty();
        let late = arrives.then(|| inner.under_way.remove(0));
        let trouble = bad.then(|| Trouble::ALL[usize::try_from(kind).unwrap_or(0)]);
        (trouble, delay, late)
    }

    /// The centre's answer, remembered as the last one.
    fn ask(&self, who: &str, request: &HttpRequest) -> HttpResponse {
        let answer = self.centre.answer(request);
        self.lock().last.insert(who.to_owned(), answer.clone());
        answer
    }

    fn suffer(
        &self,
        who: &str,
        trouble: Trouble,
        request: &HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        match trouble {
            Trouble::Lost => Err(TransportError::Offline),
            Trouble::AnswerLost => {
                self.centre.answer(request);
                Err(TransportError::Timeout)
            }
            Trouble::Twice => {
                self.centre.answer(request);
                Ok(self.centre.answer(request))
            }
            Trouble::Late => {
                self.lock().under_way.push(request.clone());
                Err(TransportError::Timeout)
            }
            Trouble::Cut => {
                let mut part = request.clone();
                let keep = self.lock().dice.below(part.body.len() as u64 + 1);
                part.body.truncate(usize::try_from(keep).unwrap_or(0));
                self.centre.answer(&part);
                Err(TransportError::Offline)
            }
            Trouble::AnswerCut => {
                let mut answer = self.centre.answer(request);
                let keep = self.lock().dice.below(answer.body.len() as u64 + 1);
                answer.body.truncate(usize::try_from(keep).unwrap_or(0));
                Ok(answer)
            }
            Trouble::Portal => Ok(page(200, &[("content-type", "text/html; charset=utf-8")])),
            Trouble::Redirect => Ok(page(302, &[("location", "http://login.invalid/")])),
            Trouble::Unready => Ok(page(503, &[("retry-after", "7")])),
            Trouble::Garbage => {
                let mut answer = self.centre.answer(request);
                let mut inner = self.lock();
                let length = usize::try_from(inner.dice.below(300)).unwrap_or(0);
                answer.body = vec![0; length];
                inner.dice.fill(&mut answer.body);
                Ok(answer)
            }
            Trouble::OldAnswer => {
                let old = self.lock().last.get(who).cloned();
                let new = self.ask(who, request);
                Ok(old.unwrap_or(new))
            }
        }
    }
}

/// A page that no Gewu server wrote.
fn page(status: u16, headers: &[(&str, &str)]) -> HttpResponse {
    HttpResponse {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: b"<html><body>Free Wi-Fi: please log in</body></html>".to_vec(),
    }
}

fn name(request: &HttpRequest) -> String {
    let path: String = request.path_and_query.chars().take(40).collect();
    format!(
        "{} {path} ({} bytes)",
        request.method.as_str(),
        request.body.len()
    )
}

/// One phone's way onto the network. Clones are the same way.
#[derive(Debug, Clone)]
pub struct Link {
    who: String,
    network: Arc<SimNetwork>,
    offline: Arc<AtomicBool>,
}

impl Link {
    /// The way of `who`.
    pub fn new(who: &str, network: Arc<SimNetwork>) -> Self {
        Self {
            who: who.to_owned(),
            network,
            offline: Arc::default(),
        }
    }

    /// Into the basement, or out of it.
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
    }

    /// Whether it is in the basement.
    pub fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }
}

impl Connector for Link {
    fn connect(&self, _url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Transport for Link {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.is_offline() {
            return Err(TransportError::Offline);
        }
        self.network.send(&self.who, &request)
    }
}

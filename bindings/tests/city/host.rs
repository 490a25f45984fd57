//! The host in the SDK's place: keys, requests, log; and live queries.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gewu::host::{HttpOptions, HttpRequest, HttpTransport, Method, Transport, TransportError};
use gewu_ffi::*;

use crate::kit::{City, report};

#[derive(Default)]
struct Keys {
    kept: Mutex<HashMap<String, Vec<u8>>>,
    locked: Mutex<bool>,
}

impl Keys {
    fn checked(&self) -> Result<(), HostError> {
        match *self.locked.lock().unwrap() {
            true => Err(HostError::Locked),
            false => Ok(()),
        }
    }
}

impl HostSecrets for Keys {
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, HostError> {
        self.checked()?;
        Ok(self.kept.lock().unwrap().get(&name).cloned())
    }
    fn put(&self, name: String, secret: Vec<u8>) -> Result<(), HostError> {
        self.checked()?;
        self.kept.lock().unwrap().insert(name, secret);
        Ok(())
    }
    fn remove(&self, name: String) -> Result<(), HostError> {
        self.checked()?;
        self.kept.lock().unwrap().remove(&name);
        Ok(())
    }
}

/// Carries requests over the network of the core, as an app does over the platform's.
struct Wire {
    inner: Mutex<Option<Arc<HttpTransport>>>,
    sent: AtomicUsize,
}

impl Wire {
    fn new() -> Self {
        Self {
            inner: Mutex::new(None),
            sent: AtomicUsize::new(0),
        }
    }

    fn to(&self, url: &str) -> (Arc<HttpTransport>, String) {
        let at = url[8..].find('/').unwrap() + 8;
        let mut inner = self.inner.lock().unwrap();
        let transport = inner.get_or_insert_with(|| {
            Arc::new(HttpTransport::new(&url[..at], HttpOptions::default()).unwrap())
        });
        (Arc::clone(transport), url[at..].to_owned())
    }
}

fn method(name: &str) -> Method {
    use Method::*;
    let all = [Get, Head, Post, Put, Patch, Delete];
    all.into_iter().find(|it| it.as_str() == name).unwrap()
}

impl HostTransport for Wire {
    fn send(&self, order: HttpOrder) -> Result<HttpAnswer, HostError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let (transport, path) = self.to(&order.url);
        let mut request = HttpRequest::new(method(&order.method), path).body(order.body);
        for header in order.headers {
            request = request.header(header.name, header.value);
        }
        let response = transport.send(request).map_err(|error| match error {
            TransportError::Cancelled => HostError::Cancelled,
            _ => HostError::Offline,
        })?;
        let header = |(name, value): (String, String)| HttpHeader {
            name: name.to_uppercase(),
            value,
        };
        Ok(HttpAnswer {
            status: response.status,
            headers: response.headers.into_iter().map(header).collect(),
            body: response.body,
        })
    }
    fn cancel(&self, _line: u64) -> Result<(), HostError> {
        if let Some(transport) = &*self.inner.lock().unwrap() {
            transport.cancel();
        }
        Ok(())
    }
}

struct Lines(Mutex<Vec<LogRecord>>);

impl HostLog for Lines {
    fn log(&self, line: LogRecord) -> Result<(), HostError> {
        self.0.lock().unwrap().push(line);
        Ok(())
    }
}

fn options(folder: &tempfile::TempDir) -> OpenOptions {
    OpenOptions {
        folder: folder.path().to_path_buf(),
        secrets_folder: None,
        secrets: None,
        transport: None,
        log: None,
        app: Some("test 1".to_owned()),
        bundled: Vec::new(),
        quota_bytes: None,
        keep_days: None,
        patience_ms: 0,
        lock_patience_ms: 100,
    }
}

#[test]
fn a_host_keeps_the_keys_and_carries_the_requests() {
    let city = City::new();
    let folder = tempfile::tempdir().unwrap();
    let (keys, wire) = (Arc::new(Keys::default()), Arc::new(Wire::new()));
    let open = || {
        Gewu::open_with(OpenOptions {
            secrets: Some(keys.clone()),
            transport: Some(wire.clone()),
            log: Some(Arc::new(Lines(Mutex::default()))),
            ..options(&folder)
        })
    };
    let gewu = open().unwrap();
    gewu.consent("1".into()).unwrap();
    gewu.enrol(
        city.url(),
        &CancelHandle::new().unwrap(),
        Some(city.code()),
        None,
    )
    .unwrap();
    let before = wire.sent.load(Ordering::SeqCst);
    assert!(before > 0, "enrolled past the host");
    let case = gewu.report(report("by the host")).unwrap().case;
    let cancel = CancelHandle::new().unwrap();
    let synced = gewu.sync(&cancel, Some(SyncTrigger::Saved), None).unwrap();
    assert_eq!((synced.outcome, synced.unsent), (SyncOutcome::Complete, 0));
    assert!(wire.sent.load(Ordering::SeqCst) > before);
    assert!(keys.kept.lock().unwrap().contains_key("device-key"));
    assert!(!folder.path().join("secrets").exists());
    drop(gewu);
    *keys.locked.lock().unwrap() = true;
    let locked = open().err();
    let problem = StorageProblem::Keys;
    assert!(
        matches!(&locked, Some(SdkError::Storage { problem: found, .. }) if *found == problem),
        "{locked:?}"
    );
    *keys.locked.lock().unwrap() = false;
    assert_eq!(open().unwrap().show(case).unwrap().row.case, case);
}

#[test]
fn an_address_that_is_none_is_refused_before_the_host_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let wire = Arc::new(Wire::new());
    let gewu = Gewu::open_with(OpenOptions {
        transport: Some(wire.clone()),
        ..options(&folder)
    })
    .unwrap();
    gewu.consent("1".into()).unwrap();
    let wrong = gewu
        .enrol(
            "city hall".into(),
            &CancelHandle::new().unwrap(),
            None,
            None,
        )
        .unwrap_err();
    assert!(
        matches!(&wrong, SdkError::InvalidInput { field, .. } if field == "server"),
        "{wrong:?}"
    );
    assert_eq!(wire.sent.load(Ordering::SeqCst), 0);
}

struct Ear(Sender<Vec<Changed>>);

impl ChangeListener for Ear {
    fn changed(&self, what: Vec<Changed>) -> Result<(), HostError> {
        self.0.send(what).map_err(|_| HostError::Failed)
    }
}

fn ear() -> (Arc<Ear>, Receiver<Vec<Changed>>) {
    let (sender, receiver) = mpsc::channel();
    (Arc::new(Ear(sender)), receiver)
}

const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_listener_hears_at_once_and_of_each_change_until_it_is_cancelled() {
    let city = City::new();
    let device = city.inspector();
    let (listener, heard) = ear();
    let listening = device.gewu.listen(listener).unwrap();
    let all = vec![Changed::Cases, Changed::Tasks, Changed::Status];
    assert_eq!(heard.recv_timeout(SOON).unwrap(), all);
    device.gewu.report(report("heard")).unwrap();
    assert_eq!(heard.recv_timeout(SOON).unwrap(), all);
    device.gewu.draft_new(DraftInput::default()).unwrap();
    assert_eq!(heard.recv_timeout(SOON).unwrap(), [Changed::Status]);
    listening.cancel().unwrap();
    device.gewu.report(report("unheard")).unwrap();
    // The listener goes with its thread.
    assert!(heard.recv_timeout(SOON).is_err());
}

#[test]
fn a_listener_does_not_keep_the_device_open() {
    let city = City::new();
    let device = city.inspector();
    let (listener, heard) = ear();
    let _listening = device.gewu.listen(listener).unwrap();
    heard.recv_timeout(SOON).unwrap();
    let (gewu, folder) = device.into_parts();
    drop(gewu);
    Gewu::open_with(options(&folder)).unwrap();
    assert!(heard.recv_timeout(SOON).is_err());
}

#[test]
fn drafts_grow_and_become_reports_and_photos_leave_as_files() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    let draft = gewu.draft_new(DraftInput::default()).unwrap();
    let input = DraftInput {
        text: Some("井盖缺失".into()),
        class: Some(report("").class),
        position: Some(crate::kit::at_the_market()),
        ..DraftInput::default()
    };
    gewu.draft_update(draft, input.clone()).unwrap();
    let cancel = CancelHandle::new().unwrap();
    let photo = crate::kit::photo("manhole-before.jpg");
    let attached = gewu.attach(draft, photo, &cancel, None).unwrap();
    let drafts = gewu.drafts().unwrap();
    assert_eq!((drafts.len(), &drafts[0].input), (1, &input));
    assert_eq!(drafts[0].photos, std::slice::from_ref(&attached));
    let saved = gewu.report_draft(draft).unwrap();
    assert_eq!(gewu.drafts().unwrap(), []);
    let detail = gewu.show(saved.case).unwrap();
    assert_eq!(detail.entries[0].photos[0].sha256, attached.sha256);
    assert_eq!(detail.entries[0].texts[0].text.as_deref(), Some("井盖缺失"));
    let to = tempfile::tempdir().unwrap();
    let file = to.path().join("photo.jpg");
    gewu.save_photo(attached.sha256, file.clone()).unwrap();
    assert_eq!(std::fs::metadata(file).unwrap().len(), attached.bytes);
    let cancelled = CancelHandle::new().unwrap();
    cancelled.cancel().unwrap();
    let other = gewu.draft_new(DraftInput::default()).unwrap();
    let photo = crate::kit::photo("manhole-before.jpg");
    let stopped = gewu.attach(other, photo, &cancelled, None).unwrap_err();
    assert!(matches!(stopped, SdkError::Busy { .. }), "{stopped:?}");
    assert_eq!(gewu.draft(other).unwrap().photos, []);
}

#[test]
fn a_command_names_what_it_cannot_take() {
    let city = City::new();
    let device = city.inspector();
    let case = device.gewu.report(report("x")).unwrap().case;
    let ask = |kind: &str, fields: &str| {
        let asked = device.gewu.command(case, kind.into(), fields.into(), None);
        match asked.unwrap_err() {
            SdkError::InvalidInput { field, .. } => field,
            SdkError::NotPermitted { .. } => "denied".to_owned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask("levitate", "{}"), "kind");
    assert_eq!(ask("dispatch", "{"), "fields");
    assert_eq!(ask("dispatch", "{\"lead\":7}"), "fields");
    assert_eq!(
        ask("dispatch", "{\"lead\":\"drainage\",\"assist\":[]}"),
        "denied"
    );
}

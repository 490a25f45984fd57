//! Starting and stopping.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use axum::serve::Listener;
use axum::{Router, middleware};
use gewu_sync::wire::{HINTS_PATH, WIPED_PATH};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::app::App;
use super::hints::Hints;
use super::lanes::Lanes;
use super::problem::Problem;
use super::timer::Timer;
use super::tls::{self, TlsError, TlsFiles, TlsListener};
use super::turns::Turns;
use super::{
    codes, device, files, hints, host_apps, log, operator, packs, services, tokens, tus, wipes,
};
use crate::cards::CardKeySource;
use crate::core::{Core, CoreError, CoreOptions, OpenError, Settings};
use crate::seam::{Clock, SystemClock};

/// How long one request may take, its body included. A photo over a bad line comes in parts.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long requests under way are waited for when the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often services look for what is due. With nothing due it costs one look at an index.
const SERVICES: Duration = Duration::from_secs(1);

/// How a server is run.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The server's folder; made on first use, with a city of its own.
    pub dir: PathBuf,
    /// The address. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The certificate for TLS; `None` for plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Whether plain HTTP may be served beyond the loopback address, to a proxy that speaks TLS.
    pub plain_http: bool,
    /// The city's decisions.
    pub settings: Settings,
    /// How long one request may take.
    pub patience: Duration,
    /// Where the key of contact cards comes from.
    pub card_key: CardKeySource,
    /// How often services look for what is due; `None`: only when an operator has them do it.
    pub services: Option<Duration>,
    /// Somebody's word that the machine's clock is right, whatever was written by it before.
    pub clock_is_right: bool,
}

impl ServeOptions {
    /// A server in `dir` on a free port of the loopback address.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            plain_http: false,
            settings: Settings::default(),
            patience: PATIENCE,
            card_key: CardKeySource::OfUser,
            services: Some(SERVICES),
            clock_is_right: false,
        }
    }
}

/// Why a server does not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first operator could not be made.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// Another server runs on the folder.
    #[error("a server runs on {path} already: stop it first, or name another folder", path = .0.display())]
    Running(PathBuf),
    /// The address is in use or not ours.
    #[error("cannot listen on {0} ({1}): stop what uses it or choose another address")]
    Listen(SocketAddr, std::io::ErrorKind),
    /// Everybody on the way could read along.
    #[error(
        "{0} is not the loopback address: name a certificate and its key, or say that plain HTTP is wanted because a proxy before the server speaks TLS"
    )]
    PlainHttp(SocketAddr),
    /// The certificate or its key is not usable.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server's threads could not be started or failed.
    #[error("the server failed ({0}): start it again")]
    Io(std::io::ErrorKind),
}

/// A server that runs. Dropping it stops it too, without waiting for requests under way.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    is_secure: bool,
    core: Arc<Core>,
    /// Held as long as the server runs.
    _lock: File,
    _timer: Option<Timer>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<std::io::Result<()>>>,
}

impl Running {
    /// The address that it listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a URL.
    pub fn url(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://{}", self.addr)
    }

    /// The server without HTTP.
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Stops listening and waits for requests under way, ten seconds at most.
    ///
    /// # Errors
    /// [`ServeError::Io`] when serving had failed.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let Some(mut served) = self.served.take() else {
            return Ok(());
        };
        match tokio::time::timeout(FAREWELL, &mut served).await {
            Ok(Ok(served)) => served.map_err(|error| ServeError::Io(error.kind())),
            Ok(Err(_)) => Err(ServeError::Io(std::io::ErrorKind::Other)),
            Err(_) => {
                served.abort();
                Ok(())
            }
        }
    }
}

/// Opens the server's folder and begins to serve, on the runtime that this is called on.
///
/// # Errors
/// [`ServeError`] says what is in the way.
pub async fn serve(options: ServeOptions) -> Result<Running, ServeError> {
    if options.tls.is_none() && !options.plain_http && !options.listen.ip().is_loopback() {
        return Err(ServeError::PlainHttp(options.listen));
    }
    let acceptor = options.tls.as_ref().map(tls::acceptor).transpose()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (wanted, now) = (options.clone(), clock.now());
    let opened = tokio::task::spawn_blocking(move || open(wanted, now)).await;
    let (core, lock) = opened.map_err(|_| ServeError::Io(std::io::ErrorKind::Other))??;
    let failed = |error: std::io::Error| ServeError::Listen(options.listen, error.kind());
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let core = Arc::new(core);
    let (stop, stopped) = oneshot::channel::<()>();
    let (router, hints) = face(Arc::clone(&core), Arc::clone(&clock), options.patience);
    let stopped = async move {
        // A dropped handle stops the server as well.
        let _ = stopped.await;
        hints.close();
    };
    let start = |every| Timer::start(Arc::clone(&core), clock, every);
    let timer = options.services.map(start);
    let is_secure = acceptor.is_some();
    let served = match acceptor {
        Some(acceptor) => spawn(
            TlsListener::start(listener, addr, acceptor),
            router,
            stopped,
        ),
        None => spawn(listener, router, stopped),
    };
    Ok(Running {
        addr,
        is_secure,
        core,
        _lock: lock,
        _timer: timer,
        stop: Some(stop),
        served: Some(served),
    })
}

fn spawn<L>(
    listener: L,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<std::io::Result<()>>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
    tokio::spawn(async { serving.await })
}

/// What lies in a folder while a server runs on it. The lock is the operating system's and goes with the
/// process, however that ends; the file stays.
const LOCK: &str = "serve.lock";

/// Holds the folder for this process alone. Two servers on one folder would each give what the other
/// decided without regard to it.
fn lock(dir: &Path) -> Result<File, ServeError> {
    let failed = |error: std::io::Error| OpenError::Folder(dir.to_owned(), error.kind());
    std::fs::create_dir_all(dir).map_err(failed)?;
    let path = dir.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServeError::Running(dir.to_owned())),
        // A file system without locks is one that one has to know.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
            Ok(file)
        }
        Err(TryLockError::Error(error)) => Err(failed(error).into()),
    }
}

fn open(wanted: ServeOptions, now: gewu_model::time::Millis) -> Result<(Core, File), ServeError> {
    let held = lock(&wanted.dir)?;
    let options = CoreOptions {
        settings: wanted.settings,
        card_key: wanted.card_key,
        ..CoreOptions::in_folder(&wanted.dir)?
    };
    let core = Core::open(options, now)?;
    if wanted.clock_is_right {
        core.believe_clock()?;
    }
    core.first_operator(&wanted.dir.join("operator.token"))?;
    Ok((core, held))
}

/// Serves until the process is asked to stop (SIGTERM or Ctrl-C). `ready` is called once requests
/// are taken.
///
/// # Errors
/// [`ServeError`] says what is in the way; `ready`'s own error stops the server.
pub fn run<E: From<ServeError>>(
    options: ServeOptions,
    ready: impl FnOnce(&Running) -> Result<(), E>,
) -> Result<(), E> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| ServeError::Io(error.kind()))?;
    runtime.block_on(async {
        let running = serve(options).await?;
        let signal = signalled()?;
        ready(&running)?;
        signal.await;
        Ok(running.shutdown().await?)
    })
}

/// A future that ends when the process is asked to stop. Signals are caught from this call on.
#[cfg(unix)]
fn signalled() -> Result<impl Future<Output = ()>, ServeError> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| ServeError::Io(error.kind());
    let mut ended = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = ended.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signalled() -> Result<impl Future<Output = ()>, ServeError> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// The server's HTTP face over `core`, for a host that carries requests itself, such as a simulator.
pub fn service(core: Arc<Core>, clock: Arc<dyn Clock>, patience: Duration) -> Router {
    face(core, clock, patience).0
}

/// The HTTP face, and who waits at it.
fn face(core: Arc<Core>, clock: Arc<dyn Clock>, patience: Duration) -> (Router, Hints) {
    let hints = Hints::default();
    core.listen(&hints.listener());
    let app = App {
        core,
        clock,
        turns: Turns::default(),
        lanes: Lanes::default(),
        hints: hints.clone(),
        patience,
    };
    // Uploads see to their own time: a whole file may take longer than any other request.
    let uploads = Router::new()
        .route("/v1/media", any(tus::collection))
        .route("/v1/media/uploads/{id}", any(tus::one));
    let router = Router::new()
        .route("/healthz", get(device::health))
        .route("/v1/hello", get(device::hello))
        .route("/v1/enrol", post(device::enrol))
        .route("/v1/sync", post(device::sync))
        .route(WIPED_PATH, post(wipes::done))
        .route(HINTS_PATH, get(hints::wait))
        .route("/v1/packs/{digest}", get(device::pack))
        .route("/v1/media/{sha256}", get(files::get).options(tus::options))
        .route("/v1/op/cases", get(operator::list).post(operator::register))
        .route("/v1/op/cases/{case}", get(operator::show))
        .route("/v1/op/cases/{case}/contact", get(operator::contact))
        .route("/v1/op/cases/{case}/account", get(host_apps::account))
        .route("/v1/op/cases/{case}/{kind}", post(operator::decide))
        .route("/v1/op/contact-log", get(operator::contact_log))
        .route("/v1/op/late", get(operator::late))
        .route("/v1/op/late/{change}", post(operator::decide_late))
        .route("/v1/op/set-aside/{change}", post(operator::reissue))
        .route("/v1/op/enrolment-codes", post(codes::make))
        .route("/v1/op/tokens", get(tokens::list).post(tokens::make))
        .route("/v1/op/tokens/{id}/revoke", post(tokens::revoke))
        .route(
            "/v1/op/host-apps",
            get(host_apps::list).post(host_apps::add),
        )
        .route("/v1/op/host-apps/{name}", delete(host_apps::remove))
        .route("/v1/op/devices", get(operator::devices))
        .route(
            "/v1/op/devices/{key}/wipe",
            post(wipes::ask).delete(wipes::take_back),
        )
        .route("/v1/op/devices/{key}/{verb}", post(operator::standing))
        .route("/v1/op/packs", get(packs::list).post(packs::publish))
        .route("/v1/op/services", get(services::list).post(services::run))
        .route("/v1/op/draws", get(services::draws))
        .route("/v1/op/status", get(operator::status))
        .fallback(|| async { Problem::not_found("this address") })
        .layer(from_fn_with_state(patience, patient))
        .merge(uploads)
        .layer(middleware::map_response(harden))
        .layer(from_fn(log::told))
        .with_state(app);
    (router, hints)
}

/// Ends a request that takes too long, so that nobody holds the server by sending slowly.
async fn patient(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let words = "the request took too long: send less at once";
            Problem::new(StatusCode::REQUEST_TIMEOUT, words).into_response()
        }
    }
}

/// Nothing that comes from here is to be guessed at or kept by others.
async fn harden(mut response: Response) -> Response {
    use axum::http::{HeaderValue, header};
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    response
}

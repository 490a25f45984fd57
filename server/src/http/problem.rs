//! Refusals as RFC 9457 problem documents.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gewu_sync::auth::{AuthError, SERVER_TIME_HEADER};
use gewu_sync::wire::PROTOCOL;
use serde_json::{Map, Value, json};

use super::log::Why;

use crate::core::{
    Access, CoreError, DecideError, EnrolError, ExchangeError, RegisterError, UploadError,
};
use crate::host_token::HostTokenError;
use gewu_model::time::Millis;

/// A refusal.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    more: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl ToString) -> Self {
        Self {
            status,
            detail: detail.to_string(),
            more: Map::new(),
            headers: Vec::new(),
        }
    }

    pub(super) fn bad(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} is not known here"))
    }

    /// A failure that nobody foresaw.
    pub(super) fn broken() -> Self {
        let words = "the server failed on this request: report it";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, words)
    }

    /// Another version of the protocol.
    pub(super) fn protocol(detail: impl ToString) -> Self {
        Self::new(StatusCode::UPGRADE_REQUIRED, detail)
            .with("protocol", json!(PROTOCOL))
            .header(header::UPGRADE, HeaderValue::from(PROTOCOL))
    }

    /// A request that is not let in. Only a wrong clock is told the right time: to a device that
    /// means *try again with it*.
    pub(super) fn access(error: Access, now: Millis) -> Self {
        if let Access::Core(inner) = error {
            return inner.into();
        }
        let status = match &error {
            Access::Auth(_) | Access::UnknownKey | Access::Token(_) => StatusCode::UNAUTHORIZED,
            Access::Barred => StatusCode::FORBIDDEN,
            Access::Core(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let problem = Self::new(status, &error);
        match error {
            Access::Auth(AuthError::Skew) => problem.header(
                HeaderName::from_static(SERVER_TIME_HEADER),
                HeaderValue::from(now.0),
            ),
            Access::Token(_) => problem.header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            ),
            _ => problem,
        }
    }

    /// A host app's token that is not taken. Whoever's clock is wrong is told the server's time.
    fn host_token(error: &HostTokenError) -> Self {
        use HostTokenError as E;
        let status = match error {
            E::UnknownApp | E::Audience | E::Nonce => StatusCode::FORBIDDEN,
            _ => StatusCode::UNAUTHORIZED,
        };
        let problem = Self::new(status, error).with("code", json!(error.code()));
        match error {
            E::Expired(now) | E::Early(now) => problem.with("server_time", json!(now)),
            _ => problem,
        }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("type".into(), json!("about:blank"));
        body.insert("status".into(), json!(self.status.as_u16()));
        body.insert(
            "title".into(),
            json!(self.status.canonical_reason().unwrap_or("refused")),
        );
        body.insert("detail".into(), json!(&self.detail));
        let mut response = (self.status, Json(Value::Object(body))).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.extend(self.headers);
        if self.status.is_server_error() {
            response.extensions_mut().insert(Why(self.detail));
        }
        response
    }
}

impl From<CoreError> for Problem {
    fn from(error: CoreError) -> Self {
        let status = match &error {
            CoreError::Unknown(_) => StatusCode::NOT_FOUND,
            CoreError::Pack(_) | CoreError::Compromised | CoreError::Wipe(_) => {
                StatusCode::CONFLICT
            }
            CoreError::Grant(_) | CoreError::Token(_) | CoreError::HostApp(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            CoreError::Beyond(_) => StatusCode::FORBIDDEN,
            error if error.is_full() => StatusCode::INSUFFICIENT_STORAGE,
            // The device keeps what it has and comes again.
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let problem = Self::new(status, error);
        match status {
            // Somebody has to make room; hammering does not.
            StatusCode::INSUFFICIENT_STORAGE => {
                problem.header(header::RETRY_AFTER, HeaderValue::from_static("60"))
            }
            _ => problem,
        }
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Protocol => Self::protocol(error),
            ExchangeError::TooMuch => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error),
            ExchangeError::Core(error) => error.into(),
        }
    }
}

impl From<EnrolError> for Problem {
    fn from(error: EnrolError) -> Self {
        let (status, code) = match &error {
            EnrolError::Protocol => return Self::protocol(error),
            EnrolError::Core(inner) => return inner.clone().into(),
            EnrolError::Proof => (StatusCode::BAD_REQUEST, "proof"),
            EnrolError::UnknownCode => (StatusCode::FORBIDDEN, "code_wrong"),
            EnrolError::UsedCode => (StatusCode::CONFLICT, "code_used"),
            EnrolError::ExpiredCode => (StatusCode::GONE, "code_expired"),
            EnrolError::CodeNeeded => (StatusCode::FORBIDDEN, "code_needed"),
            EnrolError::Barred => (StatusCode::FORBIDDEN, "barred"),
            EnrolError::TokenAndCode => (StatusCode::BAD_REQUEST, "token_and_code"),
            EnrolError::StaffDevice => (StatusCode::FORBIDDEN, "account_of_staff"),
            EnrolError::OtherAccount => (StatusCode::FORBIDDEN, "account_other"),
            EnrolError::HostToken(inner) => return Self::host_token(inner),
        };
        Self::new(status, error).with("code", json!(code))
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match &error {
            DecideError::UnknownCase => Self::new(StatusCode::NOT_FOUND, error),
            DecideError::Stale { view } => {
                let view = json!(view);
                Self::new(StatusCode::CONFLICT, error).with("view", view)
            }
            DecideError::Denied(_) => Self::new(StatusCode::FORBIDDEN, error),
            DecideError::Invalid(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error),
            DecideError::Core(inner) => inner.clone().into(),
        }
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Decide(error) => error.into(),
            RegisterError::Differs { case } => {
                Self::new(StatusCode::CONFLICT, &error).with("case", json!(case))
            }
            error => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        let status = match &error {
            UploadError::Unknown => StatusCode::NOT_FOUND,
            UploadError::Erased => StatusCode::GONE,
            UploadError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            UploadError::TooMany => StatusCode::TOO_MANY_REQUESTS,
            UploadError::Offset(_) => StatusCode::CONFLICT,
            UploadError::Hash => StatusCode::UNPROCESSABLE_ENTITY,
            UploadError::Length => StatusCode::BAD_REQUEST,
            UploadError::Core(inner) => return inner.clone().into(),
        };
        let problem = Self::new(status, &error);
        match error {
            UploadError::Offset(at) => {
                let name = HeaderName::from_static("upload-offset");
                problem.header(name, HeaderValue::from(at))
            }
            UploadError::TooMany => {
                problem.header(header::RETRY_AFTER, HeaderValue::from_static("600"))
            }
            _ => problem,
        }
    }
}

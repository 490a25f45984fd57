//! The server's address.

use reqwest::Url;

use super::HttpSetupError;
use crate::host::TransportError;

/// A checked address, without the slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl {
    url: Url,
    text: String,
}

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, HttpSetupError> {
        let bad = |why| Err(HttpSetupError::Address(why));
        let Ok(url) = Url::parse(text.trim()) else {
            return bad("write it like https://city.example or http://127.0.0.1:8080");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return bad("it must begin with http:// or https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return bad("it must not hold a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return bad("it must not hold '?' or '#'");
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    pub(super) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the server runs on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let number = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || number
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }

    /// The full address of a request.
    pub(super) fn join(&self, path_and_query: &str) -> Result<Url, TransportError> {
        let malformed = TransportError::Other("the request's path must begin with '/'");
        if !path_and_query.starts_with('/') {
            return Err(malformed);
        }
        let url = Url::parse(&format!("{}{path_and_query}", self.text)).map_err(|_| malformed)?;
        // `..` in a path could climb over the base's own path.
        if url
            .path()
            .starts_with(self.url.path().trim_end_matches('/'))
        {
            Ok(url)
        } else {
            Err(malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_addresses_say_what_to_write() {
        for text in [
            "",
            "city.example",
            "ftp://city.example",
            "http://",
            "https://u:p@x",
            "http://x/?a",
            "http://x/#a",
        ] {
            assert!(
                matches!(BaseUrl::parse(text), Err(HttpSetupError::Address(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_path_is_appended_and_never_climbs() {
        let joined = |base: &str, path| BaseUrl::parse(base).unwrap().join(path).map(String::from);
        assert_eq!(
            joined("http://x:81", "/v1/sync?a=1").unwrap(),
            "http://x:81/v1/sync?a=1"
        );
        assert_eq!(
            joined("https://x/gewu/", "/v1").unwrap(),
            "https://x/gewu/v1"
        );
        assert_eq!(
            joined("http://x", "//evil.example/").unwrap(),
            "http://x//evil.example/"
        );
        for path in ["v1", "@evil.example/", ".evil.example", ""] {
            assert!(joined("http://x", path).is_err(), "{path:?}");
        }
        assert!(joined("https://x/gewu", "/../admin").is_err());
    }

    #[test]
    fn this_machine_is_known_by_name_and_number() {
        let local = |text: &str| BaseUrl::parse(text).unwrap().is_loopback();
        assert!(
            local("http://localhost:1") && local("http://127.0.0.1") && local("http://[::1]:1")
        );
        assert!(!local("http://127.example") && !local("http://10.0.0.1"));
    }
}

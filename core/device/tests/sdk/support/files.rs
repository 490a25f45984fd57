//! The city's files: tus 1.0, and photos by hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu::host::{HttpRequest, HttpResponse, Method};
use gewu_model::crypto::sha256;

use super::city::{City, answer, problem};

impl City {
    pub(super) fn media(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state();
        let header = |name: &str| {
            let found = request.headers.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let path = request.path_and_query.strip_prefix("/v1/media").unwrap();
        match request.method {
            Method::Post => {
                let metadata = header("upload-metadata");
                let name = metadata.strip_prefix("sha256 ").unwrap();
                let hex = String::from_utf8(STANDARD.decode(name).unwrap()).unwrap();
                let length = header("upload-length").parse().unwrap();
                state
                    .uploads
                    .push((hex.parse().unwrap(), Vec::new(), length));
                let id = state.uploads.len() - 1;
                answer(
                    201,
                    &[(
                        "location",
                        &format!("http://city.test/v1/media/uploads/{id}"),
                    )],
                )
            }
            Method::Head | Method::Patch => {
                let id: usize = path.strip_prefix("/uploads/").unwrap().parse().unwrap();
                let Some(upload) = state.uploads.get_mut(id) else {
                    return problem(404, "no such upload");
                };
                if request.method == Method::Patch {
                    if header("upload-offset") != upload.1.len().to_string() {
                        return problem(409, "another offset");
                    }
                    let checksum = STANDARD.encode(sha256(&request.body).0);
                    if header("upload-checksum") != format!("sha256 {checksum}") {
                        return problem(460, "checksum");
                    }
                    upload.1.extend(&request.body);
                }
                let (sha, bytes, length) = upload.clone();
                if bytes.len() == length {
                    assert_eq!(sha256(&bytes), sha, "the file that was announced");
                    state.media.insert(sha, bytes.clone());
                }
                let offset = bytes.len().to_string();
                if request.method == Method::Patch {
                    return answer(204, &[("upload-offset", &offset)]);
                }
                let name = STANDARD.encode(sha.to_string());
                answer(
                    200,
                    &[
                        ("upload-offset", &offset),
                        ("upload-length", &length.to_string()),
                        ("upload-metadata", &format!("sha256 {name}")),
                    ],
                )
            }
            _ => match state.media.get(&path[1..].parse().unwrap()) {
                Some(bytes) => HttpResponse {
                    status: 200,
                    headers: vec![("content-type".into(), "image/jpeg".into())],
                    body: bytes.clone(),
                },
                None => problem(404, "no such file"),
            },
        }
    }
}

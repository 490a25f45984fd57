//! How a device becomes one of the city's.

use gewu_model::cert::{SignedCertificate, TrustAnchor};
use gewu_model::crypto::{PublicKey, Signature};
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};

/// The most bytes of a host app's token.
pub const MAX_HOST_TOKEN_BYTES: usize = 8 << 10;

/// What a device sends to `POST /v1/enrol`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolRequest {
    /// [`super::PROTOCOL`].
    #[n(0)]
    pub protocol: u32,
    /// The one-time code; `None` to enrol as a citizen, where the city allows that.
    #[n(1)]
    pub code: Option<String>,
    /// The device's key.
    #[n(2)]
    pub key: PublicKey,
    /// The key's signature (domain *enrolment*) over the code, to prove that the device holds it.
    #[n(3)]
    pub proof: Signature,
    /// A token of the host app's backend for whoever is signed in there: the device's reports go under that
    /// account. Servers that do not know it enrol an anonymous citizen, and say so by
    /// [`EnrolResponse::account`].
    #[n(4)]
    pub host_token: Option<String>,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolResponse {
    /// The city's root key and the server's certificate.
    #[n(0)]
    pub anchor: TrustAnchor,
    /// The device's certificate.
    #[n(1)]
    pub certificate: SignedCertificate,
    /// The server's generation.
    #[n(2)]
    pub generation: u64,
    /// The server's clock.
    #[n(3)]
    pub server_time: Millis,
    /// The host app under whose account the device's reports go from now on; absent for anonymous citizens,
    /// for staff, and from servers that know no accounts.
    #[n(4)]
    pub account: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use gewu_model::cbor;
    use gewu_model::crypto::{Domain, Ed25519Signer, Signer};

    /// What servers read that know no accounts.
    #[derive(Debug, PartialEq, Encode, Decode)]
    #[cbor(map)]
    struct Before {
        #[n(0)]
        protocol: u32,
        #[n(1)]
        code: Option<String>,
        #[n(2)]
        key: PublicKey,
        #[n(3)]
        proof: Signature,
    }

    fn request(host_token: Option<&str>) -> EnrolRequest {
        let signer = Ed25519Signer::from_seed(&[7; 32]);
        EnrolRequest {
            protocol: 1,
            code: None,
            key: signer.public_key(),
            proof: signer.sign(Domain::Enrolment, &[b""]).expect("in memory"),
            host_token: host_token.map(str::to_owned),
        }
    }

    #[test]
    fn an_older_server_reads_a_request_with_a_token_as_an_anonymous_citizen_s() {
        let bytes = cbor::to_vec(&request(Some("a.b.c")));
        let before: Before = cbor::from_slice(&bytes).expect("readable");
        let EnrolRequest { key, proof, .. } = request(None);
        let expected = Before {
            protocol: 1,
            code: None,
            key,
            proof,
        };
        assert_eq!(before, expected);
        assert_eq!(
            cbor::from_slice::<EnrolRequest>(&bytes),
            Ok(request(Some("a.b.c")))
        );
    }

    #[test]
    fn without_a_token_not_one_byte_is_another() {
        let EnrolRequest { key, proof, .. } = request(None);
        let before = Before {
            protocol: 1,
            code: None,
            key,
            proof,
        };
        assert_eq!(cbor::to_vec(&request(None)), cbor::to_vec(&before));
    }
}

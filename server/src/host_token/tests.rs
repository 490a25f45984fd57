use serde_json::{Value, json};

use super::*;

const NOW: Millis = Millis(1_763_870_400_000);

fn signer(pem: &str) -> HostSigner {
    HostSigner::from_pem(pem).expect("a private key")
}

/// Of RFC 8410, made by OpenSSL: the public half is left out.
const ED25519: &str = include_str!("test_keys/ed25519.pem");
const ED25519_PUBLIC: &str = include_str!("test_keys/ed25519.pub.pem");
const P256: &str = include_str!("test_keys/p256.pem");
const P256_PUBLIC: &str = include_str!("test_keys/p256.pub.pem");

fn expected() -> Expected {
    Expected {
        city: CityId([7; 32]),
        device: KeyId([9; 16]),
        now: NOW,
    }
}

fn claims() -> Value {
    json!({
        "iss": "bank", "sub": "user-1", "aud": "07".repeat(32), "nonce": "09".repeat(16),
        "iat": NOW.0 / 1_000, "exp": NOW.0 / 1_000 + 300,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn token(header: &Value, claims: &Value) -> String {
    let parts = (header.to_string(), claims.to_string());
    signer(ED25519)
        .sign_parts(parts.0.as_bytes(), parts.1.as_bytes())
        .expect("signed")
}

fn eddsa(claims: &Value) -> String {
    token(&json!({ "alg": "EdDSA", "typ": "JWT" }), claims)
}

fn read(token: &str, public: &str) -> Result<Account, HostTokenError> {
    let key = HostKey::from_pem(public).expect("a public key");
    Unchecked::read(token)?.check(&key, &expected())
}

fn refused(token: &str) -> HostTokenError {
    read(token, ED25519_PUBLIC).expect_err("refused")
}

#[test]
fn a_good_token_of_either_algorithm_says_who_is_signed_in() {
    let account = Account {
        iss: "bank".into(),
        sub: "user-1".into(),
    };
    assert_eq!(read(&eddsa(&claims()), ED25519_PUBLIC), Ok(account.clone()));
    let made: Claims = Claims {
        iss: "bank".into(),
        sub: "user-1".into(),
        aud: "07".repeat(32),
        iat: NOW.0 / 1_000,
        exp: NOW.0 / 1_000 + 300,
        nonce: "09".repeat(16),
    };
    let es256 = signer(P256).token(&made).expect("signed");
    assert_eq!(read(&es256, P256_PUBLIC), Ok(account.clone()));
    let several = with("aud", json!(["another", "07".repeat(32)]));
    assert_eq!(read(&eddsa(&several), ED25519_PUBLIC), Ok(account));
    assert!(!format!("{:?}", read(&es256, P256_PUBLIC)).contains("user-1"));
}

#[test]
fn each_wrong_claim_has_its_own_refusal() {
    let now = NOW.0 / 1_000;
    let wrong = [
        (with("aud", json!("08".repeat(32))), "host_token_audience"),
        (with("nonce", json!("0a".repeat(16))), "host_token_nonce"),
        (with("exp", json!(now + 3_601)), "host_token_lifetime"),
        (with("exp", json!(now)), "host_token_lifetime"),
        (with("iat", json!(now + 301)), "host_token_early"),
        (with("nbf", json!(now + 301)), "host_token_early"),
        (with("sub", json!("")), "host_token_malformed"),
        (with("sub", json!("x".repeat(256))), "host_token_malformed"),
        (with("sub", json!(7)), "host_token_malformed"),
        (with("exp", json!(-1)), "host_token_malformed"),
        (with("exp", json!(1e300)), "host_token_malformed"),
        (with("nonce", Value::Null), "host_token_malformed"),
    ];
    for (claims, code) in wrong {
        assert_eq!(refused(&eddsa(&claims)).code(), code, "{claims}");
    }
    let mut old = with("exp", json!(now - 300));
    old["iat"] = json!(now - 900);
    let why = refused(&eddsa(&old));
    assert_eq!(why, HostTokenError::Expired(NOW));
    assert!(why.to_string().contains("2025-11-23T04:00:00Z"), "{why}");
    old["exp"] = json!(now - 299);
    assert!(read(&eddsa(&old), ED25519_PUBLIC).is_ok(), "the leeway");
    assert!(
        read(
            &eddsa(&with("exp", json!(now as f64 + 0.5))),
            ED25519_PUBLIC
        )
        .is_ok()
    );
}

#[test]
fn the_algorithm_is_the_registered_key_s_whatever_the_header_says() {
    for alg in ["none", "None", "HS256", "ES256", "RS256", "eddsa", ""] {
        let why = refused(&token(&json!({ "alg": alg }), &claims()));
        assert_eq!(why, HostTokenError::Algorithm("EdDSA"), "{alg}");
    }
    // The public key as the secret of an HMAC, the classic confusion: never even computed.
    let unsigned = eddsa(&claims());
    let (signed, _) = unsigned.rsplit_once('.').expect("parts");
    let mut parts = signed.split('.');
    let payload = parts.nth(1).expect("claims");
    let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256"}"#);
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, ED25519_PUBLIC.as_bytes());
    let signed = format!("{header}.{payload}");
    let mac = URL_SAFE_NO_PAD.encode(ring::hmac::sign(&secret, signed.as_bytes()));
    let confused = refused(&format!("{signed}.{mac}"));
    assert_eq!(confused, HostTokenError::Algorithm("EdDSA"));
    let none = URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
    assert_eq!(
        refused(&format!("{none}.{payload}.")).code(),
        "host_token_algorithm"
    );
    let eddsa = URL_SAFE_NO_PAD.encode(br#"{"alg":"EdDSA"}"#);
    assert_eq!(
        refused(&format!("{eddsa}.{payload}.")),
        HostTokenError::Signature
    );
}

#[test]
fn forms_that_are_no_token_are_refused() {
    let good = eddsa(&claims());
    let (signed, signature) = good.rsplit_once('.').expect("parts");
    let twice = r#"{"iss":"bank","iss":"other","sub":"u","aud":"a","iat":1,"exp":2,"nonce":"n"}"#;
    let header = br#"{"alg":"EdDSA"}"#;
    let twice = signer(ED25519).sign_parts(header, twice.as_bytes());
    let wrong = [
        String::new(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}.{signature}"),
        format!("{good}="),
        format!("{signed}.!"),
        "x".repeat(MAX_HOST_TOKEN_BYTES + 1),
        twice.expect("signed"),
        token(&json!({ "alg": "EdDSA", "crit": ["b64"] }), &claims()),
        token(&json!({ "alg": "EdDSA", "crit": null }), &claims()),
        token(&json!({ "alg": "EdDSA", "typ": "at+jwt" }), &claims()),
        token(&json!({ "typ": "JWT" }), &claims()),
    ];
    for token in wrong {
        assert_eq!(refused(&token).code(), "host_token_malformed", "{token}");
    }
    let mut bytes = good.into_bytes();
    bytes[40] ^= 1;
    let changed = String::from_utf8(bytes).expect("text");
    assert!(read(&changed, ED25519_PUBLIC).is_err());
}

#[test]
fn a_new_key_signs_what_its_public_half_checks() {
    let (secret, public) = new_key().expect("a key");
    let header = br#"{"alg":"EdDSA"}"#;
    let token = signer(&secret).sign_parts(header, claims().to_string().as_bytes());
    assert!(read(&token.expect("signed"), &public).is_ok());
}

#[test]
fn only_keys_of_the_two_kinds_are_read() {
    for wrong in [
        "",
        "no pem",
        ED25519,
        P256,
        "-----BEGIN PUBLIC KEY-----\nMAo=\n-----END PUBLIC KEY-----\n",
    ] {
        assert_eq!(HostKey::from_pem(wrong), Err(HostKeyError));
    }
    assert!(HostSigner::from_pem(ED25519_PUBLIC).is_err());
    let rsa = include_str!("test_keys/rsa.pub.pem");
    assert_eq!(HostKey::from_pem(rsa), Err(HostKeyError));
}

//! temp
use gewu_model::change::*;
use gewu_model::ids::*;
#[test]
fn speed() {
    let actor = ActorId([9; 24]);
    let mut fields: Vec<(String, Scalar)> = vec![
        ("kind".into(), Scalar::Str("report".into())),
        ("v".into(), Scalar::Uint(1)),
        ("by".into(), Scalar::Str("u-12345".into())),
        ("unit".into(), Scalar::Str("310115".into())),
        ("role".into(), Scalar::Str("inspector".into())),
        ("cert".into(), Scalar::Bytes(vec![7; 32])),
        ("at".into(), Scalar::Int(1760000000000)),
        ("clock".into(), Scalar::Uint(2)),
        ("answers".into(), Scalar::Bytes(vec![8; 32])),
        ("about".into(), Scalar::Bytes(vec![9; 32])),
        ("replaces".into(), Scalar::Bytes(vec![1; 32])),
    ];
    for i in 0..3 {
        fields.push((format!("x{i}"), Scalar::Uint(i)));
    }
    fields.push(("p".into(), Scalar::Bytes(vec![5; 300])));
    let c = PlainChange {
        actor,
        seq: 2,
        start_op: 8,
        deps: vec![ChangeHash([3; 32])],
        body: Body::Entry {
            root_actor: ActorId([1; 24]),
            key: entry_key(&actor, 2),
            fields,
        },
    };
    let n = 20000;
    let e = c.encode().unwrap();
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(c.encode().unwrap());
    }
    eprintln!("encode {:?} ({} bytes)", t.elapsed() / n, e.bytes.len());
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(decode_strict(&e.bytes, &Limits::default()).unwrap());
    }
    eprintln!("decode {:?}", t.elapsed() / n);
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(automerge::Change::try_from(&e.bytes[..]).unwrap());
    }
    eprintln!("automerge parse alone {:?}", t.elapsed() / n);
    let two = hostile::two_million_ops(&c);
    let bomb = hostile::deflate_bomb(&c);
    let t = std::time::Instant::now();
    for _ in 0..n {
        let _ = std::hint::black_box(decode_strict(&two, &Limits::default()));
    }
    eprintln!("refuse 2M {:?}", t.elapsed() / n);
    let t = std::time::Instant::now();
    for _ in 0..n {
        let _ = std::hint::black_box(decode_strict(&bomb, &Limits::default()));
    }
    eprintln!("refuse bomb {:?}", t.elapsed() / n);
}

//! What is written about the crates is true.

use super::*;

/// Crates that speak a network protocol, or are a way to one.
const NETWORKING: [&str; 44] = [
    "actix-web",
    "async-net",
    "async-std",
    "attohttpc",
    "axum",
    "curl",
    "curl-sys",
    "ftp",
    "h2",
    "h3",
    "hickory-resolver",
    "hyper",
    "isahc",
    "lettre",
    "libp2p",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "opentelemetry-otlp",
    "posthog-rs",
    "quinn",
    "reqwest",
    "rosc",
    "rumqttc",
    "rustls",
    "schannel",
    "security-framework",
    "self_update",
    "sentry",
    "smol",
    "socket2",
    "ssh2",
    "surf",
    "tiny_http",
    "tokio-tungstenite",
    "tonic",
    "trust-dns-resolver",
    "tungstenite",
    "ureq",
    "warp",
    "webpki",
    "websocket",
    "zmq",
];

/// The members' short names, as the documents have them.
fn member(name: &str) -> String {
    if name == "burnish" {
        return "plugin".to_owned();
    }
    name.trim_start_matches("burnish-").to_owned()
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The cells of a table's rows, without its head.
fn rows(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn every_direct_dependency_has_its_reason() {
    let metadata = metadata(&[]).unwrap();
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata.workspace_packages() {
        for dependency in package.dependencies.iter().filter(|found| found.path.is_none()) {
            asked.entry(dependency.name.clone()).or_default().insert(member(&package.name));
        }
    }
    let mut written = BTreeMap::new();
    for row in rows(&document("dependencies.md")) {
        let [name, members, reason] = &row[..] else { panic!("three cells expected in {row:?}") };
        assert!(reason.len() > 10, "{name}: a reason is missing");
        let members = members.split(", ").map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(written.insert(name.clone(), members), None, "{name} has two lines");
    }
    for (name, members) in &asked {
        assert_eq!(written.get(name), Some(members), "{name} in docs/dependencies.md");
    }
    for name in written.keys() {
        assert!(asked.contains_key(name), "{name} is in docs/dependencies.md, but nobody uses it");
    }
}

#[test]
fn every_licence_of_the_bundle_is_listed() {
    assert!(
        document("licences.md") == licences_page().unwrap(),
        "docs/licences.md is not what is in the bundle: run `cargo xtask licences`"
    );
}

#[test]
fn nothing_in_the_bundle_speaks_a_network_protocol() {
    let metadata = metadata(&TARGETS).unwrap();
    let shipped: Vec<&str> =
        shipped(&metadata).iter().map(|package| package.name.as_str()).collect();
    assert!(shipped.len() > 100 && shipped.contains(&"egui"), "{shipped:?}");
    for name in shipped {
        assert!(!NETWORKING.contains(&name), "{name} speaks a network protocol");
        assert!(name != "tokio", "tokio opens sockets");
    }
}

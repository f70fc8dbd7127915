//! No network at run time: the plug-in in a host, its editor open, and the program are
//! watched for sockets, where strace can do that.

use std::path::Path;
use std::process::Command;

use crate::run::{Failure, Outcome, exists, root, step, target};

/// Watches the development build.
pub(crate) fn check(plugin: &Path) -> Outcome {
    if !cfg!(target_os = "linux") || !exists("strace") {
        println!("\n== network: skipped, strace is not installed");
        return Ok(());
    }
    let folder = target().join("network");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
    let built = |name: &str| target().join("debug").join(name);
    let demo = folder.join("demo.txt");
    let watched = |log: &Path| {
        ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket,connect", "-o"]
            .map(str::to_owned)
            .into_iter()
            .chain([log.display().to_string()])
            .collect::<Vec<_>>()
    };
    let mut host = Command::new("xvfb-run");
    host.args(["-a", "-s", "-screen 0 1600x1200x24"])
        .args(watched(&demo))
        .arg(built("demo"))
        .arg("--pictures")
        .arg(&folder)
        .env("BURNISH_CLAP", plugin)
        .current_dir(root());
    step("network: the plug-in in a host", &mut host)?;
    let check = folder.join("check.txt");
    let line = watched(&check);
    let mut program = Command::new(&line[0]);
    program.args(&line[1..]).arg(built("burnish")).arg("check");
    program.arg(root().join("material").join("mix.flac"));
    step("network: the program", &mut program)?;
    for log in [&demo, &check] {
        let text = std::fs::read_to_string(log)
            .map_err(|error| Failure(format!("{}: {error}", log.display())))?;
        if let Some(line) = text.lines().find(|line| is_network(line)) {
            return Err(Failure(format!("network: expected none, found {line}")));
        }
    }
    Ok(())
}

/// Whether a traced call makes a socket that reaches beyond this machine.
fn is_network(line: &str) -> bool {
    ["AF_INET", "AF_PACKET", "AF_BLUETOOTH", "AF_VSOCK"].iter().any(|family| line.contains(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_of_the_machine_are_no_network() {
        assert!(is_network("7 socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3"));
        assert!(is_network("7 connect(3, {sa_family=AF_INET, sin_port=htons(80)}, 16) = 0"));
        assert!(!is_network("7 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3"));
        assert!(!is_network("7 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, 0) = 3"));
    }
}

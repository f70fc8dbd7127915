//! Twenty long references take little memory, in one instance and in two.

use std::process::Command;

use tempfile::TempDir;

/// Added by twenty references of four minutes; held whole they take 1.8 GB.
const MOST_MB: f64 = 300.0;

fn added_mb(instances: usize) -> Vec<f64> {
    let folder = TempDir::new().unwrap();
    // In a process of its own: this one does other things meanwhile.
    let output = Command::new(env!("CARGO_BIN_EXE_references_memory"))
        .arg(folder.path())
        .args(["4", &instances.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

#[test]
fn twenty_references_of_four_minutes_take_less_than_300_mb_in_one_instance_and_in_two() {
    for instances in [1, 2] {
        let added = added_mb(instances);
        assert_eq!(added.len(), 2);
        assert!(added.iter().all(|added| *added < MOST_MB), "{instances}: {added:?} MB");
    }
}

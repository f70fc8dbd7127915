//! What was meant by a command that there is not.

/// Letters that may be wrong, for it still to be a slip.
const MOST_SLIPS: usize = 2;

/// What to say when the first thing typed is no option of the window, but a command that there
/// is not; `None` where it is one.
pub(super) fn no_command(typed: &[String], program: &clap::Command) -> Option<String> {
    let word = typed.first().filter(|word| !word.starts_with('-'))?;
    let program = program.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<String> = program.map(|command| command.get_name().to_owned()).collect();
    let slips = |name: &String| distance(&word.to_lowercase(), name);
    let nearest =
        names.iter().min_by_key(|name| slips(name)).filter(|name| slips(name) <= MOST_SLIPS);
    Some(match nearest {
        Some(name) => format!("there is no command \"{word}\": did you mean \"{name}\"?"),
        None => format!("expected one of {}, found \"{word}\"", names.join(", ")),
    })
}

/// Letters that have to be put in, left out, changed or exchanged with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let moved = rows[i - 1][j].min(rows[i][j - 1]) + 1;
                let is_exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let exchanged = if is_exchanged { rows[i - 2][j - 2] + 1 } else { usize::MAX };
                changed.min(moved).min(exchanged)
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, slips) in [("chek", "check", 1), ("mtach", "match", 1), ("master", "master", 0)]
        {
            assert_eq!(distance(a, b), slips, "{a} {b}");
        }
        assert_eq!(distance("", "check"), 5);
    }
}

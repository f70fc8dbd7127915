//! What a person means who types part of a name.

/// What is called so: by its whole name, else all whose name begins so, else all that have a
/// word in it which begins so; in any case.
pub fn called<'a, T>(
    all: &'a [T],
    typed: &str,
    names: impl Fn(&'a T) -> Vec<&'a str>,
) -> Vec<&'a T> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let with = |is_it: &dyn Fn(&str) -> bool| -> Vec<&'a T> {
        let is_called = |one: &&'a T| names(one).iter().any(|name| is_it(&name.to_lowercase()));
        all.iter().filter(is_called).collect()
    };
    let begins = |text: &str| text.starts_with(&typed);
    let rules: [&dyn Fn(&str) -> bool; 3] =
        [&|name| *name == *typed, &|name| begins(name), &|name| {
            name.split(|letter: char| !letter.is_alphanumeric()).any(begins)
        }];
    rules.into_iter().map(with).find(|found| !found.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_come_before_beginnings_and_these_before_words() {
        let all = ["Start", "Streaming", "Loud", "Vinyl pre-master", "Pre"];
        let find = |typed: &str| -> Vec<&str> {
            called(&all, typed, |name| vec![*name]).into_iter().copied().collect()
        };
        assert_eq!(find("start"), ["Start"]);
        assert_eq!(find("st"), ["Start", "Streaming"]);
        assert_eq!(find("VINYL"), ["Vinyl pre-master"]);
        assert_eq!(find("master"), ["Vinyl pre-master"]);
        assert_eq!(find("pre"), ["Pre"]);
        assert!(find("").is_empty() && find(" ").is_empty() && find("tart").is_empty());
    }
}

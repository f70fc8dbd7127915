//! The reader of the architecture, on small made-up crates.

use std::path::Path;

use super::circles::circles;
use super::modules::Modules;

/// The circles in a crate of these files.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let read = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path)?;
        Some(found.1.to_owned())
    };
    let found = circles(&Modules::read(Path::new("lib.rs"), &read));
    found.into_iter().map(|circle| circle.told).collect()
}

/// That there is none, in either order of the words.
fn assert_straight(files: &[(&str, &str)]) {
    assert_eq!(circles_of(files), Vec::<String>::new());
}

#[test]
fn a_straight_line_passes_and_a_circle_is_told_with_its_lines() {
    let lib = ("lib.rs", "mod a;\nmod b;\nmod c;\n");
    let (a, b) = (("a.rs", "use crate::b::B;\n"), ("b.rs", "\nuse crate::c;\npub struct B;\n"));
    assert_straight(&[lib, a, b, ("c.rs", "use std::fmt;\n")]);
    let found = circles_of(&[lib, a, b, ("c.rs", "\n\nfn f() { crate::a::g::<u8>(); }\n")]);
    let told =
        ["the root:", "    a -> b: a.rs:1 b::B", "    b -> c: b.rs:2 c", "    c -> a: c.rs:3 a::g"];
    assert_eq!(found, [told.join("\n")]);
}

#[test]
fn groups_over_several_lines_aliases_and_super_are_followed() {
    let lib = ("lib.rs", "mod a;\nmod b;\nmod c;\n");
    let a = ("a.rs", "use crate::{\n    b::{self as other, B},\n    c::*,\n};\n");
    assert_straight(&[lib, a, ("b.rs", "use super::c::{self};\n"), ("c.rs", "")]);
    for b in ["use super::{a};", "pub use super::a as x;", "pub(crate) use crate::{c, a::*};"] {
        let found = circles_of(&[lib, a, ("b.rs", b), ("c.rs", "")]);
        assert!(found.len() == 1 && found[0].contains("b -> a: b.rs:1 a"), "{b}: {found:?}");
    }
}

#[test]
fn all_below_a_file_belongs_to_it_and_has_a_house_of_its_own() {
    let lib = ("lib.rs", "mod a;\nmod b;\n");
    let a = ("a.rs", "mod x;\nmod y;\n");
    let b = ("b.rs", "use crate::a::A;\n");
    let found = circles_of(&[lib, a, b, ("a/x.rs", "use crate::b::B;"), ("a/y.rs", "")]);
    assert_eq!(found.len(), 1, "{found:?}");
    let (x, y) = (("a/x.rs", "use super::y::Y;"), ("a/y.rs", "fn f(x: super::x::X) {}"));
    let found = circles_of(&[lib, a, b, x, y]);
    assert!(found.len() == 1 && found[0].starts_with("a:\n    x -> y"), "{found:?}");
}

#[test]
fn a_file_joins_its_parts_or_lends_them_the_ground_but_not_both() {
    let lib = ("lib.rs", "mod a;\n");
    let lends = ("a.rs", "mod x;\npub struct Ground;\n");
    let x = ("a/x.rs", "use super::Ground;\npub struct X;\n");
    assert_straight(&[lib, lends, x]);
    // What it only passes on it does not take.
    let passes_on = ("a.rs", "mod x;\npub use self::x::X;\npub struct Ground;\n");
    assert_straight(&[lib, passes_on, x]);
    let joins = "mod x;\npub use self::x::X;\npub struct Ground;\nfn f(x: X) {}\n";
    assert_eq!(circles_of(&[lib, ("a.rs", joins), x]).len(), 1);
    let calls = ("a.rs", "mod x;\npub struct Ground;\nfn f() { x::f(); }\n");
    assert_eq!(circles_of(&[lib, calls, x]).len(), 1);
}

#[test]
fn a_path_counts_for_the_module_whose_item_it_is() {
    // Through the file above, through a name in between, through all of a module.
    let lib = ("lib.rs", "mod a;\nmod b;\nmod c;\npub use b::*;\npub use c::C as D;\n");
    let files = |a: &'static str| {
        [
            lib,
            ("a.rs", a),
            ("b.rs", "struct B;\nuse crate::a;"),
            ("c.rs", "use crate::a;\nstruct C;"),
        ]
    };
    for a in ["use crate::B;", "use super::D;", "use crate::c::C;"] {
        assert_eq!(circles_of(&files(a)).len(), 1, "{a}");
    }
    assert_straight(&files("use crate::E;"));
}

#[test]
fn modules_within_a_file_and_files_called_mod_are_found() {
    let lib = ("lib.rs", "mod a;\npub mod b { use super::a::A; pub struct B; }\n");
    assert_straight(&[lib, ("a/mod.rs", "mod x;"), ("a/x.rs", "")]);
    let found = circles_of(&[lib, ("a/mod.rs", "mod x;"), ("a/x.rs", "use crate::b::B;")]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn tests_comments_texts_and_visibility_do_not_count() {
    let lib = ("lib.rs", "mod a;\nmod b;\n");
    let b = ("b.rs", "use crate::a::A;");
    for a in [
        "// use crate::b;\n/* crate::b::B /* twice */ crate::b::B */\n/// [`crate::b::B`]\nfn f() {}",
        "const A: &str = \"crate::b::B \\\" crate::b::B\";",
        "const A: &str = r##\"crate::b \"# crate::b::B\"##;\nconst B: &[u8] = b\"crate::b::B\";",
        "fn f<'a>(mark: char) { mark == '\"'; '\\''; }\nconst A: &str = \"crate::b::B\";",
        "#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n",
        "#[cfg(test)]\n#[path = \"elsewhere.rs\"]\nmod tests;\n",
        "#[cfg(all(test, unix))]\nuse crate::b::{B, C};\n",
        "#[cfg(test)]\nfn f(x: [crate::b::B; 2]) -> u8 { crate::b::g(); 0 }\n",
        "struct S { #[cfg(test)] b: crate::b::B, a: u8 }",
        "#![cfg(test)]\nuse crate::b::B;",
        "pub(in crate::b) struct A;",
        "fn f() -> impl Fn() + use<> {}",
    ] {
        assert_straight(&[lib, ("a.rs", a), b]);
    }
    for a in [
        "/* a */ use crate::b::B;",
        "fn f<'a>(x: &'a crate::b::B) {}",
        "#[cfg(test)]\nmod tests;\nuse crate::b::B;",
        "#[cfg(unix)]\nuse crate::b::B;",
        "fn f() { let a = 'b'; crate::b::g(a, \"\") }",
    ] {
        assert_eq!(circles_of(&[lib, ("a.rs", a), b]).len(), 1, "{a}");
    }
}

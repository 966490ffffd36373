//! Which files belong to a project: the members of a cargo workspace, asked from cargo without building anything, or
//! every package under a folder. What `.gitignore` names and every `target` is left out; links are not followed.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use ignore::WalkBuilder;

use crate::names::Name;

/// A Rust edition, as far as temporaries live differently in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 2021 and before.
    Until2021,
    /// 2024 and after: the temporaries of an `if let` and of a tail expression go earlier.
    From2024,
}

/// A crate: what shares one root module.
#[derive(Clone, Debug)]
pub(crate) struct Krate {
    /// The package's name, as it is written in paths.
    pub(crate) name: Name,
    /// The package's name, as it is written in the manifest.
    pub(crate) package: String,
    /// Its edition.
    pub(crate) edition: Edition,
}

/// A file of it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) krate: usize,
    pub(crate) module: Vec<Name>,
    pub(crate) test: bool,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) krates: Vec<Krate>,
    pub(crate) files: Vec<Found>,
    pub(crate) troubles: Vec<(PathBuf, String)>,
}

struct Package {
    name: String,
    edition: Edition,
}

/// Finds the crates and the files under `root`, which may be a folder or a single file.
pub(crate) fn walk(root: &Path, exclude: &[String]) -> Result<Tree, String> {
    let meta = fs::metadata(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut tree = Tree::default();
    if meta.is_file() {
        let package = nearest(root.parent().unwrap_or(Path::new(".")));
        tree.krates.push(krate(&package));
        tree.files.push(Found { path: root.to_owned(), krate: 0, module: Vec::new(), test: false });
        return Ok(tree);
    }
    let members = members(root);
    let mut packages: BTreeMap<PathBuf, Package> = BTreeMap::new();
    let mut sources = Vec::new();
    let walker = WalkBuilder::new(root)
        .follow_links(false)
        .require_git(false)
        .hidden(true)
        .filter_entry(|entry| {
            !entry.file_type().is_some_and(|kind| kind.is_dir()) || entry.file_name() != "target" || entry.depth() == 0
        })
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => {
                let path = entry.path();
                if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                    continue;
                }
                let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
                if exclude.iter().any(|prefix| relative.starts_with(prefix.trim_end_matches('/'))) {
                    continue;
                }
                if entry.file_name() == "Cargo.toml" {
                    if let Some(package) = read_manifest(path, &mut HashMap::new())
                        && let Some(folder) = path.parent()
                    {
                        packages.insert(folder.to_owned(), package);
                    }
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    sources.push(path.to_owned());
                }
            }
            Err(error) => tree.troubles.push((root.to_owned(), error.to_string())),
        }
    }
    sources.sort();
    place(root, members.as_deref(), packages, sources, &mut tree);
    Ok(tree)
}

fn krate(package: &Package) -> Krate {
    Krate { name: Name::new(&package.name.replace('-', "_")), package: package.name.clone(), edition: package.edition }
}

/// Sorts the files into crates.
fn place(
    root: &Path,
    members: Option<&[PathBuf]>,
    packages: BTreeMap<PathBuf, Package>,
    sources: Vec<PathBuf>,
    tree: &mut Tree,
) {
    let nobody = Package { name: "unknown".into(), edition: Edition::Until2021 };
    let mut numbers: HashMap<(PathBuf, String), usize> = HashMap::new();
    let mut compiled: HashMap<PathBuf, bool> = HashMap::new();
    for path in sources {
        let folder =
            path.ancestors().skip(1).take_while(|up| up.starts_with(root)).find(|up| packages.contains_key(*up));
        let (folder, package) = match folder {
            Some(folder) => (folder.to_owned(), &packages[folder]),
            None if members.is_some() => continue,
            None => (root.to_owned(), &nobody),
        };
        if members.is_some_and(|members| !members.iter().any(|member| same(member, &folder))) {
            continue;
        }
        let relative = path.strip_prefix(&folder).unwrap_or(&path).to_owned();
        // `tests/ui/*.rs` and the like are food for a test, and no part of the program.
        let parts: Vec<_> = relative.iter().collect();
        if parts.len() > 2 && ["tests", "benches", "examples"].iter().any(|top| parts[0] == *top) {
            let below = folder.join(parts[0]).join(parts[1]);
            let is_module = |below: &Path| {
                below.join("main.rs").is_file()
                    || below.join("mod.rs").is_file()
                    || below.with_extension("rs").is_file()
            };
            if !*compiled.entry(below.clone()).or_insert_with(|| is_module(&below)) {
                continue;
            }
        }
        let (part, module, test) = module_of(&relative);
        let number = *numbers.entry((folder.clone(), part.clone())).or_insert_with(|| {
            let mut krate = krate(package);
            if part != "src" {
                krate.name = Name::new(&format!("{}/{part}", krate.name));
            }
            tree.krates.push(krate);
            tree.krates.len() - 1
        });
        tree.files.push(Found { path, krate: number, module, test });
    }
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The crate within a package that a file belongs to, the module it is there, and whether it is a test.
fn module_of(relative: &Path) -> (String, Vec<Name>, bool) {
    let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let (part, rest, test) = match parts.first().map(String::as_str) {
        Some("src") if parts.get(1).is_some_and(|second| second == "bin") && parts.len() > 2 => (
            format!("bin/{}", parts[2].trim_end_matches(".rs")),
            if parts.len() > 3 { &parts[3..] } else { &parts[..0] },
            false,
        ),
        Some("src") => ("src".to_owned(), &parts[1..], false),
        Some(top @ ("tests" | "benches" | "examples")) if parts.len() > 1 => (
            format!("{top}/{}", parts[1].trim_end_matches(".rs")),
            if parts.len() > 2 { &parts[2..] } else { &parts[..0] },
            top != "examples",
        ),
        Some("build.rs") => ("build".to_owned(), &parts[..0], false),
        _ => ("src".to_owned(), &parts[..], false),
    };
    let mut module: Vec<Name> = Vec::new();
    for (number, name) in rest.iter().enumerate() {
        let last = number + 1 == rest.len();
        let stem = if last { name.trim_end_matches(".rs") } else { name.as_str() };
        if last && (stem == "mod" || ((stem == "lib" || stem == "main") && number == 0)) {
            continue;
        }
        module.push(Name::new(stem));
    }
    let test = test || module.iter().any(|name| name.is(&["tests", "test"]));
    (part, module, test)
}

/// The folders of a workspace's members, where cargo can say them.
fn members(root: &Path) -> Option<Vec<PathBuf>> {
    let manifest = root.join("Cargo.toml");
    // A package alone needs no cargo to be asked.
    let table: toml::Table = fs::read_to_string(&manifest).ok()?.parse().ok()?;
    if !table.contains_key("workspace") {
        return Some(vec![root.to_owned()]);
    }
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(&manifest)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .ok()?;
    let folder = |path: &cargo_metadata::camino::Utf8Path| path.parent().map(|folder| folder.as_std_path().to_owned());
    Some(metadata.workspace_packages().iter().filter_map(|package| folder(&package.manifest_path)).collect())
}

fn read_manifest(path: &Path, seen: &mut HashMap<PathBuf, Edition>) -> Option<Package> {
    let table: toml::Table = fs::read_to_string(path).ok()?.parse().ok()?;
    let package = table.get("package")?.as_table()?;
    let name = package.get("name")?.as_str()?.to_owned();
    let edition = match package.get("edition") {
        Some(toml::Value::String(year)) => edition(year),
        Some(_) => inherited(path, seen),
        None => Edition::Until2021,
    };
    Some(Package { name, edition })
}

fn edition(year: &str) -> Edition {
    if year.parse::<u32>().is_ok_and(|year| year >= 2024) { Edition::From2024 } else { Edition::Until2021 }
}

/// `edition.workspace = true`.
fn inherited(path: &Path, seen: &mut HashMap<PathBuf, Edition>) -> Edition {
    for folder in path.ancestors().skip(1) {
        let manifest = folder.join("Cargo.toml");
        if let Some(edition) = seen.get(&manifest) {
            return *edition;
        }
        let year = fs::read_to_string(&manifest)
            .ok()
            .and_then(|text| text.parse::<toml::Table>().ok())
            .and_then(|table| table.get("workspace")?.get("package")?.get("edition")?.as_str().map(edition));
        if let Some(year) = year {
            seen.insert(manifest, year);
            return year;
        }
    }
    Edition::Until2021
}

/// The package of a single file.
fn nearest(folder: &Path) -> Package {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let found = folder.ancestors().find_map(|up| read_manifest(&up.join("Cargo.toml"), &mut HashMap::new()));
    found.unwrap_or(Package { name: "unknown".into(), edition: Edition::From2024 })
}

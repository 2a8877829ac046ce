//! The fuzzing driver: arguments, the loop, and what is kept of a finding.

#![expect(clippy::disallowed_methods, reason = "a run is bounded in time, and a slow input is a finding")]

mod mutate;
mod target;

use mutate::Mutator;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// An input that takes longer is a finding, even if it ends well.
const SLOW: Duration = Duration::from_secs(1);

struct Arguments {
    name: String,
    target: target::Target,
    corpus: Vec<PathBuf>,
    seconds: u64,
    count: u64,
    seed: u64,
    run: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            let targets: Vec<_> = target::ALL.iter().map(|(name, _)| *name).collect();
            eprintln!(
                "{message}\nusage: fuzz TARGET [--corpus DIR]… [--seconds N] [--count N] [--seed N] [--run FILE]"
            );
            eprintln!("targets: {}", targets.join(" "));
            return ExitCode::from(2);
        }
    };
    match fuzz(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn fuzz(arguments: &Arguments) -> Result<(), String> {
    if let Some(file) = &arguments.run {
        let input = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        return check(arguments, &input);
    }
    let seeds = seeds(&arguments.corpus)?;
    println!("{}: {} seeds, seed {}, {} s", arguments.name, seeds.len(), arguments.seed, arguments.seconds);
    for input in &seeds {
        check(arguments, input)?;
    }
    let mut mutator = Mutator::new(arguments.seed, seeds);
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let mut count = 0;
    while count < arguments.count && Instant::now() < end {
        check(arguments, &mutator.next_input())?;
        count += 1;
    }
    println!("{}: {count} inputs, nothing found", arguments.name);
    Ok(())
}

fn check(arguments: &Arguments, input: &[u8]) -> Result<(), String> {
    let start = Instant::now();
    let outcome = std::panic::catch_unwind(|| (arguments.target)(input));
    let took = start.elapsed();
    match outcome {
        Ok(()) if took < SLOW => Ok(()),
        Ok(()) => Err(keep(&arguments.name, input, &format!("took {took:?}"))),
        Err(_) => Err(keep(&arguments.name, input, "panicked")),
    }
}

fn keep(name: &str, input: &[u8], what: &str) -> String {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings");
    let file = folder.join(format!("{name}-{:016x}", hasher.finish()));
    match std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input)) {
        Ok(()) => format!("{name} {what}: {}", file.display()),
        Err(error) => format!("{name} {what}, and the input cannot be kept: {error}"),
    }
}

fn seeds(folders: &[PathBuf]) -> Result<Vec<Vec<u8>>, String> {
    let mut files = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    files.sort();
    let seeds: Vec<_> = files.iter().filter_map(|file| std::fs::read(file).ok()).collect();
    if seeds.is_empty() { Err("no seeds: give a --corpus with files in it".to_owned()) } else { Ok(seeds) }
}

fn arguments() -> Result<Arguments, String> {
    let mut words = std::env::args().skip(1);
    let name = words.next().ok_or("which target?")?;
    let target = target::ALL.iter().find(|(known, _)| *known == name).ok_or(format!("no target {name}"))?.1;
    let mut found = Arguments { name, target, corpus: Vec::new(), seconds: 10, count: u64::MAX, seed: 1, run: None };
    while let Some(option) = words.next() {
        let value = words.next().ok_or(format!("{option} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{option} {value}: not a number"));
        match option.as_str() {
            "--corpus" => found.corpus.push(value.into()),
            "--seconds" => found.seconds = number()?,
            "--count" => found.count = number()?,
            "--seed" => found.seed = number()?,
            "--run" => found.run = Some(value.into()),
            _ => return Err(format!("no option {option}")),
        }
    }
    Ok(found)
}

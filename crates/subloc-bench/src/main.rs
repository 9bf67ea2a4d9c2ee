//! What a GPU machine is asked, without Node: `subloc-bench probe | parity | rounding | steps | predict | lstm | products | train`. One line of JSON a result, written as it comes.
//!
//!     probe                                            devices, and why not
//!     parity  --backend B                              a network's training on B against the CPU; fails beyond the tolerance. In tf32 and bf16 one call of
//!                                                      the LSTM against the imitation of tensor cores on B: y and every gradient
//!     rounding --backend B [--sizes …]                 that imitation against f32: what tf32 and bf16 cost in one call of the LSTM
//!     steps   --backend B [--sizes H:M:T,…] [--kind K] seconds of a training step, B = 64
//!     predict --backend B [--sizes …] [--kind K]       proteins a second
//!     lstm    --backend B [--sizes …]                  forward and backward of the bidirectional LSTM alone, ours and burn-nn's
//!     products --backend B [--sizes …]                 x wᵀ + b forward and backward, our tiles and burn's matmul
//!     train   --backend B --data DIR [--members 10] [--epochs 100] [--table FILE]   a training on FASTA files, one a class
//!
//! `--precision tf32 | bf16` takes tensor cores (cuda) or rounds (the CPU, bf16); each result names the precision. `--out FILE` appends the lines to a file as well.

mod data;
mod measure;
mod rounding;

use std::{collections::BTreeMap, fs::OpenOptions, io::Write, process::ExitCode};

use serde_json::{Value, json};
use subloc_model::{
    Error, device,
    ops::context::{self, Context, Precision},
};

/// Options by name, without their dashes.
pub struct Options(BTreeMap<String, String>);

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = BTreeMap::new();
        while let Some(arg) = args.next() {
            let name = arg.strip_prefix("--").ok_or_else(|| format!("what is '{arg}'? Options begin with --"))?;
            options.insert(name.to_owned(), args.next().ok_or_else(|| format!("--{name} needs a value"))?);
        }
        Ok(Self(options))
    }
    /// The value of an option, or what stands in for it.
    pub fn text(&self, name: &str, default: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| default.to_owned())
    }
    /// Likewise, a whole number.
    pub fn number(&self, name: &str, default: usize) -> Result<usize, Failure> {
        self.0.get(name).map_or(Ok(default), |v| v.parse().map_err(|_| Failure::Usage(format!("--{name}: '{v}' is no whole number"))))
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// A mistake in the command line.
    Usage(String),
    /// What the model's crate says.
    Model(Error),
    /// A check did not hold.
    Check(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Model(error)
    }
}

/// Where results go.
pub struct Results {
    file: Option<std::fs::File>,
}

impl Results {
    /// A line of JSON, at once.
    pub fn say(&mut self, result: &Value) {
        println!("{result}");
        if let Some(file) = &mut self.file {
            // A full disk must not end a measurement whose lines still go to standard output.
            let _ = writeln!(file, "{result}").and_then(|()| file.flush());
        }
    }
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    match Options::parse(args).map_err(Failure::Usage).and_then(|options| run(&command, &options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(why)) => {
            eprintln!("{why}\nusage: subloc-bench probe|parity|rounding|steps|predict|lstm|products|train [--backend cpu|wgpu|cuda] …");
            ExitCode::from(2)
        }
        Err(Failure::Model(error)) => {
            eprintln!("{error}");
            ExitCode::from(if error.code == "BACKEND_UNAVAILABLE" { 69 } else { 70 })
        }
        Err(Failure::Check(why)) => {
            eprintln!("{why}");
            ExitCode::from(1)
        }
    }
}

fn run(command: &str, options: &Options) -> Result<(), Failure> {
    let file = match options.0.get("out") {
        Some(path) => {
            let opened = OpenOptions::new().create(true).append(true).open(path);
            Some(opened.map_err(|reason| Failure::Usage(format!("--out {path}: {reason}")))?)
        }
        None => None,
    };
    let mut results = Results { file };
    if command == "probe" {
        let devices = device::list_devices();
        results.say(&json!({ "what": "probe", "devices": devices, "rule": device::AUTO_RULE }));
        return Ok(());
    }
    let work = match command {
        "parity" => measure::parity,
        "steps" => measure::steps,
        "predict" => measure::predict,
        "lstm" => measure::lstm,
        "products" => measure::products,
        "rounding" => rounding::rounding,
        "train" => measure::train,
        other => return Err(Failure::Usage(format!("there is no command '{other}'"))),
    };
    let (device, report) = device::open(&options.text("backend", "auto"))?;
    let precision = Precision::of(&options.text("precision", "f32"))?;
    context::with(Context { precision, ..Context::detect() }, || {
        device::watched(&device, || {
            device::check_precision(&device, precision)?;
            Ok(work(&device, &report, options, &mut results))
        })
    })?
}

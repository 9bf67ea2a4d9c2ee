//! Proteins: made up, or from FASTA files.

use std::{fs, path::Path};

use lstm_kernels::philox::Stream;
use subloc_model::batch::Records;

use crate::Failure;

/// The letters of codes 0 to 19, then B, Z, J and X.
const LETTERS: &[u8] = b"ARNDCQEGHILKMFPSTWYVBZJX";
/// Residues that a long protein keeps at either end.
const HALF: usize = 500;

/// Proteins and their class indices.
pub struct Proteins {
    /// One after the other.
    pub records: Records,
    /// [N]
    pub labels: Vec<u32>,
    /// Names of the classes, in byte order.
    pub classes: Vec<String>,
}

/// `n` proteins of random residues, all `length` long where `ragged` is false, else between a tenth of it and all of it; classes in turn.
pub fn synthetic(n: usize, length: usize, ragged: bool, classes: usize) -> Proteins {
    let mut stream = Stream::new(1, 99);
    let mut records = Records { offsets: vec![0], ..Records::default() };
    for _ in 0..n {
        let own = if ragged { length / 10 + stream.below((length - length / 10) as u32 + 1) as usize } else { length };
        records.codes.extend((0..own.max(1)).map(|_| stream.below(20) as u8));
        records.offsets.push(records.codes.len() as u64);
    }
    Proteins {
        records,
        labels: (0..n as u32).map(|i| i % classes as u32).collect(),
        classes: (0..classes).map(|k| format!("class {k:02}")).collect(),
    }
}

/// A folder of FASTA files, one a class; a long protein keeps its first and last 500 residues.
pub fn fasta(folder: &Path) -> Result<Proteins, Failure> {
    let failed = |reason: String| Failure::Usage(format!("{}: {reason}", folder.display()));
    let mut files: Vec<_> = fs::read_dir(folder)
        .map_err(|reason| failed(reason.to_string()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| ["fasta", "fa", "faa"].contains(&e.to_string_lossy().as_ref())))
        .collect();
    files.sort();
    if files.len() < 2 {
        return Err(failed("fewer than two FASTA files".into()));
    }
    let mut found = Proteins { records: Records { offsets: vec![0], ..Records::default() }, labels: vec![], classes: vec![] };
    for (class, path) in files.iter().enumerate() {
        found.classes.push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        let text = fs::read_to_string(path).map_err(|reason| failed(reason.to_string()))?;
        for entry in text.split('>').skip(1) {
            let sequence: Vec<u8> = entry.lines().skip(1).flat_map(|line| line.trim().bytes()).collect();
            let codes: Vec<u8> = sequence.iter().filter_map(|letter| code(*letter)).collect();
            if codes.is_empty() {
                continue;
            }
            if codes.len() > 2 * HALF {
                found.records.codes.extend_from_slice(&codes[..HALF]);
                found.records.codes.extend_from_slice(&codes[codes.len() - HALF..]);
            } else {
                found.records.codes.extend_from_slice(&codes);
            }
            found.records.offsets.push(found.records.codes.len() as u64);
            found.labels.push(class as u32);
        }
    }
    Ok(found)
}

/// The code of a letter, as the package reads it; none for a gap or a stop.
fn code(letter: u8) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        b'U' => b'C',
        b'O' => b'K',
        letter => letter,
    };
    LETTERS.iter().position(|l| *l == letter).map(|at| at as u8)
}

/// Four fifths of each class to train on, a fifth to test, drawn by `seed`.
pub fn stratified(labels: &[u32], classes: usize, seed: u64) -> (Vec<u32>, Vec<u32>) {
    let mut stream = Stream::new(seed, 98);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for class in 0..classes as u32 {
        let mut rows: Vec<u32> = (0..labels.len() as u32).filter(|row| labels[*row as usize] == class).collect();
        stream.shuffle(&mut rows);
        let fifth = rows.len() / 5;
        test.extend_from_slice(&rows[..fifth]);
        train.extend_from_slice(&rows[fifth..]);
    }
    (train, test)
}

/// A [25, 20] table: one-hot rows for the twenty, means for B, Z and J, zeros for X and dropped residues.
pub fn onehot() -> Vec<f32> {
    let mut table = vec![0.0; 25 * 20];
    (0..20).for_each(|residue| table[residue * 21] = 1.0);
    for (code, pair) in [(20, [2, 3]), (21, [5, 6]), (22, [9, 10])] {
        pair.into_iter().for_each(|residue| table[code * 20 + residue] = 0.5);
    }
    table
}

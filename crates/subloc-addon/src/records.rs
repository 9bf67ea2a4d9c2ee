//! Typed arrays in. They are copied (JavaScript may write to them while a job runs) and checked as far as memory safety needs.

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde_json::json;
use subloc_model::{
    Error as ModelError,
    batch::{Extra, Records},
};

type Result<T> = std::result::Result<T, ModelError>;

/// The largest residue code of an input: 0–19 the alphabet, 20 B, 21 Z, 22 J, 23 X. 24 is what dropout puts there.
const LARGEST_CODE: u8 = 23;

/// Columns of a profile row.
const PROFILE_COLUMNS: usize = 20;

/// Encoded proteins, one after the other.
#[napi(object)]
pub struct BindingRecords {
    /// [ΣT] residue codes.
    pub codes: Uint8Array,
    /// [N + 1]; protein n has the codes offsets[n]..offsets[n + 1].
    pub offsets: BigUint64Array,
    /// [ΣT, 20] profile rows, any scale.
    pub profiles: Option<Uint8Array>,
    /// [ΣT, 20] likewise: what stands in where a profile is dropped in training.
    pub stand_ins: Option<Uint8Array>,
    /// [ΣT, d] the user's own numbers; a row that begins with NaN has none.
    pub extra: Option<Float32Array>,
    /// d; 0 without any.
    pub extra_columns: u32,
}

impl BindingRecords {
    /// A checked copy.
    pub fn copy(&self) -> Result<Records> {
        let (codes, offsets) = (self.codes.to_vec(), self.offsets.to_vec());
        let [profiles, stand_ins] = [&self.profiles, &self.stand_ins].map(|rows| rows.as_ref().map(|rows| rows.to_vec()));
        let columns = self.extra_columns as usize;
        let extra = self.extra.as_ref().map(|values| Extra { columns, values: values.to_vec() });
        let fits = offsets.first() == Some(&0)
            && offsets.last() == Some(&(codes.len() as u64))
            && offsets.windows(2).all(|pair| pair[0] < pair[1])
            && u32::try_from(offsets.len()).is_ok();
        if !fits {
            let message = "offsets must rise from 0 to the number of codes, with at least one residue a protein";
            return Err(wrong_size("offsets", message));
        }
        if let Some(place) = codes.iter().position(|code| *code > LARGEST_CODE) {
            let message = format!("codes[{place}] is {}; residue codes end at {LARGEST_CODE}", codes[place]);
            return Err(wrong_size("codes", message));
        }
        for (name, rows) in [("profiles", &profiles), ("standIns", &stand_ins)] {
            if let Some(rows) = rows
                && rows.len() != codes.len() * PROFILE_COLUMNS
            {
                let message = format!("{} values do not make {} rows of {PROFILE_COLUMNS}", rows.len(), codes.len());
                return Err(wrong_size(name, message));
            }
        }
        if let Some(Extra { values, .. }) = &extra
            && (columns == 0 || values.len() != codes.len() * columns)
        {
            let message = format!("{} numbers do not make {} rows of {columns}", values.len(), codes.len());
            return Err(wrong_size("extra", message));
        }
        Ok(Records { codes, offsets, profiles, stand_ins, extra })
    }
}

/// Every row must be below `count`.
pub fn check_rows(name: &str, rows: &[u32], count: usize) -> Result<()> {
    match rows.iter().find(|row| **row as usize >= count) {
        Some(row) => Err(wrong_size(name, format!("{name} names row {row}, there are {count}"))),
        None => Ok(()),
    }
}

/// An array that does not fit its neighbours.
pub fn wrong_size(name: &str, message: impl Into<String>) -> ModelError {
    ModelError::new("INVALID_OPTION", message, json!({ "option": name }))
}

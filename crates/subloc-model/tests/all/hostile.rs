//! Files that are not ours, or not whole, are refused in words: no panic, and no memory asked for that the file does not fill.
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    collections::HashMap,
};

use safetensors::{Dtype, tensor::TensorView};
use serde_json::{Value, json};
use subloc_model::{TrainedModel, config::ModelKind};

use crate::{
    files::model,
    problem::{bytes, failed},
    support::{Folder, config},
};

/// The system's allocator, which remembers the largest block that each thread asked for.
struct Watching;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to `System` unchanged; the cell is not dropped and allocates nothing.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`; the block came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// A safetensors file with another text as its header.
pub fn edit_header(file: &[u8], edit: impl FnOnce(String) -> String) -> Vec<u8> {
    let n = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
    let header = edit(String::from_utf8(file[8..8 + n].to_vec()).unwrap());
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &file[8 + n..]].concat()
}

/// With another description.
pub fn edit_metadata(file: &[u8], edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    edit_header(file, |header| {
        let mut header: Value = serde_json::from_str(&header).unwrap();
        let mut metadata: Value = serde_json::from_str(header["__metadata__"]["subloc"].as_str().unwrap()).unwrap();
        edit(&mut metadata);
        header["__metadata__"]["subloc"] = metadata.to_string().into();
        header.to_string()
    })
}

#[track_caller]
fn refused(bytes: &[u8], what: &str) {
    let folder = Folder::new();
    let path = folder.file("model.safetensors");
    std::fs::write(&path, bytes).unwrap();
    LARGEST.set(0);
    let error = failed(TrainedModel::load(&path));
    let largest = LARGEST.get();
    assert_eq!(error.code, "INVALID_MODEL", "{what}: {error}");
    assert!(error.message.contains(path.to_str().unwrap()), "{what}: {error}");
    // A parsed header takes a few times its text.
    assert!(largest <= 64 * 1024 + 8 * bytes.len(), "{what}: {largest} bytes at once for a file of {}", bytes.len());
}

fn whole() -> Vec<u8> {
    bytes(&model(&config(ModelKind::ALstm)))
}

#[test]
fn an_empty_and_a_truncated_file_are_refused() {
    let whole = whole();
    let n = whole.len();
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    for cut in (0..20).chain((20..n).step_by(97)).chain([header - 1, header, header + 1, n - 4, n - 1]) {
        refused(&whole[..cut], &format!("cut at {cut}"));
    }
    refused(&[whole.as_slice(), &[0; 4]].concat(), "four bytes too many");
}

#[test]
fn random_bytes_are_refused() {
    let mut stream = lstm_kernels::philox::Stream::new(1, 1);
    for length in [1, 7, 8, 9, 100, 10_000] {
        for _ in 0..20 {
            let noise: Vec<u8> = (0..length).map(|_| stream.next_u32() as u8).collect();
            refused(&noise, &format!("{length} random bytes"));
        }
    }
    // a random byte somewhere in the header: refused, or a file that says the same
    let whole = whole();
    for _ in 0..2000 {
        let mut file = whole.clone();
        let at = stream.below(4000) as usize;
        file[at] = stream.next_u32() as u8;
        let folder = Folder::new();
        std::fs::write(folder.file("model"), &file).unwrap();
        if let Err(error) = TrainedModel::load(&folder.file("model")) {
            assert_eq!(error.code, "INVALID_MODEL", "byte {at}");
        }
    }
}

#[test]
fn a_header_that_claims_more_than_the_file_is_refused() {
    for claimed in [1 << 60, u64::MAX, u64::MAX - 7, 100_000_000, 100_000_001, 200] {
        refused(&[&claimed.to_le_bytes()[..], &[b'{'; 100]].concat(), &format!("a header of {claimed} bytes"));
    }
    let huge = json!({ "__metadata__": { "subloc": "{}" }, "x": { "dtype": "F32", "shape": [1u64 << 62, 4], "data_offsets": [0, 16] } })
        .to_string();
    refused(&[&(huge.len() as u64).to_le_bytes(), huge.as_bytes(), &[0; 16]].concat(), "a shape whose size overflows");
}

#[test]
fn safetensors_of_other_programs_are_refused() {
    let view = TensorView::new(Dtype::F32, vec![2], &[0; 8]).unwrap();
    let file = |metadata: Option<HashMap<String, String>>| safetensors::serialize([("weight", view.clone())], metadata).unwrap();
    let with = |key: &str, value: &str| Some(HashMap::from([(key.to_owned(), value.to_owned())]));
    refused(&file(None), "without a description");
    refused(&file(with("format", "pt")), "PyTorch's");
    refused(&file(with("subloc", "")), "with an empty description");
    refused(&file(with("subloc", "{}")), "with a description of nothing");
    refused(&file(with("subloc", &"[".repeat(100_000))), "with a deep description");
    refused(&file(Some(HashMap::from([("subloc".into(), model(&config(ModelKind::RLstm)).metadata_json())]))), "without our tensors");
}

#[test]
fn tensors_of_another_type_or_shape_are_refused() {
    let whole = whole();
    let header = |from: &str, to: &str| {
        edit_header(&whole, |header| {
            assert!(header.contains(from), "{from} is not in {header}");
            header.replacen(from, to, 1)
        })
    };
    refused(&header("\"dtype\":\"F32\"", "\"dtype\":\"I32\""), "whole numbers");
    refused(&header("\"dtype\":\"F32\"", "\"dtype\":\"F16\""), "half the bytes");
    refused(&header("\"dtype\":\"F32\"", "\"dtype\":\"F99\""), "an unknown type");
    refused(&header("\"shape\":[9,12]", "\"shape\":[12,9]"), "transposed");
    refused(&header("\"shape\":[9,12]", "\"shape\":[108]"), "flat");
    refused(&header("\"shape\":[9,12]", "\"shape\":[9,13]"), "too large for its bytes");
    refused(&header("member.1.dense.weight", "member.2.dense.weight"), "of another member");
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let whole = whole();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for at in [4, 8] {
            let mut file = whole.clone();
            let place = file.len() - at;
            file[place..place + 4].copy_from_slice(&value.to_le_bytes());
            refused(&file, &format!("{value} at {place}"));
        }
    }
}

#[test]
fn a_description_with_absurd_sizes_is_refused() {
    let whole = whole();
    let huge = [json!(0), json!(-1), json!(1.5), json!("6"), json!(null), json!(1u64 << 17), json!(1u64 << 40), json!(u64::MAX)];
    for field in ["hidden", "dense", "attention", "filtersPerWidth", "tableFeatures", "members", "formatVersion", "maxResidues"] {
        for value in &huge {
            if field == "maxResidues" && value.as_u64().is_some_and(|v| v > 0) {
                continue; // any limit of length is plausible
            }
            refused(&edit_metadata(&whole, |m| m[field] = value.clone()), &format!("{field}: {value}"));
        }
    }
    for (field, value) in [
        ("filterWidths", json!([])),
        ("filterWidths", json!([0, 3, 9])),
        ("filterWidths", json!([1, 1, 3])),
        ("filterWidths", json!([1, 3, 1u64 << 60])),
        ("filterWidths", json!([1, 3])),
        ("classes", json!([])),
        ("classes", json!(["a"])),
        ("classes", json!(["a", "b"])),
        ("classes", json!(["a", "b", "b"])),
        ("classes", json!(["a", "b", ""])),
        ("classes", json!(["a", "b", "c\td"])),
        ("profile", json!(false)),
        ("kind", json!("gru")),
        ("seeds", json!([])),
        ("seeds", json!(["1"])),
        ("seeds", json!(["1", "-1"])),
        ("seeds", json!(["1", "18446744073709551616"])),
        ("members", json!(3)),
        ("formatVersion", json!(2)),
    ] {
        refused(&edit_metadata(&whole, |m| m[field] = value.clone()), &format!("{field}: {value}"));
    }
    refused(&edit_metadata(&whole, |m| (m["members"], m["seeds"]) = (json!(60_000), json!(vec!["1"; 60_000]))), "sixty thousand members");
}

#[test]
fn fewer_members_than_the_file_has_are_read_and_the_rest_is_left() {
    let folder = Folder::new();
    let file = edit_metadata(&whole(), |m| (m["members"], m["seeds"]) = (json!(1), json!(["3"])));
    std::fs::write(folder.file("model"), file).unwrap();
    assert_eq!(TrainedModel::load(&folder.file("model")).unwrap().members(), 1);
}

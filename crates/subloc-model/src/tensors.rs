//! Named arrays and one string of metadata in a safetensors file, written whole or not at all.

use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::json;

use crate::Error;

/// Key of the metadata; one key, so that bytes do not depend on a map's order.
const KEY: &str = "subloc";

/// A named array to write.
pub(crate) struct NamedTensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// Writes `tensors` and one metadata string to a temporary file beside `path`, then renames it; what stood there stays until then.
pub(crate) fn write_tensors(path: &Path, tensors: &[NamedTensor], metadata: &str) -> Result<(), Error> {
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|t| t.values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let views = tensors
        .iter()
        .zip(&bytes)
        .map(|(t, bytes)| TensorView::new(Dtype::F32, t.shape.clone(), bytes).map(|view| (t.name.as_str(), view)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|reason| Error::new("INTERNAL", format!("cannot lay out the weights: {reason}"), json!({})))?;
    let file = safetensors::serialize(views, Some(HashMap::from([(KEY.to_owned(), metadata.to_owned())])))
        .map_err(|reason| Error::new("INTERNAL", format!("cannot lay out the weights: {reason}"), json!({})))?;
    write_atomically(path, &file)
}

fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary: PathBuf = path.with_file_name(name);
    let write = || -> Result<(), Error> {
        let mut file = fs::File::create(&temporary).map_err(|reason| Error::io(path, "create", &reason))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|reason| Error::io(path, "write", &reason))?;
        fs::rename(&temporary, path).map_err(|reason| Error::io(path, "create", &reason))
    };
    write().inspect_err(|_| drop(fs::remove_file(&temporary)))
}

pub(crate) fn read_tensors(bytes: &[u8]) -> Result<(String, SafeTensors<'_>), String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|reason| format!("it is no whole safetensors file ({reason})"))?;
    let metadata = header.metadata().as_ref().and_then(|map| map.get(KEY)).cloned().ok_or("it was not written by subloc-native")?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|reason| format!("it is no whole safetensors file ({reason})"))?;
    Ok((metadata, tensors))
}

/// A tensor of finite numbers.
pub(crate) fn finite(tensors: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let values = floats(tensors, name, shape)?;
    match values.iter().position(|v| !v.is_finite()) {
        Some(at) => Err(format!("tensor {name} holds {} at {at}", values[at])),
        None => Ok(values),
    }
}

/// A tensor of any numbers: a job's checkpoint also holds the weights of a member that diverged.
pub(crate) fn floats(tensors: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let view = tensors.tensor(name).map_err(|_| format!("tensor {name} is missing"))?;
    if view.dtype() != Dtype::F32 || view.shape() != shape {
        return Err(format!("tensor {name} is {:?} {:?}, not F32 {shape:?}", view.dtype(), view.shape()));
    }
    Ok(view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

//! The one error of the crate: a stable code, a sentence, and the facts as fields.

use serde_json::{Map, Value, json};

/// What went wrong. The codes are those of the package (docs/errors.md) and `CANCELLED`.
#[derive(Clone, Debug)]
pub struct Error {
    /// Stable; part of the public interface.
    pub code: &'static str,
    /// One sentence for a person; its wording may change.
    pub message: String,
    /// Facts as fields: path, member, epoch …
    pub facts: Map<String, Value>,
}

impl Error {
    /// An error whose facts are the fields of a JSON object.
    pub fn new(code: &'static str, message: impl Into<String>, facts: Value) -> Self {
        let facts = match facts {
            Value::Object(facts) => facts,
            _ => Map::new(),
        };
        Self { code, message: message.into(), facts }
    }

    /// The job was stopped by its cancel flag; `resumable` says whether a checkpoint holds its state.
    pub fn cancelled(resumable: bool) -> Self {
        Self::new("CANCELLED", "the job was stopped", json!({ "resumable": resumable }))
    }

    /// Reading or writing `path` failed; `stage` is `create`, `write` or `read`.
    pub fn io(path: &std::path::Path, stage: &str, reason: &std::io::Error) -> Self {
        let code = if stage == "read" && reason.kind() == std::io::ErrorKind::NotFound { "INPUT_MISSING" } else { "IO" };
        Self::new(
            code,
            format!("cannot {stage} {}: {reason}", path.display()),
            json!({ "path": path.display().to_string(), "stage": stage }),
        )
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
impl std::error::Error for Error {}

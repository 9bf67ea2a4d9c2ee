//! How results cross: `{ value }` or `{ error: { code, message, facts } }`.

use napi::{bindgen_prelude::*, sys};
use napi_derive::napi;
use subloc_model::Error as ModelError;

/// An error of the package, as `SublocError` is built from it.
#[napi(object)]
pub struct BindingError {
    /// A stable code of the table in ARCHITECTURE.md, or `CANCELLED`.
    pub code: String,
    /// What to change, and where.
    pub message: String,
    /// The facts as a JSON object.
    pub facts: String,
}

impl From<ModelError> for BindingError {
    fn from(error: ModelError) -> Self {
        Self { code: error.code.to_owned(), message: error.message, facts: serde_json::Value::Object(error.facts).to_string() }
    }
}

/// What a door answers with.
pub enum Outcome<T> {
    /// It worked.
    Value(T),
    /// It did not.
    Failure(BindingError),
}

impl<T> From<std::result::Result<T, ModelError>> for Outcome<T> {
    fn from(result: std::result::Result<T, ModelError>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(error) => Self::Failure(error.into()),
        }
    }
}

impl<T: ToNapiValue> Outcome<T> {
    fn write(self, env: &Env, object: &mut Object<'_>) -> Result<()> {
        match self {
            Self::Value(value) => object.set_named_property("value", Raw::of(env, value)?),
            Self::Failure(error) => object.set_named_property("error", error),
        }
    }
}

impl<T: ToNapiValue> ToNapiValue for Outcome<T> {
    unsafe fn to_napi_value(env: sys::napi_env, outcome: Self) -> Result<sys::napi_value> {
        let env = Env::from_raw(env);
        let mut object = Object::new(&env)?;
        outcome.write(&env, &mut object)?;
        Ok(object.raw())
    }
}

/// What a job's promise resolves with: its outcome, and the events that were not delivered before.
pub struct Settled<T, E> {
    /// The job's result.
    pub outcome: Outcome<T>,
    /// Still to be delivered before the result is.
    pub events: Vec<E>,
}

impl<T: ToNapiValue, E: ToNapiValue> ToNapiValue for Settled<T, E> {
    unsafe fn to_napi_value(env: sys::napi_env, settled: Self) -> Result<sys::napi_value> {
        let env = Env::from_raw(env);
        let mut object = Object::new(&env)?;
        object.set_named_property("events", settled.events)?;
        settled.outcome.write(&env, &mut object)?;
        Ok(object.raw())
    }
}

/// A converted JavaScript value: lets a generic value be set as a property.
struct Raw(sys::napi_value);

impl Raw {
    fn of<T: ToNapiValue>(env: &Env, value: T) -> Result<Self> {
        // SAFETY: `env` is the live environment of the JavaScript thread that this conversion runs on.
        unsafe { T::to_napi_value(env.raw(), value) }.map(Self)
    }
}

impl ToNapiValue for Raw {
    unsafe fn to_napi_value(_: sys::napi_env, raw: Self) -> Result<sys::napi_value> {
        Ok(raw.0)
    }
}

//! The glue between the TypeScript package and `subloc-model`: option records in, job handles, events, results and errors out.
//! It decides nothing. Its only JavaScript user is `src-ts/native/binding.ts`.
//!
//! - Every door runs in `catch_unwind` ([`door`]); a panic is an `INTERNAL` error and prints nothing.
//! - Every answer is a value, `{ value }` or `{ error }` ([`outcome`]); nothing is thrown but a wrong JavaScript type.
//! - Every job is one `std::thread` with a rayon pool of its own ([`job`]).

#![cfg_attr(test, allow(dead_code, reason = "napi registers nothing in a test build"))]

mod devices;
mod door;
mod events;
mod job;
mod model;
mod outcome;
mod random;
mod records;
mod runtime;
mod training;

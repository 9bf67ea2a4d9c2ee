//! The glue between the TypeScript package and `subloc-model`: option records in, job handles, events, results and errors out.
//! It decides nothing. Its only JavaScript user is `src-ts/native/binding.ts`.
//!
//! - Every door runs in `catch_unwind` ([`door`]); a panic is an `INTERNAL` error and prints nothing.
//! - Every answer is a value, `{ value }` or `{ error }` ([`outcome`]); nothing is thrown but a wrong JavaScript type.
//! - Every job is one `std::thread` with a rayon pool of its own ([`job`]).

#![cfg_attr(test, allow(dead_code, reason = "napi registers nothing in a test build"))]

/// A step of training asks for the same large blocks again and again. The system's allocator gives each back to the kernel and has it cleared anew, which
/// cost a third of the time; this one keeps them (bench/RESULTS.md). Node's own memory is not its business.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod devices;
mod door;
mod events;
mod homology;
mod job;
mod map;
mod model;
mod outcome;
mod random;
mod records;
mod runtime;
mod training;

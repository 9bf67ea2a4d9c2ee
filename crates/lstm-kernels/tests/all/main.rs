//! Every kernel against the literal equations in f64, for every instruction set of this machine.
mod support;

mod attention;
mod attention_scores;
mod bf16;
mod invariance;
mod linear;
mod lstm;
mod randomness;
mod residue_conv;

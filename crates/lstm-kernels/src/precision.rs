//! How wide the operands of the recurrence are.

use std::{fmt, str::FromStr};

/// What the LSTM multiplies; it always adds in `f32`, and the cell state, the bias and the activations are `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 24 significant bits.
    #[default]
    F32,
    /// The forward pass rounds x, h and both weight matrices to bf16: 8 significant bits, to the nearest, ties to even. States that leave the
    /// kernel are not rounded. Backward stays in `f32`, on the states and gates that the forward pass kept. Fast where the processor has
    /// `avx512_bf16` ([`crate::Isa::multiplies_bf16`]). Elsewhere the rounded numbers are multiplied as `f32`, which gains no time; a state may then be
    /// rounded the other way, and the recurrence carries that on (the tests hold 4e-3).
    Bf16,
}

impl Precision {
    /// All, the default first.
    pub const ALL: [Self; 2] = [Self::F32, Self::Bf16];
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        })
    }
}

/// The text names no precision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPrecision(pub String);

impl fmt::Display for UnknownPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown precision '{}' (f32 or bf16)", self.0)
    }
}
impl std::error::Error for UnknownPrecision {}

impl FromStr for Precision {
    type Err = UnknownPrecision;

    fn from_str(text: &str) -> Result<Self, UnknownPrecision> {
        Self::ALL.into_iter().find(|precision| precision.to_string() == text).ok_or_else(|| UnknownPrecision(text.to_owned()))
    }
}

/// The nearest bf16, ties to even, as its 16 bits; NaN stays NaN. Without a branch, so that loops over it become vector code.
#[inline(always)]
pub(crate) fn bf16_bits(x: f32) -> u32 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
    if x.is_nan() { (bits >> 16) | 0x40 } else { nearest }
}

/// `x` rounded to bf16.
#[inline(always)]
pub fn to_bf16(x: f32) -> f32 {
    f32::from_bits(bf16_bits(x) << 16)
}

#[cfg(test)]
mod tests {
    use super::to_bf16;

    #[test]
    fn bf16_is_the_nearest_number_with_eight_bits_ties_to_even() {
        for (x, expected) in [
            (0.0, 0.0),
            (-0.0, -0.0),
            (1.0, 1.0),
            (1.0 + 1.0 / 256.0, 1.0),               // a tie: 1 has the even last bit
            (1.0 + 3.0 / 256.0, 1.0 + 4.0 / 256.0), // a tie: up to the even one
            (1.0 + 1.5 / 256.0, 1.0 + 2.0 / 256.0),
            (-1.0 - 1.5 / 256.0, -1.0 - 2.0 / 256.0),
            (f32::INFINITY, f32::INFINITY),
            (f32::MAX, f32::INFINITY),
        ] {
            assert_eq!(to_bf16(x).to_bits(), f32::to_bits(expected), "{x}");
        }
        assert!(to_bf16(f32::NAN).is_nan() && to_bf16(f32::from_bits(0x7f80_0001)).is_nan());
    }
}

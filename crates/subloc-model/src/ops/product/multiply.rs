//! How a tile of 64 × 64 is multiplied: by the units in f32, by tensor cores in tf32 or bf16, or by the units as tensor cores do it.
//!
//! All three read the same two tiles, `a[k, row]` and `b[k, column]`, `DEPTH` rows each, and give a unit the same sixteen sums, those at
//! (`ty` + 16 i, `tx` + 16 j) with `tx = unit % 16` and `ty = unit / 16`. With tensor cores eight planes of 32 units have a part of 16 × 32 each.

use std::marker::PhantomData;

use cubecl::prelude::*;
use half::bf16;

/// Rows and columns of a cube's tile; a unit has four rows and four columns of it, 16 apart.
pub(super) const TILE: usize = 64;
/// Factors of a sum that lie in shared memory at once.
pub(super) const DEPTH: usize = 16;
/// A row of a tile that fragments are loaded from: a multiple of 16 bytes, and every fragment begins at a multiple of 32 bytes.
const WIDE: usize = TILE + 8;
/// What a fragment's first number is aligned to, in bytes.
const ALIGNMENT: usize = 32;
/// Units of a plane that multiply together.
const PLANE: u32 = 32;
/// Rows of a plane's part, and columns of a fragment.
const SIDE: usize = 16;

/// A tile's row in shared memory.
pub(super) trait Pitch {
    /// Numbers.
    const PITCH: usize;
}

/// A way to multiply. See the module.
#[cube]
pub(super) trait Multiply: Pitch + Send + Sync + 'static {
    /// What is multiplied; sums are f32.
    type Element: Numeric;
    /// What a unit keeps of the sums while they grow.
    type Sums: CubeType;
    /// Room for one tile.
    fn tile() -> Shared<[Self::Element]>;
    /// A factor as it is multiplied.
    fn element(value: f32) -> Self::Element;
    /// Sums of nothing.
    fn begin(unit: u32) -> Self::Sums;
    /// sums[row, column] += Σ_k a[k, row] b[k, column]
    fn add(sums: &mut Self::Sums, a: &Shared<[Self::Element]>, b: &Shared<[Self::Element]>, unit: u32);
    /// The unit's own sums, [4, 4]. Called by all units of a cube, behind a `sync_cube`.
    fn finish(sums: Self::Sums, unit: u32) -> Array<f32>;
}

/// f32, a unit its own sixteen sums.
pub(super) struct Units;

impl Pitch for Units {
    // One longer, so that units of a warp hit different banks.
    const PITCH: usize = TILE + 1;
}

#[cube]
impl Multiply for Units {
    type Element = f32;
    type Sums = Array<f32>;
    fn tile() -> Shared<[f32]> {
        Shared::<[f32]>::new_slice(DEPTH * (TILE + 1))
    }
    fn element(value: f32) -> f32 {
        value
    }
    fn begin(_unit: u32) -> Array<f32> {
        let mut sums = Array::<f32>::new(16usize);
        #[unroll]
        for i in 0..16usize {
            sums[i] = 0.0f32;
        }
        sums
    }
    fn add(sums: &mut Array<f32>, a: &Shared<[f32]>, b: &Shared<[f32]>, unit: u32) {
        let (tx, ty) = ((unit % 16) as usize, (unit / 16) as usize);
        #[unroll]
        for k in 0..DEPTH {
            #[unroll]
            for i in 0..4usize {
                let left = a[k * (TILE + 1) + ty + i * 16];
                #[unroll]
                for j in 0..4usize {
                    sums[i * 4 + j] += left * b[k * (TILE + 1) + tx + j * 16];
                }
            }
        }
    }
    fn finish(sums: Array<f32>, _unit: u32) -> Array<f32> {
        sums
    }
}

/// What a tensor core multiplies.
pub(super) trait Factor: Float {
    /// Factors of one multiplication: a fragment is 16 × this.
    const DEEP: usize;
}

impl Factor for tf32 {
    const DEEP: usize = 8;
}

impl Factor for bf16 {
    const DEEP: usize = 16;
}

/// Tensor cores: planes of 32 units multiply fragments together.
pub(super) struct TensorCores<E: Factor>(PhantomData<E>);

impl<E: Factor> Pitch for TensorCores<E> {
    const PITCH: usize = WIDE;
}

/// The two fragments of a plane's part.
#[derive(CubeType)]
pub(super) struct Fragments {
    left: cmma::Matrix<f32>,
    right: cmma::Matrix<f32>,
}

/// First row and first column of a unit's plane's part.
#[cube]
fn part_of(unit: u32) -> (usize, usize) {
    let plane = unit / PLANE;
    ((plane % 4) as usize * SIDE, (plane / 4) as usize * 2 * SIDE)
}

/// A unit's sixteen sums out of a tile of all.
#[cube]
fn own_sums(all: &Shared<[f32]>, unit: u32) -> Array<f32> {
    let (tx, ty) = ((unit % 16) as usize, (unit / 16) as usize);
    let mut sums = Array::<f32>::new(16usize);
    #[unroll]
    for i in 0..4usize {
        #[unroll]
        for j in 0..4usize {
            sums[i * 4 + j] = all[(ty + i * 16) * WIDE + tx + j * 16];
        }
    }
    sums
}

#[cube]
fn no_sums<E: Factor>() -> cmma::Matrix<f32> {
    cmma::Matrix::<f32>::from_value(cmma::MatrixIdent::Accumulator, SIDE, SIDE, comptime!(E::DEEP), cmma::MatrixLayout::Undefined, 0.0f32)
}

#[cube]
impl<E: Factor> Multiply for TensorCores<E> {
    type Element = E;
    type Sums = Fragments;
    fn tile() -> Shared<[E]> {
        Shared::<[E]>::new_aligned_slice(DEPTH * WIDE, ALIGNMENT)
    }
    fn element(value: f32) -> E {
        E::cast_from(value)
    }
    fn begin(_unit: u32) -> Fragments {
        Fragments { left: no_sums::<E>(), right: no_sums::<E>() }
    }
    fn add(sums: &mut Fragments, a: &Shared<[E]>, b: &Shared<[E]>, unit: u32) {
        let deep = comptime!(E::DEEP);
        let (row, column) = part_of(unit);
        #[unroll]
        for step in 0..comptime!(DEPTH / E::DEEP) {
            let at = step * deep * WIDE;
            let rows = cmma::Matrix::<E>::from_slice(
                cmma::MatrixIdent::A,
                SIDE,
                SIDE,
                deep,
                cmma::MatrixLayout::ColMajor,
                &a[at + row..DEPTH * WIDE],
                WIDE as u32,
            );
            let left = cmma::Matrix::<E>::from_slice(
                cmma::MatrixIdent::B,
                SIDE,
                SIDE,
                deep,
                cmma::MatrixLayout::RowMajor,
                &b[at + column..DEPTH * WIDE],
                WIDE as u32,
            );
            let right = cmma::Matrix::<E>::from_slice(
                cmma::MatrixIdent::B,
                SIDE,
                SIDE,
                deep,
                cmma::MatrixLayout::RowMajor,
                &b[at + column + SIDE..DEPTH * WIDE],
                WIDE as u32,
            );
            cmma::execute(&rows, &left, &sums.left, &sums.left);
            cmma::execute(&rows, &right, &sums.right, &sums.right);
        }
    }
    fn finish(sums: Fragments, unit: u32) -> Array<f32> {
        let mut all = Shared::<[f32]>::new_aligned_slice(TILE * WIDE, ALIGNMENT);
        let (row, column) = part_of(unit);
        let at = row * WIDE + column;
        cmma::store(&mut all[at..TILE * WIDE], &sums.left, WIDE as u32, cmma::MatrixLayout::RowMajor);
        cmma::store(&mut all[at + SIDE..TILE * WIDE], &sums.right, WIDE as u32, cmma::MatrixLayout::RowMajor);
        sync_cube();
        own_sums(&all, unit)
    }
}

/// How a tensor core rounds a factor.
#[cube]
pub(super) trait Rounding: Send + Sync + 'static {
    /// The nearest number that it multiplies.
    fn round(value: f32) -> f32;
}

/// To 11 significant bits, ties away from zero.
pub(super) struct ToTf32;

#[cube]
impl Rounding for ToTf32 {
    fn round(value: f32) -> f32 {
        f32::reinterpret((u32::reinterpret(value) + 0x1000) & 0xFFFF_E000)
    }
}

/// To 8 significant bits, ties to even.
pub(super) struct ToBf16;

#[cube]
impl Rounding for ToBf16 {
    fn round(value: f32) -> f32 {
        let bits = u32::reinterpret(value);
        f32::reinterpret((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000)
    }
}

/// What [`TensorCores`] do, literally, in f32 of rounded factors: their twin where there are none. Parts, fragments and the way of the sums are the same.
pub(super) struct Imitated<R: Rounding>(PhantomData<R>);

impl<R: Rounding> Pitch for Imitated<R> {
    const PITCH: usize = WIDE;
}

#[cube]
impl<R: Rounding> Multiply for Imitated<R> {
    type Element = f32;
    type Sums = Shared<[f32]>;
    fn tile() -> Shared<[f32]> {
        Shared::<[f32]>::new_slice(DEPTH * WIDE)
    }
    fn element(value: f32) -> f32 {
        R::round(value)
    }
    fn begin(unit: u32) -> Shared<[f32]> {
        let mut all = Shared::<[f32]>::new_slice(TILE * WIDE);
        let (row, column) = part_of(unit);
        for r in 0..SIDE {
            all[(row + r) * WIDE + column + (unit % PLANE) as usize] = 0.0f32;
        }
        all
    }
    fn add(sums: &mut Shared<[f32]>, a: &Shared<[f32]>, b: &Shared<[f32]>, unit: u32) {
        let (row, column) = part_of(unit);
        let own = column + (unit % PLANE) as usize;
        for r in 0..SIDE {
            let mut sum = sums[(row + r) * WIDE + own];
            for k in 0..DEPTH {
                sum += a[k * WIDE + row + r] * b[k * WIDE + own];
            }
            sums[(row + r) * WIDE + own] = sum;
        }
    }
    fn finish(sums: Shared<[f32]>, unit: u32) -> Array<f32> {
        sync_cube();
        own_sums(&sums, unit)
    }
}

//! Dropout on a GPU: a unit draws the four words of a counter and keeps or drops four elements; the mask is the CPU's, bit for bit.

use burn::backend::TensorMetadata;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;
use lstm_kernels::philox::key;

use super::{DropoutMask, DropoutOps};
use crate::ops::gpu::{UNITS, cubes_for, empty, size, words};

/// Ten rounds of Philox4x32 on the counter in `words`, see `lstm_kernels::philox`.
#[cube]
fn philox(words: &mut Array<u32>, key0: u32, key1: u32) {
    let (mut k0, mut k1) = (key0, key1);
    #[unroll]
    for round in 0..10u32 {
        if round > 0 {
            k0 += 0x9E37_79B9u32;
            k1 += 0xBB67_AE85u32;
        }
        let (a, b) = (words[0], words[2]);
        let (left, left_high) = (a * 0xD251_1F53u32, a.mul_hi(0xD251_1F53u32));
        let (right, right_high) = (b * 0xCD9E_8D57u32, b.mul_hi(0xCD9E_8D57u32));
        let (first, third) = (right_high ^ words[1] ^ k0, left_high ^ words[3] ^ k1);
        words[0] = first;
        words[1] = right;
        words[2] = third;
        words[3] = left;
    }
}

/// y = x ⊙ mask · scale. `rows` holds [record, length] of each place [M, B], `members` [key, key, step] of each member.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn drop_elements(
    x: &[f32],
    rows: &[u32],
    members: &[u32],
    y: &mut [f32],
    count: u32,
    batch: u32,
    residues: u32,
    units: u32,
    blocks: u32,
    layer: u32,
    threshold: u32,
    scale: f32,
) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let (block, residue, row) = (at % blocks, (at / blocks) % residues, at / (blocks * residues));
        let member = row / batch;
        let beyond = residue >= rows[row as usize * 2 + 1];
        let mut drawn = Array::<u32>::new(4usize);
        drawn[0] = residue * blocks + block;
        drawn[1] = rows[row as usize * 2];
        drawn[2] = layer;
        drawn[3] = members[member as usize * 3 + 2];
        philox(&mut drawn, members[member as usize * 3], members[member as usize * 3 + 1]);
        #[unroll]
        for i in 0..4usize {
            let unit = block * 4 + (i as u32);
            if unit < units {
                let place = (row * residues + residue) as usize * units as usize + unit as usize;
                let mut value = 0.0f32;
                if !beyond && drawn[i] >= threshold {
                    value = x[place] * scale;
                }
                y[place] = value;
            }
        }
    }
}

impl DropoutOps for CubeBackend {
    fn dropout(x: CubeTensor, mask: DropoutMask) -> CubeTensor {
        let x = into_contiguous(x);
        let shape: [usize; 4] = x.shape().dims();
        let [members, batch, residues, units] = shape;
        let y = empty(&x, shape);
        let count = members * batch * residues * units.div_ceil(4);
        if count == 0 {
            return y;
        }
        let rows: Vec<u32> = mask.records.iter().zip(mask.lengths.iter()).flat_map(|(record, length)| [*record, *length]).collect();
        let of_member = |(seed, step): (&u64, &u32)| {
            let [low, high] = key(*seed);
            [low, high, *step]
        };
        let of_members: Vec<u32> = mask.seeds.iter().zip(mask.steps.iter()).flat_map(of_member).collect();
        // SAFETY: the kernel stops beyond `count`, and rows and members have an entry for each place and member.
        unsafe {
            drop_elements::launch_unchecked(
                &x.client.clone(),
                cubes_for(count),
                CubeDim::new_1d(UNITS),
                x.clone().into_buffer_arg(),
                words(&x.client, &rows),
                words(&x.client, &of_members),
                y.clone().into_buffer_arg(),
                size(count),
                size(batch),
                size(residues),
                size(units),
                size(units.div_ceil(4)),
                mask.layer,
                (f64::from(mask.p) * 4_294_967_296.0) as u32, // as the CPU's mask has it
                1.0 / (1.0 - mask.p),
            );
        }
        y
    }
}

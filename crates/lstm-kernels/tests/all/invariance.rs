//! What must be the same to the bit.
use crate::{
    lstm::Case,
    support::{in_pool, isas, kernel},
};

const LENGTHS: [u32; 9] = [12, 3, 0, 7, 12, 1, 9, 2, 30];

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let case = Case::new(3, &LENGTHS, 6, 10);
    for isa in isas() {
        let run = |threads| in_pool(threads, || (case.forward(kernel(isa)).0, case.backward(kernel(isa))));
        let ((y1, g1), (y2, g2)) = (run(1), run(2));
        assert_eq!(y1, y2);
        assert_eq!(y1, run(16).0, "{isa}: as many jobs as there are vectors");
        assert_eq!((g1.x, g1.w_ih, g1.w_hh, g1.bias), (g2.x, g2.w_ih, g2.w_hh, g2.bias));
    }
}

#[test]
fn a_member_alone_equals_the_member_in_a_joint_batch() {
    let joint = Case::new(3, &LENGTHS, 6, 10);
    for isa in isas() {
        let (y, g) = (joint.forward(kernel(isa)).0, joint.backward(kernel(isa)));
        for m in 0..3 {
            let mut alone = Case::new(1, &LENGTHS[m * 3..][..3], 6, 10);
            // the same data, padded to this member's own longest protein
            let (long, short) = (joint.shape.residues, alone.shape.residues);
            let cut = |values: &[f32], width: usize| -> Vec<f32> {
                values[m * 3 * long * width..][..3 * long * width]
                    .chunks(long * width)
                    .flat_map(|row| row[..short * width].to_vec())
                    .collect()
            };
            let own = |values: &[f32]| values[m * values.len() / 3..][..values.len() / 3].to_vec();
            alone.x = cut(&joint.x, 6);
            alone.dy = cut(&joint.dy, 20);
            (alone.w_ih, alone.w_hh, alone.bias) = (own(&joint.w_ih), own(&joint.w_hh), own(&joint.bias));
            assert_eq!(alone.forward(kernel(isa)).0, cut(&y, 20), "{isa} member {m}");
            let found = alone.backward(kernel(isa));
            assert_eq!(found.x, cut(&g.x, 6), "{isa} member {m} x");
            assert_eq!((found.w_ih, found.w_hh, found.bias), (own(&g.w_ih), own(&g.w_hh), own(&g.bias)), "{isa} member {m}");
        }
    }
}

#[test]
fn a_protein_gets_the_same_states_alone_first_and_last() {
    let lengths: Vec<u32> = (0..65).map(|b| 1 + (b * 7) % 23).collect();
    let joint = Case::new(1, &lengths, 6, 10);
    let width = joint.shape.residues * 20;
    for isa in isas() {
        let y = joint.forward(kernel(isa)).0;
        assert_eq!(y, in_pool(16, || joint.forward(kernel(isa)).0), "{isa} 16 threads");
        for row in [0, 16, 40, 64] {
            let mut alone = Case::new(1, &[joint.shape.residues as u32], 6, 10);
            alone.lengths = vec![lengths[row]];
            alone.x = joint.x[row * joint.shape.residues * 6..][..joint.shape.residues * 6].to_vec();
            (alone.w_ih, alone.w_hh, alone.bias) = (joint.w_ih.clone(), joint.w_hh.clone(), joint.bias.clone());
            assert_eq!(alone.forward(kernel(isa)).0, y[row * width..][..width], "{isa} row {row}");
        }
    }
}

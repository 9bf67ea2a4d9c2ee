use crate::support::{isas, kernel, numbers};
use lstm_kernels::{
    Isa,
    dropout::{self, DROPPED, Mask},
    philox::{Stream, key, philox4x32},
};

// Known answers of Random123 1.14, kat_vectors, "philox4x32 10".
#[test]
fn philox_gives_the_published_numbers() {
    assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(philox4x32([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    let pi = philox4x32([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]);
    assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
}

#[test]
fn a_shuffle_is_a_permutation_and_streams_differ() {
    let shuffled = |seed, stream| {
        let mut values: Vec<u32> = (0..100).collect();
        Stream::new(seed, stream).shuffle(&mut values);
        values
    };
    let mut sorted = shuffled(1, 2);
    assert_eq!(sorted, shuffled(1, 2));
    assert_ne!(sorted, shuffled(1, 3));
    assert_ne!(sorted, shuffled(2, 2));
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}

#[test]
fn normals_have_mean_0_and_variance_1() {
    let mut stream = Stream::new(3, 0);
    let values: Vec<f64> = (0..20_000).flat_map(|_| stream.normals()).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
    assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
}

fn apply(p: f32, records: &[u32], lengths: &[u32], residues: usize, units: usize) -> Vec<f32> {
    let mask = Mask { p, layer: 1, seeds: &[9], steps: &[4], records };
    let mut out = vec![f32::NAN; records.len() * residues * units];
    dropout::apply(kernel(Isa::detect()), &mask, lengths, residues, units, &vec![1.0; out.len()], &mut out);
    out
}

#[test]
fn a_mask_belongs_to_the_record_wherever_it_lies() {
    let joint = apply(0.5, &[5, 6, 7], &[4, 2, 3], 4, 6);
    assert_eq!(apply(0.5, &[6], &[2], 2, 6), joint[4 * 6..][..2 * 6]);
    assert_eq!(joint[(4 + 2) * 6..8 * 6], [0.0; 12], "padding is zero");
}

#[test]
fn kept_values_are_scaled_and_half_are_kept() {
    let out = apply(0.25, &[1], &[1000], 1000, 7);
    let kept = out.iter().filter(|v| **v != 0.0).count() as f64 / out.len() as f64;
    assert!((kept - 0.75).abs() < 0.02, "{kept}");
    assert!(out.iter().all(|v| *v == 0.0 || *v == 1.0 / 0.75));
}

#[test]
fn whole_residues_are_dropped_at_the_rate() {
    let mask = Mask { p: 0.1, layer: 0, seeds: &[9], steps: &[4], records: &[3] };
    let mut codes = vec![2; 5000];
    dropout::drop_residues(&mask, &[4000], 5000, &mut codes);
    let dropped = codes.iter().filter(|c| **c == DROPPED).count();
    assert!((300..500).contains(&dropped) && codes[4000..].iter().all(|c| *c == 2), "{dropped}");
}

#[test]
fn dropout_is_what_its_counters_say_one_by_one() {
    let (lengths, residues, p) = ([1u32, 9, 0, 4], 9, 0.4f32);
    let (seeds, steps, records) = ([7u64, u64::MAX - 1], [0u32, 5], [3u32, 0, 2, u32::MAX]);
    let mask = Mask { p, layer: 2, seeds: &seeds, steps: &steps, records: &records };
    let threshold = (f64::from(p) * 4_294_967_296.0) as u32;
    for isa in isas() {
        for units in [1, 3, 4, 17, 32, 60, 67] {
            let x = numbers(1, lengths.len() * residues * units, 1.0);
            let mut found = vec![f32::NAN; x.len()];
            dropout::apply(kernel(isa), &mask, &lengths, residues, units, &x, &mut found);
            let blocks = units.div_ceil(4);
            for (at, found) in found.iter().enumerate() {
                let (row, t, unit) = (at / units / residues, at / units % residues, at % units);
                let position = (t * blocks + unit / 4) as u32;
                let word = philox4x32([position, records[row], 2, steps[row / 2]], key(seeds[row / 2]))[unit % 4];
                let kept = t < lengths[row] as usize && word >= threshold;
                assert_eq!(*found, if kept { x[at] * (1.0 / (1.0 - p)) } else { 0.0 }, "{isa} U {units} row {row} t {t} unit {unit}");
            }
        }
    }
}

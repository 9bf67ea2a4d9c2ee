use std::f64::consts::FRAC_1_SQRT_2;

use subloc_model::{config::Schedule, train::schedule_factor};

#[track_caller]
fn assert_factors(schedule: Schedule, steps_an_epoch: usize, epochs: usize, expected: &[(usize, f64)]) {
    for (step, expected) in expected {
        let found = schedule_factor(schedule, *step, steps_an_epoch, epochs);
        assert!((found - expected).abs() < 1e-12, "step {step}: found {found}, expected {expected}");
    }
}

#[test]
fn a_constant_rate_stays() {
    assert_factors(Schedule::Constant, 10, 3, &[(0, 1.0), (29, 1.0), (1000, 1.0)]);
}

#[test]
fn warm_up_rises_by_equal_parts_and_half_a_cosine_falls_to_the_final_fraction() {
    // 3 epochs of 5 steps; warm-up of 0.8 epochs = 4 steps: ¼, ½, ¾, 1. Then steps 4 to 14 go from 1 to 0.2 with
    // 0.2 + 0.8 · ½ (1 + cos(π · (step − 4) / 10)): step 9 is half way, 0.6.
    let schedule = Schedule::Cosine { warmup_epochs: 0.8, final_fraction: 0.2 };
    assert_factors(schedule, 5, 3, &[(0, 0.25), (1, 0.5), (2, 0.75), (3, 1.0), (4, 1.0), (9, 0.6), (14, 0.2), (15, 0.2), (100, 0.2)]);
}

#[test]
fn without_warm_up_the_cosine_begins_at_1() {
    // 9 steps, 8 intervals: a quarter is cos(π / 4) = 1 / √2.
    let schedule = Schedule::Cosine { warmup_epochs: 0.0, final_fraction: 0.0 };
    assert_factors(schedule, 9, 1, &[(0, 1.0), (2, 0.5 * (1.0 + FRAC_1_SQRT_2)), (4, 0.5), (8, 0.0)]);
}

#[test]
fn a_warm_up_that_ends_between_two_steps_never_exceeds_the_rate() {
    // 0.5 epochs of 5 steps are 2.5 steps, rounded to 3.
    let schedule = |warmup_epochs| Schedule::Cosine { warmup_epochs, final_fraction: 0.1 };
    assert_factors(schedule(0.5), 5, 2, &[(0, 1.0 / 3.0), (1, 2.0 / 3.0), (2, 1.0), (3, 1.0), (9, 0.1)]);
    for tenth in 0..40 {
        for step in 0..20 {
            let found = schedule_factor(schedule(f64::from(tenth) / 10.0), step, 7, 3);
            assert!((0.0..=1.0).contains(&found) && found > 0.0, "warm-up {tenth} tenths, step {step}: {found}");
        }
    }
}

#[test]
fn warm_up_as_long_as_the_training_ends_at_1() {
    assert_factors(Schedule::Cosine { warmup_epochs: 9.0, final_fraction: 0.1 }, 4, 1, &[(0, 0.25), (3, 1.0)]);
}

#[test]
fn steps_multiply_after_every_so_many_epochs() {
    // every 2 epochs of 3 steps: steps 0–5, 6–11, 12–17
    let schedule = Schedule::Step { every_epochs: 2, factor: 0.5 };
    assert_factors(schedule, 3, 6, &[(0, 1.0), (5, 1.0), (6, 0.5), (11, 0.5), (12, 0.25), (17, 0.25)]);
}

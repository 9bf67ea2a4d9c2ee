//! What a device's failure means, and what its memory does. What marks a device for the whole process, or asks how much the process holds, runs in a
//! process of its own.
use std::{
    process::Command,
    time::{Duration, Instant},
};

use burn::tensor::{Device, ExecutionError, Tensor};
use subloc_model::{
    Error,
    config::{ModelKind, TrainingConfig},
    device::{self, DeviceKind, DeviceReport},
    train::Event,
};

use crate::{
    backends::devices,
    problem::{Job, Problem, failed, plain, plans},
    support::cpu,
};

/// Set for the tests that another one runs in a process of its own; its value is the number of epochs.
const ALONE: &str = "SUBLOC_TEST_ALONE";

/// Runs one of the ignored tests below in a process of its own.
#[track_caller]
fn in_a_process(test: &str, epochs: usize) {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program)
        .args(["--exact", &format!("device_failures::{test}"), "--ignored", "--nocapture"])
        .env(ALONE, epochs.to_string())
        .output()
        .unwrap();
    // What it said, its SKIPPED lines and its numbers too, stands in this test's own output.
    let said = String::from_utf8_lossy(&output.stdout);
    eprintln!("{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{test} failed in its own process: {}", output.status);
}

#[test]
fn the_memory_of_a_device_does_not_grow_over_two_hundred_steps() {
    in_a_process("in_its_own_process_memory_does_not_grow", 70);
}

#[test]
#[ignore = "long; the soak runs it"]
fn the_memory_of_a_device_does_not_grow_over_two_thousand_steps() {
    in_a_process("in_its_own_process_memory_does_not_grow", 667);
}

/// What the process holds of the machine's memory; Linux alone tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

#[test]
#[ignore = "the test above runs it"]
fn in_its_own_process_memory_does_not_grow() {
    let Some(epochs) = std::env::var(ALONE).ok().and_then(|n| n.parse().ok()) else { return };
    let problem = Problem::new(ModelKind::ALstm, 90);
    for (name, device) in devices() {
        let (mut reserved, mut resident) = (Vec::new(), Vec::new());
        let training = TrainingConfig { epochs, ..plain() }; // 3 steps an epoch
        let result = Job::new(&problem, training, plans(90, &[1])).on(&device).run_with(&Default::default(), &mut |event| {
            if let Event::Epoch(_) = event {
                reserved.push(device::memory_in_use(&device).unwrap().1);
                resident.push(resident_bytes());
                if reserved.len() % 67 == 0 {
                    let (mb, of) = (resident.last().unwrap().unwrap_or(0) >> 20, reserved.last().unwrap() >> 10);
                    eprintln!("{name}: {} steps: resident {mb} MB, the device's reserve {of} kB", 3 * reserved.len());
                }
            }
        });
        assert!(result.is_ok(), "{name}");
        let (early, late) = (reserved[20], reserved[epochs - 1]);
        // The pools of the device still round up by some kilobytes after the first steps: 2 % of room, a hundred bytes a step over two thousand.
        assert!(late <= early + early / 50, "{name}: {early} bytes after 63 steps, {late} after {}", 3 * epochs);
        // A leak of 4 kB a step would be 8 MB over two thousand.
        if let (Some(early), Some(late)) = (resident[20], resident[epochs - 1]) {
            assert!(late < early + (6 << 20), "{name}: {early} bytes resident after 63 steps, {late} after {}", 3 * epochs);
        }
    }
}

#[test]
fn a_device_that_is_lost_is_dead_for_the_process() {
    in_a_process("in_its_own_process_a_lost_device", 1);
}

#[test]
#[ignore = "the test above runs it"]
fn in_its_own_process_a_lost_device() {
    if std::env::var(ALONE).is_err() {
        return;
    }
    for (name, device) in devices() {
        // What a poisoned device says of a read, in the middle of a job.
        let lost = device::watched(&device, || Err::<(), Error>(device::failure(&device, &ExecutionError::device_poisoned("Xid 79"))));
        assert_eq!(failed(lost).code, "DEVICE_LOST", "{name}");
        let backend = device::backend_of(&device);
        let refused = failed(device::open(backend));
        assert_eq!((refused.code, &refused.facts["backend"]), ("DEVICE_LOST", &backend.into()), "{name}");
        assert!(refused.message.contains("Xid 79"), "{refused}");
        let again = device::watched(&device, || Ok(()));
        assert_eq!(failed(again).code, "DEVICE_LOST", "{name}: no job begins on it");
        let reports = device::list_devices();
        let report = reports.iter().find(|report| report.backend == backend).unwrap();
        assert!(!report.available && !report.auto && report.reason.as_ref().unwrap().contains("Xid 79"), "{report:?}");
        assert_ne!(device::auto_backend(), backend, "{name}");
    }
}

#[cfg(feature = "gpu")]
#[test]
fn a_device_that_goes_in_the_middle_of_a_training_is_lost_and_the_training_goes_on_from_its_checkpoint() {
    in_a_process("in_its_own_process_a_destroyed_device", 1);
}

/// Nothing is played here: the driver's device is destroyed under a training that runs.
#[cfg(feature = "gpu")]
#[test]
#[ignore = "the test above runs it"]
fn in_its_own_process_a_destroyed_device() {
    use crate::support::Folder;
    use cubecl::wgpu::{AutoGraphicsApi, RuntimeOptions, WgpuDevice, WgpuDeviceKind, try_init_setup};
    if std::env::var(ALONE).is_err() {
        return;
    }
    // Before anything computes: the package's own client of this device is then one whose device is in our hand.
    let Ok(setup) = try_init_setup::<AutoGraphicsApi>(&WgpuDevice::new(WgpuDeviceKind::Cpu), RuntimeOptions::default()) else {
        return eprintln!("SKIPPED: no software adapter that may be destroyed");
    };
    let device = Device::wgpu(burn::tensor::DeviceKind::Cpu);
    let problem = Problem::new(ModelKind::RLstm, 90);
    let folder = Folder::new();
    let checkpoint = folder.file("state.safetensors");
    let job = || Job::new(&problem, TrainingConfig { epochs: 4, ..plain() }, plans(90, &[1])).at(checkpoint.clone());
    let began = Instant::now();
    let on_device = job().on(&device);
    let lost = device::watched(&device, || {
        on_device.run_with(&Default::default(), &mut |event| {
            if let Event::Epoch(report) = event
                && report.epoch == 2
            {
                setup.device.destroy();
            }
        })
    });
    let lost = failed(lost);
    assert_eq!((lost.code, &lost.facts["backend"]), ("DEVICE_LOST", &"wgpu".into()), "{lost}");
    assert!(began.elapsed() < Duration::from_secs(100), "it hung for {:?}", began.elapsed());
    // The next job is told at once.
    let again = Instant::now();
    assert_eq!(failed(device::watched(&device, || Ok(()))).code, "DEVICE_LOST");
    assert_eq!(failed(device::open("wgpu")).code, "DEVICE_LOST");
    assert!(again.elapsed() < Duration::from_secs(2), "{:?}", again.elapsed());
    // What two epochs left is whole: the CPU does the other two.
    let (resumed, events) = job().run();
    let epochs: Vec<usize> = events.iter().filter_map(|e| if let Event::Epoch(report) = e { Some(report.epoch) } else { None }).collect();
    assert!(resumed.is_ok());
    assert_eq!(epochs, [3, 4]);
}

#[test]
fn a_panic_of_our_own_is_not_the_devices() {
    for (name, device) in devices() {
        let began = Instant::now();
        let caught = std::panic::catch_unwind(|| device::watched(&device, || -> Result<(), Error> { panic!("ours") }));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"ours"), "{name}");
        assert!(began.elapsed() < Duration::from_secs(10), "{name}");
        assert_eq!(device::watched(&device, || Ok(7)).unwrap(), 7, "{name}: it goes on");
    }
}

#[test]
fn an_allocation_that_the_device_cannot_make_is_out_of_memory_and_leaves_it_usable() {
    for (name, device) in devices() {
        // Four times 2⁴⁰ bytes.
        let error = Tensor::<2>::empty([1 << 30, 1 << 10], &device).slice([0..1, 0..1]).try_into_data().unwrap_err();
        let error = device::failure(&device, &error);
        assert_eq!(error.code, "OUT_OF_MEMORY", "{name}: {error}");
        assert!(error.message.lines().count() == 1, "{name}: {error}");
        // What a deferred copy says, which only tells it as text.
        let deferred = device::read_failure(&device, "Failed to read: CUDA_ERROR: out of memory");
        assert_eq!(deferred.code, "OUT_OF_MEMORY", "{name}: {deferred}");
        let one: Vec<f32> = Tensor::<1>::ones([1], &device).try_into_data().unwrap().try_to_vec().unwrap();
        assert_eq!(one, [1.0], "{name}");
    }
}

#[test]
fn a_backend_that_is_missing_is_refused_with_the_probes_words() {
    for report in device::list_devices().into_iter().filter(|report| !report.available) {
        let error = failed(device::open(report.backend));
        assert_eq!(error.code, "BACKEND_UNAVAILABLE");
        let reason = report.reason.unwrap();
        assert!(!reason.is_empty() && error.message.contains(&reason), "{error}");
    }
    assert_eq!(failed(device::open("metal")).code, "INVALID_OPTION");
}

#[test]
fn every_backend_is_told_of_and_auto_takes_one_of_them() {
    let reports = device::list_devices();
    for backend in ["cpu", "wgpu", "cuda"] {
        assert!(reports.iter().any(|r| r.backend == backend), "{backend}");
    }
    assert!(reports.iter().all(|r| r.available == r.reason.is_none() && r.available == r.kind.is_some()));
    assert_eq!(reports.iter().filter(|r| r.auto).count(), 1);
    assert!(reports.iter().all(|r| !(r.auto && r.software)), "never a software adapter");
}

#[test]
fn auto_takes_cuda_then_a_discrete_gpu_then_the_cpu() {
    let cpu = device::list_devices().remove(0);
    let report = |backend, kind| DeviceReport { backend, kind: Some(kind), software: kind == DeviceKind::Software, ..cpu.clone() };
    let missing = |backend| DeviceReport { backend, available: false, kind: None, reason: Some("no".into()), ..cpu.clone() };
    let choice = |wgpu: &[DeviceKind], cuda: Option<DeviceKind>| {
        let mut reports = vec![cpu.clone()];
        reports.extend(wgpu.iter().map(|kind| report("wgpu", *kind)));
        reports.push(cuda.map_or_else(|| missing("cuda"), |kind| report("cuda", kind)));
        let chosen = &reports[device::auto_choice(&reports)];
        (chosen.backend, chosen.kind.unwrap())
    };
    use DeviceKind::{Cpu, Discrete, Integrated, Software};
    assert_eq!(choice(&[Discrete], Some(Discrete)), ("cuda", Discrete));
    assert_eq!(choice(&[Integrated, Discrete], None), ("wgpu", Discrete));
    assert_eq!(choice(&[Integrated], None), ("cpu", Cpu));
    assert_eq!(choice(&[Software], None), ("cpu", Cpu));
    assert_eq!(choice(&[], None), ("cpu", Cpu));
}

#[test]
fn the_cpu_has_no_device_memory_to_tell_of() {
    let device: Device = cpu();
    assert_eq!((device::largest_tensor_bytes(&device), device::memory_in_use(&device)), (None, None));
    assert_eq!(device::backend_of(&device), "cpu");
}

//! What the products become in CUDA C++, without a card: the compiler is CubeCL's own, the device is one that only claims tensor cores.
use std::{io::Write as _, sync::Arc};

use cubecl::{
    Compiler, CubeKernel, define_kernel,
    features::MmaConfig,
    ir::{ElemType, FloatKind},
    prelude::*,
};
use cubecl_cuda::{CudaCompilationOptions, CudaCompiler};
use half::bf16;

use super::{
    kernels::{times, times_transposed, weight_gradient},
    multiply::{Multiply, TensorCores, Units},
    plane, tiles,
};

/// The configurations that CubeCL lists for a card from Ampere on.
const CONFIGURATIONS: [(FloatKind, u32); 2] = [(FloatKind::TF32, 8), (FloatKind::BF16, 16)];

fn source(kernel: &dyn CubeKernel) -> String {
    let definition = define_kernel(kernel).unwrap();
    CudaCompiler::default().compile(definition, &CudaCompilationOptions::default()).unwrap().to_string()
}

/// The three kernels of a product.
fn sources<P: Multiply>() -> Option<Vec<String>> {
    let skipped = |error: &crate::Error| writeln!(std::io::stderr(), "SKIPPED: the CUDA text needs any client: {error}");
    let (device, _) = crate::device::open("wgpu").inspect_err(|error| skipped(error).unwrap()).ok()?;
    let client = crate::device::client(&device)?;
    let mut properties = client.properties().clone();
    for (kind, k) in CONFIGURATIONS {
        let (kind, sum) = (ElemType::Float(kind), ElemType::Float(FloatKind::F32));
        properties.features.matmul.cmma.insert(MmaConfig { a_type: kind, b_type: kind, cd_type: sum, m: 16, n: 16, k });
    }
    let (properties, target) = (Arc::new(properties), client.target_properties_shared());
    // SAFETY: nothing is launched.
    let buffer = || unsafe { BufferArg::from_raw_parts(client.empty(16), 4) };
    let count = || tiles(64, 64, 1);
    Some(vec![
        source(&times_transposed::create_dummy_kernel::<P>(
            properties.clone(),
            target.clone(),
            count(),
            plane(),
            buffer(),
            buffer(),
            buffer(),
            buffer(),
            buffer(),
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            true,
            false,
        )),
        source(&times::create_dummy_kernel::<P>(
            properties.clone(),
            target.clone(),
            count(),
            plane(),
            buffer(),
            buffer(),
            buffer(),
            buffer(),
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            true,
        )),
        source(&weight_gradient::create_dummy_kernel::<P>(
            properties,
            target,
            count(),
            plane(),
            buffer(),
            buffer(),
            buffer(),
            buffer(),
            buffer(),
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            true,
        )),
    ])
}

#[test]
fn products_in_tf32_and_bf16_are_wmma_in_cuda() {
    let Some(tf32_sources) = sources::<TensorCores<tf32>>() else { return };
    for text in tf32_sources {
        assert!(text.contains("precision::tf32") && text.contains("16, 16, 8"), "{text}");
        // A multiplication of eight factors, twice for sixteen, for each half of a plane's part.
        assert_eq!(text.matches("mma_sync(").count(), 4, "{text}");
        assert_eq!(text.matches("store_matrix_sync(").count(), 2, "{text}");
        assert!(text.contains("__float_to_tf32"), "{text}");
    }
    for text in sources::<TensorCores<bf16>>().unwrap() {
        assert!(text.contains("__nv_bfloat16") && text.contains("16, 16, 16"), "{text}");
        assert_eq!(text.matches("mma_sync(").count(), 2, "{text}");
    }
}

#[test]
fn products_in_f32_use_no_tensor_core() {
    for text in sources::<Units>().unwrap_or_default() {
        assert!(!text.contains("mma"), "{text}");
    }
}

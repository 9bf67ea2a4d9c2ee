//! Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the one generator of the project.
//!
//! A counter-based generator: the number is a pure function of (counter, key), so a mask or a weight never depends on what was drawn before.

/// Ten rounds of Philox over four 32-bit words.
#[inline]
pub fn philox4x32(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        let left = u64::from(counter[0]) * 0xD251_1F53;
        let right = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [(right >> 32) as u32 ^ counter[1] ^ key[0], right as u32, (left >> 32) as u32 ^ counter[3] ^ key[1], left as u32];
    }
    counter
}

/// Counters that [`philox4x32_wide`] works on at once.
pub(crate) const WIDE: usize = 8;

/// [`philox4x32`] of the counters `[first + i, rest..]`, word by word, in a form that the compiler turns into vectors.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "one lane of four arrays a round is what becomes a vector")]
pub(crate) fn philox4x32_wide(first: u32, rest: [u32; 3], mut key: [u32; 2]) -> [[u32; WIDE]; 4] {
    let mut c = [[0u32; WIDE]; 4];
    for i in 0..WIDE {
        (c[0][i], c[1][i], c[2][i], c[3][i]) = (first.wrapping_add(i as u32), rest[0], rest[1], rest[2]);
    }
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        for i in 0..WIDE {
            let left = u64::from(c[0][i]) * 0xD251_1F53;
            let right = u64::from(c[2][i]) * 0xCD9E_8D57;
            (c[0][i], c[1][i], c[2][i], c[3][i]) =
                ((right >> 32) as u32 ^ c[1][i] ^ key[0], right as u32, (left >> 32) as u32 ^ c[3][i] ^ key[1], left as u32);
        }
    }
    c
}

/// The key of a seed: its low and high halves.
pub fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// A sequence of numbers: counter = (position, stream), key = seed. Streams of one seed do not overlap.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    stream: u64,
    block: u64,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    /// The beginning of stream `stream` of `seed`.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { key: key(seed), stream, block: 0, words: [0; 4], used: 4 }
    }

    /// 32 uniform bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.used == 4 {
            let [low, high] = key(self.block);
            let [stream_low, stream_high] = key(self.stream);
            self.words = philox4x32([low, high, stream_low, stream_high], self.key);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    /// Uniform on [0, 1) in steps of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform on [0, 1) in steps of 2⁻⁵³.
    pub fn uniform_f64(&mut self) -> f64 {
        let bits = u64::from(self.next_u32()) << 21 | u64::from(self.next_u32()) >> 11;
        bits as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A pair of independent standard normal numbers (Box–Muller).
    pub fn normals(&mut self) -> [f64; 2] {
        let radius = (-2.0 * (1.0 - self.uniform_f64()).ln()).sqrt();
        let (sin, cos) = (2.0 * std::f64::consts::PI * self.uniform_f64()).sin_cos();
        [radius * cos, radius * sin]
    }

    /// Uniform on 0..`n` (Lemire's multiplication with rejection); `n` ≥ 1.
    pub fn below(&mut self, n: u32) -> u32 {
        let threshold = n.wrapping_neg() % n;
        loop {
            let wide = u64::from(self.next_u32()) * u64::from(n);
            if wide as u32 >= threshold {
                return (wide >> 32) as u32;
            }
        }
    }

    /// Fisher–Yates, from the last place to the first.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

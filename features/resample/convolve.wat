;; The resampler's inner loop: output n is the product of a row of taps with the samples from its position on, eight
;; at a time. JavaScript has no SIMD; this is 20 times as fast. convolve.ts holds it translated.
(module
  (memory (export "memory") 1)

  ;; Addresses in bytes. rowBytes: of one phase's taps, a multiple of 32. Output n + 1 stands `step` phases after n.
  (func (export "convolve")
    (param $output i32) (param $outputEnd i32)
    (param $taps i32) (param $rowBytes i32) (param $samples i32)
    (param $phase i32) (param $step i32) (param $phases i32)
    (local $tap i32) (local $tapEnd i32) (local $sample i32)
    (local $even v128) (local $odd v128)
    (block $done
      (loop $nextOutput
        (br_if $done (i32.ge_u (local.get $output) (local.get $outputEnd)))
        (local.set $tap (i32.add (local.get $taps) (i32.mul (local.get $phase) (local.get $rowBytes))))
        (local.set $tapEnd (i32.add (local.get $tap) (local.get $rowBytes)))
        (local.set $sample (local.get $samples))
        (local.set $even (v128.const f32x4 0 0 0 0))
        (local.set $odd (v128.const f32x4 0 0 0 0))
        (loop $nextTaps
          (local.set $even (f32x4.add (local.get $even)
            (f32x4.mul (v128.load (local.get $tap)) (v128.load (local.get $sample)))))
          (local.set $odd (f32x4.add (local.get $odd)
            (f32x4.mul (v128.load offset=16 (local.get $tap)) (v128.load offset=16 (local.get $sample)))))
          (local.set $tap (i32.add (local.get $tap) (i32.const 32)))
          (local.set $sample (i32.add (local.get $sample) (i32.const 32)))
          (br_if $nextTaps (i32.lt_u (local.get $tap) (local.get $tapEnd))))
        (local.set $even (f32x4.add (local.get $even) (local.get $odd)))
        (f32.store (local.get $output) (f32.add
          (f32.add (f32x4.extract_lane 0 (local.get $even)) (f32x4.extract_lane 1 (local.get $even)))
          (f32.add (f32x4.extract_lane 2 (local.get $even)) (f32x4.extract_lane 3 (local.get $even)))))
        (local.set $output (i32.add (local.get $output) (i32.const 4)))
        (local.set $phase (i32.add (local.get $phase) (local.get $step)))
        (local.set $samples (i32.add (local.get $samples)
          (i32.shl (i32.div_u (local.get $phase) (local.get $phases)) (i32.const 2))))
        (local.set $phase (i32.rem_u (local.get $phase) (local.get $phases)))
        (br $nextOutput)))))

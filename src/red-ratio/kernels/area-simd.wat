;; Counts red pixels, 16 at a time. Pixels lie at the start of the memory; what fills up the last 16 is zero (black,
;; transparent), which is never red and weighs nothing. The limits are the coefficients of area-limits.ts, for 8 bit.
;; With lo = min(g, b) and hi = max(g, b) a pixel is red where
;;   60 (hi - lo) <= hue (r - lo)  and  ofRed r >= ofLow lo  and  r >= leastRed
;; The products of two bytes fit 16 bits. Where r < lo, r - lo saturates to 0, and the second inequality is false.
;; This is written out in both functions, since V8 does not inline one WebAssembly function into another.
(module
  (memory (export "memory") 3)

  (func $sum (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes)))))

  ;; The number of red pixels among RGB pixels in bytes 0 to $end, a multiple of 48.
  (func (export "rgb") (param $end i32) (param $hue i32) (param $ofRed i32) (param $ofLow i32) (param $leastRed i32)
                       (result i32)
    (local $at i32) (local $a v128) (local $b v128) (local $c v128)
    (local $red v128) (local $green v128) (local $blue v128) (local $count v128)
    (local $low v128) (local $spread v128) (local $above v128) (local $isRed v128)
    (local $sixties v128) (local $hues v128) (local $ofReds v128) (local $ofLows v128) (local $leastReds v128)
    (local.set $sixties (i8x16.splat (i32.const 60)))
    (local.set $hues (i8x16.splat (local.get $hue)))
    (local.set $ofReds (i8x16.splat (local.get $ofRed)))
    (local.set $ofLows (i8x16.splat (local.get $ofLow)))
    (local.set $leastReds (i8x16.splat (local.get $leastRed)))
    (loop $next
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (local.set $c (v128.load offset=32 (local.get $at)))
      ;; Swizzles by a constant with -1 where another register has the sample: one instruction each, twice as fast as
      ;; shuffles of two registers.
      (local.set $red (v128.or (v128.or
        (i8x16.swizzle (local.get $a) (v128.const i8x16 0 3 6 9 12 15 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1))
        (i8x16.swizzle (local.get $b) (v128.const i8x16 -1 -1 -1 -1 -1 -1 2 5 8 11 14 -1 -1 -1 -1 -1)))
        (i8x16.swizzle (local.get $c) (v128.const i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 1 4 7 10 13))))
      (local.set $green (v128.or (v128.or
        (i8x16.swizzle (local.get $a) (v128.const i8x16 1 4 7 10 13 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1))
        (i8x16.swizzle (local.get $b) (v128.const i8x16 -1 -1 -1 -1 -1 0 3 6 9 12 15 -1 -1 -1 -1 -1)))
        (i8x16.swizzle (local.get $c) (v128.const i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 2 5 8 11 14))))
      (local.set $blue (v128.or (v128.or
        (i8x16.swizzle (local.get $a) (v128.const i8x16 2 5 8 11 14 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1))
        (i8x16.swizzle (local.get $b) (v128.const i8x16 -1 -1 -1 -1 -1 1 4 7 10 13 -1 -1 -1 -1 -1 -1)))
        (i8x16.swizzle (local.get $c) (v128.const i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 0 3 6 9 12 15))))
      (local.set $low (i8x16.min_u (local.get $green) (local.get $blue)))
      (local.set $spread (i8x16.sub (i8x16.max_u (local.get $green) (local.get $blue)) (local.get $low)))
      (local.set $above (i8x16.sub_sat_u (local.get $red) (local.get $low)))
      (local.set $isRed (v128.and
        (i8x16.ge_u (local.get $red) (local.get $leastReds))
        (i8x16.narrow_i16x8_s
          (v128.and
            (i16x8.le_u
              (i16x8.extmul_low_i8x16_u (local.get $spread) (local.get $sixties))
              (i16x8.extmul_low_i8x16_u (local.get $above) (local.get $hues)))
            (i16x8.ge_u
              (i16x8.extmul_low_i8x16_u (local.get $red) (local.get $ofReds))
              (i16x8.extmul_low_i8x16_u (local.get $low) (local.get $ofLows))))
          (v128.and
            (i16x8.le_u
              (i16x8.extmul_high_i8x16_u (local.get $spread) (local.get $sixties))
              (i16x8.extmul_high_i8x16_u (local.get $above) (local.get $hues)))
            (i16x8.ge_u
              (i16x8.extmul_high_i8x16_u (local.get $red) (local.get $ofReds))
              (i16x8.extmul_high_i8x16_u (local.get $low) (local.get $ofLows)))))))
      ;; a mask's bytes are -1: the lanes go down by at most 2 in a round, so 16 bits hold 16,383 rounds (262,128 pixels)
      (local.set $count (i16x8.add (local.get $count) (i16x8.extadd_pairwise_i8x16_s (local.get $isRed))))
      (local.set $at (i32.add (local.get $at) (i32.const 48)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.sub (i32.const 0) (call $sum (i32x4.extadd_pairwise_i16x8_s (local.get $count)))))

  ;; The sum of the alphas of red pixels, and of all, among RGBA pixels in bytes 0 to $end, a multiple of 64.
  (func (export "rgba") (param $end i32) (param $hue i32) (param $ofRed i32) (param $ofLow i32) (param $leastRed i32)
                        (result i32 i32)
    (local $at i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $ab v128) (local $cd v128) (local $alpha v128) (local $redWeight v128) (local $weight v128)
    (local $red v128) (local $green v128) (local $blue v128)
    (local $low v128) (local $spread v128) (local $above v128) (local $isRed v128)
    (local $sixties v128) (local $hues v128) (local $ofReds v128) (local $ofLows v128) (local $leastReds v128)
    (local.set $sixties (i8x16.splat (i32.const 60)))
    (local.set $hues (i8x16.splat (local.get $hue)))
    (local.set $ofReds (i8x16.splat (local.get $ofRed)))
    (local.set $ofLows (i8x16.splat (local.get $ofLow)))
    (local.set $leastReds (i8x16.splat (local.get $leastRed)))
    (loop $next
      ;; each register as RRRR GGGG BBBB AAAA, then transposed in pieces of four bytes
      (local.set $a (i8x16.swizzle (v128.load (local.get $at))
        (v128.const i8x16 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15)))
      (local.set $b (i8x16.swizzle (v128.load offset=16 (local.get $at))
        (v128.const i8x16 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15)))
      (local.set $c (i8x16.swizzle (v128.load offset=32 (local.get $at))
        (v128.const i8x16 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15)))
      (local.set $d (i8x16.swizzle (v128.load offset=48 (local.get $at))
        (v128.const i8x16 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15)))
      (local.set $ab (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $cd (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
      (local.set $a (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
      (local.set $c (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
      (local.set $alpha (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
      (local.set $weight (i32x4.add (local.get $weight)
        (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $alpha)))))
      (local.set $red (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c)))
      (local.set $green (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c)))
      (local.set $blue (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
      (local.set $low (i8x16.min_u (local.get $green) (local.get $blue)))
      (local.set $spread (i8x16.sub (i8x16.max_u (local.get $green) (local.get $blue)) (local.get $low)))
      (local.set $above (i8x16.sub_sat_u (local.get $red) (local.get $low)))
      (local.set $isRed (v128.and
        (i8x16.ge_u (local.get $red) (local.get $leastReds))
        (i8x16.narrow_i16x8_s
          (v128.and
            (i16x8.le_u
              (i16x8.extmul_low_i8x16_u (local.get $spread) (local.get $sixties))
              (i16x8.extmul_low_i8x16_u (local.get $above) (local.get $hues)))
            (i16x8.ge_u
              (i16x8.extmul_low_i8x16_u (local.get $red) (local.get $ofReds))
              (i16x8.extmul_low_i8x16_u (local.get $low) (local.get $ofLows))))
          (v128.and
            (i16x8.le_u
              (i16x8.extmul_high_i8x16_u (local.get $spread) (local.get $sixties))
              (i16x8.extmul_high_i8x16_u (local.get $above) (local.get $hues)))
            (i16x8.ge_u
              (i16x8.extmul_high_i8x16_u (local.get $red) (local.get $ofReds))
              (i16x8.extmul_high_i8x16_u (local.get $low) (local.get $ofLows)))))))
      (local.set $redWeight (i32x4.add (local.get $redWeight)
        (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u
          (v128.and (local.get $alpha) (local.get $isRed))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (call $sum (local.get $redWeight))
    (call $sum (local.get $weight))))

/**
 * `exp` and `log` by additions, multiplications and divisions alone, which IEEE 754 fixes to the bit: the ones of
 * `Math` differ in their last bit between V8's versions (Chromium 153 against Node 20 and 24), and a file and its seed
 * must give the same result everywhere. The algorithms and coefficients are fdlibm's, e_exp.c and e_log.c (Sun
 * Microsystems, 1993); both err by less than one unit in the last place.
 */

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const low = 1 - high;

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const perLn2 = 1.442695040888963387;
const overflow = 7.09782712893383973096e2;
const underflow = -7.4513321910194110842e2;
const two54 = 0x4000000 * 0x10000000;
const two1023 = 8.98846567431158e307;
const perTwo1000 = 9.3326361850321887899e-302;

/** 2 to the power of an exponent between −1022 and 1023. */
function powerOfTwo(exponent: number): number {
  words[high] = (exponent + 1023) << 20;
  words[low] = 0;
  return float[0]!;
}

export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > overflow) return Infinity;
  if (x < underflow) return 0;
  float[0] = x;
  const size = words[high]! & 0x7fffffff;
  if (size < 0x3e300000) return 1 + x;
  if (x === 1) return Math.E;
  // x = k·ln 2 + (upper − lower), the remainder at most half of ln 2.
  let k = 0;
  let upper = x;
  let lower = 0;
  if (size > 0x3fd62e42) {
    if (size < 0x3ff0a2b2) k = x < 0 ? -1 : 1;
    else k = Math.trunc(perLn2 * x + (x < 0 ? -0.5 : 0.5));
    upper = x - k * ln2High;
    lower = k * ln2Low;
  }
  const r = upper - lower;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (lower - (r * c) / (2 - c) - upper);
  if (k === 1024) return y * 2 * two1023;
  return k >= -1021 ? y * powerOfTwo(k) : y * powerOfTwo(k + 1000) * perTwo1000;
}

export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x === Infinity) return x;
  let k = 0;
  float[0] = x;
  if (words[high]! < 0x00100000) {
    k = -54;
    float[0] = x * two54;
  }
  // x = 2^k · (1 + f), 1 + f between √½ and √2.
  k += (words[high]! >> 20) - 1023;
  const fraction = words[high]! & 0x000fffff;
  const above = (fraction + 0x95f64) & 0x100000;
  words[high] = fraction | (above ^ 0x3ff00000);
  k += above >> 20;
  const f = float[0]! - 1;
  if ((0x000fffff & (2 + fraction)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * ln2High + k * ln2Low;
    const rest = f * f * (0.5 - 0.33333333333333333 * f);
    return k === 0 ? f - rest : k * ln2High - (rest - k * ln2Low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const rest = odd + even;
  if (((fraction - 0x6147a) | (0x6b851 - fraction)) > 0) {
    const half = 0.5 * f * f;
    if (k === 0) return f - (half - s * (half + rest));
    return k * ln2High - (half - (s * (half + rest) + k * ln2Low) - f);
  }
  if (k === 0) return f - s * (f - rest);
  return k * ln2High - (s * (f - rest) - k * ln2Low - f);
}

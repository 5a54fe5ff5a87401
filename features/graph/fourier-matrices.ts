/**
 * The FFT in steps (Bailey 1990) of real frames of `rows x columns` samples, as matrices. With sample
 * n = columns n1 + n2 and bin k = k1 + rows k2,
 *
 *     X[k] = sum over n2 of  e^(-2 pi i n2 k / N)  ( sum over n1 of  x[n1, n2] e^(-2 pi i n1 k1 / rows) )
 *
 * A real frame's rows k1 > rows / 2 mirror the others. The sum over n2 = last a + b, to k2 = c + middle d, is taken in
 * two: over a, with all the twiddles, then over b, where every factor is 0, 1 or -1 (or i).
 */
export interface FourierSplit {
  readonly rows: number;
  readonly columns: number;
  /** Rows k1 that are computed: rows / 2 + 1. */
  readonly halfRows: number;
  readonly middle: number;
  /** 2 or 4: the steps that multiply by nothing. */
  readonly last: number;
}

/** For `spectrum-nodes.ts`, which halves the rows before their step: 2048 = (2 x 32) x (16 x 2). */
export function splitEvenly(fftSamples: number): FourierSplit {
  const rows = 2 * 2 ** Math.floor(Math.log2(fftSamples / 2) / 2);
  return makeSplit(fftSamples, rows, 2);
}

/** For `split-spectrum-nodes.ts`, whose last step costs no bits: 2048 = 32 x (16 x 4). */
export function splitForExactness(fftSamples: number): FourierSplit {
  const last = 4;
  return makeSplit(fftSamples, 2 ** Math.ceil(Math.log2(fftSamples / last) / 2), last);
}

function makeSplit(fftSamples: number, rows: number, last: number): FourierSplit {
  const columns = fftSamples / rows;
  return { rows, columns, halfRows: rows / 2 + 1, middle: columns / last, last };
}

/** [2 halfRows, rows]: real parts of the DFT over n1, then imaginary parts. */
export function computeRowDft({ rows, halfRows }: FourierSplit): Float64Array {
  const matrix = new Float64Array(2 * halfRows * rows);
  for (let k1 = 0; k1 < halfRows; k1++) {
    for (let n1 = 0; n1 < rows; n1++) {
      const angle = computeAngle(n1 * k1, rows);
      matrix[k1 * rows + n1] = Math.cos(angle);
      matrix[(halfRows + k1) * rows + n1] = Math.sin(angle);
    }
  }
  return matrix;
}

/** [k1s, 2 (real, imaginary), rows / 2]: the DFT over the first half of n1, for some k1. */
export function computeHalfRowDft({ rows }: FourierSplit, k1s: readonly number[]): Float64Array {
  const waves = [Math.cos, Math.sin];
  return Float64Array.from(
    k1s.flatMap((k1) =>
      waves.flatMap((wave) => Array.from({ length: rows / 2 }, (_, n1) => wave(computeAngle(n1 * k1, rows)))),
    ),
  );
}

/** One row of a step's result: the real (0) or imaginary (1) part of c. */
export interface SpectrumRow {
  readonly part: number;
  readonly c: number;
}

/**
 * [k1s, order.length, 2 middle]: for each k1 the complex matrix e^(-2 pi i (last a + b) (k1 + rows c) / N) from a to
 * c as a real one, to be multiplied from the left: matrix x [real, imaginary] = rows in the order asked for.
 */
export function computeColumnDft(
  { rows, columns, middle, last }: FourierSplit,
  k1s: readonly number[],
  b: number,
  order: readonly SpectrumRow[],
): Float64Array {
  const matrices = new Float64Array(k1s.length * order.length * 2 * middle);
  let offset = 0;
  for (const k1 of k1s) {
    for (const { part, c } of order) {
      for (let a = 0; a < middle; a++) {
        const angle = computeAngle((last * a + b) * (k1 + rows * c), rows * columns);
        matrices[offset + a] = part === 0 ? Math.cos(angle) : Math.sin(angle);
        matrices[offset + middle + a] = part === 0 ? -Math.sin(angle) : Math.cos(angle);
      }
      offset += 2 * middle;
    }
  }
  return matrices;
}

/**
 * The bin below Nyquist whose power stands at (k1, k2): k1 + rows k2, or its mirror image above Nyquist. Rows 0 and
 * rows / 2 hold their mirror images too: undefined, and at Nyquist, which no filter takes.
 */
export function findBin({ rows, columns }: FourierSplit, k1: number, k2: number): number | undefined {
  const size = rows * columns;
  const bin = k1 + rows * k2;
  if (bin < size / 2) return bin;
  return k1 === 0 || k1 === rows / 2 ? undefined : size - bin;
}

/** -2 pi turns / size, with whole turns taken off first so that large products stay exact. */
function computeAngle(turns: number, size: number): number {
  return (-2 * Math.PI * (turns % size)) / size;
}

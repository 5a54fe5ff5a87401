/**
 * The four-step FFT (Bailey 1990) of real frames of `rows x columns` samples, as matrices. With sample
 * n = columns n1 + n2 and bin k = k1 + rows k2,
 *
 *     X[k] = sum over n2 of  e^(-2 pi i n2 k / N)  ( sum over n1 of  x[n1, n2] e^(-2 pi i n1 k1 / rows) )
 *
 * so a frame seen as [rows, columns] is multiplied from the left by the DFT over n1, and each row k1 of the result by
 * a matrix of its own that holds twiddles and the DFT over n2. A real frame's rows k1 > rows / 2 mirror the others.
 */
export interface FourierSplit {
  readonly rows: number;
  readonly columns: number;
  /** Rows k1 that are computed: rows / 2 + 1. */
  readonly halfRows: number;
}

/** Near-equal powers of two, which make the fewest multiplications: 2048 = 64 x 32. */
export function splitWindow(windowSamples: number): FourierSplit {
  const columns = 2 ** Math.floor(Math.log2(windowSamples) / 2);
  const rows = windowSamples / columns;
  return { rows, columns, halfRows: rows / 2 + 1 };
}

/** The same with the second step taken in two, columns = middle x last; the step over `last` holds only 0, 1 and -1. */
export interface ThreeStepSplit extends FourierSplit {
  readonly middle: number;
  readonly last: number;
}

/** The largest whose DFT multiplies by nothing but 0, 1 and -1. */
const lastRadix = 4;

/** The last step of 4, the others near-equal powers of two: 2048 = 32 x 16 x 4. */
export function splitInThree(windowSamples: number): ThreeStepSplit {
  const rows = 2 ** Math.ceil(Math.log2(windowSamples / lastRadix) / 2);
  const columns = windowSamples / rows;
  return { rows, columns, halfRows: rows / 2 + 1, middle: columns / lastRadix, last: lastRadix };
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

/**
 * [halfRows, 2 columns, 2 columns]: for each k1 the complex matrix e^(-2 pi i n2 k / N) as a real one, to be
 * multiplied from the right: [real, imaginary] x matrix = [real, imaginary].
 */
export function computeColumnDfts({ rows, columns, halfRows }: FourierSplit): Float64Array {
  const matrices = new Float64Array(halfRows * 4 * columns * columns);
  let offset = 0;
  for (let k1 = 0; k1 < halfRows; k1++, offset += 4 * columns * columns) {
    for (let n2 = 0; n2 < columns; n2++) {
      for (let k2 = 0; k2 < columns; k2++) {
        const angle = computeAngle(n2 * (k1 + rows * k2), rows * columns);
        const real = offset + n2 * 2 * columns + k2;
        const imaginary = real + 2 * columns * columns;
        matrices[real] = Math.cos(angle);
        matrices[real + columns] = Math.sin(angle);
        matrices[imaginary] = -Math.sin(angle);
        matrices[imaginary + columns] = Math.cos(angle);
      }
    }
  }
  return matrices;
}

/**
 * Brings weights a bin, [windowSamples / 2, width], into the order in which powers come out of the two steps,
 * [halfRows x columns, width]: place (k1, k2) holds bin k1 + rows k2, or its mirror image above Nyquist. Rows 0 and
 * rows / 2 hold their mirror images too, which get no weight.
 */
export function permuteBins(weights: Float32Array, split: FourierSplit, width: number): Float32Array {
  const { rows, columns, halfRows } = split;
  const size = rows * columns;
  const permuted = new Float32Array(halfRows * columns * width);
  for (let k1 = 0; k1 < halfRows; k1++) {
    for (let k2 = 0; k2 < columns; k2++) {
      const bin = k1 + rows * k2;
      const isMirrored = bin >= size / 2;
      if (isMirrored && (k1 === 0 || k1 === rows / 2)) continue;
      const source = (isMirrored ? size - bin : bin) * width;
      permuted.set(weights.subarray(source, source + width), (k1 * columns + k2) * width);
    }
  }
  return permuted;
}

/** -2 pi turns / size, with whole turns taken off first so that large products stay exact. */
function computeAngle(turns: number, size: number): number {
  return (-2 * Math.PI * (turns % size)) / size;
}

/** The mean of all channels, as a new array unless there is one channel. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), second] = channels;
  if (second === undefined) return first;
  const mono = new Float32Array(first.length);
  const count = channels.length;
  // Plain loops, and `?? 0` for arrays of one length: every sample of every file passes here.
  for (let index = 0; index < mono.length; index++) {
    let sum = 0;
    // An inner loop over samples: `?? 0` is never taken, and `at` would cost time.
    for (let channel = 0; channel < count; channel++) sum += channels[channel]?.[index] ?? 0;
    mono[index] = sum / count;
  }
  return mono;
}

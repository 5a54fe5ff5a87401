/** The mean of all channels, as a new array unless there is one channel. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0)] = channels;
  if (channels.length < 2) return first;
  return first.map((_, index) => {
    let sum = 0;
    for (const channel of channels) sum += channel[index] ?? 0; // an inner loop over arrays of one length
    return sum / channels.length;
  });
}

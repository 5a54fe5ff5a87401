const blockSamples = 1024;
/** Share of the loudest block's energy up to which a block at an end is silence: 60 dB down. */
const silentShare = 1e-6;

/**
 * The samples (not copied) without the silence at both ends: blocks of 1,024 whose energy is at most a millionth of
 * the loudest block's. What lies between sounds stays; a clip that is silent throughout stays whole.
 */
export function trimSilence(samples: Float32Array): Float32Array {
  const energies: number[] = [];
  for (let start = 0; start < samples.length; start += blockSamples) {
    let energy = 0;
    for (const sample of samples.subarray(start, start + blockSamples)) energy += sample ** 2;
    energies.push(energy);
  }
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 0);
  const isSound = (energy: number): boolean => energy > silentShare * loudest;
  const first = energies.findIndex(isSound);
  if (first < 0) return samples;
  return samples.subarray(first * blockSamples, (energies.findLastIndex(isSound) + 1) * blockSamples);
}

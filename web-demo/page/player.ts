/** Plays a clip's samples, from any place. */
export class Player {
  onEnd: () => void = () => undefined;
  #context: AudioContext | undefined;
  #buffer: AudioBuffer | undefined;
  #source: AudioBufferSourceNode | undefined;
  #clip: { readonly samples: Float32Array; readonly sampleRateHz: number } | undefined;
  #offsetSeconds = 0;
  #startedAt = 0;

  get durationSeconds(): number {
    return this.#clip === undefined ? 0 : this.#clip.samples.length / this.#clip.sampleRateHz;
  }

  get isPlaying(): boolean {
    return this.#source !== undefined;
  }

  get positionSeconds(): number {
    const played = this.isPlaying ? (this.#context?.currentTime ?? 0) - this.#startedAt : 0;
    return Math.min(this.#offsetSeconds + played, this.durationSeconds);
  }

  load(samples: Float32Array, sampleRateHz: number): void {
    this.pause();
    this.#clip = { samples, sampleRateHz };
    this.#buffer = undefined;
    this.#offsetSeconds = 0;
  }

  async play(): Promise<void> {
    const clip = this.#clip;
    if (clip === undefined || this.isPlaying) return;
    this.#context ??= new AudioContext();
    await this.#context.resume();
    const buffer = this.#buffer ?? (await fillBuffer(this.#context, clip.samples, clip.sampleRateHz));
    if (this.#clip !== clip) return; // another clip was loaded meanwhile
    this.#buffer = buffer;
    this.#start(this.#context, buffer);
  }

  pause(): void {
    this.#offsetSeconds = this.positionSeconds;
    const source = this.#source;
    this.#source = undefined;
    source?.stop();
  }

  async seek(seconds: number): Promise<void> {
    const wasPlaying = this.isPlaying;
    this.pause();
    this.#offsetSeconds = Math.max(0, Math.min(seconds, this.durationSeconds));
    if (wasPlaying) await this.play();
  }

  #start(context: AudioContext, buffer: AudioBuffer): void {
    if (this.isPlaying) return; // two requests to play waited for the same permission
    if (this.positionSeconds >= this.durationSeconds) this.#offsetSeconds = 0;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => {
      if (this.#source !== source) return; // paused, or another clip plays
      this.#source = undefined;
      this.#offsetSeconds = this.durationSeconds;
      this.onEnd();
    };
    source.start(0, this.#offsetSeconds);
    this.#startedAt = context.currentTime;
    this.#source = source;
  }
}

/** Copied in pieces of about a millisecond, so that ten minutes of sound do not hold up the page. */
async function fillBuffer(
  context: AudioContext,
  samples: Float32Array,
  sampleRateHz: number,
): Promise<AudioBuffer> {
  const pieceSamples = 2 ** 20;
  const buffer = context.createBuffer(1, samples.length, sampleRateHz);
  for (let start = 0; start < samples.length; start += pieceSamples) {
    buffer.copyToChannel(samples.slice(start, start + pieceSamples), 0, start);
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return buffer;
}

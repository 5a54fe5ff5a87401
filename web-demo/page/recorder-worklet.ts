/** Runs in the audio thread: collects the microphone's quanta of 128 samples into blocks for the model's worker. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const blockSamples = 1024;

class Recorder extends AudioWorkletProcessor {
  #target: MessagePort | undefined;
  #block = new Float32Array(blockSamples);
  #filled = 0;

  constructor() {
    super();
    // Every message contains the port of the worker that receives the sound from now on.
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#target = data;
    };
  }

  /**
   * Adds without `at`: the audio thread runs this loop for every sample.
   * @param inputs channels of the one input, none while nothing is connected @returns true: the browser keeps the node alive
   */
  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    for (let index = 0; index < (channels[0]?.length ?? 0); index++) {
      let sum = 0;
      for (const channel of channels) sum += channel[index] ?? 0;
      this.#block[this.#filled++] = sum / channels.length;
      if (this.#filled === blockSamples) this.#send();
    }
    return true;
  }

  #send(): void {
    this.#target?.postMessage(this.#block, [this.#block.buffer]);
    this.#block = new Float32Array(blockSamples);
    this.#filled = 0;
  }
}

registerProcessor("recorder", Recorder);

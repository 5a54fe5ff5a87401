/**
 * Runs in the audio thread: collects the microphone's quanta of 128 samples into blocks for the model's worker, and
 * keeps the last minutes of them, so that what was recorded can be played and saved, whichever worker classified it.
 */
import { keptSeconds, type Recording } from "./recording.ts";

/** What the page says to the recorder in the audio thread; it answers `take` with a `Recording`. */
export type RecorderMessage =
  { readonly kind: "send-to"; readonly port: MessagePort } | { readonly kind: "take" };

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

const blockSamples = 1024;
/** Samples of a kept block: little more than a second. */
const keptBlockSamples = 2 ** 16;

class Recorder extends AudioWorkletProcessor {
  #target: MessagePort | undefined;
  #block = new Float32Array(blockSamples);
  #filled = 0;
  #kept: Int16Array<ArrayBuffer>[] = [new Int16Array(keptBlockSamples)];
  #keptFilled = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<RecorderMessage>) => {
      if (data.kind === "send-to") this.#target = data.port;
      else this.port.postMessage(this.#takeRecording());
    };
  }

  /**
   * Adds without `at`: the audio thread runs this loop for every sample.
   * @param inputs channels of the one input, none while nothing is connected @returns true: the browser keeps the node
   *   alive
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
    this.#keep(this.#block);
    this.#target?.postMessage(this.#block, [this.#block.buffer]);
    this.#block = new Float32Array(blockSamples);
    this.#filled = 0;
  }

  /** 16 bits a sample: five minutes at 48 kHz are 29 MB. A kept block is a whole number of blocks. */
  #keep(block: Float32Array): void {
    if (this.#keptFilled === keptBlockSamples) {
      this.#kept.push(new Int16Array(keptBlockSamples));
      this.#keptFilled = 0;
      if (this.#kept.length > Math.ceil((keptSeconds * sampleRate) / keptBlockSamples)) this.#kept.shift();
    }
    const last = this.#kept[this.#kept.length - 1];
    for (const sample of block)
      if (last) last[this.#keptFilled++] = Math.max(-1, Math.min(1, sample)) * 32_767;
  }

  #takeRecording(): Recording {
    const blocks = this.#kept.map((block, index) =>
      index === this.#kept.length - 1 ? block.slice(0, this.#keptFilled) : block,
    );
    return { blocks, sampleRateHz: sampleRate };
  }
}

registerProcessor("recorder", Recorder);

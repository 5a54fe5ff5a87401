// Runs in the audio thread: hands over each block of the first channel.
registerProcessor(
  "recorder",
  class extends AudioWorkletProcessor {
    process([[block]]) {
      if (block) this.port.postMessage(block.slice());
      return true;
    }
  },
);

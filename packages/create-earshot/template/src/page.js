// Names the sounds at the microphone, twice a second. No sound leaves the page.
import { createClassifier } from "earshot";
import recorderUrl from "./recorder.js?url";

const button = document.querySelector("button");
const answer = document.querySelector("output");

button.addEventListener("click", () => {
  button.disabled = true;
  listen().catch((error) => {
    answer.textContent = error.message;
    button.disabled = false;
  });
});

async function listen() {
  // Filters that make speech clear would remove other sounds.
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const microphone = await navigator.mediaDevices.getUserMedia({ audio });
  const classifier = await createClassifier("model.onnx");
  const context = new AudioContext();
  await context.audioWorklet.addModule(recorderUrl);
  const recorder = new AudioWorkletNode(context, "recorder");
  const stream = classifier.stream({
    sampleRateHz: context.sampleRate,
    hopSeconds: 0.5,
    onEntry: ({ label, confidence }) => {
      answer.textContent = label === null ? "silence" : `${label}, ${(100 * confidence).toFixed(0)} %`;
    },
  });
  recorder.port.onmessage = ({ data }) => stream.push(data);
  context.createMediaStreamSource(microphone).connect(recorder);
  for await (const { label, startSeconds, endSeconds } of stream)
    console.log(`${label} from ${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s`);
}

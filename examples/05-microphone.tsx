// A React component that names the sounds at the microphone; see 05-microphone.html for the page around it.
import { type Classifier, createClassifier, type TimelineEntry, type WebSource } from "earshot/web";
import { useEffect, useState } from "react";

export function Microphone({ modelUrl }: { readonly modelUrl: string }) {
  const [entry, setEntry] = useState<TimelineEntry>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const controller = new AbortController();
    listen(modelUrl, setEntry, controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) setProblem(String(error));
    });
    return () => {
      controller.abort();
    };
  }, [modelUrl]);

  if (problem !== undefined) return <p role="alert">{problem}</p>;
  if (entry === undefined) return <p>Listening ...</p>;
  return (
    <p>
      {entry.label}: {(100 * entry.confidence).toFixed(0)} %
    </p>
  );
}

/** Classifies the microphone's sound until the signal is aborted; calls `onEntry` every half second. */
async function listen(
  modelUrl: string,
  onEntry: (entry: TimelineEntry) => void,
  signal: AbortSignal,
): Promise<void> {
  const classifier: Classifier<WebSource> = await createClassifier(modelUrl, { signal });
  // Filters that make speech clear would remove other sounds.
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const microphone = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext();
  try {
    const stream = classifier.stream({ sampleRateHz: context.sampleRate, hopSeconds: 0.5, onEntry, signal });
    await context.audioWorklet.addModule(recorderUrl);
    const recorder = new AudioWorkletNode(context, "recorder");
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      stream.push(data).catch(() => {
        recorder.disconnect(); // the loop below reports why
      });
    };
    context.createMediaStreamSource(microphone).connect(recorder);
    for await (const { label, startSeconds, endSeconds } of stream)
      console.log(`${label} from ${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s`);
  } finally {
    for (const track of microphone.getTracks()) track.stop();
    await context.close();
    await classifier.dispose();
  }
}

/** Runs in the audio thread: hands over each block of the first channel. */
const recorderUrl = URL.createObjectURL(
  new Blob(
    [
      `registerProcessor("recorder", class extends AudioWorkletProcessor {
        process([[block]]) {
          if (block) this.port.postMessage(block.slice());
          return true;
        }
      });`,
    ],
    { type: "text/javascript" },
  ),
);

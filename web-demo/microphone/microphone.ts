import recorderUrl from "./recorder-worklet.ts?worker&url";
import { PageProblem } from "../page/page-problem.ts";
import type { RecorderMessage } from "./recorder-worklet.ts";
import type { Recording } from "./recording.ts";

/** An open microphone whose sound goes to whichever port it is sent to. */
export interface Microphone {
  readonly sampleRateHz: number;
  /** Blocks go to a new port from now on. @returns the end from which they are read */
  connect(): MessagePort;
  /** The newest minutes of sound. */
  takeRecording(): Promise<Recording>;
  close(): Promise<void>;
}

/** What makes speech clear would remove the sounds that are to be classified. */
const asRecorded = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/**
 * @param onEnd called when the device goes away or the permission is withdrawn
 * @throws PageProblem `no-media` on an insecure page; DOMException NotAllowedError, NotFoundError or NotReadableError
 */
export async function openMicrophone(onEnd: () => void): Promise<Microphone> {
  if (!("mediaDevices" in navigator))
    throw new PageProblem("no-media", "expected a secure page, got one without navigator.mediaDevices");
  const media = await navigator.mediaDevices.getUserMedia({ audio: asRecorded });
  // At the device's own rate: not every browser connects other rates, and the worker's resampler is that of training.
  const context = new AudioContext();
  const close = async () => {
    for (const track of media.getTracks()) track.stop();
    if (context.state !== "closed") await context.close();
  };
  try {
    await context.audioWorklet.addModule(recorderUrl);
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    context.createMediaStreamSource(media).connect(recorder);
    await context.resume();
    for (const track of media.getAudioTracks()) track.addEventListener("ended", onEnd);
    return {
      sampleRateHz: context.sampleRate,
      connect() {
        const { port1, port2 } = new MessageChannel();
        const message: RecorderMessage = { kind: "send-to", port: port1 };
        recorder.port.postMessage(message, [port1]);
        return port2;
      },
      takeRecording: () =>
        new Promise((resolve) => {
          recorder.port.onmessage = ({ data }: MessageEvent<Recording>) => {
            resolve(data);
          };
          const message: RecorderMessage = { kind: "take" };
          recorder.port.postMessage(message);
        }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A stage as `npx earshot --help` shows it. */
interface ListedStage {
  /** Its name and, in yargs' notation, its positional arguments, which are among its options too. */
  readonly command: string;
  readonly describe: string;
}

/** Every stage in the order of the help, which does not load them: all of them take a second and a half. */
export const stageList = {
  start: {
    command: "start [data]",
    describe:
      "All stages: data, features, train, export, parity, report; what is up to date is not done again",
  },
  data: {
    command: "data [data]",
    describe: "Read a data set, show what is in it and write its card; without --data, the embedded one",
  },
  features: {
    command: "features [data]",
    describe:
      "Compute the log-mel features of a data set into the cache; what has not changed is not computed again",
  },
  train: {
    command: "train [data]",
    describe:
      "Train a network on a data set, into runs/<name>/, or several in processes of their own; after an interruption " +
      "the same command goes on where it was",
  },
  tune: {
    command: "tune [data]",
    describe:
      "Search for better settings: every combination, random ones, or random ones that are thinned out",
  },
  worker: {
    command: "worker",
    describe:
      "Take jobs from a queue, on any number of machines; Ctrl-C saves the running ones and gives them back to the queue",
  },
  jobs: {
    command: "jobs",
    describe:
      "Show what waits, runs, is done and has failed in a queue: here, as a page, and as Prometheus metrics",
  },
  runs: {
    command: "runs",
    describe: "List the trained runs, newest first, with their scores side by side",
  },
  reproduce: {
    command: "reproduce",
    describe:
      "Run the reference experiment and ours on ESC-10, and write results/esc10/, docs/esc10.html and the model in " +
      "pretrained/; or another published data set by its official split; what has been trained is not trained again",
  },
  export: {
    command: "export",
    describe: "Write a run's trained network as one ONNX file",
  },
  parity: {
    command: "parity",
    describe: "Check that the exported model answers as the trained network does, on each runtime",
  },
  report: {
    command: "report",
    describe: "Write a report on how good runs are: one HTML page, also as JSON and as Markdown",
  },
  predict: {
    command: "predict [files..]",
    describe: "Classify audio files: classes with probabilities, most probable first",
  },
  backbones: {
    command: "backbones",
    describe:
      "List known pretrained networks with source and licence; download one, check it, set it up for start",
  },
  embed: {
    command: "embed [files..]",
    describe: "Write one vector a sound by a backbone or a model, for search and for programs of your own",
  },
  similar: {
    command: "similar <query> [files..]",
    describe: "Find the sounds that are most like one, by the embeddings of a backbone or a model",
  },
  serve: {
    command: "serve",
    describe: "Classify sounds over HTTP and WebSocket, until Ctrl-C or SIGTERM",
  },
  demo: {
    command: "demo",
    describe: "Open the browser demo: microphone, files, WASM and WebGPU",
  },
  "demo:build": {
    command: "demo:build",
    describe: "Write the browser demo as static files for any host",
  },
  doctor: {
    command: "doctor",
    describe: "Show what is installed, what is missing, and the command that repairs it",
  },
  bench: {
    command: "bench",
    describe: "Time ours and other programs on the same work, interleaved, each in a process of its own",
  },
} as const satisfies Readonly<Record<string, ListedStage>>;

export type StageName = keyof typeof stageList;

export function isStageName(word: string): word is StageName {
  return Object.hasOwn(stageList, word);
}

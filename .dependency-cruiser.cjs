/** The import table of docs/architecture.md, as rules: which room may import which. */
const rooms = {
  onnx: [],
  features: ["onnx"],
  datasets: ["features"],
  models: [],
  // The backend only from engine.ts: the rule one-engine-switch below.
  training: ["models", "features", "datasets", "tfjs-backend-onnxruntime"],
  "tfjs-backend-onnxruntime": ["onnx"],
  export: ["onnx", "features"],
  runtime: ["features", "onnx"],
  "web-demo": ["runtime", "features"],
  setup: [],
  report: ["features", "datasets"],
};

const sourceRooms = [...Object.keys(rooms), "pipeline", "benchmarks", "test", "examples"];

const forbidden = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room}/ may import only: ${[room, ...allowed].join(", ")} (docs/architecture.md, "Rooms")`,
  severity: "error",
  from: { path: `^${room}/` },
  to: { path: `^(${sourceRooms.filter((other) => other !== room && !allowed.includes(other)).join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    {
      name: "one-engine-switch",
      comment: "Only training/engine.ts chooses an engine; everything else speaks plain TF.js.",
      severity: "error",
      from: { path: "^(training|pipeline)/", pathNot: "^training/engine\\.ts$" },
      to: { path: ["node_modules/@tensorflow/tfjs-node/", "^tfjs-backend-onnxruntime/"] },
    },
    {
      name: "runtime-without-tensorflow",
      comment: "An app that only classifies installs no TensorFlow.",
      severity: "error",
      from: { path: "^(runtime|features|onnx|web-demo)/" },
      to: { path: "node_modules/@tensorflow/" },
    },
    {
      name: "models-without-onnx",
      comment: "The networks know nothing of ONNX.",
      severity: "error",
      from: { path: "^models/" },
      to: { path: "node_modules/onnx" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|coverage|runs|web-demo/dist|\\.cache|\\.venv)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};

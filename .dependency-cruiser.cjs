/** Which room may import which. The third column of "Rooms" in docs/architecture.md is checked against this table. */
const rooms = {
  common: [],
  onnx: ["common"],
  features: ["common", "onnx"],
  datasets: ["common", "features"],
  models: ["common"],
  "run-files": ["common", "features", "datasets", "models"],
  heads: ["common"],
  // The backend only from engine.ts: the rule one-engine-switch below.
  training: ["common", "models", "features", "datasets", "run-files", "heads", "tfjs-backend-onnxruntime"],
  "tfjs-backend-onnxruntime": ["common", "onnx"],
  queue: ["common", "features", "datasets", "run-files"],
  export: ["common", "onnx", "features"],
  runtime: ["common", "features", "onnx"],
  server: ["common", "runtime", "features"],
  "web-demo": ["common", "runtime", "features", "heads", "onnx", "export"],
  // Only what runs by tsx, when packages are installed: bootstrap.mjs and its modules import nothing but Node.
  setup: ["common"],
  report: ["common", "features", "datasets", "run-files"],
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
      from: { path: "^(runtime|server|features|onnx|web-demo)/" },
      to: { path: "node_modules/@tensorflow/" },
    },
    {
      name: "models-without-onnx",
      comment: "The networks know nothing of ONNX.",
      severity: "error",
      from: { path: "^models/" },
      to: { path: "node_modules/onnx" },
    },
    {
      name: "tests-without-benchmarks",
      comment: "What both need stands in a room that both may import; test/benchmarks tests the benchmarks.",
      severity: "error",
      from: { path: "^test/", pathNot: "^test/benchmarks/" },
      to: { path: "^benchmarks/" },
    },
    {
      name: "benchmarks-without-tests",
      severity: "error",
      from: { path: "^benchmarks/" },
      to: { path: "^test/" },
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

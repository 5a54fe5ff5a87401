import {
  buildFeatureInputs,
  buildSampleInputs,
  compareScorers,
  formatParityReport,
  type ParityInput,
  type ParityReport,
  readModel,
} from "../../runtime/web.ts";
import { answerFiles } from "./answer-files.ts";
import { answerInputs, openModel, readBytes } from "./answer-inputs.ts";
import { describeError } from "../../common/describe-error.ts";

// What `npm run parity` asks of this page.
Object.assign(globalThis, { answerInputs, answerFiles });

const start = find("start", HTMLButtonElement);
const chosen = find("file", HTMLInputElement);
const state = find("state", HTMLElement);

start.addEventListener("click", () => {
  start.disabled = true;
  compare()
    .then(show, (error: unknown) => {
      state.textContent = describeError(error);
    })
    .finally(() => {
      start.disabled = false;
    });
});

async function compare(): Promise<ParityReport> {
  const [file] = chosen.files ?? [];
  const bytes = file ? new Uint8Array(await file.arrayBuffer()) : await readBytes("model.onnx");
  const { features, input } = readModel(bytes, file?.name ?? "model.onnx");
  const inputs: readonly ParityInput<readonly number[]>[] =
    input === "samples" ? buildSampleInputs([], features) : buildFeatureInputs([], features);
  state.textContent = "Starting WebAssembly";
  const wasm = await openModel(bytes, "wasm");
  state.textContent = "Starting WebGPU";
  const webgpu = await openModel(bytes, "webgpu");
  state.textContent = `Comparing ${inputs.length} inputs`;
  const report = await compareScorers(wasm, webgpu, inputs, { target: "webgpu" });
  await Promise.all([wasm.dispose(), webgpu.dispose()]);
  return report;
}

function show(report: ParityReport): void {
  state.textContent = formatParityReport(report);
  const rows = report.details.map(
    ({ name, maxAbsoluteDifference, maxRelativeDifference, topClassAgrees }) => {
      const row = document.createElement("tr");
      const cells = [
        ...[name, maxAbsoluteDifference.toExponential(1), maxRelativeDifference.toExponential(1)],
        topClassAgrees ? "yes" : "no",
      ];
      for (const text of cells) row.insertCell().textContent = text;
      return row;
    },
  );
  find("rows", HTMLElement).replaceChildren(...rows);
  find("table", HTMLElement).hidden = false;
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`page: expected #${id}`);
  return element;
}

import { type BackendName, findThreadsObstacle, findWebGpuObstacle } from "../model/backends.ts";
import type { DemoFile } from "../model/demo-file.ts";
import { BackendCards } from "../views/backend-cards.ts";
import { findElement } from "../views/elements.ts";
import { EventLog } from "../views/event-log.ts";
import { formatCount } from "../views/format.ts";
import { LayersPanel } from "../views/layers-panel.ts";
import { SampleChips } from "../views/sample-chips.ts";
import { Toasts } from "../views/toasts.ts";
import { Verdict } from "../views/verdict.ts";
import { Clips } from "./clips.ts";
import { listenForDrops } from "./drop-zone.ts";
import { Live } from "./live.ts";
import { ModelSession, type OpenSession } from "./model-session.ts";
import { loadReference, loadShippedModel, type ModelSource } from "./model-source.ts";
import { PageProblem } from "./page-problem.ts";
import { Stage } from "./stage.ts";

/** Binds the page's parts: what the user does on one side, the model's session on the other. */
export class App {
  readonly #stage = new Stage();
  readonly #verdict = new Verdict();
  readonly #events = new EventLog(findElement("events", HTMLOListElement));
  readonly #toasts = new Toasts(findElement("toasts", HTMLDivElement));
  readonly #session = new ModelSession();
  readonly #chips = new SampleChips(findElement("samples", HTMLDivElement), (sample) => {
    this.#attempt(this.#clips.classifySample(sample, { plays: true }));
  });
  readonly #cards = new BackendCards(findElement("backends", HTMLDivElement), (backend) => {
    this.#attempt(this.#switchTo(backend));
  });
  readonly #live = new Live({
    stage: this.#stage,
    verdict: this.#verdict,
    events: this.#events,
    showProblem: (problem) => {
      this.#toasts.show(problem);
    },
  });
  readonly #clips = new Clips(this.#session, this.#live, {
    stage: this.#stage,
    verdict: this.#verdict,
    events: this.#events,
    chips: this.#chips,
  });
  readonly #layers = new LayersPanel(
    findElement("how", HTMLDetailsElement),
    findElement("how-content", HTMLDivElement),
  );
  readonly #microphoneButton = findElement("microphone", HTMLButtonElement);
  readonly #chooseButton = findElement("choose", HTMLButtonElement);
  readonly #fileInput = findElement("file", HTMLInputElement);
  #backend: BackendName = crossOriginIsolated ? "threads" : "single";
  #shipped: DemoFile | undefined;
  #announceModel: () => void = () => undefined;
  /** Resolves when the first model is there, or will not come: a sound that is dropped before that waits. */
  readonly #firstModel = new Promise<void>((resolve) => {
    this.#announceModel = resolve;
  });

  async start(): Promise<void> {
    this.#bindControls();
    this.#cards.setObstacle("threads", findThreadsObstacle());
    this.#cards.choose(this.#backend);
    try {
      await this.#useModel(this.#loadShipped());
    } catch (problem) {
      this.#verdict.say("No model", "There is no model yet", "Drop a model.onnx on this page.");
      throw problem;
    } finally {
      this.#announceModel();
      this.#chooseButton.disabled = false; // a model of one's own can always be opened
      this.#cards.setObstacle("webgpu", await findWebGpuObstacle()); // last, for it holds up what runs beside it
    }
  }

  async #loadShipped(): Promise<ModelSource> {
    const source = await loadShippedModel();
    this.#shipped = source.demo;
    return source;
  }

  /** Runs something that may fail, and shows the problem if it does. */
  #attempt(work: Promise<unknown>): void {
    void this.#settle(work);
  }

  /** Resolves when the work has ended, well or not. */
  async #settle(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (problem) {
      if (problem instanceof PageProblem && problem.code === "closed") return; // the user went on to something else
      this.#toasts.show(problem);
    }
  }

  #bindControls(): void {
    this.#microphoneButton.addEventListener("click", () => {
      this.#attempt(this.#toggleMicrophone());
    });
    this.#chooseButton.addEventListener("click", () => {
      this.#fileInput.click();
    });
    this.#fileInput.addEventListener("change", () => {
      for (const file of this.#fileInput.files ?? []) this.#attempt(this.#openFile(file));
      this.#fileInput.value = "";
    });
    listenForDrops(document.body, document.querySelector(".stage"), (file) => {
      this.#attempt(this.#openFile(file));
    });
    this.#live.onStop = () => {
      this.#microphoneButton.textContent = "Use the microphone";
      this.#verdict.setKicker("Stopped");
    };
  }

  async #openFile(file: File): Promise<void> {
    this.#toasts.clear();
    if (file.name.endsWith(".onnx")) {
      await this.#useModel({ blob: file, name: file.name, demo: undefined });
      return;
    }
    await this.#firstModel;
    await this.#clips.classifyFile(file);
  }

  /** Opens a model in place of the one before, which stays when this one is refused; classifies its first sample and measures. */
  async #useModel(coming: ModelSource | Promise<ModelSource>): Promise<void> {
    const before = this.#session.current;
    this.#cards.showState(this.#backend, "starting");
    const next = await this.#session.open(coming, this.#backend, (opening) => {
      void this.#live.stop(before);
      this.#cards.clear();
      this.#showModel(opening);
    });
    if (next === undefined) return;
    const [first] = next.source.demo?.samples ?? [];
    if (first === undefined)
      this.#verdict.say("Ready", next.source.name, "Use the microphone, or open a sound.");
    else await this.#clips.classifySample(first, { plays: false });
    await this.#settle(this.#measure(next));
  }

  #showModel({ opened, source, backend }: OpenSession): void {
    const { info } = opened;
    this.#stage.setModel(info);
    this.#chips.show(source.demo?.samples ?? []);
    findElement("samples-note", HTMLParagraphElement).textContent =
      source.demo?.samplesNote ?? "This model has no samples: open a sound, or use the microphone.";
    findElement("model-line", HTMLParagraphElement).textContent =
      `Model ${source.name}: ${info.network}, ${formatCount(info.parameters)} parameters, ` +
      `${info.labels.length} classes, made by ${info.program}.`;
    this.#layers.show(opened);
    this.#cards.showOpened(backend, opened);
    this.#announceModel();
    this.#microphoneButton.disabled = false;
    this.#chooseButton.disabled = false;
  }

  async #switchTo(backend: BackendName): Promise<void> {
    const { current } = this.#session;
    this.#backend = backend;
    if (current === undefined) return;
    this.#cards.showState(backend, "starting");
    try {
      const next = await this.#session.open(current.source, backend, (opening) => {
        this.#cards.showOpened(backend, opening.opened);
        this.#live.listenWith(opening);
      });
      if (next !== undefined) await this.#measure(next);
    } catch (problem) {
      this.#cards.showState(backend, "did not start");
      this.#backend = current.backend;
      this.#cards.choose(current.backend);
      throw problem;
    }
  }

  async #measure({ backend, client, source, opened }: OpenSession): Promise<void> {
    // What shipped with the page also holds for the same graph from elsewhere.
    const isSame = this.#shipped?.graphHash === opened.info.graphHash;
    const demo = source.demo ?? (isSame ? this.#shipped : undefined);
    const reference = demo === undefined ? [] : await loadReference(demo);
    this.#cards.showMeasured(backend, await client.measure(reference));
  }

  async #toggleMicrophone(): Promise<void> {
    const { current } = this.#session;
    if (this.#live.isOn || current === undefined) {
      await this.#live.stop(current);
      return;
    }
    this.#toasts.clear();
    this.#clips.drop();
    this.#microphoneButton.disabled = true;
    try {
      await this.#live.start(current);
      this.#microphoneButton.textContent = "Stop listening";
    } finally {
      this.#microphoneButton.disabled = false;
    }
  }
}

import { type BackendName, findThreadsObstacle, findWebGpuObstacle } from "../model/backends.ts";
import type { DemoFile } from "../model/demo-file.ts";
import type { TeachCard } from "../teach/teach-card.ts";
import { hasTaughtBefore } from "../teach/taught-before.ts";
import { BackendCards } from "../views/backend-cards.ts";
import { findElement } from "../views/elements.ts";
import { formatCount, formatTimeOfDay } from "../views/format.ts";
import { LayersPanel } from "../views/layers-panel.ts";
import { type Sample, SampleChips } from "../views/sample-chips.ts";
import { Toasts } from "../views/toasts.ts";
import { Verdict } from "../views/verdict.ts";
import { Clips } from "./clips.ts";
import { listenForDrops } from "./drop-zone.ts";
import { Live } from "../microphone/live.ts";
import { ModelSession, type OpenSession } from "./model-session.ts";
import { LoadProgress } from "./load-progress.ts";
import { findSurestSample, loadReference, loadShippedModel, type ModelSource } from "./model-source.ts";
import { PageProblem } from "./page-problem.ts";
import { measureSeconds, type Recording } from "../microphone/recording.ts";
import { readShareLink, writeShareLink } from "./share-link.ts";
import { ShownSound } from "./shown-sound.ts";
import { Stage } from "./stage.ts";

/** Shorter recordings hold nothing that could be classified. */
const minRecordingSeconds = 0.3;

/** Binds the page's parts: what the user does on one side, the model's session on the other. */
export class App {
  readonly #stage = new Stage();
  readonly #verdict = new Verdict();
  readonly #shown = new ShownSound(this.#stage);
  readonly #toasts = new Toasts(findElement("toasts", HTMLDivElement));
  readonly #session = new ModelSession();
  readonly #chips = new SampleChips(findElement("samples", HTMLDivElement), (sample) => {
    writeShareLink(sample.label);
    this.#attempt(this.#clips.classifySample(sample, { plays: true }));
  });
  readonly #cards = new BackendCards(findElement("backends", HTMLDivElement), (backend) => {
    this.#attempt(this.#switchTo(backend));
  });
  readonly #live = new Live({
    stage: this.#stage,
    verdict: this.#verdict,
    shown: this.#shown,
    showProblem: (problem) => {
      this.#toasts.show(problem);
    },
  });
  readonly #clips = new Clips(this.#session, this.#live, {
    stage: this.#stage,
    verdict: this.#verdict,
    shown: this.#shown,
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
  readonly #teachButton = findElement("teach-start", HTMLButtonElement);
  readonly #switchButton = findElement("teach-switch", HTMLButtonElement);
  /** The last model that was opened, rather than taught: teaching takes its embeddings. */
  #base: ModelSource | undefined;
  #taught: ModelSource | undefined;
  #teaching: Promise<TeachCard> | undefined;
  readonly #progress = new LoadProgress(this.#verdict);
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
      this.#cards.showState(this.#backend, "not measured");
      this.#verdict.say("empty", "No model", "There is no model yet", "Drop a model.onnx on this page.");
      throw problem;
    } finally {
      this.#announceModel();
      this.#chooseButton.disabled = false; // a model of one's own can always be opened
      this.#cards.setObstacle("webgpu", await findWebGpuObstacle()); // last, for it holds up what runs beside it
    }
    if (hasTaughtBefore()) await this.#settle(this.#openTeaching());
  }

  async #loadShipped(): Promise<ModelSource> {
    const source = await loadShippedModel((report) => {
      this.#progress.show("model", report);
    }, readShareLink().model);
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
    this.#live.onStop = (recording) => {
      this.#microphoneButton.textContent = "Use the microphone";
      if (recording !== undefined) this.#attempt(this.#showRecording(recording));
    };
    this.#teachButton.addEventListener("click", () => {
      this.#attempt(this.#openTeaching());
    });
    this.#switchButton.addEventListener("click", () => {
      const isTaught = this.#session.current?.source.isTaught === true;
      const source = isTaught ? this.#base : this.#taught;
      if (source !== undefined) this.#attempt(this.#replaceModel(source));
    });
    this.#shown.onTeach = (clip, name, label) => {
      this.#attempt(this.#openTeaching().then((card) => card.addClip(clip, name, label)));
    };
    findElement("share", HTMLButtonElement).addEventListener("click", () => {
      this.#attempt(navigator.clipboard.writeText(location.href));
    });
    addEventListener("hashchange", () => {
      const sample = this.#findLinkedSample();
      if (sample !== undefined) this.#attempt(this.#clips.classifySample(sample, { plays: true }));
    });
  }

  async #openFile(file: File): Promise<void> {
    this.#toasts.clear();
    if (file.name.endsWith(".onnx")) {
      await this.#useModel({ blob: file, name: file.name, demo: undefined });
      return;
    }
    if (file.name.endsWith(".zip")) {
      await (await this.#openTeaching()).teacher.addArchive(file);
      return;
    }
    await this.#firstModel;
    await this.#clips.classifyFile(file);
  }

  /** What the microphone gave stays: shown, played, and saved as any other sound. */
  async #showRecording(recording: Recording): Promise<void> {
    if (measureSeconds(recording) < minRecordingSeconds) {
      this.#shown.clear();
      this.#verdict.say(
        "empty",
        "Stopped",
        "Nothing recorded",
        "The microphone was on for too short a time.",
      );
      return;
    }
    const time = formatTimeOfDay(new Date());
    await this.#clips.classifyRecording(recording, `Recording ${time}`);
  }

  /** Opens a model in place of the one before, which stays when this one is refused; then classifies what is shown. */
  async #useModel(coming: ModelSource | Promise<ModelSource>): Promise<void> {
    this.#cards.showStarting(this.#backend);
    const isFirst = this.#session.current === undefined;
    if (isFirst) this.#verdict.say("loading", "Loading the model", "Loading", "");
    let next: OpenSession | undefined;
    try {
      next = await this.#session.open(coming, this.#backend, {
        takeOver: (opening) => {
          this.#progress.end();
          this.#cards.clear();
          this.#showModel(opening);
          this.#live.switchModel(opening);
        },
        onLoad: (report) => {
          if (isFirst) this.#progress.show("runtime", report);
        },
      });
    } catch (problem) {
      this.#cards.restore(this.#backend);
      throw problem;
    }
    if (next === undefined) return;
    this.#base = next.source;
    this.#teachButton.disabled = false;
    if (!this.#live.isOn) await this.#classifySomething(next);
    await this.#settle(this.#measure(next));
  }

  /** Loads what teaching needs, once. */
  async #openTeaching(): Promise<TeachCard> {
    this.#teachButton.hidden = true;
    this.#teaching ??= import("../teach/teach-card.ts").then(({ openTeachCard }) =>
      openTeachCard({
        getBase: () => this.#base,
        useTaught: async (source) => {
          this.#taught = source;
          await this.#replaceModel(source);
        },
        showProblem: (problem) => {
          this.#toasts.show(problem);
        },
      }),
    );
    return this.#teaching;
  }

  /** A model that was taught, or its base again: in the same worker, while the microphone goes on. */
  async #replaceModel(source: ModelSource): Promise<void> {
    const next = await this.#session.replace(source);
    if (next === undefined) return;
    this.#showModel(next);
    this.#cards.clear();
    this.#cards.showState(next.backend, source.isTaught === true ? "✓ Your classes" : "not measured");
    this.#switchButton.hidden = this.#taught === undefined;
    this.#switchButton.textContent =
      source.isTaught === true ? "Answer by the model" : "Answer by your classes";
    this.#live.switchModel(next);
    if (!this.#live.isOn) this.#attempt(this.#classifySomething(next));
  }

  /** What the user had opened, by the new model; else a sample of it. */
  async #classifySomething({ source, opened }: OpenSession): Promise<void> {
    if (this.#clips.hasOwnSound) {
      await this.#settle(this.#clips.classifyAgain());
      return;
    }
    const sample = this.#findLinkedSample() ?? (source.demo && findSurestSample(source.demo));
    if (sample !== undefined) {
      await this.#clips.classifySample(sample, { plays: false });
      return;
    }
    this.#shown.clear();
    const classes = `${opened.info.labels.length} classes`;
    this.#verdict.say("empty", source.name, "Ready", `${classes}. Use the microphone, or open a sound.`);
  }

  #findLinkedSample(): Sample | undefined {
    const { sample } = readShareLink();
    return this.#session.current?.source.demo?.samples.find(({ label }) => label === sample);
  }

  #showModel({ opened, source, backend }: OpenSession): void {
    const { info } = opened;
    this.#stage.setModel(info);
    this.#chips.show(source.demo?.samples ?? []);
    this.#shown.setModel(info);
    const knows = findElement("knows", HTMLParagraphElement);
    knows.textContent = `Knows ${info.labels.length} sounds: ${info.labels.join(", ")}.`;
    knows.title = knows.textContent;
    findElement("share", HTMLButtonElement).hidden = (source.demo?.samples ?? []).length === 0;
    findElement("samples-note", HTMLSpanElement).textContent =
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
    this.#cards.showStarting(backend);
    try {
      const next = await this.#session.open(current.source, backend, {
        takeOver: (opening) => {
          this.#cards.showOpened(backend, opening.opened);
          this.#live.listenWith(opening);
        },
        onLoad: () => undefined,
      });
      if (next !== undefined) await this.#measure(next);
    } catch (problem) {
      this.#cards.showState(backend, "did not start");
      this.#backend = current.backend;
      this.#cards.choose(current.backend);
      throw problem;
    }
  }

  async #measure(session: OpenSession): Promise<void> {
    const { backend, client, source, opened } = session;
    // What shipped with the page also holds for the same graph from elsewhere.
    const isSame = this.#shipped?.graphHash === opened.info.graphHash;
    const demo = source.demo ?? (isSame ? this.#shipped : undefined);
    const reference = demo === undefined ? [] : await loadReference(demo);
    const isCurrent = () => this.#session.current === session;
    try {
      const measured = await client.measure(reference);
      if (isCurrent()) this.#cards.showMeasured(backend, measured);
    } catch (problem) {
      if (isCurrent()) throw problem; // else another model took the worker, or its place
    }
  }

  async #toggleMicrophone(): Promise<void> {
    const { current } = this.#session;
    if (this.#live.isOn || current === undefined) {
      await this.#live.stop(current, { keeps: true });
      return;
    }
    this.#toasts.clear();
    this.#clips.drop();
    void current.client.cancel();
    this.#microphoneButton.disabled = true;
    try {
      await this.#live.start(current);
      this.#microphoneButton.textContent = "Stop listening";
    } finally {
      this.#microphoneButton.disabled = false;
    }
  }
}

import { hasTaughtBefore } from "../teach/taught-before.ts";
import { Teaching } from "../teach/teaching.ts";
import { findElement } from "../views/elements.ts";
import { type Sample, SampleChips } from "../views/sample-chips.ts";
import { Toasts } from "../views/toasts.ts";
import { Verdict } from "../views/verdict.ts";
import { BackendChoice } from "./backend-choice.ts";
import { Clips } from "./clips.ts";
import { listenForDrops } from "./drop-zone.ts";
import { Live } from "../microphone/live.ts";
import { ModelSession, type OpenSession } from "./model-session.ts";
import { LoadProgress } from "../views/load-progress.ts";
import { findSurestSample, loadShippedModel, type ModelSource } from "./model-source.ts";
import { OnDemand } from "./on-demand.ts";
import { PageProblem } from "./page-problem.ts";
import { readShareLink, writeShareLink } from "./share-link.ts";
import { ShownSound } from "./shown-sound.ts";
import { Stage } from "./stage.ts";

/** Binds the page's parts: what the user does on one side, the model's session on the other. */
export class App {
  readonly #stage = new Stage();
  readonly #verdict = new Verdict();
  readonly #shown = new ShownSound(this.#stage);
  readonly #toasts = new Toasts(findElement("toasts", HTMLDivElement));
  readonly #session = new ModelSession();
  readonly #showProblem = (problem: unknown): void => {
    this.#toasts.show(problem);
  };
  /** Runs something that may fail, and shows the problem if it does. */
  readonly #attempt = (work: Promise<unknown>): void => {
    void this.#settle(work);
  };
  readonly #chips = new SampleChips((sample) => {
    writeShareLink(sample.label);
    this.#attempt(this.#playSample(sample));
  });
  readonly #live = new Live({
    stage: this.#stage,
    verdict: this.#verdict,
    shown: this.#shown,
    showProblem: this.#showProblem,
  });
  readonly #clips = new Clips(this.#session, this.#live, {
    stage: this.#stage,
    verdict: this.#verdict,
    shown: this.#shown,
    chips: this.#chips,
  });
  readonly #backends = new BackendChoice(this.#session, this.#live, this.#attempt);
  readonly #teaching = new Teaching({
    session: this.#session,
    attempt: this.#attempt,
    answerBy: (source) => this.#replaceModel(source),
    showProblem: this.#showProblem,
  });
  readonly #onDemand = new OnDemand({
    getModel: () => this.#session.current?.opened,
    getSample: () => this.#chips.pressed,
    attempt: this.#attempt,
  });
  readonly #microphoneButton = findElement("microphone", HTMLButtonElement);
  readonly #chooseButton = findElement("choose", HTMLButtonElement);
  readonly #fileInput = findElement("file", HTMLInputElement);
  readonly #progress = new LoadProgress(this.#verdict);
  #announceModel: () => void = () => undefined;
  /** Resolves when the first model is there, or will not come: a sound that is dropped before that waits. */
  readonly #firstModel = new Promise<void>((resolve) => {
    this.#announceModel = resolve;
  });

  async start(): Promise<void> {
    this.#bindControls();
    try {
      await this.#useModel(this.#loadShipped());
    } catch (problem) {
      this.#backends.cards.showState(this.#backends.chosen, "not measured");
      this.#verdict.say("empty", "No model", "There is no model yet", "Open or drop a model.onnx.");
      throw problem;
    } finally {
      this.#announceModel();
      this.#chooseButton.disabled = false; // a model of one's own can always be opened
      await this.#backends.lookForWebGpu(); // last, for it holds up what runs beside it
    }
    if (await hasTaughtBefore()) await this.#settle(this.#teaching.open());
  }

  async #loadShipped(): Promise<ModelSource> {
    const source = await loadShippedModel((report) => {
      this.#progress.show("model", report);
    }, readShareLink().model);
    this.#backends.shipped = source.demo;
    return source;
  }

  /** Resolves when the work has ended, well or not. */
  async #settle(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (problem) {
      if (problem instanceof PageProblem && problem.code === "closed") return; // the user went on to something else
      this.#showProblem(problem);
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
      if (recording !== undefined) this.#attempt(this.#clips.classifyRecording(recording));
    };
    this.#shown.onTeach = (clip, name, label) => {
      this.#attempt(this.#teaching.correct(clip, name, label));
    };
    this.#shown.listTaught = () => this.#teaching.classNames;
    addEventListener("hashchange", () => {
      const sample = this.#findLinkedSample();
      if (sample !== undefined) this.#attempt(this.#playSample(sample));
    });
  }

  async #playSample(sample: Sample): Promise<void> {
    await this.#leaveSound();
    await this.#clips.classifySample(sample, { plays: true });
  }

  /** Another sound comes: a model that was taught by corrections of the one before answers from now on. */
  async #leaveSound(): Promise<void> {
    const waiting = this.#teaching.takeWaiting();
    if (waiting !== undefined) await this.#replaceModel(waiting, { classifiesAgain: false });
  }

  async #openFile(file: File): Promise<void> {
    this.#toasts.clear();
    if (file.name.endsWith(".onnx")) {
      await this.#useModel({ blob: file, name: file.name, demo: undefined });
      return;
    }
    if (file.name.endsWith(".zip")) {
      await (await this.#teaching.open()).teacher.addArchive(file);
      return;
    }
    await this.#firstModel;
    await this.#leaveSound();
    await this.#clips.classifyFile(file);
  }

  /** Opens a model in place of the one before, which stays when this one is refused; then classifies what is shown. */
  async #useModel(coming: ModelSource | Promise<ModelSource>): Promise<void> {
    this.#backends.cards.showStarting(this.#backends.chosen);
    const isFirst = this.#session.current === undefined;
    if (isFirst) this.#verdict.say("loading", "Loading the model", "Loading", "");
    let next: OpenSession | undefined;
    try {
      next = await this.#session.open(coming, this.#backends.chosen, {
        takeOver: (opening) => {
          this.#progress.end();
          this.#backends.cards.clear();
          this.#showModel(opening);
          this.#live.switchModel(opening);
        },
        onLoad: (report) => {
          if (isFirst) this.#progress.show("runtime", report);
        },
      });
    } catch (problem) {
      this.#backends.cards.restore(this.#backends.chosen);
      throw problem;
    }
    if (next === undefined) return;
    this.#teaching.useBase(next.source);
    if (!this.#live.isOn) await this.#classifySomething(next);
    await this.#settle(this.#backends.measure(next));
  }

  /** A model that was taught, or its base again: in the same worker, while the microphone goes on. */
  async #replaceModel(source: ModelSource, { classifiesAgain = true } = {}): Promise<void> {
    const next = await this.#session.replace(source);
    if (next === undefined) return;
    this.#showModel(next);
    this.#backends.cards.clear();
    if (source.isTaught === true) this.#backends.cards.showState(next.backend, "✓ Your classes");
    this.#teaching.showAnswering(source);
    this.#live.switchModel(next);
    if (!this.#live.isOn && classifiesAgain) this.#attempt(this.#classifySomething(next));
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

  #showModel({ opened, opened: { info }, source, backend }: OpenSession): void {
    this.#stage.setModel(info);
    this.#chips.show(source.demo);
    this.#shown.setModel(info);
    this.#onDemand.introduce(source.name, info);
    this.#backends.cards.showOpened(backend, opened);
    this.#announceModel();
    this.#microphoneButton.disabled = false;
    this.#chooseButton.disabled = false;
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
      await this.#leaveSound();
      await this.#live.start(this.#session.current ?? current);
      this.#microphoneButton.textContent = "Stop listening";
    } finally {
      this.#microphoneButton.disabled = false;
    }
  }
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { EngineLoad } from "../engine/pool-engine.ts";

/** What the server counts, for Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  countRequest(route: string, method: string, status: number, seconds: number): void;
  countSounds(sounds: number, bytes: number): void;
  countWorkerEnd(reason: string): void;
  countReload(model: string, isUsed: boolean): void;
}

/** @param readLoad what the engine does at the moment of a scrape @param readBytes bytes of requests under way */
export function createMetrics(readLoad: () => EngineLoad, readBytes: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: "earshot_request_duration_seconds",
    help: "Time from a request's head to the end of its answer",
    labelNames: ["route", "method", "status"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const sounds = new Counter({
    name: "earshot_sounds_total",
    help: "Sounds given to /v1/classify",
    registers,
  });
  const bytes = new Counter({ name: "earshot_sound_bytes_total", help: "Bytes of these sounds", registers });
  const workerEnds = new Counter({
    name: "earshot_worker_ends_total",
    help: "Workers that ended and were replaced",
    labelNames: ["reason"],
    registers,
  });
  const reloads = new Counter({
    name: "earshot_model_reloads_total",
    help: "Changes of a model file: used, or refused",
    labelNames: ["model", "result"],
    registers,
  });
  addGauge("earshot_queued_sounds", "Sounds that wait for a worker", () => readLoad().queued);
  addGauge("earshot_running_sounds", "Sounds in a worker", () => readLoad().running);
  addGauge("earshot_open_streams", "Recordings and live streams under way", () => readLoad().channels);
  addGauge("earshot_ready_workers", "Workers that answer", () => readLoad().readyWorkers);
  addGauge("earshot_body_bytes", "Bytes of requests under way", readBytes);
  return {
    registry,
    countRequest(route, method, status, seconds) {
      requests.observe({ route, method, status: String(status) }, seconds);
    },
    countSounds(count, size) {
      sounds.inc(count);
      bytes.inc(size);
    },
    countWorkerEnd(reason) {
      workerEnds.inc({ reason });
    },
    countReload(model, isUsed) {
      reloads.inc({ model, result: isUsed ? "used" : "refused" });
    },
  };

  function addGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

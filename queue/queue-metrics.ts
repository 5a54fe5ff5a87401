import type { QueueState } from "./bullmq/describe-queue.ts";

/** The content type of the text below. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A queue in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). An autoscaler
 * reads `earshot_queue_unfinished_jobs`.
 */
export function formatQueueMetrics({ waiting, running, done, failedJobs, workers }: QueueState): string {
  const states = { waiting, running: running.length, done, failed: failedJobs };
  const lines = [
    "# HELP earshot_queue_jobs Jobs by state; done and failed ones until the server forgets them.",
    "# TYPE earshot_queue_jobs gauge",
    ...Object.entries(states).map(([state, jobs]) => `earshot_queue_jobs{state="${state}"} ${jobs}`),
    "# HELP earshot_queue_unfinished_jobs Jobs that wait or run: as many workers have work.",
    "# TYPE earshot_queue_unfinished_jobs gauge",
    `earshot_queue_unfinished_jobs ${waiting + running.length}`,
    "# HELP earshot_queue_workers Connected workers.",
    "# TYPE earshot_queue_workers gauge",
    `earshot_queue_workers ${workers.length}`,
    "# HELP earshot_job_done_fraction How much of a running job is done.",
    "# TYPE earshot_job_done_fraction gauge",
    ...running.map(
      (job) =>
        `earshot_job_done_fraction${describeLabels(job)} ${job.total === 0 ? 0 : job.done / job.total}`,
    ),
    "# HELP earshot_job_loss Mean loss of a running job's last epoch.",
    "# TYPE earshot_job_loss gauge",
    ...running.flatMap((job) =>
      job.loss === undefined ? [] : [`earshot_job_loss${describeLabels(job)} ${job.loss}`],
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function describeLabels({ list, name, worker }: QueueState["running"][number]): string {
  const labels = Object.entries({ list, job: name, worker });
  return `{${labels.map(([label, value]) => `${label}="${escapeLabel(value)}"`).join(",")}}`;
}

const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

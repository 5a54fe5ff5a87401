import { formatSeconds } from "../../common/format-seconds.ts";
import { html, trustHtml } from "../../common/html.ts";
import { renderHtmlPage } from "../../common/html-page.ts";
import { makeLinesVisible } from "../../common/visible-text.ts";
import type { QueueState, RunningEntry } from "../../queue/bullmq/describe-queue.ts";
import { formatTable } from "./format-table.ts";

const header = ["list", "job", "worker", "epoch", "loss", "left"] as const;

const formatRunning = ({ list, name, worker, done, total, loss, secondsLeft }: RunningEntry): string[] => [
  list,
  name,
  worker,
  total === 0 ? "begins" : `${done}/${total}`,
  loss?.toFixed(3) ?? "",
  secondsLeft === undefined ? "" : formatSeconds(secondsLeft),
];

const formatCounts = ({ waiting, running, done, failedJobs, workers }: QueueState): string =>
  `${waiting} waiting, ${running.length} running, ${done} done, ${failedJobs} failed; ` +
  `${workers.length} worker${workers.length === 1 ? "" : "s"}`;

/** A queue on a terminal. */
export function formatQueue(state: QueueState): string {
  const { running, failed, failedJobs } = state;
  const failures = failed.flatMap(({ list, name, reason, log }) => [
    `failed  ${list} / ${name}: ${makeLinesVisible(reason)}`,
    ...log.map((line) => `          ${makeLinesVisible(line)}`),
  ]);
  const more = failedJobs - failed.length;
  return [
    formatCounts(state),
    ...(running.length > 0 ? ["", formatTable(header, running.map(formatRunning))] : []),
    ...(failures.length > 0 ? ["", ...failures] : []),
    ...(more > 0 ? [`and ${more} more that failed`] : []),
  ].join("\n");
}

const style = `
main { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }`;

/** A queue as a page that loads itself again. */
export function renderQueuePage(state: QueueState, address: string): string {
  const { running, failed, workers } = state;
  const body = html`<h1>Jobs of ${address}</h1>
    <p>${formatCounts(state)}</p>
    <table>
      <thead>
        <tr>
          ${header.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${running.map(
          (entry) =>
            html`<tr>
              ${formatRunning(entry).map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${failed.length > 0 && html`<h2>Failed</h2>`}
    ${failed.map(
      ({ list, name, reason, log }) =>
        html`<details>
          <summary>${list} / ${name}: ${reason.slice(0, 200)}</summary>
          <pre>${log.join("\n")}</pre>
        </details>`,
    )}
    <h2>Workers</h2>
    <ul>
      ${workers.map((worker) => html`<li>${worker}</li>`)}
    </ul>`;
  const page = renderHtmlPage({ title: `Jobs of ${address}`, style, body: trustHtml(body.markup) });
  return page.replace("<head>", '<head><meta http-equiv="refresh" content="5" />');
}

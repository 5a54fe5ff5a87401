const megabyte = 1_000_000;
const terminalIntervalMs = 200;
const logIntervalMs = 10_000;

/**
 * Shows how far a download is: one line that changes in a terminal, a line every ten seconds in a log.
 *
 * @param stream where the lines go
 */
export function showProgress(
  subject: string,
  stream: NodeJS.WriteStream = process.stderr,
): (bytes: number, total: number | undefined) => void {
  let shown = Date.now();
  return (bytes, total) => {
    const isDone = bytes === total;
    const intervalMs = stream.isTTY ? terminalIntervalMs : logIntervalMs;
    if (!isDone && Date.now() - shown < intervalMs) return;
    shown = Date.now();
    const size = (bytes / megabyte).toFixed(0);
    const ofTotal = total === undefined ? "" : ` of ${(total / megabyte).toFixed(0)}`;
    const line = `  ${subject}: ${size}${ofTotal} MB`;
    if (stream.isTTY) stream.write(`\r${line}${isDone ? "\n" : ""}`);
    else stream.write(`${line}\n`);
  };
}

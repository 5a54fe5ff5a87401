// Started by the tests of folder-lock.mjs: waits for a common moment, then takes the lock again and again.
import { closeSync, existsSync, openSync, unlinkSync } from "node:fs";
import process from "node:process";
import { tryLock } from "../../setup/folder-lock.mjs";

const [, , lock, inside, startsAt, rounds] = process.argv;
let held = 0;
let broken = 0;
while (Date.now() < Number(startsAt)); // all children leave this line within microseconds
for (let round = 0; round < Number(rounds); round++) {
  const { release } = await tryLock(lock);
  if (release === undefined) continue;
  held++;
  try {
    closeSync(openSync(inside, "wx")); // fails where another process is inside
    const untilMs = performance.now() + 1;
    while (performance.now() < untilMs);
  } catch {
    broken++;
  }
  if (existsSync(inside)) unlinkSync(inside);
  await release();
}
process.stdout.write(JSON.stringify({ held, broken }));

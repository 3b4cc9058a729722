import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}bin/e2e/`;

// Builds the portal, the product and the stage, starts the stage, and returns what stops it. If this process is killed, the
// stage's standard input ends and so does the stage.
export default async function start() {
  execFileSync("make", ["--silent", "portal"], { cwd: root, stdio: "inherit" });
  execFileSync("go", ["build", "-o", built, "./cmd/hourglass", "./e2e/stage"], {
    cwd: root, stdio: "inherit", env: { ...process.env, CGO_ENABLED: "0" },
  });
  const stage = spawn(`${built}stage`, { stdio: ["pipe", "pipe", "inherit"], cwd: root });
  const ended = once(stage, "exit");
  const lines = createInterface({ input: stage.stdout });
  const [line] = await Promise.race([
    once(lines, "line"),
    ended.then(([code]) => { throw new Error(`the stage ended with ${code} before it was ready`); }),
  ]);
  process.env.HOURGLASS_STAGE = line;
  return async () => {
    stage.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`the stage ended with ${code}`);
  };
}

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = `${root}bin/e2e/`;

/**
 * Starts the stage (with the sample people and customers, or empty) and returns what it said first, and what stops it. If this
 * process is killed, the stage's standard input ends and so does the stage.
 */
export async function startStage(...args: "-empty"[]): Promise<{ line: string; stop: () => Promise<void> }> {
  const stage = spawn(`${built}stage`, args, { stdio: ["pipe", "pipe", "inherit"], cwd: root });
  const ended = once(stage, "exit");
  const lines = createInterface({ input: stage.stdout });
  const [line] = await Promise.race([
    once(lines, "line"),
    ended.then(([code]) => { throw new Error(`the stage ended with ${code} before it was ready`); }),
  ]);
  return {
    line,
    stop: async () => {
      stage.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`the stage ended with ${code}`);
    },
  };
}

// Builds the portal, the extension, the product and the stage, starts the stage, and returns what stops it.
export default async function start() {
  execFileSync("make", ["--silent", "portal", ...["chrome", "firefox"].map((browser) => `extension/dist/${browser}-mv3/manifest.json`)], { cwd: root, stdio: "inherit" });
  execFileSync("go", ["build", "-o", built, "./cmd/hourglass", "./e2e/stage"], {
    cwd: root, stdio: "inherit", env: { ...process.env, CGO_ENABLED: "0" },
  });
  const { line, stop } = await startStage();
  process.env.HOURGLASS_STAGE = line;
  return stop;
}

// Builds the packages for the stores twice, says whether both times gave the same bytes, and how large they are.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const wxt = fileURLToPath(new URL("../node_modules/.bin/wxt", import.meta.url));
const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
const epoch = new Date(1980, 0, 1); // the earliest that a zip file can say: the time of the build is not in it

async function pack(browser) {
  const folder = join(dist, `${browser}-mv3`);
  await rm(folder, { recursive: true, force: true });
  execFileSync(wxt, ["build", "-b", browser], { stdio: ["ignore", "ignore", "inherit"] });
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort();
  const files = {};
  for (const name of names) files[name.slice(folder.length + 1)] = [await readFile(name), { mtime: epoch, level: 9 }];
  return zipSync(files);
}

const sum = (bytes) => createHash("sha256").update(bytes).digest("hex");
const kilobytes = (n) => `${(n / 1000).toFixed(1)} kB`.padStart(10);

await mkdir(dist, { recursive: true });
let same = true;
for (const browser of ["chrome", "firefox"]) {
  const zip = await pack(browser), again = await pack(browser);
  if (sum(zip) !== sum(again)) {
    same = false;
    console.error(`${browser}: two builds gave different bytes`);
  }
  const name = `hourglass-${version}-${browser === "chrome" ? "chromium" : browser}.zip`;
  await writeFile(join(dist, name), zip);
  console.log(`${name.padEnd(34)} ${kilobytes(zip.length)}  sha256 ${sum(zip)}`);
}
process.exit(same ? 0 : 1);

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// What a browser loads before the first screen can be used, compressed as it is sent (brotli).
const most = 250; // kB of script
const portal = new URL("dist/portal/", import.meta.url);

type Chunk = { file: string; name?: string; isEntry?: boolean; imports?: string[]; dynamicImports?: string[] };
const manifest = JSON.parse(readFileSync(new URL("manifest.json", portal), "utf8")) as Record<string, Chunk>;

/** The files that a chunk needs before it runs. */
function needs(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key]!;
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const more of chunk.imports ?? []) needs(more, seen);
  return seen;
}

const kilobytes = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + readFileSync(new URL(`${file}.br`, portal)).length, 0) / 1000;

const entry = Object.keys(manifest).find((key) => manifest[key]!.isEntry)!;
const first = needs(entry);
const screens = manifest[entry]!.dynamicImports ?? [];

test.each(screens)(`a first load of at most ${most} kB of script: %s`, (screen) => {
  const size = kilobytes(new Set([...first, ...needs(screen)]));
  console.log(`${screen.padEnd(40)} ${size.toFixed(1).padStart(7)} kB, ${(size - kilobytes(first)).toFixed(1)} of them its own`);
  expect(size).toBeLessThanOrEqual(most);
});

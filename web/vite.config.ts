import { promisify } from "node:util";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

// Beside each file that compresses well stand its compressed forms, so that the server never compresses anything.
function precompressed(): Plugin {
  const forms = { ".br": promisify<Buffer, Buffer>(brotliCompress), ".gz": promisify<Buffer, Buffer>(gzip) };
  return {
    name: "precompressed",
    apply: "build",
    async writeBundle({ dir }) {
      const assets = join(dir!, "assets");
      await Promise.all((await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name)).map(async (name) => {
        const content = await readFile(join(assets, name));
        for (const [suffix, compress] of Object.entries(forms)) await writeFile(join(assets, name + suffix), await compress(content));
      }));
    },
  };
}

export default defineConfig({
  logLevel: "warn",
  plugins: [react(), precompressed()],
  // Replaced by the server in every response.
  html: { cspNonce: "NONCE-OF-THIS-RESPONSE" },
  build: {
    outDir: "dist/portal",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    assetsInlineLimit: 0, // the policy allows no data: addresses
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000, // size.test.ts says what is too much
  },
  server: { proxy: { "/api": process.env.PORTAL_API ?? "http://127.0.0.1:8080" } },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "*.test.ts"],
    reporters: process.env.JUNIT_FILE ? ["default", "junit"] : ["default"],
    outputFile: process.env.JUNIT_FILE ? { junit: process.env.JUNIT_FILE } : {},
  },
});

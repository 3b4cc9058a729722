import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "*.test.ts"],
    reporters: process.env.JUNIT_FILE ? ["default", "junit"] : ["default"],
    outputFile: process.env.JUNIT_FILE ? { junit: process.env.JUNIT_FILE } : {},
  },
});

import { defineConfig } from "@playwright/test";

// Chromium and Firefox are Debian's: Playwright's own downloads are never used.
export default defineConfig({
  testDir: "tests",
  globalSetup: "./start.ts",
  outputDir: "../test-results/e2e",
  // JUNIT_FILE is where `make test` looks for the report from which it counts.
  reporter: process.env.JUNIT_FILE ? [["list"], ["junit", { outputFile: process.env.JUNIT_FILE }]] : [["list"]],
  // Everything runs on one machine together with the product: more side by side would only wait for each other.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 20_000 },
  projects: [
    { name: "together", testIgnore: ["firefox.spec.ts", "alone/**", "measured/**"] },
    // What is marked runs in Firefox, too.
    { name: "firefox", testIgnore: ["alone/**", "measured/**"], grep: /@firefox/, use: { browserName: "firefox" } },
    // What disturbs everybody comes last, one at a time.
    { name: "alone", testMatch: "alone/**", dependencies: ["together", "firefox"] },
    // `npm run lighthouse` and `npm run big`; where other things run at the same time, they measure those.
    ...(process.env.MEASURE ? [{ name: "measured", testMatch: `measured/${process.env.MEASURE}.spec.ts` }] : []),
  ],
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
      ],
    },
    ignoreHTTPSErrors: true, // the stand-in for Microsoft has a certificate authority of its own
    locale: "en-GB",
    timezoneId: "Europe/London",
    permissions: ["clipboard-read", "clipboard-write"],
    trace: "off",
    screenshot: "only-on-failure",
  },
});

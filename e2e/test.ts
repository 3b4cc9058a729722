import { test as base, expect, type BrowserContext, type ConsoleMessage, type Page } from "@playwright/test";
import { randomBytes } from "node:crypto";
import { Portal } from "./portal.ts";
import { addPerson, addresses, type Person } from "./stage.ts";

type Fixtures = {
  /** Messages in the browser's console that this test provokes; everything else there fails it. */
  expected: RegExp;
  /** A page with a security key in reach. */
  portal: Portal;
  /** Adds somebody (a technician unless said otherwise), enrols them at the portal and returns their handle. */
  signedIn: (about?: Partial<Person>) => Promise<string>;
};

export const test = base.extend<Fixtures>({
  expected: [/^$/, { option: true }],

  context: async ({ context, expected }, use) => {
    const complaints = listen(context);
    await use(context);
    expectQuiet(complaints, expected);
  },

  portal: async ({ page }, use) => {
    await use(await Portal.withSecurityKey(page));
  },

  signedIn: async ({ portal }, use) => {
    await use(async (about = {}) => {
      const handle = `t${randomBytes(5).toString("hex")}`;
      await portal.enrol(await addPerson({ name: "Grace", handle, roles: ["technician"], may: [], ...about }));
      return handle;
    });
  },
});

/** Chromium reports every answer of 4xx as an error. Those that the portal asks for and shows are no defects. */
const ordinary = /^Failed to load resource: .* status of (401|403|409|422) .*\/api\/v1\//;

/** Fails the test for every complaint that is neither ordinary nor provoked. */
export function expectQuiet(complaints: readonly string[], expected = /^$/) {
  const surprising = complaints.filter((text) => !ordinary.test(text) && !expected.test(text));
  expect(surprising, "the browser's console is clean").toEqual([]);
}

/** Collects errors, exceptions and what the content security policy stopped, on every page of the portal. */
export function listen(context: BrowserContext, { portal } = addresses): string[] {
  const complaints: string[] = [];
  const ours = (url: string) => url.startsWith(portal);
  context.on("console", (message: ConsoleMessage) => {
    const from = message.location().url;
    if (["error", "warning"].includes(message.type()) && ours(message.page()?.url() ?? from)) complaints.push(`${message.text()} ${from}`);
  });
  context.on("weberror", (error) => {
    if (ours(error.page()?.url() ?? "")) complaints.push(String(error.error()));
  });
  return complaints;
}

export { expect, type Page };

import { expect, test, vi } from "vitest";

vi.mock("wxt/browser", () => ({ browser: {} }));
const { patternOf, portalOrigin } = await import("./settings");

test("a portal is reached by https, or on this machine", () => {
  expect(portalOrigin(" https://hourglass.example.com/approvals?x=1 ")).toBe("https://hourglass.example.com");
  expect(portalOrigin("http://localhost:8080")).toBe("http://localhost:8080");
  for (const address of ["http://hourglass.example.com", "hourglass.example.com", "javascript:alert(1)", "http://localhost.evil.example", "", undefined, 7]) {
    expect(portalOrigin(address), String(address)).toBeUndefined();
  }
});

test("a permission is asked for the portal's host alone", () => {
  expect(patternOf("https://hourglass.example.com:8443")).toBe("https://hourglass.example.com/*");
});

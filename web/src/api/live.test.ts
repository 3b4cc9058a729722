import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Grant } from "./queries";

vi.stubGlobal("location", { origin: "https://hourglass.msp.example" });
vi.stubGlobal("window", globalThis);
const { takeGrant } = await import("./live");
const { keys } = await import("./queries");

const grant = (revision: number, state: Grant["state"], id = "g1") => ({ id, revision, state }) as Grant;

describe("a grant that comes over the live updates", () => {
  let cache: QueryClient;
  const live = () => cache.getQueryData<Grant[]>(keys.live)?.map((g) => [g.id, g.state]);
  beforeEach(() => {
    cache = new QueryClient();
    cache.setQueryData(keys.live, [grant(2, "active"), grant(1, "active", "g2")]);
  });

  test("takes the place of what was known", () => {
    takeGrant(cache, grant(3, "ending"));
    expect(live()).toEqual([["g1", "ending"], ["g2", "active"]]);
    expect(cache.getQueryData<Grant>(keys.grant("g1"))?.state).toBe("ending");
  });
  test("changes nothing when it is older", () => {
    takeGrant(cache, grant(1, "provisioning"));
    expect(live()).toEqual([["g1", "active"], ["g2", "active"]]);
  });
  test("stays ended when older news comes late", () => {
    takeGrant(cache, grant(4, "ended"));
    takeGrant(cache, grant(3, "ending"));
    expect(live()).toEqual([["g2", "active"]]);
    expect(cache.getQueryData<Grant>(keys.grant("g1"))?.state).toBe("ended");
  });
  test("makes history be read again once it has ended", () => {
    cache.setQueryData(keys.history, { pages: [], pageParams: [] });
    takeGrant(cache, grant(4, "ended"));
    expect(cache.getQueryState(keys.history)?.isInvalidated).toBe(true);
  });
});

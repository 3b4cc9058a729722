import { expect, test, type Extension } from "../extension.ts";
import { expectSound } from "../sound.ts";

// The popup at the size that browsers give it, in what it may have to show.

const size = { width: 380, height: 600 };

/** From now on the extension reads these grants in the portal's answers; "lost": it reaches the portal no longer. */
async function answer(extension: Extension, grants: object[] | "lost" | "as they are") {
  const background = await extension.background();
  await background.evaluate((grants) => {
    const own = globalThis as any;
    own.send ??= own.fetch;
    own.fetch = async (address: string, ...more: unknown[]) => {
      if (grants === "lost") throw new TypeError("Failed to fetch");
      const answer = await own.send(address, ...more);
      if (!Array.isArray(grants) || !/\/extension\/(grants|wait)$/.test(new URL(address).pathname)) return answer;
      return new Response(JSON.stringify({ ...(await answer.json()), grants }), answer);
    };
  }, grants);
}

const names = [
  "Wide World Importers Holding and Logistics International (Northern Europe) Aktiengesellschaft & Co. KG",
  "Donaudampfschifffahrtsgesellschaftskapitänswitwenundwaisenversicherung", "شركة نورثويند للتجارة العالمية", "קונטוסו בע״מ (Contoso)", "東京ファブリカム株式会社",
];

function manyGrants(): object[] {
  return Array.from({ length: 40 }, (_, i) => {
    const begun = Date.now() - 3_000_000, ends = Date.now() + (i + 1) * 270_000;
    return {
      id: `00000000-0000-4000-8000-0000000000${10 + i}`, customer: { id: `00000000-0000-4000-8000-0000000001${10 + i}`, name: names[i] ?? `Adventure Works ${i}` },
      profile: { id: "0f0f0f0f-0000-4000-8000-000000000001", name: i === 1 ? "Global Administrator with approval and everything else" : "Help desk" },
      credential: "pass", state: i < 36 ? "active" : ["provisioning", "requested", "awaiting_approval", "ending"][i - 36],
      user_name: "x@contoso.onmicrosoft.com", requested_at: new Date(begun).toISOString(), active_at: new Date(begun).toISOString(),
      expires_at: new Date(ends).toISOString(), warn_at: new Date(ends - 600_000).toISOString(), extendable: i % 2 === 0,
    };
  });
}

test("forty live grants, long names and names from right to left", async ({ extension, portal, signedIn }) => {
  test.slow(); // axe looks six times
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  await answer(extension, manyGrants());
  const popup = await extension.popup();
  await popup.setViewportSize(size);
  const cards = popup.locator("[data-grant]");
  await expect(cards).toHaveCount(40);
  await expect(popup.getByLabel("Search customers and grants")).toBeFocused();
  await expectSound(popup, "popup-forty");
  await expect(popup.locator(".left.near").first(), "those that end soon stand out").toBeVisible();

  // The search stays in sight at the end of the list, and finds by a part of a name in any script.
  await cards.last().scrollIntoViewIfNeeded();
  await expect(popup.getByLabel("Search customers and grants")).toBeInViewport();
  await expectSound(popup, "popup-forty-end");
  await popup.keyboard.type("نورث");
  await expect(cards).toHaveCount(1);
  await popup.getByLabel("Search customers and grants").fill("adventure works 3");
  await expect(cards).toHaveCount(10);
  await popup.getByLabel("Search customers and grants").fill("nobody is called so");
  await expect(popup.getByText("Nothing fits “nobody is called so”")).toBeVisible();
});

test("nothing to show", async ({ extension, portal, signedIn }) => {
  await signedIn();
  await extension.pair(portal);
  const popup = await extension.popup();
  await popup.setViewportSize(size);
  await expect(popup.getByText("No live grant")).toBeVisible();
  await expect(popup.getByText("You can reach no customer yet.")).toBeVisible();
  await expectSound(popup, "popup-empty");
});

test("a lost connection is said, and heals by itself", async ({ extension, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  await portal.obtain("Help desk", "Contoso");
  const lost = "The connection to Hourglass is lost";

  await (await extension.background()).evaluate("chrome.storage.session.remove('seen')");
  await answer(extension, "lost");
  const first = await extension.popup();
  await first.setViewportSize(size);
  await expect(first.getByRole("alert"), "also where nothing was ever seen").toContainText(lost);
  await expect(first.getByText("No live grant"), "nobody knows").toBeHidden();
  await answer(extension, "as they are");
  await expect(first.getByRole("button", { name: "Open Entra at Contoso" })).toBeVisible();
  await expect(first.getByText(lost)).toBeHidden();

  await answer(extension, "lost");
  const again = await extension.popup();
  await again.setViewportSize(size);
  await expect(again.getByRole("alert")).toContainText(lost);
  await expect(again.getByRole("button", { name: "Open Entra at Contoso" }), "what was seen last stays").toBeVisible();
  await expectSound(again, "popup-lost");
  await again.getByRole("button", { name: "Open Entra at Contoso" }).click();
  await expect(again.getByText("Hourglass cannot be reached. Check your connection and try again.")).toBeVisible();
  await answer(extension, "as they are");
  await expect(again.getByText(lost)).toBeHidden();
});
